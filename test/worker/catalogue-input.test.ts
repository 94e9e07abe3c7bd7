// What a push of the catalogue must prove and what it may hold: the site's own token, and pages that are the site's.
import { describe, expect, it } from "vitest";
import { CATALOGUE_LIMITS } from "../../src/core/catalogue.ts";
import { Browser } from "../harness/browser.ts";
import { isolateOfThreeSites, OTHER_TOKEN, page, push } from "../harness/catalogue.ts";
import { TestDatabase } from "../harness/database.ts";
import { CATALOGUE_TOKEN, sha256 } from "../harness/isolate.ts";

const database = await TestDatabase.create("catalogue-input");
const isolate = await isolateOfThreeSites(database);

const read = () => new Browser(isolate).send("/api/catalog?site=course", { origin: null });
const TOKEN_HASH = await sha256(CATALOGUE_TOKEN);
const stored = () =>
  database.query(
    `select (select jsonb_agg(p order by p.path) from page p) as pages, (select jsonb_agg(c order by c.site) from catalogue c) as catalogues`,
  );

/** One more than a catalogue may have. */
const many = (one: unknown) => Array.from({ length: CATALOGUE_LIMITS.pages + 1 }, () => one);

describe("the token of a push", () => {
  it.each([
    ["is missing", null],
    ["is empty", "Bearer "],
    ["has no scheme", CATALOGUE_TOKEN],
    ["has another scheme", `Basic ${CATALOGUE_TOKEN}`],
    ["has a scheme that ends like ours", `XBearer ${CATALOGUE_TOKEN}`],
    ["is wrong", `Bearer ${CATALOGUE_TOKEN}x`],
    ["is cut", `Bearer ${CATALOGUE_TOKEN.slice(0, -1)}`],
    ["is in upper case", `Bearer ${CATALOGUE_TOKEN.toUpperCase()}`],
    ["is another site's", `Bearer ${OTHER_TOKEN}`],
    ["is the hash that is stored", `Bearer ${TOKEN_HASH}`],
    ["comes twice", `Bearer ${CATALOGUE_TOKEN}, Bearer ${CATALOGUE_TOKEN}`],
  ])("is refused when it %s", async (_, authorization) => {
    const before = await stored();
    const answer = await push(isolate, { authorization, pages: [] });
    expect([answer.status, answer.body], answer.text).toMatchObject([401, { code: "invalid-token" }]);
    expect(await stored()).toEqual(before);
  });

  it("opens no site that has none, and tells it from an unknown site to nobody", async () => {
    const seen: unknown[] = [];
    for (const site of ["tokenless", "nowhere", "__proto__", "constructor", "toString"]) {
      const { status, body } = await push(isolate, { site });
      seen.push({ status, ...(body as object), requestId: "" });
    }
    expect(seen).toEqual(seen.map(() => seen[0]));
    expect(seen[0]).toMatchObject({ status: 401, code: "invalid-token" });
  });

  it.each(["bearer", "BEARER"])("may be sent as %s", async (scheme) => {
    expect((await push(isolate, { authorization: `${scheme} ${CATALOGUE_TOKEN}` })).status).toBe(200);
  });

  it("is checked before the body is read", async () => {
    const { sql } = isolate;
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error("was read")) });
    const answer = await new Browser(isolate).send("/api/catalog?site=course", { method: "PUT", body, origin: null });
    expect([answer.status, isolate.sql], answer.text).toEqual([401, sql]);
  });
});

describe("what is pushed", () => {
  it.each([
    "",
    "guide",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "///evil.example",
    "javascript:alert(1)",
    "https://evil.example/",
    "/a/../b",
    "/..",
    "/.",
    "/a/./b",
    "/a//b",
    "/%2e%2e/b",
    "/a/%2E/b",
    "/.%2e/b",
    "/a?b",
    "/a#b",
    "/\t/evil.example",
    "/a\nb",
    "/\u0000",
    "/\u0085",
    " /a",
    `/${"x".repeat(CATALOGUE_LIMITS.path)}`,
  ])("may not have the path %j", async (path) => {
    const answer = await push(isolate, { pages: [page("/a"), page(path, { pageKey: "key", title: "Title" })] });
    expect([answer.status, answer.body], answer.text).toMatchObject([422, { code: "invalid-request" }]);
    const { errors } = answer.body as { errors: { path: string }[] };
    expect([...new Set(errors.map((mistake) => mistake.path))]).toEqual(["pages[1].path", "changed[1].path"]);
  });

  it.each([
    "/",
    "/a",
    "/a/",
    "/a.html",
    "/..a/...",
    "/guide/ü",
    "/guide/%C3%BC",
    "/a b",
    "/a:b@c",
    "/a/javascript:alert(1)",
  ])("may have the path %j, which is the site's own", async (path) => {
    expect(new URL(path, "https://docs.example").origin).toBe("https://docs.example");
    const answer = await push(isolate, { pages: [page(path)] });
    expect(answer.status, answer.text).toBe(200);
    expect((await read()).body).toMatchObject({ pages: [{ path }] });
  });

  const listed = (path: string, contentHash = "1") => ({ path, contentHash });
  /** A push that lists one page and sends it with what is given. */
  const saying = (given: object) => ({ pages: [listed("/a")], changed: [{ ...page("/a"), ...given }] });

  it.each<[string, unknown, string]>([
    ["no list of pages", { changed: [] }, "pages"],
    ["pages that are no list", { pages: {}, changed: [] }, "pages"],
    ["no list of changes", { pages: [] }, "changed"],
    ["another field", { pages: [], changed: [], removed: [] }, "removed"],
    ["one path listed twice", { pages: [listed("/a"), listed("/b"), listed("/a", "2")], changed: [] }, "pages[2].path"],
    ["one path sent twice", { pages: [listed("/a")], changed: [page("/a"), page("/a")] }, "changed[1].path"],
    ["a record that is not listed", { pages: [listed("/a")], changed: [page("/a"), page("/b")] }, "changed[1].path"],
    ["a record with another hash than listed", saying({ contentHash: "2" }), "changed[0].contentHash"],
    ["a page with more than a hash", { pages: [{ ...listed("/a"), title: "A" }], changed: [] }, "pages[0].title"],
    ["a page without a hash", { pages: [{ path: "/a" }], changed: [] }, "pages[0].contentHash"],
    ["a basis that is no text", { pages: [], changed: [], basis: null }, "basis"],
    ["an unknown field of a record", saying({ html: "" }), "changed[0].html"],
    ["a missing field of a record", saying({ title: undefined }), "changed[0].title"],
    ["NUL in a title", saying({ title: "a\0" }), "changed[0].title"],
    ["a long title", saying({ title: "x".repeat(CATALOGUE_LIMITS.title + 1) }), "changed[0].title"],
    ["a lone surrogate in a tag", saying({ tags: ["\ud800"] }), "changed[0].tags[0]"],
    ["a fraction as its place", saying({ position: 0.5 }), "changed[0].position"],
    ["more pages than the limit", { pages: many(0), changed: [] }, "pages"],
    ["more changes than the limit", { pages: [], changed: many(0) }, "changed"],
  ])("is refused with its place, by one mistake: %s", async (_, json, path) => {
    const before = await stored();
    const answer = await push(isolate, { json });
    expect([answer.status, answer.body], answer.text.slice(0, 500)).toMatchObject([422, { errors: [{ path }] }]);
    expect(await stored()).toEqual(before);
  });

  it("is refused with 413 beyond the limit of bytes, and with few words when everything is wrong", async () => {
    const wrong = await push(isolate, { json: { pages: [], changed: many({}).slice(1) } });
    expect([wrong.status, (wrong.body as { errors: unknown[] }).errors.length], wrong.text).toEqual([422, 50]);
    const large = await push(isolate, { pages: [page("/a", { title: "x".repeat(CATALOGUE_LIMITS.bodyBytes) })] });
    expect([large.status, large.body], large.text).toMatchObject([413, { code: "body-too-large" }]);
  });
});
