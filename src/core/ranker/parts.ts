// The score of one page for one reader: sixteen named parts, each of which may raise or lower it. A page's score is
// their sum, so that a reason can be read off it. Each part is a measure of about -1 to 1, times its weight.
import { PARTS } from "../score-parts.ts";
import type { IndexedPage } from "./prepare.ts";
import { nearness } from "./sequence.ts";
import { metFacets, type Situation } from "./situation.ts";
import { dot, textScore } from "./text.ts";
import { eachPart, type PartScores } from "./weights.ts";

/** Unread pages between, for half the value of being next; and what going back is worth beside going on. */
const ORDER_HALF = 4;
const SERIES_HALF = 2;
const GOING_BACK = 0.5;

/** What it costs that a page lists systems, …, and none is the reader's: the more, the less can be done about it. */
const MISS = { "operating-system": 2, language: 0.5, tool: 0.5, hardware: 1.5 } as const;

/** A candidate with its score and the parts the score is the sum of. */
export interface ScoredPage {
  readonly page: IndexedPage;
  readonly score: number;
  readonly parts: PartScores;
  /** The reader completed the page, and it is different now. */
  readonly changed: boolean;
  /** What the page was scored in. */
  readonly situation: Situation;
}

/** The value of each part for a page, weights applied. `changed`: see ScoredPage. */
export function partsOf(situation: Situation, page: IndexedPage, weights: PartScores, changed: boolean): PartScores {
  const { last, scope, query, done } = situation;
  const trust = scope.orderTrust;
  return {
    text: weights.text * textScore(dot(query, page.vector)),
    tag: weights.tag * anyOf("tag", situation, page),
    category: weights.category * anyOf("category", situation, page),
    series: weights.series * trust * seriesContinuity(situation, page),
    section: weights.section * trust * (last?.section && page.section === last.section ? 1 : 0),
    order: weights.order * trust * orderContinuity(situation, page),
    prerequisite: weights.prerequisite * readiness(situation, page),
    "follow-up": last && done.has(last) && page.prerequisites.includes(last) ? weights["follow-up"] : 0,
    level: weights.level * levelFit(situation, page),
    "operating-system": weights["operating-system"] * fitOf("operating-system", situation, page),
    language: weights.language * fitOf("language", situation, page),
    tool: weights.tool * fitOf("tool", situation, page),
    hardware: weights.hardware * fitOf("hardware", situation, page),
    domain: weights.domain * aboutness("domain", situation, page),
    preference: weights.preference * aboutness("preference", situation, page),
    changed: changed ? weights.changed : 0,
  };
}

export const scoreOf = (parts: PartScores): number => PARTS.reduce((sum, part) => sum + parts[part], 0);

/** What each part adds to the candidates on average. */
export const averageOf = (candidates: readonly ScoredPage[]): PartScores =>
  eachPart((part) => candidates.reduce((sum, { parts }) => sum + parts[part], 0) / candidates.length);

/** The chance that one of a page's terms is what the reader is after, were the terms' shares of the reading chances. */
function anyOf(part: "tag" | "category", { shares }: Situation, { facets }: IndexedPage): number {
  let none = 1;
  for (const { id, rarity } of facets[part]) none *= 1 - rarity * (shares[id] ?? 0);
  return 1 - none;
}

/** How telling a category or tag the page has of those that the reader named: 0 for none. */
const aboutness = (part: "domain" | "preference", situation: Situation, page: IndexedPage): number =>
  Math.max(0, ...metFacets(situation, page, part).map(({ rarity }) => rarity));

/** Unread pages between where the reader left off and a page. */
export function skipped({ unreadBefore }: Situation, last: IndexedPage, page: IndexedPage): number {
  const [from, to] = page.index > last.index ? [last.index, page.index] : [page.index, last.index];
  return (unreadBefore[to] ?? 0) - (unreadBefore[from + 1] ?? 0);
}

/** Going on in the series being read: most for its next unread page. */
function seriesContinuity(situation: Situation, page: IndexedPage): number {
  const { last, done } = situation;
  if (!last?.series || page.series !== last.series || page.index < last.index || done.has(page)) return 0;
  return nearness(skipped(situation, last, page), SERIES_HALF);
}

/** Nearness to where the reader left off; for a newcomer, to the beginning. */
function orderContinuity(situation: Situation, page: IndexedPage): number {
  const { last, done, scope } = situation;
  if (done.has(page)) return 0;
  if (last === undefined) return 1 - page.index / scope.pages.length;
  return nearness(skipped(situation, last, page), ORDER_HALF) * (page.index > last.index ? 1 : GOING_BACK);
}

/** The pages to read before a page. */
export const unreadPrerequisites = ({ done }: Pick<Situation, "done">, page: IndexedPage): IndexedPage[] =>
  page.prerequisites.filter((first) => !done.has(first));

/** Half for one prerequisite that is met, nearing 1 with more; -1 when none is. */
function readiness(situation: Situation, page: IndexedPage): number {
  const all = page.prerequisites.length;
  const unread = unreadPrerequisites(situation, page).length;
  return unread > 0 ? -(1 + unread / all) / 2 : 1 - 2 ** -all;
}

/** 1 for a page of the level the reader stated; each level too hard costs 2, each too easy 1. */
function levelFit({ level, target }: Situation, page: IndexedPage): number {
  if (page.level === null) return 0;
  const harder = page.level - target.level;
  return target.trust * ((level === null ? 0 : 1) - Math.max(2 * harder, -harder));
}

/**
 * How a page's systems, languages, tools or hardware fit what the reader has: 0 when the page lists none (it fits
 * everybody) or the reader never said; 1 for one that fits, nearing 2 with more; a penalty when none does.
 */
function fitOf(part: keyof typeof MISS, situation: Situation, page: IndexedPage): number {
  if (page.facets[part].length === 0 || situation.answers[part].length === 0) return 0;
  const met = metFacets(situation, page, part).length;
  return met > 0 ? 2 - 2 ** (1 - met) : -MISS[part];
}
