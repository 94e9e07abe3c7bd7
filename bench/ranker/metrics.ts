// What a ranking is worth, and how sure the samples let us be. Pure.
import type { Data, LearningPath, Split } from "./data.ts";
import { PythonRandom } from "./python-random.ts";

/** How far down a list the reader is taken to look. */
export const CUTOFF = 10;
const BOOTSTRAP_ROUNDS = 2000;
/** Seed of every random choice of the evaluation. */
export const SEED = 20240601;

/** The first k pages of a path are read; every other page of the catalogue is ranked. */
export interface Case {
  path: LearningPath;
  split: Split;
  read: readonly string[];
  /** The rest of the path, in the experts' order; never empty. */
  rest: readonly string[];
  /** In the site's order. */
  candidates: readonly string[];
}

/** Every ranker gives one or more complete rankings of a case's candidates; the metrics of several are averaged. */
export type Ranker = (one: Case) => string[][];

export interface Metrics {
  /** Gain 3 for the immediate next page, 2 for the one after, 1 for the rest of the path (Järvelin & Kekäläinen 2002). */
  ndcg: number;
  /** 1 / rank of the immediate next page, over the whole ranking. */
  mrr: number;
  /** Share of the path's remaining pages in the top 10. */
  recall: number;
  /** Share of the top 10 with a prerequisite that is not read. */
  violations: number;
  /** The same, where a prerequisite ranked above the page counts as read: a list read from the top down. */
  violationsInOrder: number;
}

const METRICS = ["ndcg", "mrr", "recall", "violations", "violationsInOrder"] as const;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
export const mean = (numbers: readonly number[]): number => sum(numbers) / numbers.length;
const discounted = (gains: readonly number[]): number => sum(gains.map((gain, at) => gain / Math.log2(at + 2)));

export function metricsOf(
  ranked: readonly string[],
  rest: readonly string[],
  read: ReadonlySet<string>,
  prerequisites: Data["prerequisites"],
): Metrics {
  const gains = new Map(rest.map((id, at) => [id, [3, 2][at] ?? 1]));
  const top = ranked.slice(0, CUTOFF);
  const ideal = [...gains.values()].sort((a, b) => b - a).slice(0, CUTOFF);
  const unmet = (id: string, above: readonly string[]): boolean =>
    [...(prerequisites.get(id) ?? [])].some((first) => !read.has(first) && !above.includes(first));
  const share = (test: (id: string, at: number) => boolean): number => top.filter(test).length / top.length;
  return {
    ndcg: discounted(top.map((id) => gains.get(id) ?? 0)) / discounted(ideal),
    mrr: 1 / (ranked.indexOf(rest[0] ?? "") + 1),
    recall: top.filter((id) => gains.has(id)).length / rest.length,
    violations: share((id) => unmet(id, [])),
    violationsInOrder: share((id, at) => unmet(id, top.slice(0, at))),
  };
}

export function casesOf(data: Data, split: Split, path: LearningPath): Case[] {
  return path.pages.slice(1).map((_, index) => {
    const read = path.pages.slice(0, index + 1);
    const seen = new Set(read);
    const candidates = data.ids.filter((id) => !seen.has(id));
    return { path, split, read, rest: path.pages.slice(index + 1), candidates };
  });
}

export interface Result extends Metrics {
  paths: number;
  cases: number;
  /** Mean over paths of the mean over a path's cases: a long path counts no more than a short one. */
  ndcgByPath: number;
  /** 95 % interval of nDCG: bootstrap over paths, a path's cases staying together. */
  interval: Interval;
  /** For each path, the sum of its cases' nDCG and their number. */
  sums: readonly PathSum[];
}
export type Interval = readonly [low: number, high: number];
type PathSum = readonly [total: number, cases: number];

/** Runs a ranker over every case of a split; null when the split has no paths. */
export function evaluate(data: Data, split: Split, ranker: Ranker): Result | null {
  if (data.paths[split].length === 0) return null;
  const byPath = data.paths[split].map((path) =>
    casesOf(data, split, path).map((one) => {
      const read = new Set(one.read);
      const rankings = ranker(one).map((ranked) => metricsOf(ranked, one.rest, read, data.prerequisites));
      return average(rankings);
    }),
  );
  const all = byPath.flat();
  const sums = byPath.map((rows): PathSum => [sum(rows.map((row) => row.ndcg)), rows.length]);
  return {
    ...average(all),
    paths: byPath.length,
    cases: all.length,
    ndcgByPath: mean(byPath.map((rows) => mean(rows.map((row) => row.ndcg)))),
    interval: bootstrap(sums),
    sums,
  };
}

/** How much nDCG one ranker has over another on the same paths, with its 95 % interval. */
export function gain(result: Result, over: Result): { ndcg: number; interval: Interval } {
  const differences = result.sums.map(([total, cases], path): PathSum => [total - (over.sums[path]?.[0] ?? 0), cases]);
  return { ndcg: result.ndcg - over.ndcg, interval: bootstrap(differences) };
}

function average(rows: readonly Metrics[]): Metrics {
  const of = (metric: (typeof METRICS)[number]): number => mean(rows.map((row) => row[metric]));
  return {
    ndcg: of("ndcg"),
    mrr: of("mrr"),
    recall: of("recall"),
    violations: of("violations"),
    violationsInOrder: of("violationsInOrder"),
  };
}

function bootstrap(paths: readonly PathSum[]): Interval {
  const random = new PythonRandom(BigInt(SEED));
  const means = Array.from({ length: BOOTSTRAP_ROUNDS }, () => {
    const picked = paths.map(() => paths[random.randrange(paths.length)] ?? [0, 0]);
    return sum(picked.map(([total]) => total)) / sum(picked.map(([, cases]) => cases));
  }).sort((a, b) => a - b);
  const at = (share: number): number => Math.trunc(share * BOOTSTRAP_ROUNDS);
  return [means[at(0.025)] ?? Number.NaN, means[at(0.975) - 1] ?? Number.NaN];
}
