// The project's ranker in the evaluation's terms: a case becomes a reader without a background who has read the pages.
import type { CataloguePage } from "../../src/core/catalogue.ts";
import { prepare, type RankerIndex, type RankerOptions } from "../../src/core/ranker/prepare.ts";
import { rank, score } from "../../src/core/ranker/rank.ts";
import type { ReaderState } from "../../src/core/ranker/reader.ts";
import type { Recommendation } from "../../src/core/recommendation.ts";
import type { Data } from "./data.ts";
import { type Case, CUTOFF, type Ranker } from "./metrics.ts";

/** Any fixed time does: the ranker compares times, it does not measure from now. */
export const NOW = new Date("2026-01-01T00:00:00Z");
const MINUTE = 60_000;

export function catalogueOf(data: Data): CataloguePage[] {
  return data.pages.map(({ order, ...page }) => ({
    ...page,
    pageKey: page.path,
    lang: "en",
    version: "",
    position: order,
    contentHash: page.path,
  }));
}

/** The pages were read one after the other, the last one just now. */
export function readerOf(read: readonly string[]): ReaderState {
  return {
    background: null,
    progress: read.map((pageKey, index) => {
      const at = new Date(NOW.getTime() - (read.length - index) * MINUTE).toISOString();
      return {
        pageKey,
        percent: 100,
        openedAt: at,
        completedAt: at,
        savedAt: null,
        dismissedAt: null,
        feedback: null,
        seenHash: pageKey,
      };
    }),
  };
}

export const topOf = (index: RankerIndex, one: Case): Recommendation[] =>
  rank(index, readerOf(one.read), { now: NOW, limit: CUTOFF });

/** The list as a reader gets it, and after it the rest by score. */
export function docent(data: Data, options: RankerOptions = {}): Ranker {
  const index = prepare(catalogueOf(data), options);
  return (one) => {
    const top = topOf(index, one).map((page) => page.pageKey);
    // What strict prerequisites leave out is ranked last.
    return [[...new Set([...top, ...byScore(index, one), ...one.candidates])]];
  };
}

/** By score alone, before diversity and reading order: what those two cost or bring. */
export function docentByScore(data: Data): Ranker {
  const index = prepare(catalogueOf(data));
  return (one) => [byScore(index, one)];
}

function byScore(index: RankerIndex, one: Case): string[] {
  const { ranked } = score(index, readerOf(one.read), { now: NOW, limit: CUTOFF });
  return ranked.map(({ page }) => page.page.pageKey);
}
