// The texts that the administrators' part shows now. Both languages are in it: few load it, and it is small.
import { lang } from "../texts/current.ts";
import { adminTexts as english } from "./texts-en.ts";
import { adminTexts as urdu } from "./texts-ur.ts";

/** The page's language is chosen before this part is loaded. */
export const adminTexts = lang === "ur" ? urdu : english;
