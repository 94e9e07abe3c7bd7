// A change shows in the stored recommendations at the next read but one at the latest, whatever happens meanwhile.
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Recommendation } from "../../src/core/recommendation.ts";
import { Browser } from "../harness/browser.ts";
import { push } from "../harness/catalogue.ts";
import { TestDatabase } from "../harness/database.ts";
import { Isolate } from "../harness/isolate.ts";
import {
  COURSE,
  events,
  forgetList,
  isMarked,
  keys,
  LEVELS,
  later,
  list,
  mark,
  newReader,
  profile,
  put,
  read,
  refresh,
  userId,
} from "../harness/recommendations.ts";

const database = await TestDatabase.create("changes");
const isolate = await Isolate.create({ database });

beforeEach(async () => {
  expect((await push(isolate, { pages: COURSE })).status).toBe(200);
});

/** An isolate whose calls to Postgres wait, before or after Postgres has done them, once told to. */
async function slowIsolate(when: "before" | "after") {
  let passing = Number.POSITIVE_INFINITY;
  const released = Promise.withResolvers<void>();
  const isolate = await Isolate.create({
    database,
    network: async (call) => {
      passing -= 1;
      const waits = passing < 0;
      if (waits && when === "before") await released.promise;
      const response = await call();
      if (waits && when === "after") await released.promise;
      return response;
    },
  });
  return {
    isolate,
    holdAfter: (calls: number) => {
      passing = calls;
    },
    release: released.resolve,
  };
}

/** The same reader in another isolate, which has met them and the catalogue. */
async function alsoIn(at: Isolate, { cookies }: Browser): Promise<Browser> {
  const browser = new Browser(at);
  for (const [name, value] of cookies) browser.cookies.set(name, value);
  await browser.send("/api/session");
  await list(browser, "&current=/1");
  return browser;
}

const CHANGES: Record<string, { change: (browser: Browser) => Promise<unknown>; reads: number[] }> = {
  "the background": {
    change: (browser) =>
      put(browser, "/api/background", { experienceLevel: "advanced", programmingLanguages: ["c++"] }),
    reads: [2, 1],
  },
  "one answer": {
    change: async (browser) =>
      browser.send("/api/background", { method: "PATCH", json: { experienceLevel: "advanced" } }),
    reads: [2, 1],
  },
  "the preferences": {
    change: (browser) => put(browser, "/api/personalization/preferences", { preferredCategories: ["Deployment"] }),
    reads: [2, 1],
  },
  "the progress": {
    change: (browser) => events(browser, { type: "complete", page: "/14" }, { type: "complete", page: "/19" }),
    reads: [2, 1],
  },
  "the catalogue": {
    change: () =>
      push(isolate, {
        pages: COURSE.map((one) => ({ ...one, level: LEVELS[(one.position + 1) % LEVELS.length] ?? null })),
      }),
    // The new catalogue is read once, for all readers.
    reads: [3, 1],
  },
};

describe.each(Object.entries(CHANGES))("a change of %s", (_, { change, reads }) => {
  it("shows at the next read but one, and the reads cost what they always cost", async () => {
    const browser = await newReader(isolate);
    const before = await list(browser);
    later();
    await change(browser);
    later();
    // What was read before a change is not remembered after it.
    await browser.send("/api/session");
    const costs: number[] = [];
    let shown: Recommendation[] = [];
    for (let count = 0; count < 2; count += 1) {
      costs.push((await isolate.cost(async () => (shown = await read(browser, "&limit=20")))).sql);
    }
    expect(costs).toEqual(reads);
    expect(keys(shown)).not.toEqual(keys(before));
    expect(shown).toEqual(await refresh(browser));
  });

  it("shows so also in the millisecond in which the list was stored", async () => {
    const browser = await newReader(isolate);
    const before = await list(browser);
    await change(browser);
    await list(browser);
    const shown = await list(browser);
    expect(keys(shown)).not.toEqual(keys(before));
    expect(shown).toEqual(await refresh(browser));
  });

  it("is not undone by a list that was being ranked while it came, however late that is stored", async () => {
    const { isolate: elsewhere, holdAfter, release } = await slowIsolate("after");
    const browser = await newReader(isolate);
    const before = await list(browser);
    await forgetList(database, browser);
    const late = await alsoIn(elsewhere, browser);
    later();
    await late.send("/api/session");
    await elsewhere.settle();
    const { mark: since } = await database.requests();
    holdAfter(0);
    const reading = read(late);
    await vi.waitFor(async () => expect((await database.requests(since)).requests).toHaveLength(1));
    later();
    await change(browser);
    later();
    await list(browser);
    release();
    await reading;
    await elsewhere.settle();
    const shown = await list(browser);
    expect(keys(shown)).not.toEqual(keys(before));
    expect(shown).toEqual(await refresh(browser));
  });

  it("makes outdated what is stored after it and was ranked before it", async () => {
    const browser = await newReader(isolate);
    const before = await list(browser);
    const [row] = await database.query(
      "select recommended_content, basis from personalization_profile where user_id = $1",
      [await userId(browser)],
    );
    await change(browser);
    await database.query(
      "update personalization_profile set recommended_content = $2::jsonb, basis = $3::jsonb where user_id = $1",
      [await userId(browser), row?.recommended_content, row?.basis],
    );
    later();
    await list(browser);
    const shown = await list(browser);
    expect(keys(shown)).not.toEqual(keys(before));
    expect(shown).toEqual(await refresh(browser));
  });
});

describe.each(["the background", "one answer", "the preferences"])("a change of %s", (name) => {
  it("shows at the next read, also when a list ranked before it is stored after it", async () => {
    const { isolate: elsewhere, holdAfter, release } = await slowIsolate("before");
    const browser = await newReader(isolate);
    const late = await alsoIn(elsewhere, browser);
    // Its inputs are read; what it has ranked waits to be stored.
    holdAfter(1);
    const before = await read(late, "&limit=20");
    later();
    await CHANGES[name]?.change(browser);
    release();
    await elsewhere.settle();
    expect((await profile(browser)).recommendedContent).toHaveLength(20);
    const shown = await list(browser);
    expect(keys(shown)).not.toEqual(keys(before));
    expect(shown).toEqual(await refresh(browser));
  });
});

describe("what happens at the same time", () => {
  it("an outdated list is answered before the new one is stored", async () => {
    const { isolate: elsewhere, holdAfter, release } = await slowIsolate("before");
    const browser = await alsoIn(elsewhere, await newReader(isolate));
    const before = await list(browser);
    await events(browser, { type: "read", page: "/25", percent: 10 });
    const { rankedAt } = (await profile(browser)).basis.course ?? {};
    later();
    await browser.send("/api/session");
    await elsewhere.settle();
    holdAfter(1);
    expect(keys(await read(browser, "&limit=20"))).toEqual(keys(before));
    expect((await profile(await alsoIn(isolate, browser))).basis.course?.rankedAt).toBe(rankedAt);
    release();
    await elsewhere.settle();
    expect((await profile(browser)).basis.course?.rankedAt).not.toBe(rankedAt);
  });

  it("two reads store one list, and answer alike", async () => {
    const browser = await newReader(isolate);
    const [one, other] = await Promise.all([read(browser), read(browser)]);
    await isolate.settle();
    expect(one).toEqual(other);
    expect((await profile(browser)).recommendedContent).toHaveLength(20);
    expect(isolate.logs.filter(({ level }) => level === "error")).toEqual([]);
  });

  it("a read whose reader is deleted before its list is stored fails for nobody", async () => {
    const { isolate: elsewhere, holdAfter, release } = await slowIsolate("before");
    const browser = await alsoIn(elsewhere, await newReader(isolate));
    const id = await userId(browser);
    holdAfter(1);
    expect(await read(browser)).toHaveLength(5);
    await database.query(`delete from "user" where id = $1`, [id]);
    release();
    await elsewhere.settle();
    expect(elsewhere.logs.filter(({ level }) => level === "error")).toEqual([]);
    expect(await database.query("select 1 from personalization_profile where user_id = $1", [id])).toEqual([]);
  });

  it("a list that cannot be stored is answered all the same, and the log knows", async () => {
    const browser = await newReader(isolate);
    await database.inject({ effect: "drop", matching: "personalization_profile.*on conflict", times: null });
    expect(await list(browser)).toHaveLength(20);
    await database.heal();
    expect(isolate.logs).toContainEqual(expect.objectContaining({ message: "background work failed" }));
    expect((await profile(browser)).recommendedContent).toEqual([]);
    isolate.logs.length = 0;
  });

  it("a list from a clock that was ahead does not stay", async () => {
    const browser = await newReader(isolate);
    await list(browser);
    await mark(database, browser);
    await database.query(
      `update personalization_profile set basis = jsonb_set(basis, '{course,rankedAt}', '"2036-01-01T00:00:00.000Z"') where user_id = $1`,
      [await userId(browser)],
    );
    await events(browser, { type: "read", page: "/25", percent: 10 });
    const at = later();
    expect(isMarked(await list(browser))).toBe(true);
    expect(isMarked(await list(browser))).toBe(false);
    expect((await profile(browser)).basis.course?.rankedAt).toBe(at);
  });
});
