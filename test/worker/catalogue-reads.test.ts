// What reading the catalogue costs: its pages are read at most once per version and isolate, and which version is the
// newest is asked at most once per isolate and ten seconds, however many ask at once.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { VERSION_AGE_SECONDS } from "../../src/content/catalogue-store.ts";
import { type Answer, Browser } from "../harness/browser.ts";
import { page, push } from "../harness/catalogue.ts";
import { TestDatabase } from "../harness/database.ts";
import { Isolate, type IsolateOptions, SITE } from "../harness/isolate.ts";
import { START } from "../setup.ts";

const database = await TestDatabase.create("catalogue-reads");
/** Another isolate, in which the docs build's pushes arrive. */
const elsewhere = await Isolate.create({ database });

const versionOf = (answer: Answer) => (answer.body as { version: string }).version;
const pathsOf = (answer: Answer) => (answer.body as { pages: { path: string }[] }).pages.map(({ path }) => path);
const seconds = (after: number) => vi.setSystemTime(START.getTime() + after * 1000);
/** How long a waiter is patient, in a test in which nobody runs out of it. */
const forEver = () => new Promise<void>(() => {});

/** An isolate that counts the rows of pages that Postgres sent it. */
async function fresh(options: Partial<IsolateOptions> = {}) {
  const seen = { pages: 0 };
  const isolate = await Isolate.create({
    database,
    sleep: forEver,
    ...options,
    network: async (call, request) => {
      const response = await (options.network ? options.network(call, request) : call());
      seen.pages += (await response.clone().text()).split('"The page at ').length - 1;
      return response;
    },
  });
  const read = (headers: Record<string, string> = {}, method = "GET") =>
    new Browser(isolate).send(`/api/catalog?site=${SITE}`, { method, headers, origin: null });
  /** SQL calls and rows of pages that `run` costs. */
  const cost = async (run: () => Promise<unknown>) => {
    const before = seen.pages;
    const { sql } = await isolate.cost(run);
    return { sql, pages: seen.pages - before };
  };
  return { isolate, seen, read, cost };
}

const FIRST = [page("/one"), page("/two", { position: 1 })];
const SECOND = [page("/three")];

beforeEach(async () => {
  seconds(0);
  expect((await push(elsewhere, { pages: FIRST })).status).toBe(200);
});

describe("the pages of a version", () => {
  it("are read once per isolate, with the version, in one statement", async () => {
    const { read, cost } = await fresh();
    expect(await cost(read)).toEqual({ sql: 1, pages: 2 });
    expect(await cost(read)).toEqual({ sql: 0, pages: 0 });
    seconds(VERSION_AGE_SECONDS);
    expect(await cost(read)).toEqual({ sql: 1, pages: 0 });
    await push(elsewhere, { pages: SECOND });
    seconds(2 * VERSION_AGE_SECONDS);
    expect(await cost(read)).toEqual({ sql: 1, pages: 1 });
    expect(pathsOf(await read())).toEqual(["/three"]);
  });

  it("are read once by twenty requests at the same moment, and each gets all of them", async () => {
    const { read, cost } = await fresh();
    const answers: Answer[] = [];
    const burst = async () => {
      answers.push(...(await Promise.all(Array.from({ length: 20 }, () => read()))));
    };
    expect(await cost(burst)).toEqual({ sql: 1, pages: 2 });
    expect(answers.map((answer) => [answer.status, pathsOf(answer)])).toEqual(
      answers.map(() => [200, ["/one", "/two"]]),
    );
    await push(elsewhere, { pages: SECOND });
    seconds(VERSION_AGE_SECONDS);
    expect(await cost(burst)).toEqual({ sql: 1, pages: 1 });
  });

  it("are shared with the recommendations: neither reads what the other has read", async () => {
    for (const first of ["catalogue", "recommendations"]) {
      const { isolate, read, cost } = await fresh();
      const reader = new Browser(isolate);
      await reader.signUp();
      const recommend = async () => {
        const answer = await reader.send(`/api/recommendations?site=${SITE}`);
        expect([answer.status, answer.text.includes("/one")], answer.text).toEqual([200, true]);
      };
      const [one, other] = first === "catalogue" ? [read, recommend] : [recommend, read];
      expect([first, (await cost(one)).pages, (await cost(other)).pages]).toEqual([first, 2, 0]);
    }
  });

  it("are not read for a copy that is current, and the answer is 304", async () => {
    const etag = `"${versionOf(await (await fresh()).read())}"`;
    const { read, cost } = await fresh();
    const answers: Answer[] = [];
    const ask = async () => {
      answers.push(await read({ "If-None-Match": etag }));
    };
    expect(await cost(ask)).toEqual({ sql: 1, pages: 0 });
    expect(await cost(ask)).toEqual({ sql: 0, pages: 0 });
    expect(answers.map(({ status, headers }) => [status, headers.get("etag")])).toEqual([
      [304, etag],
      [304, etag],
    ]);
    expect(await cost(read)).toEqual({ sql: 1, pages: 2 });
  });

  it("are read by those who have no copy, also when one who has it asked first", async () => {
    const etag = `"${versionOf(await (await fresh()).read())}"`;
    const { read } = await fresh();
    const [first, second] = await Promise.all([read({ "If-None-Match": etag }), read()]);
    expect([first.status, second.status, pathsOf(second)]).toEqual([304, 200, ["/one", "/two"]]);
  });

  it("have the same headers for HEAD, and no body", async () => {
    const { read } = await fresh();
    const [get, head] = [await read(), await read({}, "HEAD")];
    expect([head.status, head.text, head.headers.get("etag")]).toEqual([200, "", get.headers.get("etag")]);
    const etag = get.headers.get("etag") ?? "";
    expect((await read({ "If-None-Match": etag }, "HEAD")).status).toBe(304);
  });
});

describe("the text of a version", () => {
  it("is made once per isolate, however often it is read", async () => {
    const { read } = await fresh();
    const stringify = vi.spyOn(JSON, "stringify");
    try {
      const answers = [await read(), await read(), await read({}, "HEAD"), await read()];
      expect(answers.map(({ status, text }) => [status, text.length > 0])).toEqual([
        [200, true],
        [200, true],
        [200, false],
        [200, true],
      ]);
      expect(new Set(answers.map(({ headers }) => headers.get("content-type")))).toEqual(new Set(["application/json"]));
      const whole = stringify.mock.calls.filter(
        ([value]: unknown[]) => typeof value === "object" && value !== null && "pages" in value && "version" in value,
      );
      expect(whole).toHaveLength(1);
    } finally {
      stringify.mockRestore();
    }
  });
});

describe("which version is the newest", () => {
  it("is at most ten seconds old, which with the age of a copy is five minutes", async () => {
    const { read } = await fresh();
    const old = versionOf(await read());
    const next = versionOf(await push(elsewhere, { pages: SECOND }));
    seconds(VERSION_AGE_SECONDS - 0.001);
    const answer = await read();
    expect(versionOf(answer)).toBe(old);
    const [, maxAge] = /max-age=(\d+)/.exec(answer.headers.get("cache-control") ?? "") ?? [];
    expect(Number(maxAge) + VERSION_AGE_SECONDS).toBe(300);
    seconds(VERSION_AGE_SECONDS);
    expect(versionOf(await read())).toBe(next);
  });

  it("is known at once in the isolate that took the push", async () => {
    const { isolate, read, cost } = await fresh();
    await read();
    const version = versionOf(await push(isolate, { pages: SECOND }));
    expect(await cost(async () => expect(versionOf(await read())).toBe(version))).toEqual({ sql: 1, pages: 1 });
    expect(await cost(read)).toEqual({ sql: 0, pages: 0 });
  });

  it("is known there also when an older answer was still on its way", async () => {
    const old = versionOf(await (await fresh()).read());
    const hold = holdingOne();
    const { isolate, read, cost } = await fresh({ network: hold.network });
    const early = read();
    await hold.reached;
    const version = versionOf(await push(isolate, { pages: SECOND }));
    const during = await read();
    hold.release();
    await early;
    expect([versionOf(during), versionOf(await read())]).toEqual([version, version]);
    expect((await read({ "If-None-Match": `"${old}"` })).status).toBe(200);
    expect(await cost(read)).toEqual({ sql: 0, pages: 0 });
  });

  it("is asked for once also where none was pushed", async () => {
    await database.query("delete from page");
    await database.query("delete from catalogue");
    const { isolate, read, cost } = await fresh();
    const nothing = { site: SITE, version: null, pages: [] };
    expect(await cost(async () => expect((await read()).body).toEqual(nothing))).toEqual({ sql: 1, pages: 0 });
    expect(await cost(async () => expect((await read()).body).toEqual(nothing))).toEqual({ sql: 0, pages: 0 });
    await push(isolate, { pages: FIRST });
    expect(pathsOf(await read())).toEqual(["/one", "/two"]);
  });

  it("is asked for again when the clock was set back", async () => {
    const { read, cost } = await fresh();
    await read();
    seconds(-3600);
    expect((await cost(read)).sql).toBe(1);
  });
});

describe("a request that others wait for", () => {
  it("keeps them waiting no longer than their patience when it never ends", async () => {
    const hold = holdingOne();
    const patience = Promise.withResolvers<void>();
    let waits = 0;
    const sleep = () => {
      waits += 1;
      return waits <= 2 ? patience.promise : forEver();
    };
    const { seen, read } = await fresh({ network: hold.network, sleep });
    const stuck = read();
    await hold.reached;
    const waiting = [read(), read()];
    patience.resolve();
    for (const answer of await Promise.all(waiting)) expect(pathsOf(answer)).toEqual(["/one", "/two"]);
    // One of the two reads, and the other waits once more: for that one.
    expect([seen.pages, waits]).toEqual([2, 3]);
    // And nobody waits for it again.
    seconds(VERSION_AGE_SECONDS);
    expect([(await read()).status, waits]).toEqual([200, 3]);
    hold.release();
    expect(pathsOf(await stuck)).toEqual(["/one", "/two"]);
  });

  it("fails alone, and its failure is not kept", async () => {
    const hold = holdingOne(() => Promise.reject(new TypeError("Network connection lost.")), 2);
    const { isolate, seen, read } = await fresh({ network: hold.network });
    const failing = read();
    await hold.reached;
    const waiting = [read(), read(), read()];
    hold.release();
    expect((await failing).status).toBe(503);
    for (const answer of await Promise.all(waiting))
      expect([answer.status, pathsOf(answer)]).toEqual([200, ["/one", "/two"]]);
    // One of the three has read for all of them.
    expect(seen.pages).toBe(2);
    expect((await read()).status).toBe(200);
    await isolate.settle();
    expect(isolate.logs.filter(({ message }) => message === "background work failed")).toEqual([]);
  });
});

/** Holds the first `times` calls to Postgres back until they are released, and then does with them what is given. */
function holdingOne(then: (call: () => Promise<Response>) => Promise<Response> = (call) => call(), times = 1) {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  let held = 0;
  return {
    reached: reached.promise,
    release: () => released.resolve(),
    network: async (call: () => Promise<Response>): Promise<Response> => {
      held += 1;
      if (held > times) return call();
      const response = await then(async () => (await call()).clone()).catch((error: unknown) => error);
      reached.resolve();
      await released.promise;
      if (response instanceof Response) return response;
      throw response;
    },
  };
}
