// The page the widget is on: its path in the catalogue, its content, and what a list for it may be kept for.

/** What holds a page's content where the script tag names nothing else: one article, so never an index of many. */
const CONTENT = "[data-docent-content], main article, article";

/** The path that the catalogue knows this page by: `<meta name="docent:page" content="/path">`, or the address. */
export function currentPath(): string {
  const stated = document.querySelector<HTMLMetaElement>('meta[name="docent:page"]')?.content;
  return stated?.startsWith("/") ? stated : location.pathname;
}

/** The links to themselves that Sphinx and MkDocs, VitePress, Docusaurus and Starlight put into headings. */
const PERMALINKS = ".headerlink,.header-anchor,.hash-link,.sl-anchor-link";

export function pageTitle(): string {
  const heading = document.querySelector("h1")?.cloneNode(true) as Element | undefined;
  for (const link of heading?.querySelectorAll(PERMALINKS) ?? []) link.remove();
  return heading?.textContent.trim() || document.title;
}

export const pageLanguage = (): string => document.documentElement.lang;

/** The version of the docs, where the page says it as many generators do. */
export const pageVersion = (): string | undefined =>
  document.querySelector<HTMLMetaElement>('meta[name="docsearch:version"]')?.content || undefined;

/** Recommendations never cross a language or a version of the docs: a list holds for pages of the same. */
export const listScope = (): string => `${pageLanguage()} ${pageVersion() ?? ""}`;

const refused = new Set<string>();

/**
 * What a selector of the owner's finds.
 * @returns nothing where there is no selector, or one that is none, which the console says once
 */
export function selected(name: "content" | "marks", selector: string | undefined): HTMLElement[] | undefined {
  if (selector === undefined || refused.has(selector)) return undefined;
  try {
    return [...document.querySelectorAll<HTMLElement>(selector)];
  } catch {
    refused.add(selector);
    console.warn(`docent: data-${name}="${selector}" is no CSS selector`);
    return undefined;
  }
}

/** The element whose reading is measured, or null on a page without. */
export function contentOf(selector: string | undefined): HTMLElement | null {
  const found = selected("content", selector);
  return found ? (found[0] ?? null) : document.querySelector<HTMLElement>(CONTENT);
}
