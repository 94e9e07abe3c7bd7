// A reader's stored list against what is so now: does it still hold, and what of it may be shown? Pure.
import * as z from "zod/mini";
import { type Basis, basis, type StoredRecommendation, storedRecommendation } from "../core/personalization.ts";
import type { RankerIndex, Scope } from "../core/ranker/prepare.ts";
import { type Choice, isSettled } from "../core/ranker/rank.ts";
import type { ReadingProgress } from "../core/reading-progress.ts";

export interface StoredList {
  basis: Basis;
  list: readonly StoredRecommendation[];
}

/** The list as it was stored; undefined for none, and for one in another form than is stored today. */
export function parseStoredList(list: unknown, storedBasis: unknown): StoredList | undefined {
  const parsed = z.safeParse(z.object({ list: z.array(storedRecommendation), basis }), {
    list: list ?? [],
    basis: storedBasis,
  });
  return parsed.success ? parsed.data : undefined;
}

/** Whether a list made from the one would be the list made from the other. */
export function isSameBasis({ rankedAt: _, ...one }: Basis, other: Basis): boolean {
  return (Object.keys(one) as (keyof typeof one)[]).every((input) => one[input] === other[input]);
}

/**
 * The entries that may be shown, in the order in which they were chosen: of pages that are still there, and that the
 * reader has not finished or dismissed since.
 */
export function showable(
  { list }: StoredList,
  index: RankerIndex,
  scope: Scope,
  progress: readonly ReadingProgress[],
): Choice[] {
  const byKey = new Map(progress.map((one) => [one.pageKey, one]));
  return list.flatMap(({ page: key, score, reasons }): Choice[] => {
    const page = scope.byKey.get(key);
    const own = byKey.get(key);
    return page === undefined || (own && isSettled(index, page, own)) ? [] : [{ page, score, reasons }];
  });
}

/** What is stored of a list that was just ranked. */
export const stored = (site: string, choices: readonly Choice[]): StoredRecommendation[] =>
  choices.map(({ page, score, reasons }) => ({ site, page: page.page.pageKey, score, reasons: [...reasons] }));
