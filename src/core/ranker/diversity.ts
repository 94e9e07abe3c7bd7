// The order of the list. Maximal marginal relevance (Carbonell & Goldstein, SIGIR 1998): each place goes to the page
// that is relevant and unlike those above it. Scores stay as they are: only the order changes.
import type { IndexedPage } from "./prepare.ts";
import { addTo, dot } from "./text.ts";

/** 1 would be relevance alone. */
const LAMBDA = 0.7;
/** Pages that compete for the places; a fixed number, so that a longer list begins like a shorter one. */
const POOL = 50;

export interface Scored {
  readonly page: IndexedPage;
  readonly score: number;
}

/**
 * At most `limit` of `ranked` (best first), the first places diversified. Likeness is the cosine of two pages' terms,
 * tags and categories among them, 0 to 1; `termCount` is the number of different terms.
 */
export function diversify<T extends Scored>(ranked: readonly T[], limit: number, termCount: number): T[] {
  const best = ranked[0]?.score ?? 0;
  const range = best - (ranked[Math.min(POOL, ranked.length) - 1]?.score ?? 0) || 1;
  const pool = ranked.slice(0, POOL).map((one) => ({ one, relevance: 1 - (best - one.score) / range, nearest: 0 }));
  const chosen: T[] = [];
  while (pool.length > 0 && chosen.length < limit) {
    const values = pool.map(({ relevance, nearest }) => LAMBDA * relevance - (1 - LAMBDA) * nearest);
    const [next] = pool.splice(values.indexOf(Math.max(...values)), 1);
    if (!next) break;
    chosen.push(next.one);
    const { vector } = next.one.page;
    const terms = new Float64Array(termCount);
    addTo(terms, vector, 1 / vector.length);
    for (const other of pool) {
      other.nearest = Math.max(other.nearest, dot(terms, other.one.page.vector) / other.one.page.vector.length);
    }
  }
  return [...chosen, ...ranked.slice(POOL, POOL + limit - chosen.length)];
}

/** The same pages, each after those of them it builds on. Prerequisites hold no circles (graph.ts). */
export function inReadingOrder<T extends Scored>(list: readonly T[]): T[] {
  const waiting = new Map(list.map((one) => [one.page, one]));
  const result: T[] = [];
  const place = (one: T): void => {
    if (!waiting.delete(one.page)) return;
    for (const page of one.page.prerequisites) {
      const first = waiting.get(page);
      if (first) place(first);
    }
    result.push(one);
  };
  for (const one of list) place(one);
  return result;
}
