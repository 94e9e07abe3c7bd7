// The order of the list. Maximal marginal relevance (Carbonell & Goldstein, SIGIR 1998): each place goes to the page
// that is relevant and unlike those above it. Scores stay as they are: only the order changes.
import type { IndexedPage } from "./prepare.ts";
import type { TermVector } from "./text.ts";

/** 1 would be relevance alone. */
const LAMBDA = 0.7;
/** Pages that compete for the places; a fixed number, so that a longer list begins like a shorter one. */
const POOL = 50;

export interface Scored {
  readonly page: IndexedPage;
  readonly score: number;
}

/** Cosine of two pages' terms, tags and categories among them: 0 to 1. */
export function similarity(a: TermVector, b: ReadonlyMap<number, number>, bLength: number): number {
  return a.terms.reduce((sum, term, at) => sum + (a.weights[at] ?? 0) * (b.get(term) ?? 0), 0) / (a.length * bLength);
}

/** At most `limit` of `ranked` (best first), the first places diversified. */
export function diversify<T extends Scored>(ranked: readonly T[], limit: number): T[] {
  const best = ranked[0]?.score ?? 0;
  const range = best - (ranked[Math.min(POOL, ranked.length) - 1]?.score ?? 0) || 1;
  const pool = ranked.slice(0, POOL).map((one) => ({ one, relevance: 1 - (best - one.score) / range, nearest: 0 }));
  const chosen: T[] = [];
  while (pool.length > 0 && chosen.length < limit) {
    const value = ({ relevance, nearest }: (typeof pool)[number]): number => LAMBDA * relevance - (1 - LAMBDA) * nearest;
    const at = pool.reduce((top, candidate, index) => {
      const leader = pool[top];
      return leader && value(leader) >= value(candidate) ? top : index;
    }, 0);
    const [next] = pool.splice(at, 1);
    if (!next) break;
    chosen.push(next.one);
    const { vector } = next.one.page;
    const weights = new Map(vector.terms.map((term, index) => [term, vector.weights[index] ?? 0]));
    for (const candidate of pool) {
      const alike = similarity(candidate.one.page.vector, weights, vector.length);
      if (alike > candidate.nearest) candidate.nearest = alike;
    }
  }
  return [...chosen, ...ranked.slice(POOL, POOL + limit - chosen.length)];
}

/** The same pages, each after those of them it builds on. Prerequisites hold no circles (graph.ts). */
export function inReadingOrder<T extends Scored>(list: readonly T[]): T[] {
  const waiting = new Map(list.map((one) => [one.page.index, one]));
  const result: T[] = [];
  const place = (one: T): void => {
    if (!waiting.delete(one.page.index)) return;
    for (const index of one.page.prerequisites) {
      const first = waiting.get(index);
      if (first) place(first);
    }
    result.push(one);
  };
  for (const one of list) place(one);
  return result;
}
