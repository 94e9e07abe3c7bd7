// The texts that the page shows now: English, until `useTexts` is called once before anything is drawn. Modules import
// these names and read them while drawing, not before.
import { pageTexts } from "./en.ts";
import type { PageLocale } from "./locale.ts";

export let texts = pageTexts;
export let lang = "en";
export let dir: "ltr" | "rtl" = "ltr";

export function useTexts(locale: PageLocale): void {
  ({ page: texts, lang, dir } = locale);
}

/** A day, as a reader writes it. */
export const day = (iso: string): string => new Intl.DateTimeFormat(lang, { dateStyle: "long" }).format(new Date(iso));

/** A moment, as a reader writes it. */
export const moment = (iso: string): string =>
  new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];
/** Days after which a date says more than a number of days. */
const RECENT_MS = 7 * 86_400_000;

/** How long ago, for what is recent; otherwise the day. `now` is in milliseconds since the epoch. */
export function ago(iso: string, now: number): string {
  const passed = now - Date.parse(iso);
  if (passed > RECENT_MS) return day(iso);
  const relative = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });
  const [unit, length] = STEPS.find(([, step]) => passed >= step) ?? ["minute", 60_000];
  return relative.format(-Math.max(0, Math.floor(passed / length)), unit);
}
