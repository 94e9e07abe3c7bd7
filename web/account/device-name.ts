// What a reader calls the device of a session, from its user agent. Never more exact than a reader needs to know it again.

/** Asked in this order: most browsers also claim to be another one. */
const BROWSERS: readonly [name: string, pattern: RegExp][] = [
  ["Firefox", /Firefox\/|FxiOS\//],
  ["Edge", /Edg(?:e|A|iOS)?\//],
  ["Opera", /OPR\//],
  ["Samsung Internet", /SamsungBrowser\//],
  ["Chrome", /(?:Chrome|Chromium|CriOS)\//],
  ["Safari", /Version\/[\d.]+.*Safari\//],
];

const SYSTEMS: readonly [name: string, pattern: RegExp][] = [
  ["iPhone", /iPhone/],
  ["iPad", /iPad/],
  ["Android", /Android/],
  ["Windows", /Windows/],
  ["macOS", /Mac OS X|Macintosh/],
  ["ChromeOS", /CrOS/],
  ["Linux", /Linux|X11/],
];

const find = (table: readonly [string, RegExp][], userAgent: string): string | undefined =>
  table.find(([, pattern]) => pattern.test(userAgent))?.[0];

export function deviceOf(userAgent: string | null): { browser: string | undefined; system: string | undefined } {
  return { browser: find(BROWSERS, userAgent ?? ""), system: find(SYSTEMS, userAgent ?? "") };
}
