// A push of changes: a listed page is what was sent, or else what is stored; where it is neither, nothing changes.
import { describe, expect, it } from "vitest";
import { pushCatalogue } from "../../dev/push-catalogue.ts";
import { CATALOGUE_LIMITS, type CataloguePage, catalogueResponse } from "../../src/core/catalogue.ts";
import { changesBetween } from "../../src/core/catalogue-push.ts";
import { type Answer, Browser } from "../harness/browser.ts";
import { isolateOfThreeSites, OTHER_TOKEN, PAGES, page, push } from "../harness/catalogue.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, CATALOGUE_TOKEN, Gate, Isolate, SITE } from "../harness/isolate.ts";

const database = await TestDatabase.create("catalogue-changes");
const isolate = await isolateOfThreeSites(database);

async function read(at = isolate) {
  const answer = await new Browser(at).send(`/api/catalog?site=${SITE}`, { origin: null });
  return catalogueResponse.parse(answer.body);
}
/** Every row, with the transaction that wrote it last. */
const rows = () => database.query(`select *, xmin from page order by site, path`);
const everything = async () => [await rows(), await database.query("select *, xmin from catalogue order by site")];
const versionOf = (answer: Answer) => (answer.body as { version: string }).version;

const [A, B, C] = [page("/a"), page("/b", { position: 1 }), page("/c", { position: 2 })];
const newer = (one: CataloguePage, given: Partial<CataloguePage> = {}) => ({ ...one, contentHash: "2", ...given });

describe("a push of changes", () => {
  it("takes what was not sent from what is stored, and removes what is not listed", async () => {
    await push(isolate, { pages: [A, B, C] });
    const next = [newer(A, { title: "New" }), B, page("/d", { position: 3 })];
    const answer = await push(isolate, { pages: next, changed: [next[0] ?? A, next[2] ?? A] });
    expect([answer.status, answer.body], answer.text).toMatchObject([200, { pages: 3 }]);
    expect((await read()).pages).toEqual(next);
  });

  it("replaces what is said about a page whose content is the same", async () => {
    await push(isolate, { pages: [A, B] });
    const retitled = { ...A, title: "Another title", level: "expert" as const };
    const answer = await push(isolate, { pages: [retitled, B], changed: [retitled] });
    expect(answer.status, answer.text).toBe(200);
    expect((await read()).pages).toEqual([retitled, B]);
  });

  it("writes only the pages that differ, however many are sent", async () => {
    await push(isolate, { pages: [A, B, C] });
    const before = await rows();
    await push(isolate, { pages: [A, newer(B), C] });
    const after = await rows();
    expect([after[0], after[2]]).toEqual([before[0], before[2]]);
    expect(after[1]).toMatchObject({ id: before[1]?.id, created_at: before[1]?.created_at, content_hash: "2" });
    expect(after[1]?.xmin).not.toBe(before[1]?.xmin);
  });

  it("leaves the version and every page as they are when nothing changed", async () => {
    const first = await push(isolate, { pages: [A, B, C] });
    const before = await rows();
    for (const changed of [[], [C], [A, B, C]]) {
      expect(versionOf(await push(isolate, { pages: [A, B, C], changed }))).toBe(versionOf(first));
    }
    expect(await rows()).toEqual(before);
  });

  it("ends in the same version as any other way to the same pages", async () => {
    const whole = versionOf(await push(isolate, { pages: [A, newer(B), C] }));
    await push(isolate, { pages: [] });
    await push(isolate, { pages: [A, B] });
    await push(isolate, { pages: [C, B, A], changed: [C] });
    expect(versionOf(await push(isolate, { pages: [newer(B), A, C], changed: [newer(B)] }))).toBe(whole);
    const site = { site: "other", authorization: `Bearer ${OTHER_TOKEN}` };
    expect(versionOf(await push(isolate, { ...site, pages: [A, newer(B), C] }))).toBe(whole);
    expect(versionOf(await push(isolate, { pages: [newer(B, { minutes: 1 }), A, C] }))).not.toBe(whole);
  });

  it("costs one call to the database, in which all pages are two parameters", async () => {
    const pages = Array.from({ length: CATALOGUE_LIMITS.pages }, (_, at) => page(`/p/${at}`));
    for (const changed of [pages, [], pages.slice(1)]) {
      const { mark } = await database.requests();
      expect(await isolate.cost(() => push(isolate, { pages, changed }))).toEqual({ sql: 1, kv: 0 });
      const { requests } = await database.requests(mark);
      expect(requests.map(({ batch, statements }) => [batch, statements.length])).toEqual([[true, 2]]);
      expect(requests[0]?.statements[1]?.params.length).toBeLessThan(20);
    }
  });
});

describe("an incomplete push", () => {
  it("changes nothing and names every page that is missing", async () => {
    await push(isolate, { pages: [A, B] });
    const before = await everything();
    for (const [pages, changed, missing] of [
      [[A, B, C], [], ["/c"]],
      [[newer(A), B, C], [], ["/a", "/c"]],
      [[newer(A), newer(B), C], [newer(B)], ["/a", "/c"]],
      [[C], [], ["/c"]],
    ] as const) {
      const answer = await push(isolate, { pages, changed });
      expect([answer.status, answer.body], answer.text).toMatchObject([
        409,
        { code: "catalogue-incomplete", status: 409, missing },
      ]);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
    }
    expect(await everything()).toEqual(before);
  });

  it("costs one call to the database", async () => {
    await push(isolate, { pages: [A] });
    expect(await isolate.cost(() => push(isolate, { pages: [A, B], changed: [] }))).toEqual({ sql: 1, kv: 0 });
  });

  it("names all pages when none are stored, and never another site's", async () => {
    await push(isolate, { pages: [A, B] });
    const site = { site: "other", authorization: `Bearer ${OTHER_TOKEN}` };
    await push(isolate, { ...site, pages: [] });
    const answer = await push(isolate, { ...site, pages: [B, A], changed: [] });
    expect([answer.status, answer.body], answer.text).toMatchObject([409, { missing: ["/a", "/b"] }]);
  });

  it("is complete when it is sent again with what was missing", async () => {
    await push(isolate, { pages: [A] });
    expect((await push(isolate, { pages: [A, B, C], changed: [C] })).body).toMatchObject({ missing: ["/b"] });
    expect((await push(isolate, { pages: [A, B, C], changed: [B, C] })).status).toBe(200);
    expect((await read()).pages).toEqual([A, B, C]);
  });

  it("is one that was computed against another version, unless it holds every page", async () => {
    const old = versionOf(await push(isolate, { pages: [A, B] }));
    // The title of /a changes, and no content hash.
    const retitled = { ...A, title: "In the meantime" };
    const current = versionOf(await push(isolate, { pages: [retitled, B] }));
    const before = await everything();
    const mixed = await push(isolate, { pages: [A, newer(B)], changed: [newer(B)], basis: old });
    expect([mixed.status, mixed.body], mixed.text).toMatchObject([409, { missing: ["/a"] }]);
    expect(await everything()).toEqual(before);
    const whole = await push(isolate, { pages: [A, newer(B)], changed: [A, newer(B)], basis: old });
    expect([whole.status, versionOf(whole) === current], whole.text).toEqual([200, false]);
    expect((await read()).pages).toEqual([A, newer(B)]);
    const next = await push(isolate, { pages: [A, newer(B), C], changed: [C], basis: versionOf(whole) });
    expect(next.status, next.text).toBe(200);
  });
});

describe("a catalogue that would be too large", () => {
  const long = Array.from({ length: 50 }, () => "x".repeat(100));
  /** Some 26 kB each; the tags of a page can be shortened. */
  const many = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, at) =>
      page(`/${from + at}`, { tags: long, tools: long, hardware: long, languages: long, categories: long }),
    );
  const sizeOf = ({ body }: Answer) => Number(/^It is (\d+) bytes/.exec((body as { detail: string }).detail)?.[1]);

  it("is refused whatever little of it is sent, names limit and size, and changes nothing", async () => {
    const first = many(0, 200);
    expect((await push(isolate, { pages: first })).status).toBe(200);
    const before = await everything();
    const answer = await push(isolate, { pages: many(0, 400), changed: many(200, 400) });
    expect([answer.status, answer.body], answer.text).toMatchObject([413, { code: "catalogue-too-large" }]);
    expect(answer.body).toMatchObject({ detail: expect.stringContaining(`${CATALOGUE_LIMITS.totalBytes}`) as string });
    expect(sizeOf(answer)).toBeGreaterThan(CATALOGUE_LIMITS.totalBytes);
    expect(await everything()).toEqual(before);
  });

  it("is one byte larger than the largest that is taken, which fits into one push", async () => {
    const pages = many(0, 350);
    await push(isolate, { pages: pages.slice(0, 200) });
    const over = sizeOf(await push(isolate, { pages, changed: pages.slice(200) })) - CATALOGUE_LIMITS.totalBytes;
    const shorterBy = (bytes: number) => {
      let left = bytes;
      const shortened = (term: string) => {
        const by = Math.min(left, term.length - 1);
        left -= by;
        return term.slice(by);
      };
      const result = pages.map((one) => ({ ...one, tags: one.tags.map(shortened), tools: one.tools.map(shortened) }));
      expect(left).toBe(0);
      return result;
    };
    const refused = await push(isolate, { pages: shorterBy(over - 1) });
    expect([refused.status, sizeOf(refused)], refused.text).toEqual([413, CATALOGUE_LIMITS.totalBytes + 1]);
    const taken = await push(isolate, { pages: shorterBy(over) });
    expect(taken.status, taken.text).toBe(200);
  });

  it("is told after what is missing: of that nobody knows the size", async () => {
    await push(isolate, { pages: [A] });
    const answer = await push(isolate, { pages: [...many(0, 200), B], changed: many(0, 200) });
    expect([answer.status, answer.body], answer.text).toMatchObject([409, { missing: ["/b"] }]);
  });
});

describe("two pushes at once", () => {
  it("are judged one after the other: the second by what the first one left", async () => {
    await push(isolate, { pages: [A, B] });
    const gate = new Gate();
    const slow = await Isolate.create({ database, network: gate.network });
    const [seen, seenBySlow] = [await read(), await read(slow)];
    gate.arm();
    const first = push(slow, changesOf(seenBySlow, [newer(A), B]));
    // The first one is in the database, and nobody has been told yet.
    await gate.reached.promise;
    const second = await push(isolate, changesOf(seen, [A, newer(B)]));
    gate.opened.resolve();
    expect((await first).status).toBe(200);
    expect([second.status, second.body], second.text).toMatchObject([409, { missing: ["/a"] }]);
    expect((await read(await Isolate.create({ database }))).pages).toEqual([newer(A), B]);
  });

  it("end in one of them, whole, in whatever order they arrive", async () => {
    const isolates = await Promise.all(Array.from({ length: 6 }, () => Isolate.create({ database })));
    const pagesOf = (at: number) => [A, B, C].map((one) => ({ ...one, contentHash: `by ${at}` }));
    await push(isolate, { pages: [A, B, C] });
    const answers = await Promise.all(
      isolates.map((one, at) => push(one, { pages: pagesOf(at), changed: pagesOf(at).slice(at % 2) })),
    );
    // Every other one holds all pages; the rest lack one that nobody else has.
    expect(answers.map(({ status }) => status)).toEqual([200, 409, 200, 409, 200, 409]);
    const { pages, version } = await read(await Isolate.create({ database }));
    const winner = Number(pages[0]?.contentHash.slice(3));
    expect(pages).toEqual(pagesOf(winner));
    expect(answers[winner]?.body).toMatchObject({ version });
  });

  /** The push that a builder computes who has read `stored` and built `pages`. */
  function changesOf(stored: Awaited<ReturnType<typeof read>>, pages: CataloguePage[]) {
    const { changed, basis } = changesBetween(stored, { pages });
    return { pages, changed, ...(basis !== undefined && { basis }) };
  }
});

describe("whoever reads while a push happens", () => {
  it("has the old pages with the old version, and then the new ones with the new", async () => {
    const old = versionOf(await push(isolate, { pages: [A, B] }));
    const gate = new Gate();
    const reader = await Isolate.create({ database, network: gate.network });
    gate.arm();
    const reading = read(reader);
    await gate.reached.promise;
    const next = versionOf(await push(isolate, { pages: [newer(A), newer(B)] }));
    gate.opened.resolve();
    expect(await reading).toEqual({ site: SITE, version: old, pages: [A, B] });
    expect(await read(await Isolate.create({ database }))).toEqual({
      site: SITE,
      version: next,
      pages: [newer(A), newer(B)],
    });
  });
});

describe("a docs build", () => {
  const built = { pages: [...PAGES] };
  /** Pushes as `npm start` does; lets `meanwhile` happen between its read and its write. */
  async function build(catalogue = built, meanwhile: () => Promise<unknown> = async () => {}) {
    const sent: { method: string; changed: number | undefined; status: number }[] = [];
    await pushCatalogue(
      {
        workerUrl: BASE_URL,
        fetch: async (input, init) => {
          const request = new Request(input, init);
          const { method } = request;
          if (method === "PUT" && sent.length === 1) await meanwhile();
          const body: { changed?: unknown[] } = method === "PUT" ? await request.clone().json() : {};
          const response = await isolate.worker.fetch(request);
          sent.push({ method, changed: body.changed?.length, status: response.status });
          return response;
        },
      },
      SITE,
      CATALOGUE_TOKEN,
      catalogue,
    );
    expect((await read()).pages).toEqual(catalogue.pages);
    return sent;
  }

  it("sends everything once, and later only what it changed", async () => {
    await database.query("delete from page");
    await database.query("delete from catalogue");
    const fresh = await isolate.cost(() => push(isolate, { pages: [] }));
    expect(fresh.sql).toBe(1);
    expect(await build()).toMatchObject([{ method: "GET" }, { method: "PUT", changed: PAGES.length, status: 200 }]);
    expect(await build()).toMatchObject([{ method: "GET" }, { method: "PUT", changed: 0, status: 200 }]);
    const [first, ...rest] = built.pages;
    const edited = { pages: [{ ...(first ?? A), title: "Edited" }, ...rest] };
    expect(await build(edited)).toMatchObject([{ method: "GET" }, { method: "PUT", changed: 1, status: 200 }]);
  });

  it("sends what is missing when another one came between", async () => {
    await push(isolate, { pages: built.pages });
    const edited = { pages: built.pages.map((one, at) => (at === 0 ? { ...one, title: "Mine" } : one)) };
    const theirs = built.pages.map((one, at) => (at === 1 ? { ...one, title: "Theirs" } : one));
    expect(await build(edited, () => push(isolate, { pages: theirs }))).toMatchObject([
      { method: "GET" },
      { method: "PUT", changed: 1, status: 409 },
      { method: "PUT", changed: PAGES.length, status: 200 },
    ]);
  });

  it("is told when the Worker refuses it", async () => {
    const target = {
      workerUrl: BASE_URL,
      fetch: (input: RequestInfo | URL) => isolate.worker.fetch(new Request(input)),
    };
    await expect(pushCatalogue(target, "nowhere", "t", built)).rejects.toThrow(/GET .* was answered 404.*unknown-site/);
  });
});
