// Terms of pages and readers that must meet by meaning, not by spelling: tags, systems, languages, tools, hardware.
import { canonicalTerm } from "../vocabulary.ts";

/** A term of a page. */
export interface Facet {
  /** Canonical spelling: what is compared. */
  readonly key: string;
  /** The page's own spelling: what a reader is shown. */
  readonly label: string;
  /** Share of the pages that do not have it: a tag of every page tells nothing. */
  readonly rarity: number;
}

/** The facets of every page for one field, each key once per page. */
export function facetsOf(
  lists: readonly (readonly string[])[],
  canonical: (term: string) => string = canonicalTerm,
): readonly (readonly Facet[])[] {
  // The first spelling of a page stays.
  const pages = lists.map((terms) => new Map(terms.toReversed().map((term) => [canonical(term), term])));
  const having = new Map<string, number>();
  for (const page of pages) for (const key of page.keys()) having.set(key, (having.get(key) ?? 0) + 1);
  return pages.map((page) =>
    [...page].reverse().map(([key, label]) => ({ key, label, rarity: 1 - (having.get(key) ?? 0) / lists.length })),
  );
}

/** Whether one term says what the other says, in more words: "jetson" and "jetson orin", in either direction. */
export function related(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  const words = new Set(long.split(" "));
  return short.split(" ").every((word) => words.has(word));
}

/**
 * How a page's list of systems, languages, tools or hardware fits what the reader has: 0 when the page lists nothing
 * (it fits everybody) or the reader never said; 1 for one match, nearing 2 with more; `-miss` when nothing matches.
 */
export function fit(listed: number, matched: number, readerSaid: boolean, miss: number): number {
  if (listed === 0 || !readerSaid) return 0;
  return matched === 0 ? -miss : 2 - 2 ** (1 - matched);
}
