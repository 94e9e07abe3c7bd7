// The score of one page for one reader: fifteen named parts, each of which may raise or lower it. A page's score is
// their sum, so that a reason can be read off it. Each part is a measure of about -1 to 1, times its weight.
import type { Facet } from "./facets.ts";
import { fit, related } from "./facets.ts";
import type { IndexedPage } from "./prepare.ts";
import { nearness } from "./sequence.ts";
import type { Situation } from "./situation.ts";
import { match, textScore } from "./text.ts";
import type { PartScores } from "./weights.ts";

/** Unread pages skipped for half of the order's value, and what going back is worth beside going on. */
const ORDER_HALF = 4;
const SERIES_HALF = 2;
const GOING_BACK = 0.5;

/** Parts that compare a list of the page's with what the reader has. A miss costs more the less can be done about it. */
const FITS = {
  "operating-system": { facets: (page: IndexedPage) => page.operatingSystems, miss: 2 },
  language: { facets: (page: IndexedPage) => page.languages, miss: 1 },
  tool: { facets: (page: IndexedPage) => page.tools, miss: 0.5 },
  hardware: { facets: (page: IndexedPage) => page.hardware, miss: 1.5 },
} as const;
export type FitPart = keyof typeof FITS;

/** Whether a term of the reader's answers meets one of a page: hardware and fields are named more or less exactly. */
export function meets(part: FitPart | "domain", key: string, term: string): boolean {
  return part === "hardware" || part === "domain" ? related(key, term) : key === term;
}

/** The facets of a page that the reader has. */
export function matchedFacets(situation: Situation, page: IndexedPage, part: FitPart | "domain"): readonly Facet[] {
  const facets = part === "domain" ? [...page.categories, ...page.tags] : FITS[part].facets(page);
  return facets.filter(({ key }) => situation.has[part].some((term) => meets(part, key, term)));
}

/** The value of each part for a page, weights applied. `changed`: the reader has completed the page and it changed since. */
export function partsOf(situation: Situation, page: IndexedPage, weights: PartScores, changed: boolean): PartScores {
  const { last, scope, done } = situation;
  const fitOf = (part: FitPart): number => {
    const { facets, miss } = FITS[part];
    const matched = matchedFacets(situation, page, part).length;
    return weights[part] * fit(facets(page).length, matched, situation.has[part].length > 0, miss);
  };
  const unread = page.prerequisites.filter((index) => !done.has(index)).length;
  return {
    text: weights.text * textScore(match(situation.query, page.vector)),
    tag: weights.tag * anyOf(page.tags, situation.tags),
    category: weights.category * anyOf(page.categories, situation.categories),
    series: weights.series * scope.orderTrust * seriesContinuity(situation, page),
    section: weights.section * scope.orderTrust * (last?.section && page.section === last.section ? 1 : 0),
    order: weights.order * scope.orderTrust * orderContinuity(situation, page),
    prerequisite: weights.prerequisite * readiness(page.prerequisites.length, unread),
    "follow-up": last !== null && page.prerequisites.includes(last.index) ? weights["follow-up"] : 0,
    level: weights.level * levelFit(situation, page),
    "operating-system": fitOf("operating-system"),
    language: fitOf("language"),
    tool: fitOf("tool"),
    hardware: fitOf("hardware"),
    domain: weights.domain * Math.max(0, ...matchedFacets(situation, page, "domain").map(({ rarity }) => rarity)),
    changed: changed ? weights.changed : 0,
  };
}

export const scoreOf = (parts: PartScores): number => Object.values(parts).reduce((sum, part) => sum + part, 0);

/** The chance that at least one of a page's terms is what the reader is after, were their shares of the reading chances. */
function anyOf(facets: readonly Facet[], shares: ReadonlyMap<string, number>): number {
  return 1 - facets.reduce((none, { key, rarity }) => none * (1 - rarity * (shares.get(key) ?? 0)), 1);
}

function seriesContinuity({ seriesRank }: Situation, page: IndexedPage): number {
  const rank = seriesRank.get(page.index);
  return rank === undefined ? 0 : nearness(rank, SERIES_HALF);
}

/** Nearness to where the reader left off; for a newcomer, to the beginning. */
function orderContinuity({ last, unreadBefore, done, scope }: Situation, page: IndexedPage): number {
  if (done.has(page.index)) return 0;
  if (last === null) return 1 - page.index / scope.pages.length;
  const before = (index: number): number => unreadBefore[index] ?? 0;
  return page.index > last.index
    ? nearness(before(page.index) - before(last.index + 1), ORDER_HALF)
    : GOING_BACK * nearness(before(last.index) - before(page.index + 1), ORDER_HALF);
}

/** Half for one prerequisite that is met, nearing 1 with more; -1 when none is. */
function readiness(all: number, unread: number): number {
  return unread > 0 ? -(1 + unread / all) / 2 : 1 - 2 ** -all;
}

/** 1 for a page of the reader's level, if they stated it; each level too hard costs 2, each too easy 1. */
function levelFit({ level }: Situation, page: IndexedPage): number {
  if (page.level === null) return 0;
  const harder = page.level - level.target;
  return level.trust * ((level.stated ? 1 : 0) - (harder > 0 ? 2 * harder : -harder));
}
