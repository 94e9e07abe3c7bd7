// The bench measures what it says: every variant answers as it must, and costs exactly the calls that are its point.
// Times are not looked at.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { measure, type Sample } from "../../bench/session/measure.ts";
import { between } from "../../bench/session/report.ts";
import { figuresOf, quantile, ratio } from "../../bench/session/summary.ts";
import { judge } from "../../bench/session/targets.ts";
import { VARIANTS } from "../../bench/session/variants.ts";

const SETTING = { connections: 2, latencyMs: 0 };
const REQUESTS = 3;
const forEachGroup = <Value>(value: Value) => ({
  session: value,
  "sign-up": value,
  "sign-in": value,
  "sign-out": value,
});

let samples: Sample[] = [];
beforeAll(async () => {
  samples = await measure({
    variants: VARIANTS,
    settings: [SETTING],
    rounds: 1,
    // Ended by their number, never by time.
    milliseconds: forEachGroup(Number.POSITIVE_INFINITY),
    atMost: forEachGroup(REQUESTS),
    warmUp: { requests: 1, milliseconds: Number.POSITIVE_INFINITY },
  });
}, 120_000);

describe("each request of a variant costs", () => {
  it.each([
    // database, KV, bytes of the cookie
    ["empty", 0, 0, 0],
    ["kv", 0, 1, 0],
    ["statement", 1, 0, 0],
    ["memory", 0, 0, 107],
    ["from-kv", 0, 1, 107],
    // A look-up in KV that finds nothing, and what is written there for the next one.
    ["from-postgres", 1, 2, 107],
    ["stock", 2, 0, 114],
    ["stock-joins", 1, 0, 114],
    ["stock-cookie-cache", 0, 0, 1034],
    ["stock-secondary-storage", 0, 2, 114],
    ["jwt", 0, 0, 291],
    ["sign-up", 1, 0, 0],
    ["stock-sign-up", 4, 0, 0],
    ["stock-joins-sign-up", 4, 0, 0],
    // One of the three after the answer: when the reader last signed in.
    ["sign-in", 2, 0, 0],
    ["stock-sign-in", 3, 0, 0],
    ["stock-joins-sign-in", 2, 0, 0],
    // Two tombstones.
    ["sign-out", 1, 2, 107],
    ["stock-sign-out", 5, 0, 114],
    ["stock-joins-sign-out", 4, 0, 114],
  ])("%s: %i database calls, %i KV calls, %i bytes of cookie", (id, sql, kv, cookieBytes) => {
    const { latencies } = samples.find(({ variant }) => variant.id === id) ?? { latencies: [] };
    expect(latencies).toHaveLength(REQUESTS);
    expect(figuresOf(samples, id, SETTING)).toMatchObject({ sql, kv, cookieBytes });
  });

  it("and every variant is above", () => {
    expect(samples.map(({ variant }) => variant.id).sort()).toEqual(VARIANTS.map(({ id }) => id).sort());
    expect(VARIANTS).toHaveLength(20);
  });
});

describe("the figures", () => {
  const [variant] = VARIANTS;
  if (!variant) throw new Error("no variant");
  const made = (id: string, round: number, requests: number): Sample => ({
    variant: { ...variant, id },
    setting: SETTING,
    round,
    latencies: Array.from({ length: requests }, (_, at) => at + 1),
    seconds: 1,
    cpuMs: 10,
    sql: requests,
    kv: 0,
    cookieBytes: 0,
  });

  it("take a quantile from what was measured", () => {
    const values = Array.from({ length: 100 }, (_, at) => 100 - at);
    expect([quantile(values, 0.5), quantile(values, 0.99), quantile([7], 0.99)]).toEqual([50, 99, 7]);
  });

  it("compare within a round: a round in which all was slow changes nothing", () => {
    const rounds = [made("a", 0, 80), made("b", 0, 100), made("a", 1, 8), made("b", 1, 10), made("a", 2, 9)];
    expect(ratio(rounds, (sample) => sample.latencies.length, "a", "b", SETTING)).toBe(0.8);
  });

  it.each([
    [80, "met"],
    [79, "missed"],
  ])("judge %i of 100 from memory as %s", (requests, verdict) => {
    const verdicts = judge([made("memory", 0, requests), made("empty", 0, 100)], [SETTING]);
    expect(verdicts.map(({ met }) => (met ? "met" : "missed"))).toEqual([verdict]);
  });
});

describe("the documents", () => {
  it.each(["README.md", "docs/benchmarks.md"])("%s has a place for the tables, and nothing else is touched", (path) => {
    const document = readFileSync(join(import.meta.dirname, "..", "..", path), "utf8");
    const [before, , after] = between(document, "TABLE").split(/<!-- npm run bench -- --write: (?:begin|end) -->/);
    expect(document.startsWith(before ?? "?")).toBe(true);
    expect(document.endsWith(after ?? "?")).toBe(true);
    expect(between(between(document, "ONE"), "TWO")).toBe(between(document, "TWO"));
  });
});
