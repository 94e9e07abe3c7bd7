// Stored recommendations: shown as long as what they were made from is so, and once more when it no longer is.
import { beforeEach, describe, expect, it } from "vitest";
import { prepare } from "../../src/core/ranker/prepare.ts";
import { rank } from "../../src/core/ranker/rank.ts";
import { type Recommendation, recommendationsResponse } from "../../src/core/recommendation.ts";
import { READER_JSON_BYTES } from "../../src/db/schema/reader.ts";
import { isolateOfThreeSites, OTHER_TOKEN, page, push } from "../harness/catalogue.ts";
import { TestDatabase } from "../harness/database.ts";
import { Isolate } from "../harness/isolate.ts";
import {
  COURSE,
  events,
  isMarked,
  keys,
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

const database = await TestDatabase.create("stored");
const isolate = await isolateOfThreeSites(database);

beforeEach(async () => {
  expect((await push(isolate, { pages: COURSE })).status).toBe(200);
});

describe("a stored list", () => {
  it("is made by the first read, after the response, and served by the next in one statement", async () => {
    await list(await newReader(isolate));
    const browser = await newReader(isolate);
    let first: Recommendation[] = [];
    expect(await isolate.cost(async () => (first = await read(browser)))).toEqual({ sql: 2, kv: 0 });
    await mark(database, browser);
    let second: Recommendation[] = [];
    const { mark: since } = await database.requests();
    expect(await isolate.cost(async () => (second = await read(browser)))).toEqual({ sql: 1, kv: 0 });
    expect((await database.requests(since)).requests.map(({ statements }) => statements.length)).toEqual([1]);
    expect(isMarked(second)).toBe(true);
    expect(keys(second)).toEqual(keys(first));
  });

  it("is for every limit what ranking now would give", async () => {
    const browser = await newReader(isolate);
    const background = { experienceLevel: "intermediate", programmingLanguages: ["python"] };
    await put(browser, "/api/background", background);
    await events(browser, { type: "complete", page: "/3" }, { type: "complete", page: "/8" });
    await list(browser);
    await mark(database, browser);
    const index = prepare(COURSE);
    const { body } = await browser.send("/api/background");
    const { progress } = (await browser.send("/api/progress?site=course")).body as { progress: never[] };
    for (const limit of [1, 2, 3, 5, 8, 13, 20]) {
      const shown = await list(browser, `&limit=${limit}`);
      expect(isMarked(shown)).toBe(true);
      const ranked = rank(index, { background: body as never, progress }, { now: new Date(), limit });
      const plain = (all: readonly Recommendation[]) => all.map(({ reasons: _, ...rest }) => rest);
      expect(plain(shown), `limit ${limit}`).toEqual(plain(ranked));
    }
  });

  it("is told with what it was made from", async () => {
    const browser = await newReader(isolate);
    const at = later();
    const shown = await list(browser);
    const { recommendedContent, basis, lastPersonalizationUpdate } = await profile(browser);
    expect(recommendedContent).toHaveLength(20);
    expect(new Set(recommendedContent.map(({ pageKey }) => pageKey))).toEqual(new Set(keys(shown)));
    expect(lastPersonalizationUpdate).toBe(at);
    const [{ version: catalogue } = {}] = await database.query("select version from catalogue where site = 'course'");
    expect(basis).toEqual({
      course: {
        lang: "en",
        version: "",
        catalogue,
        background: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
        progress: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
        preferences: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
        ranker: expect.stringMatching(/^\d+-\w+$/) as string,
        rankedAt: at,
      },
    });
    expect((await browser.send("/api/export", { origin: "http://localhost:8787" })).body).toMatchObject({
      personalization: { data: { basis, recommendedContent: { length: 20 } } },
    });
  });

  it("that is empty, because everything is read, is stored too", async () => {
    await push(isolate, { pages: COURSE.slice(0, 2) });
    const browser = await newReader(isolate);
    await events(browser, { type: "complete", page: "/0" }, { type: "complete", page: "/1" });
    expect(await list(browser)).toEqual([]);
    expect(await isolate.cost(async () => expect(await read(browser)).toEqual([]))).toEqual({ sql: 1, kv: 0 });
  });

  it("in a form of another time is ranked again", async () => {
    const browser = await newReader(isolate);
    const shown = await list(browser);
    await database.query(
      `update personalization_profile set basis = '{"course": {"catalogue": "1"}}' where user_id = $1`,
      [await userId(browser)],
    );
    expect(await list(browser)).toEqual(shown);
    expect((await profile(browser)).basis.course?.lang).toBe("en");
  });

  it("is neither used nor made for the page a reader is on, by whatever form of its path", async () => {
    const browser = await newReader(isolate);
    for (const current of ["/3", "/3/", "/3/index.html", "/%33"]) {
      await isolate.cost(() => read(browser, `&current=${current}`));
      expect(await isolate.cost(() => read(browser, `&current=${current}`)), current).toEqual({ sql: 1, kv: 0 });
      expect(keys(await read(browser, `&current=${current}&limit=20`)), current).not.toContain("/3");
    }
    expect((await profile(browser)).basis).toEqual({});
    await list(browser);
    await mark(database, browser);
    expect(isMarked(await list(browser, "&current=/3"))).toBe(false);
    expect(isMarked(await list(browser, "&current=/"))).toBe(true);
  });
});

describe("an outdated list", () => {
  it("is served at once, without ranking", async () => {
    const browser = await newReader(isolate);
    await list(browser);
    await mark(database, browser);
    await events(browser, { type: "read", page: "/25", percent: 10 });
    const shown = await read(browser);
    expect(isMarked(shown)).toBe(true);
    await isolate.settle();
    expect(isMarked(await read(browser))).toBe(false);
  });

  it("has no page that the reader has finished, dismissed or found not to be for them since", async () => {
    const browser = await newReader(isolate);
    const [finished, dismissed, unsuited, saved, ...rest] = keys(await list(browser, "&limit=10"));
    await mark(database, browser);
    await events(
      browser,
      { type: "complete", page: finished ?? "" },
      { type: "dismiss", page: dismissed ?? "" },
      { type: "feedback", page: unsuited ?? "", feedback: "not-for-me" },
      { type: "save", page: saved ?? "" },
    );
    const shown = await list(browser, "&limit=7");
    expect(isMarked(shown)).toBe(true);
    expect(keys(shown)).toEqual([saved, ...rest]);
  });

  it("has no page that is gone, and is not served with a hole in it", async () => {
    const browser = await newReader(isolate);
    const without = (...gone: (string | undefined)[]) =>
      push(isolate, { pages: COURSE.filter(({ pageKey }) => !gone.includes(pageKey)) });
    const [gone] = keys(await list(browser, "&limit=5"));
    await mark(database, browser);
    await without(gone);
    const whole = await list(browser, "&limit=20");
    expect(isMarked(whole)).toBe(false);
    expect(whole).toHaveLength(20);
    await mark(database, browser);
    const [alsoGone, ...rest] = keys(await list(browser, "&limit=5"));
    await without(gone, alsoGone);
    const shown = await list(browser, "&limit=5");
    expect(isMarked(shown)).toBe(true);
    expect(shown).toHaveLength(5);
    expect(keys(shown).slice(0, 4)).toEqual(rest);
    await push(isolate, { pages: [page("/new")] });
    expect(keys(await list(browser))).toEqual(["/new"]);
  });

  it("has the titles, paths and prerequisites of today", async () => {
    const browser = await newReader(isolate);
    await list(browser);
    await mark(database, browser);
    await push(isolate, {
      pages: COURSE.map((one) => ({ ...one, path: `/new${one.path}`, title: "New", prerequisites: ["/29"] })),
    });
    const shown = await read(browser, "&limit=5");
    expect(isMarked(shown)).toBe(true);
    for (const one of shown) {
      expect(one).toMatchObject({
        path: `/new${one.pageKey}`,
        title: "New",
        readFirst: [{ pageKey: "/29", title: "New" }],
      });
    }
  });

  it("is one that was made with other weights", async () => {
    const browser = await newReader(isolate);
    await list(browser);
    await mark(database, browser);
    const elsewhere = await Isolate.create({
      database,
      config: {
        sites: [{ id: "course", name: "Course", origins: ["http://localhost:4321"] }],
        ranker: { weights: { level: 3 } },
      },
    });
    browser.isolate = elsewhere;
    expect(isMarked(await list(browser))).toBe(true);
    expect(isMarked(await list(browser))).toBe(false);
  });
});

describe("the lists of a reader", () => {
  it("are one for each site", async () => {
    const browser = await newReader(isolate);
    expect(
      (await push(isolate, { site: "other", authorization: `Bearer ${OTHER_TOKEN}`, pages: [page("/elsewhere")] }))
        .status,
    ).toBe(200);
    await list(browser);
    const elsewhere = await browser.send("/api/recommendations?site=other");
    expect(keys(recommendationsResponse.parse(elsewhere.body).recommendations)).toEqual(["/elsewhere"]);
    await isolate.settle();
    const { recommendedContent, basis } = await profile(browser);
    expect(recommendedContent.map(({ site }) => site)).toEqual([...Array<string>(20).fill("course"), "other"]);
    expect(Object.keys(basis).sort()).toEqual(["course", "other"]);
    await mark(database, browser);
    expect(isMarked(await list(browser))).toBe(true);
  });

  it("make room for each other where they do not fit together", async () => {
    const browser = await newReader(isolate);
    await list(browser);
    const text = "x".repeat(READER_JSON_BYTES.recommendedContent - 1000);
    const entry = { site: "huge", page: "/x", score: 1, reasons: [{ part: "text", values: [], text }] };
    await database.query(
      `update personalization_profile set recommended_content = $2::jsonb, basis = '{"huge": {}}' where user_id = $1`,
      [await userId(browser), JSON.stringify([entry])],
    );
    expect(await refresh(browser)).toHaveLength(20);
    const [row] = await database.query(
      "select jsonb_array_length(recommended_content) as length, basis ? 'huge' as huge from personalization_profile where user_id = $1",
      [await userId(browser)],
    );
    expect([String(row?.length), row?.huge]).toEqual(["20", "f"]);
  });

  it("are of one language and version, that which was asked for last", async () => {
    const translated = COURSE.slice(0, 3).map((one) => ({
      ...one,
      lang: "ur",
      path: `/ur${one.path}`,
      contentHash: "ur",
    }));
    const older = COURSE.slice(0, 2).map((one) => ({ ...one, version: "1", path: `/1${one.path}`, contentHash: "1" }));
    await push(isolate, { pages: [...COURSE, ...translated, ...older] });
    const browser = await newReader(isolate);
    const paths = async (query: string) => (await list(browser, query)).map(({ path }) => path).sort();
    const [english, urdu] = [await paths("&limit=3"), ["/ur/0", "/ur/1", "/ur/2"]];
    expect(english).toHaveLength(3);
    for (const path of english) expect(path).toMatch(/^\/\d+$/);
    // The index of the Urdu pages is no page of the catalogue.
    expect(await paths("&lang=ur&current=/ur/")).toEqual(urdu);
    expect(await isolate.cost(async () => expect(await paths("&lang=ur-PK")).toEqual(urdu))).toEqual({ sql: 1, kv: 0 });
    expect((await profile(browser)).basis.course).toMatchObject({ lang: "ur", version: "" });
    expect(await paths("&lang=en&version=1")).toEqual(["/1/0", "/1/1"]);
    expect(await paths("&lang=en&version=&limit=3")).toEqual(english);
    expect((await refresh(browser, { site: "course", lang: "ur" })).map(({ path }) => path).sort()).toEqual(urdu);
    expect(await paths("&lang=fr")).toEqual([]);
    expect(await paths("&version=9")).toEqual([]);
    expect((await profile(browser)).basis.course).toMatchObject({ lang: "ur" });
    // Who reads Urdu is given Urdu where nothing says otherwise.
    await database.query(
      `insert into reading_progress (user_id, site, page_key, percent, opened_at, seen_hash, created_at, updated_at)
       values ($1, 'course', '/2', 50, '2026-03-01T11:00:00Z', 'ur', now(), now())`,
      [await userId(browser)],
    );
    expect(await paths("")).toEqual(urdu);
    expect(await paths("&current=/4&lang=ur&limit=3")).not.toEqual(urdu);
  });
});

describe("POST /api/personalization/refresh", () => {
  it("ranks, stores and answers with one statement to read and one to write", async () => {
    const browser = await newReader(isolate);
    await list(browser);
    await events(browser, { type: "complete", page: "/0" });
    let answered: Recommendation[] = [];
    expect(await isolate.cost(async () => (answered = await refresh(browser)))).toEqual({ sql: 2, kv: 0 });
    expect(answered).toHaveLength(20);
    await mark(database, browser);
    const shown = await list(browser);
    expect(isMarked(shown)).toBe(true);
    expect(keys(shown)).toEqual(keys(answered));
  });

  it("answers an empty list where nothing was pushed, or not in that language, and stores nothing", async () => {
    const browser = await newReader(isolate);
    expect(await refresh(browser, { site: "tokenless" })).toEqual([]);
    expect(await refresh(browser, { site: "course", lang: "fr" })).toEqual([]);
    expect((await profile(browser)).basis).toEqual({});
  });

  it.each([
    [{ site: "nowhere" }, 404, "unknown-site"],
    [{ site: "__proto__" }, 404, "unknown-site"],
    [{}, 422, "site"],
    [{ site: "course", limit: 3 }, 422, "limit"],
    [{ site: "course", lang: "x".repeat(36) }, 422, "lang"],
  ])("refuses %j", async (json, status, named) => {
    const answer = await (await newReader(isolate)).post("/api/personalization/refresh", json);
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(named)]);
  });

  it("is 401 when the account was deleted while a cache still knew it, also between its two statements", async () => {
    const browser = await newReader(isolate);
    await refresh(browser);
    const id = await userId(browser);
    await database.inject({ effect: "sql-error", code: "23503", matching: "on conflict", times: 1 });
    expect((await browser.post("/api/personalization/refresh", { site: "course" })).status).toBe(401);
    await database.query(`delete from "user" where id = $1`, [id]);
    const answer = await browser.post("/api/personalization/refresh", { site: "course" });
    expect([answer.status, answer.setCookies], answer.text).toEqual([401, []]);
  });
});

describe("preferred categories", () => {
  it("raise their pages and say so; those that no page has do nothing", async () => {
    const browser = await newReader(isolate);
    const before = await list(browser);
    await put(browser, "/api/personalization/preferences", { preferredCategories: ["deployment", "Cooking"] });
    const [first] = await list(browser);
    expect(first?.reasons.map(({ text }) => text)).toContain("You asked for more about Deployment");
    await put(browser, "/api/personalization/preferences", { preferredCategories: ["Cooking"] });
    expect(await list(browser)).toEqual(before);
  });
});
