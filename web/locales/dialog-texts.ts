// The dialog's texts in the widget's language, which is settled before the dialog is loaded.
import { locale } from "./current.ts";
import { dialogTexts as english } from "./en-dialog.ts";

export const dialogTexts = locale?.dialog ?? english;
