// What can be known of a catalogue before any reader is: done once per catalogue version, and the expensive part.
// Pages that a reader may be recommended together form a scope: one language of one version of the documentation.
import type { CataloguePage } from "../catalogue.ts";
import type { Part } from "../score-parts.ts";
import { canonicalTerm, LEVELS } from "../vocabulary.ts";
import { type Facets, facetsOf } from "./facets.ts";
import { prerequisitesOf } from "./graph.ts";
import { type Place, type Places, plainPath } from "./places.ts";
import { orderTrust } from "./sequence.ts";
import { indexText, type TermVector, type TextIndex } from "./text.ts";
import { type PartScores, weightsOf } from "./weights.ts";

/** To be raised with whatever changes the lists, or stored lists would pass for current: a test notices. */
const RANKER_VERSION = 1;

/** A page with everything the parts of the score ask of it. */
export interface IndexedPage {
  readonly page: CataloguePage;
  /** Place in the scope's order, from 0 and without gaps. */
  readonly index: number;
  readonly vector: TermVector;
  readonly facets: Facets;
  /** Index in LEVELS; null when the page states none. */
  readonly level: number | null;
  /** To read first, in the page's own order. */
  readonly prerequisites: readonly IndexedPage[];
  /** Its outermost category, and all of them: pages that share the latter form a series. "" without categories. */
  readonly section: string;
  readonly series: string;
  /** Decides between equal scores. Not the site's order: that would be a reason nobody is told. */
  readonly tieBreak: number;
}

export interface Scope {
  readonly lang: string;
  readonly version: string;
  readonly pages: readonly IndexedPage[];
  readonly byKey: ReadonlyMap<string, IndexedPage>;
  readonly text: TextIndex;
  readonly facetCount: number;
  readonly orderTrust: number;
}

export interface RankerOptions {
  /** Factors on the default weights. */
  weights?: Partial<Record<Part, number>>;
  /** Never recommend a page with an unread prerequisite. */
  strictPrerequisites?: boolean;
}

export interface RankerIndex {
  /** The site's main one first: that with most pages, and of equal ones the latest version. */
  readonly scopes: readonly Scope[];
  readonly places: Places;
  readonly weights: PartScores;
  readonly strictPrerequisites: boolean;
  /** Of the ranker and the owner's options: the same reader and catalogue then have the same list. */
  readonly version: string;
}

/** Prepares a catalogue for ranking. The order of `pages` makes no difference. Never throws. */
export function prepare(pages: readonly CataloguePage[], options: RankerOptions = {}): RankerIndex {
  const weights = weightsOf(options.weights);
  const strictPrerequisites = options.strictPrerequisites ?? false;
  const groups = new Map<string, CataloguePage[]>();
  for (const page of pages) {
    const key = JSON.stringify([page.lang, page.version]);
    const group = groups.get(key);
    if (group) group.push(page);
    else groups.set(key, [page]);
  }
  const places = new Map<string, Place[]>();
  const scopes = [...groups.values()].map((group) => {
    const scope = scopeOf(group);
    for (const { path, pageKey } of group) {
      const page = scope.byKey.get(pageKey);
      if (page) places.set(plainPath(path), [...(places.get(plainPath(path)) ?? []), { path, page, scope }]);
    }
    return scope;
  });
  return {
    scopes: scopes.sort(mainFirst),
    places,
    weights,
    strictPrerequisites,
    version: `${RANKER_VERSION}-${hash(JSON.stringify([weights, strictPrerequisites])).toString(36)}`,
  };
}

const versions = new Intl.Collator("en", { numeric: true });

const mainFirst = (a: Scope, b: Scope): number =>
  b.pages.length - a.pages.length || versions.compare(b.version, a.version) || (a.lang < b.lang ? -1 : 1);

/** FNV-1a, 32 bits: spreads keys evenly and needs no library. */
function hash(text: string): number {
  let result = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) result = Math.imul(result ^ text.charCodeAt(at), 0x01000193);
  return result >>> 0;
}

function scopeOf(unordered: readonly CataloguePage[]): Scope {
  const ordered = unordered.toSorted((a, b) => a.position - b.position || (a.path < b.path ? -1 : 1));
  const seen = new Set<string>();
  // Two pages with one key are one page to the reader's progress: the first stands for both.
  const pages = ordered.filter((page) => !seen.has(page.pageKey) && seen.add(page.pageKey));
  const { facets, facetCount } = facetsOf(pages);
  const text = indexText(
    pages.map((page) => ({
      title: page.title,
      summary: page.summary,
      tags: page.tags.join(" "),
      categories: page.categories.join(" "),
      subjects: [...page.languages, ...page.tools, ...page.hardware].join(" "),
    })),
  );
  const prerequisites: IndexedPage[][] = pages.map(() => []);
  const indexed = pages.flatMap((page, index): IndexedPage[] => {
    const vector = text.vectors[index];
    const own = facets[index];
    const firsts = prerequisites[index];
    if (!vector || !own || !firsts) return [];
    const categories = page.categories.map((category) => canonicalTerm(category));
    return [
      {
        page,
        index,
        vector,
        facets: own,
        level: page.level && LEVELS.indexOf(page.level),
        prerequisites: firsts,
        section: categories[0] ?? "",
        series: categories.join("\n"),
        tieBreak: hash(page.pageKey),
      },
    ];
  });
  prerequisitesOf(pages).forEach((firsts, index) => {
    prerequisites[index]?.push(...firsts.flatMap((first) => indexed[first] ?? []));
  });
  return {
    lang: ordered[0]?.lang ?? "",
    version: ordered[0]?.version ?? "",
    pages: indexed,
    byKey: new Map(indexed.map((one) => [one.page.pageKey, one])),
    text,
    facetCount,
    orderTrust: orderTrust(indexed.map((one) => one.section)),
  };
}
