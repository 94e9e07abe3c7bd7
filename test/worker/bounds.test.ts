// How long an ended session can still be used, and how long a cache may say of another what is no longer so: each way and
// change, in each place, with Postgres up, and down from that moment on. The longest of several readers who ask at the
// worst moments, in the test's time, with a KV as unhelpful as production's. Makes the README's tables.
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import readme from "../../README.md?raw";
import type { Bindings } from "../../src/config.ts";
import { requestContext } from "../../src/http/request-context.ts";
import { type Answer, Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, Isolate } from "../harness/isolate.ts";
import { insertLink } from "../harness/mail-links.ts";
import { queryOf } from "../harness/operations.ts";
import { ProductionKv } from "../harness/production-kv.ts";
import { totpCode } from "../harness/second-factor.ts";
import { insertSession, type SessionRow } from "../harness/sessions.ts";
import { START } from "../setup.ts";

const PASSWORD = "correct horse battery";
/** Milliseconds: SESSION_CACHE_SECONDS, SESSION_OUTAGE_SECONDS and what memory adds. */
const [CACHE_MS, OUTAGE_MS, MEMORY_MS] = [300_000, 3_600_000, 10_000];

const database = await TestDatabase.create("bounds");
let down = false;
let refusesTombstones = false;
/** Set while looks behind the answer are slow: what they would find out is not known yet. */
let slow: PromiseWithResolvers<void> | undefined;
/** Until then, what pauses does not go on. */
let pauses = Promise.withResolvers<void>();
pauses.resolve();
const waitedFor = new WeakSet<object>();

const kv = new ProductionKv({
  kv: (env as unknown as Bindings).SESSIONS,
  around: ({ op, value }, run) => {
    const request = requestContext.getStore();
    if (op === "get" && request) waitedFor.add(request);
    const tombstone = value instanceof Uint8Array && value.byteLength === 1;
    if ((tombstone || op === "delete") && refusesTombstones)
      throw new Error("KV PUT failed: 500 Internal Server Error");
    return run();
  },
});
const isolateAt = (location: string) =>
  Isolate.create({
    database,
    bindings: { SESSIONS: kv.at(location) },
    network: async (call) => {
      const request = requestContext.getStore();
      if (slow && request && !waitedFor.has(request)) await slow.promise;
      if (down) throw new TypeError("Network connection lost.");
      return call();
    },
    sleep: async (ms) => {
      await pauses.promise;
      vi.setSystemTime(Date.now() + ms);
    },
  });
const here = await isolateAt("a");
const PLACES = { here, beside: await isolateAt("a"), far: await isolateAt("b") };

let hash = "";

/** From the reader's other session, in this isolate. */
async function fromAnother(row: SessionRow, path: string, json: unknown): Promise<Answer> {
  const other = await insertSession(database, { of: row });
  const answer = await new Browser(here).post(`/api/auth/${path}`, json, {
    origin: BASE_URL,
    headers: { Cookie: other.cookie },
  });
  expect(answer.status, answer.text).toBe(200);
  return answer;
}
/** By a mailed link, from no session. */
async function resetPassword({ userId }: SessionRow): Promise<void> {
  const email = String((await database.query(`select email from "user" where id = $1`, [userId]))[0]?.email);
  const token = await insertLink(queryOf(database), "reset-password", { email, userId });
  const body = { token, newPassword: "another horse battery" };
  const answer = await new Browser(here, BASE_URL).post("/api/auth/reset-password", body);
  expect(answer.status, answer.text).toBe(200);
}
/** From the reader's other session, with an app's first code. */
async function switchSecondFactorOn(row: SessionRow): Promise<void> {
  await database.query(`update "user" set email_verified = true where id = $1`, [row.userId]);
  const { totpURI } = (await fromAnother(row, "two-factor/enable", {})).body as { totpURI: string };
  const secret = new URL(totpURI).searchParams.get("secret") ?? "";
  await fromAnother(row, "two-factor/verify-totp", { code: totpCode(0, secret) });
}
/** By an administrator, in this isolate. */
async function byAdministrator({ userId }: SessionRow, path: string, more: object): Promise<void> {
  const admin = await insertSession(database);
  await database.query(`update "user" set role = 'admin' where id = $1`, [admin.userId]);
  const answer = await new Browser(here).post(
    `/api/admin/${path}`,
    { userId, ...more },
    {
      origin: BASE_URL,
      headers: { Cookie: admin.cookie },
    },
  );
  expect(answer.status, answer.text).toBe(200);
}
const sql =
  (...statements: string[]) =>
  async ({ userId }: SessionRow) => {
    for (const statement of statements) await database.query(statement, [userId]);
  };
const END_ALL = "delete from session where user_id = $1";

interface Way {
  name: string;
  end: (row: SessionRow) => Promise<unknown>;
  /** Is it this isolate that ends it, or makes the change? */
  ours?: true;
  seconds?: number;
  /** Done before anybody asks. */
  begin?: (row: SessionRow) => Promise<unknown>;
  /** Does an answer of 200 say what was so before? An ended session's does. */
  isOld?: (reader: Record<string, unknown>) => boolean;
}
const WAYS: readonly Way[] = [
  {
    name: "signing out",
    ours: true,
    end: async ({ cookie }) => {
      const answer = await new Browser(here).post("/api/auth/sign-out", {}, { headers: { Cookie: cookie } });
      expect(answer.status).toBe(200);
    },
  },
  { name: "revoking it", ours: true, end: (row) => fromAnother(row, "revoke-session", { token: row.sessionId }) },
  { name: "revoking all others", ours: true, end: (row) => fromAnother(row, "revoke-other-sessions", {}) },
  { name: "revoking all", ours: true, end: (row) => fromAnother(row, "revoke-sessions", {}) },
  {
    name: "changing the password",
    ours: true,
    end: (row) =>
      fromAnother(row, "change-password", { currentPassword: PASSWORD, newPassword: "another horse battery" }),
  },
  { name: "its expiry", seconds: 5, end: async () => void vi.setSystemTime(Date.now() + 5_000) },
  { name: "a password reset", ours: true, end: resetPassword },
  { name: "switching a second factor on", ours: true, end: switchSecondFactorOn },
  { name: "a ban", ours: true, end: (row) => byAdministrator(row, "ban", { reason: "Spam" }) },
  { name: "a ban that leaves the row (SQL)", end: sql(`update "user" set banned = true where id = $1`) },
  { name: "a deactivation", ours: true, end: (row) => byAdministrator(row, "deactivate", {}) },
  { name: "an administrator's revoking", ours: true, end: (row) => byAdministrator(row, "revoke-sessions", {}) },
  { name: "deleting the account", ours: true, end: (row) => fromAnother(row, "delete-user", {}) },
  { name: "an administrator's deleting it", ours: true, end: (row) => byAdministrator(row, "delete-user", {}) },
  { name: "deleting the reader (SQL)", end: sql(`delete from "user" where id = $1`) },
  { name: "deleting the row (SQL)", end: sql(END_ALL) },
];

/** The session goes on. */
const CHANGES: readonly Way[] = [
  {
    name: "a role that was taken away (SQL)",
    begin: sql(`update "user" set role = 'moderator' where id = $1`),
    end: sql(`update "user" set role = 'user' where id = $1`),
    isOld: ({ role }) => role === "moderator",
  },
  {
    name: "a role that an administrator took away",
    ours: true,
    begin: sql(`update "user" set role = 'moderator' where id = $1`),
    end: (row) => byAdministrator(row, "role", { role: "user" }),
    isOld: ({ role }) => role === "moderator",
  },
  {
    name: "a second factor that was switched on (SQL)",
    end: sql(`update "user" set two_factor_enabled = true where id = $1`),
    isOld: ({ twoFactorEnabled }) => twoFactorEnabled === false,
  },
  {
    name: "answers that were changed",
    ours: true,
    end: async ({ cookie }) => {
      const headers = { Cookie: cookie };
      const answer = await new Browser(here).put("/api/background", { experienceLevel: "expert" }, { headers });
      expect(answer.status, answer.text).toBe(200);
    },
    isOld: ({ skillLevel }) => skillLevel === null,
  },
];

/** Milliseconds after the end at which a reader asks. */
const everyTenSeconds = Array.from({ length: 33 }, (_, at) => at * (MEMORY_MS - 1));
/** Just before KV is too old, then as long as memory has it. */
const comesBackAt = (ms: number) => [0, ms - 1, ms + MEMORY_MS - 2];
/** Just before a look behind the entry is due, then as long as the location's copy of KV's value lasts. */
const keepsTheCopy = [0, 59_999, 89_998, 99_996];
/** As long as memory has it. */
const staysAMoment = [0, MEMORY_MS - 1];
const READERS = {
  up: [staysAMoment, everyTenSeconds, comesBackAt(CACHE_MS), keepsTheCopy],
  down: [staysAMoment, comesBackAt(CACHE_MS), comesBackAt(OUTAGE_MS), keepsTheCopy],
};

let start = START.getTime();

/** @returns the last moment, in milliseconds after the end, at which it was accepted; undefined for none */
async function lastAccepted(way: Way, isolate: Isolate, postgres: "up" | "down", asksAt: readonly number[]) {
  start += 3 * 3_600_000;
  vi.setSystemTime(start);
  const row = await insertSession(database, { password: hash, ...(way.seconds && { seconds: way.seconds }) });
  await way.begin?.(row);
  const ask = async () => {
    const answer = await new Browser(isolate).send("/api/session", { headers: { Cookie: row.cookie } });
    if (answer.status !== 200) return false;
    return way.isOld?.((answer.body as { reader: Record<string, unknown> }).reader) ?? true;
  };
  expect(await ask()).toBe(true);
  await isolate.settle();
  vi.setSystemTime(start);
  pauses = Promise.withResolvers();
  await way.end(row);
  const endedAt = Date.now();
  down = postgres === "down";
  let last: number | undefined;
  for (const at of asksAt) {
    vi.setSystemTime(endedAt + at);
    slow ??= Promise.withResolvers();
    if (await ask()) last = at;
    // The tombstones, which nothing delays.
    if (at === 0) await settle(here);
  }
  await settle(isolate);
  down = false;
  return last;
}

async function settle(isolate: Isolate): Promise<void> {
  pauses.resolve();
  slow?.resolve();
  slow = undefined;
  await isolate.settle();
}

async function longest(way: Way, isolate: Isolate, postgres: "up" | "down"): Promise<number | undefined> {
  let longest: number | undefined;
  for (const asksAt of READERS[postgres]) {
    const last = await lastAccepted(way, isolate, postgres, asksAt);
    if (last !== undefined) longest = Math.max(last, longest ?? 0);
  }
  return longest;
}

type Column = keyof typeof PLACES | "far, without tombstones";
const COLUMNS: readonly Column[] = ["here", "beside", "far", "far, without tombstones"];
const measured = new Map<string, number | undefined>();
const measure = (way: Way, column: Column, postgres: "up" | "down") =>
  measured.get(`${way.name} ${column} ${postgres}`);

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: START });
  await new Browser(here).signUp("hash@example.test", PASSWORD);
  hash = String((await database.query("select password from account"))[0]?.password);
  for (const way of [...WAYS, ...CHANGES]) {
    for (const column of COLUMNS) {
      refusesTombstones = column === "far, without tombstones";
      const isolate = column === "here" || column === "beside" ? PLACES[column] : PLACES.far;
      for (const postgres of ["up", "down"] as const) {
        measured.set(`${way.name} ${column} ${postgres}`, await longest(way, isolate, postgres));
      }
    }
  }
  refusesTombstones = false;
}, 300_000);

/** The whole second by which it is refused. */
const by = (ms: number | undefined) => (ms === undefined ? "at once" : `${Math.ceil((ms + 1) / 1000)} s`);

/** A table of the README, in the form the formatter gives it. */
function table(title: string, ways: readonly Way[]): string {
  const rows = [
    [title, "in this isolate", "in another here", "in another location", "there, if KV takes no tombstone"],
    ...ways.map((way) => [
      way.name,
      ...COLUMNS.map((column) => {
        const [up, whileDown] = [by(measure(way, column, "up")), by(measure(way, column, "down"))];
        return up === whileDown ? up : `${up} / ${whileDown}`;
      }),
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}

describe("a session that has ended", () => {
  it.each(WAYS.filter(({ ours }) => ours))("by $name is refused at once where it was ended", (way) => {
    for (const postgres of ["up", "down"] as const) expect(measure(way, "here", postgres)).toBeUndefined();
  });

  it("by its expiry is refused at once everywhere", () => {
    const [way] = WAYS.filter(({ name }) => name === "its expiry");
    for (const column of COLUMNS) {
      for (const postgres of ["up", "down"] as const) {
        expect(way && measure(way, column, postgres)).toBeUndefined();
      }
    }
  });

  it.each(WAYS)("by $name is refused everywhere by SESSION_CACHE_SECONDS + 10 s", (way) => {
    for (const column of COLUMNS) {
      expect(measure(way, column, "up") ?? 0, column).toBeLessThan(CACHE_MS + MEMORY_MS);
    }
  });

  it.each(WAYS)("by $name is refused everywhere by SESSION_OUTAGE_SECONDS + 10 s while Postgres is down", (way) => {
    for (const column of COLUMNS) {
      expect(measure(way, column, "down") ?? 0, column).toBeLessThan(OUTAGE_MS + MEMORY_MS);
    }
  });

  it.each([
    ["it ends by", WAYS],
    ["a cache may still say", CHANGES],
  ])("is in the README with what was measured: %s", (title, ways) => {
    const now = table(title, ways);
    expect(readme, `The table is now:\n\n${now}\n\n`).toContain(`\n${now}\n`);
  });
});

describe("what a cache says of a session that goes on", () => {
  it("is never older than SESSION_CACHE_SECONDS + 10 s, and SESSION_OUTAGE_SECONDS + 10 s while Postgres is down", () => {
    for (const way of CHANGES) {
      for (const column of COLUMNS) {
        expect(measure(way, column, "up") ?? 0, way.name).toBeLessThan(CACHE_MS + MEMORY_MS);
        expect(measure(way, column, "down") ?? 0, way.name).toBeLessThan(OUTAGE_MS + MEMORY_MS);
      }
    }
  });

  it("lends no role that was taken away, also while Postgres is down", () => {
    const [role] = CHANGES;
    for (const column of COLUMNS) expect(role && measure(role, column, "down")).toBeLessThan(CACHE_MS + MEMORY_MS);
  });

  it("is what the reader has changed, at once where it was changed", () => {
    for (const way of CHANGES.filter(({ ours }) => ours)) {
      for (const postgres of ["up", "down"] as const) expect(measure(way, "here", postgres)).toBeUndefined();
    }
  });
});
