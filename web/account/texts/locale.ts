// What a language of the hosted page is. Types only; English is always there, every other one is a part of its own.
import type { PageTexts } from "./en.ts";

export interface PageLocale {
  /** BCP 47, for `lang` and for Intl. */
  readonly lang: string;
  readonly dir: "ltr" | "rtl";
  readonly page: PageTexts;
}
