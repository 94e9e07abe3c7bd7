// GET /api/recommendations: the pages that suit this reader, each with its reasons, for one SQL statement.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { CATALOGUE_LIMITS } from "../../src/core/catalogue.ts";
import { type RecommendationsResponse, recommendationsResponse } from "../../src/core/recommendation.ts";
import { Browser } from "../harness/browser.ts";
import { isolateOfThreeSites, PAGES, page, push } from "../harness/catalogue.ts";
import { TestDatabase } from "../harness/database.ts";
import { START } from "../setup.ts";

const database = await TestDatabase.create("recommendations");
const isolate = await isolateOfThreeSites(database);

const NEWCOMER = { experienceLevel: "beginner", hardwareSetup: { operatingSystem: "windows" } };
const EXPERT = {
  experienceLevel: "expert",
  programmingLanguages: ["cpp"],
  softwareTools: ["docker"],
  hardwareSetup: { operatingSystem: "linux", devices: ["jetson orin"] },
};

beforeEach(async () => {
  expect((await push(isolate)).status).toBe(200);
});

async function reader(background?: object): Promise<Browser> {
  const browser = new Browser(isolate);
  expect((await browser.signUp()).status).toBe(200);
  if (background) expect((await browser.put("/api/background", background)).status).toBe(200);
  // What was read before a change is not remembered after it.
  vi.setSystemTime(START.getTime() + 1000);
  expect((await browser.send("/api/session")).status).toBe(200);
  await isolate.settle();
  return browser;
}

async function list(browser: Browser, query = ""): Promise<RecommendationsResponse["recommendations"]> {
  const answer = await browser.send(`/api/recommendations?site=course${query}`);
  expect(answer.status, answer.text).toBe(200);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  return recommendationsResponse.parse(answer.body).recommendations;
}
const paths = async (browser: Browser, query = "") => (await list(browser, query)).map(({ path }) => path);

/** Notes what a reader did with a page. */
async function progress(browser: Browser, pageKey: string, columns: Record<string, unknown>): Promise<void> {
  const { body } = await browser.send("/api/session");
  const names = Object.keys(columns);
  await database.query(
    `insert into reading_progress (user_id, site, page_key, percent, created_at, updated_at${names.map((name) => `, ${name}`).join("")})
     values ($1, 'course', $2, 100, now(), now()${names.map((_, at) => `, $${at + 3}`).join("")})`,
    [(body as { reader: { id: string } }).reader.id, pageKey, ...Object.values(columns)],
  );
}

describe("the recommendations", () => {
  it("differ for two readers, each with true reasons", async () => {
    const [newcomer, expert] = [await list(await reader(NEWCOMER)), await list(await reader(EXPERT))];
    expect(newcomer.map(({ path }) => path)).not.toEqual(expert.map(({ path }) => path));
    for (const recommendations of [newcomer, expert]) {
      expect(recommendations).toHaveLength(5);
      const reasons = recommendations.flatMap((one) => one.reasons);
      expect(reasons.length).toBeGreaterThan(0);
      for (const { text } of reasons) expect(text).toMatch(/\w/);
    }
    const toTheNewcomer = newcomer.find(({ path }) => path === "/windows");
    expect(toTheNewcomer?.reasons.map(({ part }) => part)).toContain("operating-system");
    expect(newcomer.map(({ path }) => path).indexOf("/windows")).toBeLessThan(5);
    const toTheExpert = expert.find(({ path }) => path === "/jetson");
    expect(toTheExpert?.reasons.map(({ part }) => part)).toContain("hardware");
  });

  it("are there for a reader who has answered nothing", async () => {
    expect(await list(await reader())).toHaveLength(5);
  });

  it("change with the next answer after the background does", async () => {
    const browser = await reader(NEWCOMER);
    const before = await paths(browser);
    await browser.put("/api/background", EXPERT);
    const after = await paths(browser);
    expect(after).not.toEqual(before);
    await browser.put("/api/background", NEWCOMER);
    expect(await paths(browser)).toEqual(before);
  });

  it("follow a push at once", async () => {
    const browser = await reader(NEWCOMER);
    await push(isolate, { pages: [page("/only"), page("/other", { position: 1 })] });
    expect((await paths(browser)).sort()).toEqual(["/only", "/other"]);
    await push(isolate, { pages: [] });
    expect(await paths(browser)).toEqual([]);
  });

  it("leave out what was finished or dismissed, and the page the reader is on", async () => {
    const browser = await reader(NEWCOMER);
    await progress(browser, "/start", { completed_at: "2026-02-01T00:00:00Z", opened_at: "2026-02-01T00:00:00Z" });
    await progress(browser, "/windows", {
      dismissed_at: "2026-02-01T00:00:00Z",
      feedback: "not-for-me",
      feedback_at: "2026-02-01T00:00:00Z",
    });
    const seen = await paths(browser, "&current=/linux&limit=20");
    expect(seen.sort()).toEqual(["/cpp", "/jetson", "/python"]);
  });

  it("look at as many pages of the reader as a catalogue may have, at those touched last", async () => {
    const browser = await reader();
    const { body } = await browser.send("/api/session");
    await database.query(
      `insert into reading_progress (user_id, site, page_key, percent, completed_at, created_at, updated_at)
       select $1, 'course', name, 100, at, at, at from (
         select '/old/' || n as name, now() - interval '1 hour' as at from generate_series(1, ${CATALOGUE_LIMITS.pages - 1}) n
         union all values ('/linux', now()), ('/start', now() - interval '2 hours')) as done`,
      [(body as { reader: { id: string } }).reader.id],
    );
    const shown = await paths(browser, "&current=/cpp&limit=20");
    expect([shown.includes("/linux"), shown.includes("/start")]).toEqual([false, true]);
    await database.query("delete from reading_progress where page_key = '/old/7'");
    expect(await paths(browser, "&current=/cpp&limit=20")).not.toContain("/start");
  });

  it("know nothing of what another reader did", async () => {
    const [one, other] = [await reader(NEWCOMER), await reader(NEWCOMER)];
    await progress(one, "/start", { completed_at: "2026-02-01T00:00:00Z" });
    expect(await paths(other)).toContain("/start");
  });

  it("cost one statement each, once the catalogue is known, and one after the response to store them", async () => {
    await push(isolate, { pages: [...PAGES, page(`/${crypto.randomUUID()}`)] });
    const browser = await reader(EXPERT);
    const costs: unknown[] = [];
    for (let call = 0; call < 3; call += 1) costs.push(await isolate.cost(() => list(browser)));
    expect(costs).toEqual([
      { sql: 3, kv: 0 },
      { sql: 1, kv: 0 },
      { sql: 1, kv: 0 },
    ]);
    const stranger = await reader();
    expect(await isolate.cost(() => list(stranger))).toEqual({ sql: 2, kv: 0 });
  });

  it("are none for a site without a catalogue", async () => {
    const answer = await (await reader()).send("/api/recommendations?site=tokenless");
    expect([answer.status, answer.body], answer.text).toEqual([200, { recommendations: [] }]);
  });

  it.each([
    ["?site=nowhere", 404, "unknown-site"],
    ["?site=__proto__", 404, "unknown-site"],
    ["?site=%00", 404, "unknown-site"],
    ["", 422, "query.site"],
    ["?site=", 422, "query.site"],
    [`?site=${"x".repeat(61)}`, 422, "query.site"],
    ["?site=course&limit=0", 422, "query.limit"],
    ["?site=course&limit=21", 422, "query.limit"],
    ["?site=course&limit=", 422, "query.limit"],
    ["?site=course&limit=many", 422, "query.limit"],
    ["?site=course&limit=1.5", 422, "query.limit"],
    ["?site=course&limit=1e999", 422, "query.limit"],
    [`?site=course&current=${"x".repeat(513)}`, 422, "query.current"],
  ])("are refused for the query %s", async (query, status, named) => {
    const answer = await (await someone).send(`/api/recommendations${query}`);
    expect(answer.status, answer.text).toBe(status);
    expect(answer.text).toContain(named);
  });

  it.each([
    ["limit=1", 1],
    ["limit=20", PAGES.length],
    ["current=/nowhere", 5],
    ["current=%00%ED%A0%80", 5],
    ["current=//evil.example", 5],
    ["x=%E0%A4%A", 5],
  ])("answer the query %s", async (query, length) => {
    expect(await list(await someone, `&${query}`)).toHaveLength(length);
  });

  it("refuse a parameter that is given twice: nobody can know which counts", async () => {
    const answer = await (await someone).send("/api/recommendations?site=course&limit=2&limit=3");
    expect([answer.status, answer.body], answer.text).toMatchObject([
      422,
      { code: "invalid-request", errors: [{ path: "query.limit", message: "is given twice" }] },
    ]);
  });

  it.each([
    ["the reader's statement", "reading_progress"],
    ["the pages", 'left join "page"'],
  ])("are 503 when the database breaks at %s, and never a wrong list", async (_, matching) => {
    await push(isolate, { pages: [page(`/${crypto.randomUUID()}`)] });
    await database.inject({ effect: "drop", matching, times: null });
    const answer = await (await someone).send("/api/recommendations?site=course");
    await database.heal();
    expect([answer.status, answer.setCookies], answer.text).toEqual([503, []]);
    expect(await list(await someone)).toHaveLength(1);
  });

  it("are 401 when the account was deleted while a cache still knew it", async () => {
    const browser = await reader();
    const { body } = await browser.send("/api/session");
    await database.query(`delete from "user" where id = $1`, [(body as { reader: { id: string } }).reader.id]);
    const answer = await browser.send("/api/recommendations?site=course");
    expect([answer.status, answer.body], answer.text).toMatchObject([401, { code: "unauthenticated" }]);
  });
});

const someone = reader(NEWCOMER);
