// The evaluation's own arithmetic: a figure is worth no more than the code that counts it.
import { describe, expect, it } from "vitest";
import { metricsOf } from "../../bench/ranker/metrics.ts";
import { PythonRandom } from "../../bench/ranker/python-random.ts";

describe("the metrics", () => {
  const none = new Map<string, ReadonlySet<string>>();
  const cNeedsB = new Map([["c", new Set(["b"])]]);

  it("of a perfect ranking", () => {
    const metrics = metricsOf(["b", "c", "d", "x"], ["b", "c", "d"], new Set(["a"]), cNeedsB);
    expect(metrics).toEqual({ ndcg: 1, mrr: 1, recall: 1, violations: 0.25, violationsInOrder: 0 });
  });

  it("of a ranking that puts a page above its prerequisite", () => {
    expect(metricsOf(["c", "b"], ["b"], new Set(["a"]), cNeedsB).violationsInOrder).toBe(0.5);
  });

  it("of a ranking that finds the next page second and the one after it too late", () => {
    const fillers = Array.from({ length: 9 }, (_, at) => `y${at}`);
    const metrics = metricsOf(["x", "b", ...fillers, "c"], ["b", "c"], new Set(["a"]), none);
    expect(metrics.ndcg).toBeCloseTo(3 / Math.log2(3) / (3 + 2 / Math.log2(3)), 12);
    expect(metrics).toMatchObject({ mrr: 0.5, recall: 0.5, violations: 0 });
  });

  it("of a ranking that finds nothing in the first ten", () => {
    const fillers = Array.from({ length: 10 }, (_, at) => `x${at}`);
    expect(metricsOf([...fillers, "b"], ["b"], new Set(), none)).toMatchObject({ ndcg: 0, recall: 0, mrr: 1 / 11 });
  });
});

describe("the random numbers are those of Python's random.Random", () => {
  it.each([
    [0n, 1000, [864, 394, 776]],
    [20240601n, 14, [1, 7, 6, 7]],
  ])("seeded with %i, below %i", (seed, below, drawn) => {
    const random = new PythonRandom(seed);
    expect(drawn.map(() => random.randrange(below))).toEqual(drawn);
  });

  it("shuffling with a seed of many digits", () => {
    const items = Array.from({ length: 20 }, (_, at) => at);
    new PythonRandom(0xabcdef0123456789abcdef0123456789abcdef0123456789n).shuffle(items);
    expect(items).toEqual([7, 9, 3, 15, 2, 10, 8, 18, 12, 1, 11, 6, 19, 5, 17, 0, 4, 14, 13, 16]);
  });
});
