// The ranker's answer: which pages a reader gets, in which order, and why. Pure: the clock is passed in, nothing is
// random, and the same catalogue, reader and time give the same list in the browser, the Worker and the evaluation.
import type { ReadingProgress } from "../reading-progress.ts";
import type { Reason, Recommendation } from "../recommendation.ts";
import { diversify, inReadingOrder } from "./diversity.ts";
import { factsOf, newestFirst, scopeFor } from "./facts.ts";
import { averageOf, partsOf, type ScoredPage, scoreOf, unreadPrerequisites } from "./parts.ts";
import { placeAt } from "./places.ts";
import type { IndexedPage, RankerIndex, Scope } from "./prepare.ts";
import type { ReaderState } from "./reader.ts";
import { reasonsOf } from "./reasons.ts";
import { interestsOf, situate } from "./situation.ts";

export interface RankOptions {
  now: Date;
  /** Most pages to return. */
  limit: number;
  /** Path or `pageKey` of the page the reader is on. */
  current?: string | undefined;
}

/** A page chosen for a list, and why. */
export interface Choice {
  readonly page: IndexedPage;
  readonly score: number;
  readonly reasons: readonly Reason[];
}

/** The pages to recommend, best first. Empty for an empty catalogue or a language the site does not have. Never throws. */
export function rank(index: RankerIndex, reader: ReaderState, options: RankOptions): Recommendation[] {
  const scores = score(index, reader, options);
  return present(choose(scores, index, options.limit), scores.done);
}

/** The language and version that a reader's list is of, apart from the page they are on. */
export const usualScope = (index: RankerIndex, reader: ReaderState, now: Date): Scope | undefined =>
  scopeFor(index, reader, newestFirst(reader.progress, now), undefined);

/** The pages of a list in the order in which they were chosen, so that a longer list begins like a shorter one. */
export function choose({ ranked, begun, termCount }: Scores, { weights }: RankerIndex, limit: number): Choice[] {
  // A newcomer is led from the beginning in the site's order, which diversity would only disturb.
  const list = begun ? diversify(ranked, limit, termCount) : ranked.slice(0, limit);
  const usual = averageOf(ranked);
  return list.map((one) => ({ page: one.page, score: one.score, reasons: reasonsOf(one, usual, weights) }));
}

/**
 * What was chosen, as a reader gets it: in reading order. A page that stands above a better one, for variety or because
 * it is to be read first, counts as much as that one. `done` are the pages that count as read.
 */
export function present(choices: readonly Choice[], done: ReadonlySet<IndexedPage>): Recommendation[] {
  const ordered = inReadingOrder(choices);
  return ordered.map(({ page, reasons }, place) => {
    const score = Math.max(...ordered.slice(place).map((one) => one.score));
    const { pageKey, path, title, summary, level, minutes } = page.page;
    const readFirst = unreadPrerequisites({ done }, page).map(({ page: { pageKey, path, title } }) => ({
      pageKey,
      path,
      title,
    }));
    return { pageKey, path, title, summary, level, minutes, score, reasons: [...reasons], readFirst };
  });
}

export interface Scores {
  /** Every candidate, best first. */
  readonly ranked: readonly ScoredPage[];
  /** Whether the reader has read anything here. */
  readonly begun: boolean;
  /** Number of different terms in the language ranked. */
  readonly termCount: number;
  /** The language and version ranked; undefined when the site does not have it. */
  readonly scope: Scope | undefined;
  /** The pages that count as read. */
  readonly done: ReadonlySet<IndexedPage>;
}

/** What `rank` makes its list of. */
export function score(index: RankerIndex, reader: ReaderState, { now, current }: RankOptions): Scores {
  const history = newestFirst(reader.progress, now);
  const place = placeAt(index.places, current ?? "");
  const scope = scopeFor(index, reader, history, place, current);
  if (scope === undefined) return { ranked: [], begun: false, termCount: 0, scope, done: new Set() };
  const here = place?.page ?? scope.byKey.get(current ?? "");
  const facts = factsOf(scope, reader, history, here);
  const situation = situate(facts);
  const progress = new Map(history.map((one) => [one.pageKey, one]));
  const interests = new Set(interestsOf(facts.reads).map(({ page }) => page));

  const ranked: ScoredPage[] = [];
  for (const page of scope.pages) {
    const own = progress.get(page.page.pageKey);
    if (page === here || (own && isSettled(index, page, own))) continue;
    // A completed page that is still here is different now.
    const changed = own?.completedAt != null;
    // A page that was begun is like itself in everything: that must not count for it.
    const fair = interests.has(page)
      ? situate({ ...facts, reads: facts.reads.filter((one) => one.page !== page) })
      : situation;
    if (index.strictPrerequisites && unreadPrerequisites(fair, page).length > 0) continue;
    const parts = partsOf(fair, page, index.weights, changed);
    ranked.push({ page, score: scoreOf(parts), parts, changed, situation: fair });
  }
  ranked.sort((a, b) => b.score - a.score || a.page.tieBreak - b.page.tieBreak || a.page.index - b.page.index);
  return { ranked, begun: situation.last !== undefined, termCount: scope.text.termCount, scope, done: facts.done };
}

/** Whether the reader wants no more of a page: finished, and the same since; dismissed; or not for them. */
export const isSettled = (index: RankerIndex, page: IndexedPage, own: ReadingProgress): boolean =>
  own.dismissedAt !== null ||
  own.feedback === "not-for-me" ||
  (own.completedAt !== null && !hasChanged(index, page, own));

/** Whether what the reader saw is gone: neither this page, nor a translation or another version of it, is still that. */
const hasChanged = ({ scopes }: RankerIndex, { page }: IndexedPage, { seenHash }: ReadingProgress): boolean =>
  seenHash !== null && !scopes.some((scope) => scope.byKey.get(page.pageKey)?.page.contentHash === seenHash);
