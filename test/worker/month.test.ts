// Two days of a small deployment, and what must hold on any: `npm run bench:month` runs the large months.
import { describe, expect, it } from "vitest";
import { awake, total } from "../../bench/month/figures.ts";
import { DOCS } from "../../bench/month/scenarios.ts";
import { simulate } from "../harness/month.ts";

/** How long an entry of an unchanged session is not written again by an isolate, in milliseconds. */
const REWRITE_MS = 240_000;

describe("two days of 50 readers", () => {
  it("cost what the widget and the Worker promise, and no more", async () => {
    const scenario = {
      ...DOCS,
      accounts: 50,
      newAccounts: 0,
      days: 2,
      visitsPerAccount: 15,
      pages: 60,
      habits: { ...DOCS.habits, signsOut: 0 },
    };
    const { figures, writes } = await simulate(scenario, 1);
    const { uses, visits, pageViews } = figures;
    expect(visits).toBeGreaterThan(40);
    expect(pageViews).toBeGreaterThan(2 * visits);

    // Two requests for the first page of a visit, at most one for every other. Events of the last page are sent too.
    expect(uses["the first page of a visit"]?.requests).toBe(2 * visits);
    expect(uses["the next pages"]?.requests).toBeLessThanOrEqual(pageViews - visits);

    // One statement for what each asks; one for the session where no cache has it, and after the answer one to confirm
    // it, one to note its use, one for a list that is outdated and one for a catalogue that this isolate does not know.
    for (const [purpose, { requests, sql }] of Object.entries(uses)) {
      if (purpose !== "preflights" && purpose !== "the daily chores")
        expect([purpose, sql <= 5 * requests]).toEqual([purpose, true]);
    }
    expect(uses.preflights).toMatchObject({ sql: 0, kvReads: 0, kvWrites: 0 });
    const sum = total(uses);
    expect(sum.kvReads).toBeLessThanOrEqual(sum.requests);

    // KV's writes are what the Free plan has least of.
    const last = new Map<string, number>();
    for (const { at, isolate, key, op } of writes) {
      expect(op).toBe("put");
      const before = last.get(`${isolate} ${key}`) ?? Number.NEGATIVE_INFINITY;
      expect(at - before).toBeGreaterThanOrEqual(REWRITE_MS);
      last.set(`${isolate} ${key}`, at);
    }
    expect(writes.length).toBeGreaterThan(visits / 2);

    // Nobody wakes the database who does not read: the day's chores and each visit, with five minutes behind it.
    const longest = scenario.days * 300_000 + visits * 300_000 + pageViews * 29 * 60_000;
    expect(awake(figures.sqlTimes)).toBeLessThan(longest);
  });
});
