// The sums and the readers of `npm run bench:month`.
import { describe, expect, it } from "vitest";
import { awake, busiest, total } from "../../bench/month/figures.ts";
import { paid, quotas } from "../../bench/month/prices.ts";
import { DOCS } from "../../bench/month/scenarios.ts";
import { seeded, visitsOf } from "../../bench/month/traffic.ts";
import { requestsOf } from "../../bench/month/widget.ts";

const MINUTE = 60_000;
const day = { requests: 0, kvReads: 0, kvPuts: 0, kvDeletes: 0 };
const use = { requests: 1, sql: 1, bytes: 1, kvReads: 1, kvWrites: 1 };

describe("the database's awake time", () => {
  it.each([
    [[], 0],
    [[0], 5],
    [[0, 0, 1], 6],
    [[0, 5], 10],
    [[0, 6], 10],
    [[6, 0, 3], 11],
  ])("of queries at the minutes %j is %i minutes", (times, minutes) => {
    expect(awake(times.map((at) => at * MINUTE))).toBe(minutes * MINUTE);
  });
});

it("adds up what was used, and finds the busiest day", () => {
  expect(total({ a: use, b: { ...use, sql: 3 } })).toEqual({ requests: 2, sql: 4, bytes: 2, kvReads: 2, kvWrites: 2 });
  expect(busiest([day, { ...day, kvPuts: 7 }, { ...day, kvPuts: 3 }], "kvPuts")).toBe(7);
});

it("prices what is beyond what a plan includes, and nothing else", () => {
  const hours = Array.from({ length: 1200 }, (_, n) => n * 5 * MINUTE);
  const figures = {
    uses: {},
    days: [{ ...day, requests: 12e6, kvPuts: 3e6 }],
    sqlTimes: hours,
    visits: 0,
    pageViews: 0,
    signIns: 0,
  };
  // 100 hours at a quarter of a CU.
  expect(quotas(figures).find(({ name }) => name.includes("CU-hours"))?.used).toBeCloseTo(25, 9);
  const { cloudflare, neon } = paid(figures, 2);
  expect(cloudflare).toBeCloseTo(5 + 2 * 0.3 + 2 * 5, 9);
  expect(neon).toBeCloseTo(25 * 0.106 + 2 * 0.35, 9);
});

describe("the readers of a month", () => {
  const visits = visitsOf(DOCS, 1);

  it("are the same for one seed, and others for another", () => {
    expect(visitsOf(DOCS, 1)).toEqual(visits);
    expect(visitsOf(DOCS, 2)).not.toEqual(visits);
  });

  it("come as often, and read as much, as is said of them", () => {
    const pages = visits.reduce((sum, { times }) => sum + times.length - 1, 0);
    const minutes = visits.reduce((sum, { times }) => sum + ((times.at(-1) ?? 0) - (times[0] ?? 0)) / MINUTE, 0);
    expect(visits.length / DOCS.accounts).toBeGreaterThan(DOCS.visitsPerAccount * 0.85);
    expect(visits.length / DOCS.accounts).toBeLessThan(DOCS.visitsPerAccount * 1.15);
    expect(pages / visits.length).toBeGreaterThan(DOCS.pagesPerVisit * 0.9);
    expect(pages / visits.length).toBeLessThan(DOCS.pagesPerVisit * 1.1);
    expect(minutes / pages).toBeGreaterThan(DOCS.minutesPerPage * 0.9);
    expect(minutes / pages).toBeLessThan(DOCS.minutesPerPage * 1.2);
  });

  it("are nowhere twice at once, and never longer away from a visit than it lasts", () => {
    const ends = new Map<number, number>();
    for (const { reader, times } of visits) {
      expect(times[0]).toBeGreaterThanOrEqual(ends.get(reader) ?? 0);
      ends.set(reader, (times.at(-1) ?? 0) + 30 * MINUTE);
      expect(
        times.every((at, n) => n === 0 || (at > (times[n - 1] ?? 0) && at - (times[n - 1] ?? 0) < 30 * MINUTE)),
      ).toBe(true);
    }
  });

  it("send two requests for the first page and one at most for every other, beside what they press", () => {
    const random = seeded(3);
    for (const visit of visits) {
      const { moments, pending } = requestsOf(visit, { isNew: false, pending: false, scenario: DOCS, random });
      const pages = visit.times.length - 1;
      expect(moments.filter(({ sent }) => sent.what === "first")).toHaveLength(1);
      const next = moments.filter(({ sent }) => sent.what === "events" || sent.what === "list");
      expect(next).toHaveLength(pages - 1);
      if (pages === 1) expect(pending).toBe(true);
    }
  });
});
