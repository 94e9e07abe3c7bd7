// The ranker's answer: which pages a reader gets, in which order, and why. Pure: the clock is passed in, nothing is
// random, and the same catalogue, reader and time give the same list in the browser, the Worker and the evaluation.
import type { ReadingProgress } from "../reading-progress.ts";
import type { Recommendation } from "../recommendation.ts";
import { diversify, inReadingOrder } from "./diversity.ts";
import { factsOf, newestFirst, scopeFor } from "./facts.ts";
import { averageOf, partsOf, type ScoredPage, scoreOf, unreadPrerequisites } from "./parts.ts";
import type { IndexedPage, RankerIndex } from "./prepare.ts";
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

/** The pages to recommend, best first. Empty for an empty catalogue or a language the site does not have. Never throws. */
export function rank(index: RankerIndex, reader: ReaderState, options: RankOptions): Recommendation[] {
  const { ranked, begun, termCount } = score(index, reader, options);
  // A newcomer is led from the beginning in the site's order, which diversity would only disturb.
  const list = begun ? diversify(ranked, options.limit, termCount) : ranked.slice(0, options.limit);
  const usual = averageOf(ranked);
  return inReadingOrder(list).map((scored) => {
    const { pageKey, path, title, summary, level, minutes } = scored.page.page;
    const reasons = reasonsOf(scored, usual, index.weights);
    const readFirst = unreadPrerequisites(scored.situation, scored.page).map(({ page }) => ({
      pageKey: page.pageKey,
      path: page.path,
      title: page.title,
    }));
    return { pageKey, path, title, summary, level, minutes, score: scored.score, reasons, readFirst };
  });
}

export interface Scores {
  /** Every candidate, best first. */
  readonly ranked: readonly ScoredPage[];
  /** Whether the reader has read anything here. */
  readonly begun: boolean;
  /** Number of different terms in the language ranked. */
  readonly termCount: number;
}

/** What `rank` makes its list of. */
export function score(index: RankerIndex, reader: ReaderState, { now, current }: RankOptions): Scores {
  const history = newestFirst(reader.progress, now);
  const scope = scopeFor(index, reader, history, current);
  if (scope === undefined) return { ranked: [], begun: false, termCount: 0 };
  const here = scope.pages.find(({ page }) => page.path === current) ?? scope.byKey.get(current ?? "");
  const facts = factsOf(scope, reader, history, here);
  const situation = situate(facts);
  const progress = new Map(history.map((one) => [one.pageKey, one]));
  const interests = new Set(interestsOf(facts.reads).map(({ page }) => page));

  const ranked: ScoredPage[] = [];
  for (const page of scope.pages) {
    const own = progress.get(page.page.pageKey);
    const changed = own?.completedAt != null && hasChanged(index, page, own);
    if (page === here || own?.dismissedAt || (own?.completedAt && !changed)) continue;
    // A page that was begun is like itself in everything: that must not count for it.
    const fair = interests.has(page)
      ? situate({ ...facts, reads: facts.reads.filter((one) => one.page !== page) })
      : situation;
    if (index.strictPrerequisites && unreadPrerequisites(fair, page).length > 0) continue;
    const parts = partsOf(fair, page, index.weights, changed);
    ranked.push({ page, score: scoreOf(parts), parts, changed, situation: fair });
  }
  ranked.sort((a, b) => b.score - a.score || a.page.tieBreak - b.page.tieBreak || a.page.index - b.page.index);
  return { ranked, begun: situation.last !== undefined, termCount: scope.text.termCount };
}

/** Whether what the reader saw is gone: neither this page, nor a translation or another version of it, is still that. */
const hasChanged = ({ scopes }: RankerIndex, { page }: IndexedPage, { seenHash }: ReadingProgress): boolean =>
  seenHash !== null && !scopes.some((scope) => scope.byKey.get(page.pageKey)?.page.contentHash === seenHash);
