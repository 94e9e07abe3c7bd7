// Names inside texts, in any language.
import type { LevelTexts } from "./en.ts";

const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}]/u;

/**
 * Names as one text. Among words that run right to left each is isolated with its own direction (U+2066, U+2067, to
 * U+2069): that of its script, and not that of its first letter, because "ROS 2 کی بنیادیں" is Urdu.
 */
export const namesIn = (lang: string, names: readonly string[]): string =>
  new Intl.ListFormat(lang).format(
    lang === "en" ? names : names.map((name) => `${RIGHT_TO_LEFT.test(name) ? "\u2067" : "\u2066"}${name}\u2069`),
  );

/** A level as readers know it; one that has no text as it is. */
export const levelIn = (levels: LevelTexts, level: string): string =>
  Object.entries(levels).find(([known]) => known === level)?.[1] ?? level;
