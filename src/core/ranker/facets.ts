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
  /** Number of the term within its list and scope; below `Scope.facetCount`. */
  readonly id: number;
  /** Share of the pages that do not have it: a tag of every page tells nothing. */
  readonly rarity: number;
}

/** The page's lists, by the part of the score that compares them. */
const LISTS = {
  tag: "tags",
  category: "categories",
  "operating-system": "operatingSystems",
  language: "languages",
  tool: "tools",
  hardware: "hardware",
} as const;
export type FacetPart = keyof typeof LISTS;
/** A page's facets; its categories and tags together are what a reader's field and wishes are looked for in. */
export type Facets = Readonly<Record<FacetPart | "domain" | "preference", readonly Facet[]>>;

const byPart = <T>(make: (part: FacetPart) => T): Record<FacetPart, T> => ({
  tag: make("tag"),
  category: make("category"),
  "operating-system": make("operating-system"),
  language: make("language"),
  tool: make("tool"),
  hardware: make("hardware"),
});

/** Terms by canonical spelling, each once and in the order given; the first spelling stays. */
export function termsOf(labels: readonly string[], canonical = canonicalTerm): Term[] {
  const terms = new Map<string, Term>();
  for (const label of labels) {
    const key = canonical(label);
    if (!terms.has(key)) terms.set(key, { key, label });
  }
  return [...terms.values()];
}

/** The facets of every page, and how many different ones there are. */
export function facetsOf(pages: readonly CataloguePage[]): { facets: Facets[]; facetCount: number } {
  let facetCount = 0;
  const lists = byPart((part) => {
    const keys = new Map<string, string>();
    const canonical = (label: string): string => {
      const key = keys.get(label) ?? (part === "operating-system" ? operatingSystemTerm : canonicalTerm)(label);
      keys.set(label, key);
      return key;
    };
    const terms = pages.map((page) => termsOf(page[LISTS[part]], canonical));
    const having = new Map<string, number>();
    for (const { key } of terms.flat()) having.set(key, (having.get(key) ?? 0) + 1);
    const ids = new Map([...having.keys()].map((key) => [key, facetCount++]));
    // Pages share the facets of one spelling: there are far fewer of them than of uses.
    const facets = new Map(
      [...keys].map(([label, key]): [string, Facet] => [
        label,
        { key, label, id: ids.get(key) ?? 0, rarity: 1 - (having.get(key) ?? 0) / pages.length },
      ]),
    );
    return terms.map((own) => own.flatMap(({ label }) => facets.get(label) ?? []));
  });
  const facets = pages.map((_, index) => {
    const own = byPart((part) => lists[part][index] ?? []);
    const subjects = [...own.category, ...own.tag];
    return { ...own, domain: subjects, preference: subjects };
  });
  return { facets, facetCount };
}

/** Whether one term says what the other says, in more words: "jetson" and "jetson orin", in either direction. */
export function related(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  const words = long.split(" ");
  return short.split(" ").every((word) => words.includes(word));
}
