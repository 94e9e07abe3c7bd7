// What can be known of a catalogue before any reader is: done once per catalogue version, and the expensive part.
// Pages that a reader may be recommended together form a scope: one language of one version of the documentation.
import type { CataloguePage } from "../catalogue.ts";
import type { Part } from "../recommendation.ts";
import { canonicalTerm, LEVELS, operatingSystemTerm } from "../vocabulary.ts";
import { type Facet, facetsOf } from "./facets.ts";
import { prerequisitesOf } from "./graph.ts";
import { orderTrust } from "./sequence.ts";
import { indexText, type TermVector, type TextIndex } from "./text.ts";
import { type PartScores, weightsOf } from "./weights.ts";

/** A page with everything the parts of the score ask of it. */
export interface IndexedPage {
  readonly page: CataloguePage;
  /** Place in the scope's order, from 0 and without gaps. */
  readonly index: number;
  readonly vector: TermVector;
  readonly tags: readonly Facet[];
  readonly categories: readonly Facet[];
  readonly operatingSystems: readonly Facet[];
  readonly languages: readonly Facet[];
  readonly tools: readonly Facet[];
  readonly hardware: readonly Facet[];
  /** Index in LEVELS; null when the page states none. */
  readonly level: number | null;
  /** Indices in the scope. */
  readonly prerequisites: readonly number[];
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
  readonly weights: PartScores;
  readonly strictPrerequisites: boolean;
}

/** Prepares a catalogue for ranking. The order of `pages` makes no difference. Never throws. */
export function prepare(pages: readonly CataloguePage[], options: RankerOptions = {}): RankerIndex {
  const groups = new Map<string, CataloguePage[]>();
  for (const page of pages) {
    const key = JSON.stringify([page.lang, page.version]);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(page);
  }
  return {
    scopes: [...groups.values()].map(scopeOf).sort(mainFirst),
    weights: weightsOf(options.weights),
    strictPrerequisites: options.strictPrerequisites ?? false,
  };
}

const versions = new Intl.Collator("en", { numeric: true });

function mainFirst(a: Scope, b: Scope): number {
  return b.pages.length - a.pages.length || versions.compare(b.version, a.version) || (a.lang < b.lang ? -1 : 1);
}

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
  const tags = facetsOf(pages.map((page) => page.tags));
  const categories = facetsOf(pages.map((page) => page.categories));
  const operatingSystems = facetsOf(
    pages.map((page) => page.operatingSystems),
    operatingSystemTerm,
  );
  const languages = facetsOf(pages.map((page) => page.languages));
  const tools = facetsOf(pages.map((page) => page.tools));
  const hardware = facetsOf(pages.map((page) => page.hardware));
  const prerequisites = prerequisitesOf(pages);
  const text = indexText(
    pages.map((page) => ({
      title: page.title,
      summary: page.summary,
      tags: page.tags.join(" "),
      categories: page.categories.join(" "),
      subjects: [...page.languages, ...page.tools, ...page.hardware].join(" "),
    })),
  );
  const indexed = pages.map((page, index): IndexedPage => {
    const path = page.categories.map((category) => canonicalTerm(category));
    return {
      page,
      index,
      vector: text.vectors[index] ?? { terms: [], weights: [], length: 1 },
      tags: tags[index] ?? [],
      categories: categories[index] ?? [],
      operatingSystems: operatingSystems[index] ?? [],
      languages: languages[index] ?? [],
      tools: tools[index] ?? [],
      hardware: hardware[index] ?? [],
      level: page.level === null ? null : LEVELS.indexOf(page.level),
      prerequisites: prerequisites[index] ?? [],
      section: path[0] ?? "",
      series: path.join("\n"),
      tieBreak: hash(page.pageKey),
    };
  });
  return {
    lang: unordered[0]?.lang ?? "",
    version: unordered[0]?.version ?? "",
    pages: indexed,
    byKey: new Map(indexed.map((page) => [page.page.pageKey, page])),
    text,
    orderTrust: orderTrust(indexed.map((page) => page.section)),
  };
}
