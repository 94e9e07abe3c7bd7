// The texts that the widget shows now: English, until `useLocale` is called once at the start. Modules import these
// names and read them while drawing, not before. The loader has its own way: it must not carry these texts.

import { termName } from "../../src/core/term-names.ts";
import { levelTexts as englishLevels, loaderTexts as englishLoader, widgetTexts as englishWidget } from "./en.ts";
import type { Locale, ReasonTexts } from "./locale.ts";
import { levelIn, namesIn } from "./names.ts";

/** Where it is not English. */
export let locale: Locale | undefined;
export let loaderTexts = englishLoader;
export let widgetTexts = englishWidget;
/** `lang` and `dir` of everything the widget draws, whatever the page's own are. */
export let lang = "en";
export let dir: "ltr" | "rtl" = "ltr";
let levels = englishLevels;
let reasons: ReasonTexts | undefined;
let questionnaire: Locale["questionnaire"] = {};

export function useLocale(translation: Locale): void {
  locale = translation;
  ({ lang, dir, loader: loaderTexts, widget: widgetTexts, levels, reasons, questionnaire } = translation);
}

/** Reasons that name pages and categories, whose titles are sentences of their own. */
const TITLES = /^(text|category|series|section|order|prerequisite|follow-up)$/;

/** How the Worker's sentence begins about a page that comes right after another. */
const NEXT = /^(Next|Comes next)/;

/** A level as readers know it; one that this widget does not know as it is. */
export const levelName = (level: string): string => levelIn(levels, level);

/** A text, and the language it is in where that is not the widget's. */
export interface Said {
  text: string;
  lang?: "en";
}

/** A reason in the widget's language; the Worker's English sentence where this widget does not know the part yet. */
export function reasonText({ part, values, text }: { part: string; values: readonly string[]; text: string }): Said {
  if (lang === "en") return { text };
  const known = Object.entries(reasons ?? {}).find(([name]) => name === part);
  if (!known) return { text, lang: "en" };
  const names = part === "level" ? values.map(levelName) : values.map((name) => termName(name));
  const listed = namesIn(lang, TITLES.test(part) ? names.map((title) => `“${title}”`) : names);
  return { text: known[1](listed, NEXT.test(text)) };
}

/** A text of the owner's questionnaire: in the widget's language, else as the owner wrote it. */
export function questionText(text: string, translated: string | undefined): Said {
  const found = translated ?? (Object.hasOwn(questionnaire, text) ? questionnaire[text] : undefined);
  return found !== undefined || lang === "en" ? { text: found ?? text } : { text, lang: "en" };
}
