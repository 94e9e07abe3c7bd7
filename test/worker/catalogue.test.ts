// The catalogue: pushed by a docs build with its site's token, replaced as a whole or not at all, read by anyone.
import { describe, expect, it } from "vitest";
import { CATALOGUE_LIMITS, type CataloguePage } from "../../src/core/catalogue.ts";
import { Browser } from "../harness/browser.ts";
import { isolateOfThreeSites, OTHER_TOKEN, PAGES, page, push } from "../harness/catalogue.ts";
import { TestDatabase } from "../harness/database.ts";
import { DOCS_SAME_SITE, Isolate } from "../harness/isolate.ts";

const database = await TestDatabase.create("catalogue");
const isolate = await isolateOfThreeSites(database);

const read = (site = "course", headers: Record<string, string> = {}, at = isolate) =>
  new Browser(at).send(`/api/catalog?site=${site}`, { headers, origin: null });
const stored = () =>
  database.query(
    `select (select jsonb_agg(p order by p.path) from page p) as pages, (select jsonb_agg(c order by c.site) from catalogue c) as catalogues`,
  );

describe("a push", () => {
  it("is one atomic batch, and is what anyone then reads", async () => {
    const { mark } = await database.requests();
    const pushed = await push(isolate);
    expect([pushed.status, pushed.body], pushed.text).toEqual([
      200,
      { site: "course", version: expect.stringMatching(/^[0-9a-f]{64}$/) as string, pages: PAGES.length },
    ]);
    const { requests } = await database.requests(mark);
    expect(requests.map(({ batch }) => batch)).toEqual([true]);
    const answer = await read();
    expect([answer.status, answer.body], answer.text).toEqual([
      200,
      { site: "course", version: (pushed.body as { version: string }).version, pages: PAGES },
    ]);
  });

  it("replaces all of the site's pages and none of another's", async () => {
    await push(isolate);
    await push(isolate, { site: "other", authorization: `Bearer ${OTHER_TOKEN}`, pages: [page("/only")] });
    await push(isolate, { pages: [page("/new")] });
    expect((await read()).body).toMatchObject({ pages: [{ path: "/new" }] });
    expect((await read("other")).body).toMatchObject({ pages: [{ path: "/only" }] });
    await push(isolate, { pages: [] });
    expect((await read()).body).toMatchObject({ version: expect.any(String) as string, pages: [] });
    expect((await read("other")).body).toMatchObject({ pages: [{ path: "/only" }] });
  });

  it("has a version that says what the pages are, and not in which order they came", async () => {
    const versionOf = async (pages: readonly CataloguePage[]) =>
      ((await push(isolate, { pages })).body as { version: string }).version;
    const version = await versionOf(PAGES);
    expect(await versionOf([...PAGES].reverse())).toBe(version);
    expect(
      await versionOf(PAGES.map((one) => Object.fromEntries(Object.entries(one).reverse()) as CataloguePage)),
    ).toBe(version);
    expect(await versionOf(PAGES.slice(1))).not.toBe(version);
    expect(await versionOf(PAGES.map((one, at) => (at === 0 ? { ...one, summary: "new" } : one)))).not.toBe(version);
  });

  it("takes as many pages as it says, in one transaction", async () => {
    const pages = Array.from({ length: CATALOGUE_LIMITS.pages }, (_, at) => page(`/p/${at}`, { position: at }));
    const answer = await push(isolate, { pages });
    expect([answer.status, answer.body], answer.text).toMatchObject([200, { pages: CATALOGUE_LIMITS.pages }]);
    expect((await read()).body).toMatchObject({
      pages: expect.objectContaining({ length: CATALOGUE_LIMITS.pages }) as unknown,
    });
  });

  it.each([
    ["the lock", "pg_advisory_xact_lock"],
    ["the pages", 'insert into "page"'],
  ])("leaves everything as it was when Postgres refuses %s", async (_, matching) => {
    await push(isolate);
    const before = await stored();
    await database.inject({ effect: "sql-error", matching, times: null });
    const answer = await push(isolate, { pages: [page("/half")] });
    await database.heal();
    expect(answer.status, answer.text).toBe(500);
    expect(await stored()).toEqual(before);
    expect((await read()).body).toMatchObject({ pages: PAGES });
  });

  it("is read whole by whoever reads while it happens, and wins or loses whole against another one", async () => {
    const pages = (name: string) => Array.from({ length: 5 }, (_, at) => page(`/${name}/${at}`));
    await push(isolate, { pages: pages("first") });
    const others = await Promise.all(Array.from({ length: 4 }, () => Isolate.create({ database })));
    const [one, two, ...reads] = await Promise.all([
      push(isolate, { pages: pages("one") }),
      push(others[0] ?? isolate, { pages: pages("two") }),
      ...others.map((other) => read("course", {}, other)),
    ]);
    expect([one.status, two.status]).toEqual([200, 200]);
    for (const { body } of [...reads, await read()]) {
      const names = (body as { pages: { path: string }[] }).pages.map(({ path }) => path.split("/")[1]);
      expect([names.length, new Set(names).size], JSON.stringify(names)).toEqual([5, 1]);
    }
  });
});

describe("a read", () => {
  it("is 304 for a copy that is current, and may be cached by anyone", async () => {
    await push(isolate);
    const first = await read();
    const etag = first.headers.get("etag") ?? "";
    expect([etag, first.headers.get("cache-control")]).toEqual([
      expect.stringMatching(/^"[0-9a-f]{64}"$/),
      "public, max-age=290",
    ]);
    for (const tag of [etag, `W/${etag}`, `"x", ${etag}`]) {
      const again = await read("course", { "If-None-Match": tag });
      expect([tag, again.status, again.text, again.headers.get("etag")]).toEqual([tag, 304, "", etag]);
      expect(again.headers.get("cache-control")).toBe("public, max-age=290");
    }
    await push(isolate, { pages: [page("/newer")] });
    const newer = await read("course", { "If-None-Match": etag });
    expect([newer.status, newer.headers.get("etag") === etag]).toEqual([200, false]);
  });

  it("shows a configured site without a catalogue as empty, and is 404 for another", async () => {
    expect((await read("tokenless")).body).toEqual({ site: "tokenless", version: null, pages: [] });
    const unknown = await read("nowhere");
    expect([unknown.status, unknown.body, unknown.headers.get("cache-control")]).toMatchObject([
      404,
      { code: "unknown-site" },
      "no-store",
    ]);
    const missing = await new Browser(isolate).send("/api/catalog");
    expect([missing.status, missing.body], missing.text).toMatchObject([422, { errors: [{ path: "query.site" }] }]);
  });

  it("that fails is cached by nobody, from a docs page neither", async () => {
    await push(isolate);
    const fresh = await Isolate.create({ database });
    await database.inject({ effect: "drop", matching: 'from "catalogue"', times: null });
    for (const headers of [{}, { Origin: DOCS_SAME_SITE }]) {
      const answer = await read("course", headers, fresh);
      const { headers: got } = answer;
      const seen = [answer.status, got.get("cache-control"), got.get("etag"), got.get("retry-after")];
      expect(seen, answer.text).toEqual([503, "no-store", null, "5"]);
    }
    await database.heal();
    expect((await read("course", {}, fresh)).status).toBe(200);
  });
});
