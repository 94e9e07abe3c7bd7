// Where a reader stands in one scope: what they read, where they left off, what they said of themselves.
// A reason is tested by asking for the same situation without the thing it names, so everything that depends on the
// reader is derived here and nowhere else.
import type { Background } from "../background.ts";
import { canonicalTerm, LEVELS } from "../vocabulary.ts";
import type { Facet } from "./facets.ts";
import type { IndexedPage, Scope } from "./prepare.ts";
import { addTo, type Query } from "./text.ts";

/** Each page back in the history counts this much of the one after it. */
const RECENCY = 0.7;
/** Pages of the history that count at all: the share of a further one would be below 2 %. */
const HISTORY = 12;
/** An inferred level is a guess: how much it counts beside a stated one. */
const INFERRED_LEVEL = 0.2;
/** What the reader's answers count beside a page they read, while they have read none. */
const ANSWER_WEIGHT = 0.5;

/** A page the reader has been on. */
export interface Read {
  readonly page: IndexedPage;
  /** How much of it they read, 0 to 1. */
  readonly share: number;
}

/** The facts; everything else follows from them. */
export interface Facts {
  readonly scope: Scope;
  readonly background: Background | null;
  /** Newest first; the page they are on is the newest. */
  readonly reads: readonly Read[];
  /** Indices of the pages that count as read: completed, or being read now. */
  readonly done: ReadonlySet<number>;
  /** What the reader's verdicts (too easy, too hard) add to their level, in levels. */
  readonly levelShift: number;
}

export interface Situation extends Facts {
  /** The page they read last; null for a newcomer. */
  readonly last: IndexedPage | null;
  /** The vocabulary of what they read, or, for a newcomer, of what they said. */
  readonly query: Query;
  /** How much of the recent reading has a tag or category, 0 to 1, by key. */
  readonly tags: ReadonlyMap<string, number>;
  readonly categories: ReadonlyMap<string, number>;
  /** Number of unread pages before each index of the scope. */
  readonly unreadBefore: Int32Array;
  /** Place among the unread pages of the series being read, from 0, by index in the scope. */
  readonly seriesRank: ReadonlyMap<number, number>;
  readonly level: { readonly target: number; readonly stated: boolean; readonly trust: number };
  /** What the reader has, in canonical spelling, by the part of the score that asks. */
  readonly has: Readonly<Record<"operating-system" | "language" | "tool" | "hardware" | "domain", readonly string[]>>;
}

/** The weight of each read page that counts, newest first. */
export function interestsOf(reads: readonly Read[]): readonly { page: IndexedPage; weight: number }[] {
  return reads.slice(0, HISTORY).map((read, age) => ({ page: read.page, weight: read.share * RECENCY ** age }));
}

export function situate(facts: Facts): Situation {
  const { scope, background, reads, done } = facts;
  const last = reads[0]?.page ?? null;
  const interests = interestsOf(reads);
  const query: Query = new Float64Array(scope.text.termCount);
  for (const { page, weight } of interests) addTo(query, page.vector, weight);
  if (last === null) for (const term of answersOf(background)) addTo(query, scope.text.vectorOf(term), ANSWER_WEIGHT);

  const total = interests.reduce((sum, one) => sum + one.weight, 0);
  const shares = (facets: (page: IndexedPage) => readonly Facet[]): Map<string, number> => {
    const result = new Map<string, number>();
    for (const { page, weight } of interests)
      for (const { key } of facets(page)) result.set(key, (result.get(key) ?? 0) + weight / total);
    return result;
  };

  const unreadBefore = new Int32Array(scope.pages.length + 1);
  for (const { index } of scope.pages) unreadBefore[index + 1] = (unreadBefore[index] ?? 0) + (done.has(index) ? 0 : 1);
  const nextInSeries = scope.pages.filter(
    (page) => last !== null && page.index > last.index && page.series === last.series && !done.has(page.index),
  );
  return {
    ...facts,
    last,
    query,
    tags: shares((page) => page.tags),
    categories: shares((page) => page.categories),
    unreadBefore,
    seriesRank: new Map(last?.series ? nextInSeries.map((page, rank) => [page.index, rank]) : []),
    level: levelOf(facts),
    has: hasOf(background),
  };
}

/** The level to aim at: what the reader said, else the highest they read lately, else the easiest. */
function levelOf({ background, reads, levelShift }: Facts): Situation["level"] {
  if (background?.experienceLevel) {
    return { target: LEVELS.indexOf(background.experienceLevel) + levelShift, stated: true, trust: 1 };
  }
  const levels = reads.slice(0, HISTORY).flatMap(({ page }) => page.level ?? []);
  return levels.length > 0
    ? { target: Math.max(...levels) + levelShift, stated: false, trust: INFERRED_LEVEL }
    : { target: levelShift, stated: false, trust: reads.length > 0 ? 0 : 1 };
}

function hasOf(background: Background | null): Situation["has"] {
  const { operatingSystem, devices = [], gpu } = background?.hardwareSetup ?? {};
  const canonical = (terms: readonly string[]): string[] => terms.map((term) => canonicalTerm(term));
  return {
    "operating-system": operatingSystem ? [operatingSystem] : [],
    language: canonical(background?.programmingLanguages ?? []),
    tool: canonical(background?.softwareTools ?? []),
    // Readers write "RTX 4070", pages ask for a "GPU".
    hardware: canonical(gpu ? [...devices, `${gpu} gpu`] : devices),
    domain: canonical(background?.primaryDomain ? [background.primaryDomain] : []),
  };
}

/** The answers that are subjects, in the reader's spelling. */
export function answersOf(background: Background | null): readonly string[] {
  if (background === null) return [];
  const { primaryDomain, softwareTools, programmingLanguages, hardwareSetup } = background;
  return [...new Set([primaryDomain ?? [], softwareTools, programmingLanguages, hardwareSetup.devices ?? []].flat())];
}
