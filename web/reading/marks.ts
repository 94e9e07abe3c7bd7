// Marks beside the links of the docs' own navigation, and beside the headings of the page: what was read, begun and
// saved. A mark takes no room, so nothing moves when it comes; it is words to a screen reader, and never colour alone.

import { dir, lang, widgetTexts as texts } from "../locales/current.ts";
import { selected } from "../page/page.ts";
import { isBegun, isComplete, isSaved, type Reading } from "../reader/reading.ts";
import marksCss from "../styles/marks.css";
import { styleSheet } from "../styles/style-sheet.ts";
import tokensCss from "../styles/tokens.css";

/** Navigation is what holds at least this many links to pages of this site. */
const LEAST_LINKS = 4;

export type MarkKind = "read" | "begun" | "saved" | "count";

const SHAPES: Readonly<Record<Exclude<MarkKind, "count">, string>> = {
  read: "M3.5 8.5l3 3 6-7",
  begun: "M8 2.5a5.5 5.5 0 1 1-5.5 5.5",
  saved: "M4.5 2.5h7v11L8 10.5l-3.5 3z",
};
const SVG = "http://www.w3.org/2000/svg";
let sheet: CSSStyleSheet | undefined;

class DocentMark extends HTMLElement {
  #said = "";

  /** @param shown a short text instead of the picture; `said` stands for it where it is read aloud */
  say(kinds: readonly MarkKind[], said: string, shown = ""): void {
    const key = `${kinds.join()} ${said}`;
    if (key === this.#said) return;
    this.#said = key;
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    sheet ??= styleSheet(tokensCss + marksCss);
    root.adoptedStyleSheets = [sheet];
    this.lang = lang;
    const words = document.createElement("span");
    words.className = "unseen";
    words.dir = dir;
    words.textContent = ` (${said})`;
    const pictures = document.createElement("span");
    pictures.className = "pictures";
    pictures.ariaHidden = "true";
    if (shown === "") pictures.append(...kinds.flatMap((kind) => (kind === "count" ? [] : [picture(kind)])));
    else pictures.textContent = shown;
    root.replaceChildren(pictures, words);
    this.dataset.kind = kinds.join(" ");
  }
}

function picture(kind: Exclude<MarkKind, "count">): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", kind);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SHAPES[kind]);
  svg.append(path);
  return svg;
}

function mark(at: Element, kinds: readonly MarkKind[], said: string, shown?: string): void {
  let found = at.querySelector<DocentMark>(":scope > docent-mark");
  if (kinds.length === 0) {
    found?.remove();
    return;
  }
  if (!found) {
    found = new DocentMark();
    at.append(found);
  }
  found.say(kinds, said, shown);
}

/** The owner's choice, or every list of links that is large enough to be a table of contents. */
function navigations(selector: string | undefined): Element[] {
  if (selector === "none") return [];
  return (
    selected("marks", selector) ??
    [...document.querySelectorAll("nav, aside")].filter(
      (one) => !one.parentElement?.closest("nav, aside") && pagesIn(one).length >= LEAST_LINKS,
    )
  );
}

const pagesIn = (at: ParentNode): HTMLAnchorElement[] =>
  [...at.querySelectorAll<HTMLAnchorElement>("a[href]")].filter(
    (link) => link.origin === location.origin && (link.hash === "" || link.pathname !== location.pathname),
  );

export function markNavigation(reading: Reading, selector: string | undefined): void {
  for (const navigation of navigations(selector)) {
    for (const link of pagesIn(navigation)) {
      const page = reading.at(link.pathname);
      const read = page !== undefined && isComplete(page);
      const begun = page !== undefined && !read && isBegun(page);
      const saved = page !== undefined && isSaved(page);
      const kinds: MarkKind[] = [
        ...(read ? ["read" as const] : begun ? ["begun" as const] : []),
        ...(saved ? ["saved" as const] : []),
      ];
      const said = [
        ...(read ? [texts.markRead] : begun ? [texts.markBegun(page.percent)] : []),
        ...(saved ? [texts.markSaved] : []),
      ];
      mark(link, kinds, said.join(texts.comma));
    }
    for (const group of navigation.querySelectorAll("details")) markGroup(group, reading);
  }
}

/** "2 of 7" on a section that can be folded away, once one of its pages has been read. */
function markGroup(group: HTMLDetailsElement, reading: Reading): void {
  const summary = group.querySelector(":scope > summary");
  if (!summary) return;
  const pages = pagesIn(group).map((link) => reading.at(link.pathname));
  const read = pages.filter((page) => page !== undefined && isComplete(page)).length;
  mark(
    summary,
    read > 0 ? ["count"] : [],
    texts.markCount(read, pages.length),
    texts.markCountShown(read, pages.length),
  );
}

/** A mark on each heading whose section has been read. */
export function markSections(content: HTMLElement, hasRead: (from: Element, to: Element | undefined) => boolean): void {
  const headings = [...content.querySelectorAll("h2")];
  headings.forEach((heading, index) => {
    mark(heading, hasRead(heading, headings[index + 1]) ? ["read"] : [], texts.markRead);
  });
}

export function defineMarks(): void {
  customElements.define("docent-mark", DocentMark);
}

export function removeMarks(): void {
  for (const one of document.querySelectorAll("docent-mark")) one.remove();
}
