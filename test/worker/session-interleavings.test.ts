// A look-up, a look behind an old entry, a change and the end of a session at the same time, in every order of their
// calls to Postgres and KV: an ended session is over here at once, and everywhere SESSION_CACHE_SECONDS + 10 s later.
//
// What was changed in the code to see this fail, and which test then failed:
// - `checkedAt` read after the SQL, in every look: a look-up far away that finds nothing in KV
// - the same in the look behind an old entry only: a look behind an old entry far away
// - a look that does not ask again whether this isolate has ended the session, or only the look behind does not: a look
//   behind an old entry, here
// - an entry written however long ago its SQL began: a look behind an old entry far away
// - no second tombstone: a look behind an old entry, here
// - an entry that claims to be as young as its write: a look behind an old entry far away, where KV takes no tombstone
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import type { Bindings } from "../../src/config.ts";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { everyInterleaving, gate, onBackground, type World } from "../harness/interleavings.ts";
import { Isolate } from "../harness/isolate.ts";
import { ProductionKv } from "../harness/production-kv.ts";
import { insertSession, type SessionRow } from "../harness/sessions.ts";
import { START } from "../setup.ts";

/**
 * Milliseconds from one step to the next: the limit of a slow look-up comes within a run. Of two actors, close enough
 * that KV refuses the second of two writes; of three that would only make thousands of orders.
 */
const STEP_MS = { two: 700, three: 1_000 };
const CACHE_MS = 300_000;
const MEMORY_MS = 10_000;

/** Milliseconds one test may take on a machine that is busy: it runs hundreds of orders. */
const PATIENCE_MS = 300_000;

const database = await TestDatabase.create("interleavings");
/** The calls that wait for their turn; the others of an actor run on. */
let gated: ReadonlySet<string> = new Set();
const step = (name: string) => gate(name, gated);
let refusesTombstones = false;
/** No pause ends earlier than this. */
let notBefore = 0;

const kv = new ProductionKv({
  kv: (env as unknown as Bindings).SESSIONS,
  around: async ({ op, value }, run) => {
    const tombstone = value instanceof Uint8Array && value.byteLength === 1;
    await step(op === "put" ? (tombstone ? "KV bury" : "KV fill") : `KV ${op}`);
    if (tombstone && refusesTombstones) throw new Error("KV PUT failed: 500 Internal Server Error");
    const result = await run();
    if (op === "get") await step("KV answered");
    return result;
  },
});
const isolateAt = (location: string) =>
  Isolate.create({
    database,
    bindings: { SESSIONS: kv.at(location) },
    onBackground,
    network: async (call) => {
      await step("SQL sent");
      const response = await call();
      await step("SQL answered");
      return response;
    },
    sleep: async (ms) => {
      notBefore = Date.now() + ms;
    },
  });
const here = await isolateAt("a");
const beside = await isolateAt("a");
const far = await isolateAt("b");
const writer = await isolateAt("b");
const EVERYWHERE = { here, beside, far };
/** In each location one more, which remembers nothing when it is asked. */
const FRESH = { a: await isolateAt("a"), b: writer };

const ask = (isolate: Isolate, { cookie }: SessionRow, path = "/api/session") =>
  new Browser(isolate).send(path, { headers: { Cookie: cookie } });
const signOut = ({ cookie }: SessionRow) =>
  new Browser(here).post("/api/auth/sign-out", {}, { headers: { Cookie: cookie } });

let start = START.getTime();
/** A session of its own for every run, at a time of its own: nothing that is remembered can help. */
async function newSession(): Promise<SessionRow> {
  start += 2 * 3_600_000;
  vi.setSystemTime(start);
  notBefore = 0;
  return insertSession(database);
}

/** An entry that is 250 s old and due for a look behind it and for a rewrite. */
async function oldEntry(row: SessionRow): Promise<void> {
  gated = new Set();
  expect((await ask(writer, row)).status).toBe(200);
  await writer.settle();
  vi.setSystemTime(start + 250_000);
}

const tick = (ms: number) => vi.setSystemTime(Math.max(Date.now() + ms, notBefore));

/** The calls of a look-up, and the one that takes back what KV holds. */
const ALL = ["SQL sent", "SQL answered", "KV get", "KV answered", "KV fill", "KV bury", "KV delete"];
/** Not waiting for what only the actor itself can see: orders that differ in nothing else are one. */
const SHARED = ["SQL sent", "KV fill", "end: KV bury"];
/** Where KV takes no tombstone, only an entry's own age ends it. */
const NO_TOMBSTONES = ["SQL sent", "SQL answered", "KV fill"];
const nothing = async () => {};

/** The end of a session against `others`, and what must be true of every order. */
function endingAgainst(
  gates: readonly string[],
  prepare: (row: SessionRow) => Promise<unknown>,
  others: (row: SessionRow) => World["actors"],
  seen: Set<string>,
) {
  return async (): Promise<World> => {
    const row = await newSession();
    await prepare(row);
    gated = new Set(gates);
    refusesTombstones = gates === NO_TOMBSTONES;
    let endedAt = 0;
    let over = false;
    return {
      actors: {
        ...others(row),
        end: async () => {
          expect((await signOut(row)).status).toBe(200);
          over = true;
        },
      },
      beforeStep(name) {
        tick(gates === SHARED ? STEP_MS.three : STEP_MS.two);
        if (name === "end: SQL sent") endedAt = Date.now();
      },
      async afterStep(name) {
        seen.add(name);
        // Whatever is still on its way.
        if (over) expect((await ask(here, row)).status).toBe(401);
      },
      async check(steps) {
        const order = steps.join(", ");
        // By whoever was the first to know.
        if (gates === ALL)
          expect(
            steps.some((name) => name.endsWith("KV bury")),
            order,
          ).toBe(true);
        gated = new Set();
        // The last moment at which KV may still say so; memory then says it for 10 s more.
        vi.setSystemTime(endedAt + CACHE_MS - 1);
        for (const isolate of Object.values(EVERYWHERE)) await ask(isolate, row);
        // KV itself says so no longer: an entry that claims to be younger than it is would.
        vi.setSystemTime(endedAt + CACHE_MS);
        for (const [name, isolate] of Object.entries(FRESH)) {
          expect([name, (await ask(isolate, row)).status], order).toEqual([name, 401]);
          await isolate.settle();
        }
        vi.setSystemTime(endedAt + CACHE_MS + MEMORY_MS);
        for (const [name, isolate] of Object.entries(EVERYWHERE)) {
          expect([name, (await ask(isolate, row)).status], order).toEqual([name, 401]);
          await isolate.settle();
        }
      },
    };
  };
}

describe("in every order, the end of a session is seen at once here, and everywhere within the bound, with", () => {
  it.each<[string, readonly string[], typeof oldEntry, (row: SessionRow) => World["actors"], string[], number]>([
    [
      "a look-up here that finds nothing in KV",
      ALL,
      nothing,
      (row) => ({ "look-up": () => ask(here, row) }),
      ALL.slice(0, 5).map((one) => `look-up: ${one}`),
      54,
    ],
    [
      "a look-up far away that finds nothing in KV",
      ALL,
      nothing,
      (row) => ({ "look-up": () => ask(far, row) }),
      ALL.slice(0, 5).map((one) => `look-up: ${one}`),
      79,
    ],
    [
      "a look behind an old entry, here",
      ALL,
      oldEntry,
      (row) => ({ look: () => ask(here, row) }),
      ALL.slice(0, 5).map((one) => `look: ${one}`),
      60,
    ],
    [
      "a look behind an old entry far away",
      ALL,
      oldEntry,
      (row) => ({ look: () => ask(far, row) }),
      ALL.slice(0, 5).map((one) => `look: ${one}`),
      189,
    ],
    [
      "a look behind an old entry far away, where KV takes no tombstone",
      NO_TOMBSTONES,
      oldEntry,
      (row) => ({ look: () => ask(far, row) }),
      NO_TOMBSTONES.map((one) => `look: ${one}`),
      9,
    ],
    [
      "a look behind an old entry far away, and a look-up beside that asks Postgres at once",
      SHARED,
      oldEntry,
      (row) => ({ look: () => ask(far, row), "look-up": () => ask(beside, row, "/api/auth/get-session") }),
      ["look: SQL sent", "look: KV fill", "look-up: SQL sent", "look-up: KV fill"],
      90,
    ],
  ])(
    "%s",
    async (_, gates, prepare, others, steps, orders) => {
      const seen = new Set<string>();
      const count = await everyInterleaving(endingAgainst(gates, prepare, others, seen));
      expect([...seen]).toEqual(expect.arrayContaining(steps));
      expect(count).toBe(orders);
    },
    PATIENCE_MS,
  );
});

describe("in every order, a changed background shows at once here, and everywhere within the bound, with", () => {
  const levelAt = async (isolate: Isolate, row: SessionRow) =>
    ((await ask(isolate, row)).body as { reader: { skillLevel: string | null } }).reader.skillLevel;

  it.each([
    ["a look-up here that asks Postgres at once", here, "/api/auth/get-session", 12],
    ["a look-up far away that finds nothing in KV", far, "/api/session", 56],
  ])(
    "%s",
    async (_, isolate, path, orders) => {
      const count = await everyInterleaving(async () => {
        const row = await newSession();
        gated = new Set();
        // From KV: what memory has of it is not enough for Better Auth's shape.
        for (const seconds of [0, 10]) {
          vi.setSystemTime(start + seconds * 1000);
          expect((await ask(here, row)).status).toBe(200);
          await here.settle();
        }
        gated = new Set(ALL);
        let changedAt = 0;
        let said = false;
        return {
          actors: {
            "look-up": () => ask(isolate, row, path),
            change: async () => {
              const headers = { Cookie: row.cookie };
              const answer = await new Browser(here).put("/api/background", { experienceLevel: "expert" }, { headers });
              expect(answer.status).toBe(200);
              said = true;
            },
          },
          beforeStep(name) {
            tick(STEP_MS.two);
            if (name === "change: SQL sent") changedAt = Date.now();
          },
          async afterStep() {
            if (said) expect(await levelAt(here, row)).toBe("expert");
          },
          async check(steps) {
            gated = new Set();
            vi.setSystemTime(changedAt + CACHE_MS - 1);
            for (const one of Object.values(EVERYWHERE)) await levelAt(one, row);
            vi.setSystemTime(changedAt + CACHE_MS + MEMORY_MS);
            for (const [name, one] of Object.entries(EVERYWHERE)) {
              expect([name, await levelAt(one, row)], steps.join(", ")).toEqual([name, "expert"]);
              await one.settle();
            }
          },
        };
      });
      expect(count).toBe(orders);
    },
    PATIENCE_MS,
  );
});
