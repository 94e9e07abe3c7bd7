// The ranker's answer: which pages a reader gets, in which order, and why. Pure: the clock is passed in, nothing is
// random, and the same catalogue, reader and time give the same list in the browser, the Worker and the evaluation.
import type { Recommendation } from "../recommendation.ts";
import { diversify, inReadingOrder } from "./diversity.ts";
import { partsOf, scoreOf } from "./parts.ts";
import type { IndexedPage, RankerIndex, Scope } from "./prepare.ts";
import type { ReaderState, ReadingProgress } from "./reader.ts";
import { reasonsOf } from "./reasons.ts";
import { type Facts, type Read, type Situation, situate } from "./situation.ts";
import type { PartScores } from "./weights.ts";

/** Percent of a page from which having opened it is more than a glance. */
const GLANCE = 20;
/** Levels that one "too easy" or "too hard" moves the reader, and the most that all of them together can. */
const VERDICT = 0.5;
const MAX_SHIFT = 1;

export interface RankOptions {
  /** Times after it are taken for it: a device with a wrong clock must not lead the history for ever. */
  now: Date;
  /** Most pages to return. */
  limit: number;
  /** Path or `pageKey` of the page the reader is on. */
  current?: string;
}

/** A candidate with its score and the parts the score is the sum of. */
export interface ScoredPage {
  readonly page: IndexedPage;
  readonly score: number;
  readonly parts: PartScores;
  /** Completed, and different since. */
  readonly changed: boolean;
  /** The reader's situation that the page was scored in. */
  readonly situation: Situation;
}

/** The pages to recommend, best first. Empty for an empty catalogue or a language the site does not have. Never throws. */
export function rank(index: RankerIndex, reader: ReaderState, options: RankOptions): Recommendation[] {
  const ranked = score(index, reader, options);
  // A newcomer without a word about themselves gets the site's own order, which diversity would only disturb.
  const list = ranked[0]?.situation.last === null ? ranked.slice(0, options.limit) : diversify(ranked, options.limit);
  return inReadingOrder(list).map(({ page, score, changed, situation }) => ({
    pageKey: page.page.pageKey,
    path: page.page.path,
    title: page.page.title,
    summary: page.page.summary,
    level: page.page.level,
    minutes: page.page.minutes,
    score,
    reasons: reasonsOf(situation, page, index.weights, changed),
    readFirst: unreadPrerequisites(situation, page).map(({ page }) => ({
      pageKey: page.pageKey,
      path: page.path,
      title: page.title,
    })),
  }));
}

/** Every candidate with its score, best first; what `rank` makes its list of. */
export function score(index: RankerIndex, reader: ReaderState, options: RankOptions): ScoredPage[] {
  const history = newestFirst(reader.progress, options.now);
  const scope = scopeFor(index, reader, history, options.current);
  if (scope === undefined) return [];
  const progress = new Map(history.map((one) => [one.pageKey, one]));
  const current = pageAt(scope, options.current);
  const facts = factsOf(scope, reader, history, current);
  const situation = situate(facts);
  const readIndices = new Set(facts.reads.map(({ page }) => page.index));

  const scored = scope.pages.flatMap((page): ScoredPage[] => {
    const own = progress.get(page.page.pageKey);
    const changed = own !== undefined && own.completedAt !== null && hasChanged(index, page, own);
    if (page === current || own?.dismissedAt || (own?.completedAt && !changed)) return [];
    // Whoever has begun a page has not thereby asked for pages like it in the shape of itself.
    const without = readIndices.has(page.index)
      ? situate({ ...facts, reads: facts.reads.filter((read) => read.page !== page) })
      : situation;
    if (index.strictPrerequisites && unreadPrerequisites(without, page).length > 0) return [];
    const parts = partsOf(without, page, index.weights, changed);
    return [{ page, score: scoreOf(parts), parts, changed, situation: without }];
  });
  return scored.sort((a, b) => b.score - a.score || a.page.tieBreak - b.page.tieBreak || a.page.index - b.page.index);
}

const unreadPrerequisites = ({ done, scope }: Situation, page: IndexedPage): IndexedPage[] =>
  page.prerequisites.filter((index) => !done.has(index)).flatMap((index) => scope.pages[index] ?? []);

const pageAt = (scope: Scope, pathOrKey: string | undefined): IndexedPage | undefined =>
  scope.pages.find(({ page }) => page.path === pathOrKey) ?? scope.byKey.get(pathOrKey ?? "");

/** When a page was last read, in milliseconds; 0 for never, or a time that cannot be read. */
function readAt({ openedAt, completedAt }: ReadingProgress, now: Date): number {
  const times = [openedAt, completedAt].map((time) => Date.parse(time ?? "") || 0);
  return Math.min(Math.max(...times), now.getTime());
}

function newestFirst(progress: readonly ReadingProgress[], now: Date): ReadingProgress[] {
  return progress
    .map((one) => ({ one, at: readAt(one, now) }))
    .sort((a, b) => b.at - a.at || (a.one.pageKey < b.one.pageKey ? -1 : 1))
    .map(({ one }) => one);
}

/** The one language and version to recommend from: stated, else the current page's, else the last read one's, else the main. */
function scopeFor(
  { scopes }: RankerIndex,
  { lang, version }: ReaderState,
  history: readonly ReadingProgress[],
  current: string | undefined,
): Scope | undefined {
  const wanted = lang?.toLowerCase() ?? "";
  const within = (a: string, b: string): boolean => a === b || a.startsWith(`${b}-`);
  const speaks = (scope: Scope): boolean => {
    const own = scope.lang.toLowerCase();
    return lang === undefined || within(own, wanted) || within(wanted, own);
  };
  const possible = scopes.filter((scope) => speaks(scope) && (version === undefined || scope.version === version));
  const exact = possible.filter((scope) => scope.lang.toLowerCase() === wanted);
  const eligible = exact.length > 0 ? exact : possible;
  // The key of a page is the same in every translation; what the reader saw of it tells them apart.
  const seen = ({ pageKey, seenHash }: ReadingProgress) =>
    eligible.find((scope) => seenHash !== null && scope.byKey.get(pageKey)?.page.contentHash === seenHash) ??
    eligible.find((scope) => scope.byKey.has(pageKey));
  return (
    eligible.find((scope) => scope.pages.some(({ page }) => page.path === current)) ??
    eligible.find((scope) => scope.byKey.has(current ?? "")) ??
    history.map(seen).find((scope) => scope !== undefined) ??
    eligible[0]
  );
}

function factsOf(
  scope: Scope,
  { background }: ReaderState,
  history: readonly ReadingProgress[],
  current: IndexedPage | undefined,
): Facts {
  const known = history.flatMap((progress) => {
    const page = scope.byKey.get(progress.pageKey);
    return page === undefined ? [] : [{ page, progress }];
  });
  const reads = known.flatMap(({ page, progress }): Read[] => {
    const { completedAt, openedAt, percent, dismissedAt, feedback } = progress;
    const read = completedAt !== null || (openedAt !== null && percent >= GLANCE);
    if (!read || dismissedAt !== null || feedback === "not-for-me" || page === current) return [];
    return [{ page, share: completedAt === null ? Math.min(percent, 100) / 100 : 1 }];
  });
  const completed = known.filter(({ progress }) => progress.completedAt !== null).map(({ page }) => page.index);
  const said = (verdict: string): number => history.filter(({ feedback }) => feedback === verdict).length;
  const shift = VERDICT * (said("too-easy") - said("too-hard"));
  return {
    scope,
    background,
    reads: current === undefined ? reads : [{ page: current, share: 1 }, ...reads],
    done: new Set(current === undefined ? completed : [...completed, current.index]),
    levelShift: Math.max(-MAX_SHIFT, Math.min(MAX_SHIFT, shift)),
  };
}

/** Whether what the reader saw exists no more: neither as this page nor as a translation or another version of it. */
function hasChanged({ scopes }: RankerIndex, { page }: IndexedPage, { seenHash }: ReadingProgress): boolean {
  return seenHash !== null && !scopes.some((scope) => scope.byKey.get(page.pageKey)?.page.contentHash === seenHash);
}
