// Terms of pages and readers that must meet by meaning, not by spelling: tags, systems, languages, tools, hardware.
import type { CataloguePage } from "../catalogue.ts";
import { canonicalTerm, operatingSystemTerm } from "../vocabulary.ts";

/** A term of a page or of a reader's answers. */
export interface Term {
  /** Canonical spelling: what is compared. */
  readonly key: string;
  /** The spelling it came in: what a reader is shown. */
  readonly label: string;
}

/** A term of a page. */
export interface Facet extends Term {
  /** Share of the pages that do not have it: a tag of every page tells nothing. */
  readonly rarity: number;
}

/** The page's lists, by the part of the score that reads them. */
const LISTS = {
  tag: (page: CataloguePage) => page.tags,
  category: (page: CataloguePage) => page.categories,
  "operating-system": (page: CataloguePage) => page.operatingSystems,
  language: (page: CataloguePage) => page.languages,
  tool: (page: CataloguePage) => page.tools,
  hardware: (page: CataloguePage) => page.hardware,
} as const;
export type FacetPart = keyof typeof LISTS;
export type Facets = Readonly<Record<FacetPart, readonly Facet[]>>;

/** Terms by their canonical spelling, each once and in the order given; the first spelling stays. */
export function termsOf(labels: readonly string[], canonical = canonicalTerm): Term[] {
  const terms = new Map<string, Term>();
  for (const label of labels) {
    const key = canonical(label);
    if (!terms.has(key)) terms.set(key, { key, label });
  }
  return [...terms.values()];
}

/** The facets of every page. */
export function facetsOf(pages: readonly CataloguePage[]): readonly Facets[] {
  const of = (part: FacetPart): Facet[][] => {
    const lists = pages.map((page) =>
      termsOf(LISTS[part](page), part === "operating-system" ? operatingSystemTerm : canonicalTerm),
    );
    const having = new Map<string, number>();
    for (const { key } of lists.flat()) having.set(key, (having.get(key) ?? 0) + 1);
    return lists.map((terms) =>
      terms.map((term) => ({ ...term, rarity: 1 - (having.get(term.key) ?? 0) / pages.length })),
    );
  };
  const columns = Object.fromEntries(Object.keys(LISTS).map((part) => [part, of(part as FacetPart)]));
  return pages.map((_, index) => columns);
}
