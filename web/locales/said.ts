// A text as it is drawn: marked with its language and direction where they are not the widget's own.
import { html, type TemplateResult } from "lit";
import type { Said } from "./current.ts";

export const said = ({ text, lang }: Said): TemplateResult | string =>
  lang ? html`<span lang=${lang} dir="ltr">${text}</span>` : text;
