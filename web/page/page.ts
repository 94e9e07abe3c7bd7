// The page the widget is on: its path in the catalogue, its content, and what a list for it may be kept for.

/** What holds a page's content where the script tag names nothing else: one article, so never an index of many. */
const CONTENT = "[data-docent-content], main article, article";

/** The path that the catalogue knows this page by: `<meta name="docent:page" content="/path">`, or the address. */
export function currentPath(): string {
  const stated = document.querySelector<HTMLMetaElement>('meta[name="docent:page"]')?.content;
  return stated?.startsWith("/") ? stated : location.pathname;
}

export const pageTitle = (): string => document.querySelector("h1")?.textContent?.trim() || document.title;

export const pageLanguage = (): string => document.documentElement.lang;

/** The version of the docs, where the page says it as many generators do. */
export const pageVersion = (): string | undefined =>
  document.querySelector<HTMLMetaElement>('meta[name="docsearch:version"]')?.content || undefined;

/** Recommendations never cross a language or a version of the docs: a list holds for pages of the same. */
export const listScope = (): string => `${pageLanguage()} ${pageVersion() ?? ""}`;

/** The element whose reading is measured, or null on a page without. */
export function contentOf(selector: string | undefined): HTMLElement | null {
  return document.querySelector<HTMLElement>(selector ?? CONTENT);
}
