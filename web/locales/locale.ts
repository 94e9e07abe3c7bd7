// What a language is. Types only; English is always there, every other language is a part that is loaded where the
// page is in it (`<html lang>`).
import type { Part } from "../../src/core/score-parts.ts";
import type { LevelTexts, LoaderTexts, PassageTexts, WidgetTexts } from "./en.ts";
import type { DialogTexts } from "./en-dialog.ts";

/**
 * Why a page is recommended, by the part of the score that says so; `names` are already listed and in their place.
 * `isNext`: it is the very next one.
 */
export type ReasonTexts = Readonly<Record<Part, (names: string, isNext: boolean) => string>>;

export interface Locale {
  /** BCP 47, for `lang` and for Intl. */
  readonly lang: string;
  readonly dir: "ltr" | "rtl";
  readonly loader: LoaderTexts;
  readonly levels: LevelTexts;
  readonly passages: PassageTexts;
  readonly widget: WidgetTexts;
  readonly dialog: DialogTexts;
  readonly reasons: ReasonTexts;
  /** Texts of the default questionnaire, by the English one. */
  readonly questionnaire: Readonly<Record<string, string>>;
}
