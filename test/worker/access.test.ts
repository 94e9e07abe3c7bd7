// One matrix of refusals for every route that needs somebody: 401 for a credential that is not good, 503 for "we
// cannot tell", never the one for the other, and nobody else's rows. It runs over the contract, which origins.test.ts
// holds to the routes that are mounted: a new route cannot be forgotten here.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { OPERATIONS } from "../../src/core/contract/contract.ts";
import { Browser } from "../harness/browser.ts";
import { push } from "../harness/catalogue.ts";
import { TestDatabase } from "../harness/database.ts";
import { AUTH_SECRET, BASE_URL, CATALOGUE_TOKEN, Isolate } from "../harness/isolate.ts";
import { call, madeFor, queryOf, READER_OPERATIONS, WORKER } from "../harness/operations.ts";
import { insertPasskey } from "../harness/passkeys.ts";
import { type Made, prepare } from "../harness/prepare.ts";
import { insertSecondFactor } from "../harness/second-factor.ts";

const COOKIE = "__Host-docent.session_token";
const database = await TestDatabase.create("access");
const isolate = await Isolate.create({ database });
expect((await push(isolate)).status).toBe(200);

async function newReader(at: Isolate = isolate): Promise<Browser> {
  const browser = new Browser(at);
  expect((await browser.signUp()).status).toBe(200);
  await at.settle();
  return browser;
}

/** Runs SQL about the reader of this browser's session. */
async function behindTheirBack(browser: Browser, statement: string): Promise<Browser> {
  const [token] = decodeURIComponent(browser.cookies.get(COOKIE) ?? "").split(".");
  await database.query(statement, [token]);
  return browser;
}
const setUser = (set: string) => async () =>
  behindTheirBack(
    await newReader(),
    `update "user" set ${set} where id = (select user_id from session where token = $1)`,
  );

/** Who is refused, and whether a cookie is left that must go. */
const REFUSED: Record<string, { browser: () => Promise<Browser>; cookies: number }> = {
  "without a session": { browser: async () => new Browser(isolate), cookies: 0 },
  "with an empty cookie": { browser: async () => withCookie(new Browser(isolate), ""), cookies: 0 },
  "with a forged cookie": {
    browser: async () => withCookie(new Browser(isolate), `${"t".repeat(32)}.${btoa("s".repeat(32))}`),
    cookies: 2,
  },
  "with a cookie that is no credential": {
    browser: async () => withCookie(new Browser(isolate), "%E0%A4%A"),
    cookies: 2,
  },
  "with a signature of another token": {
    browser: async () => {
      const browser = await newReader();
      const [, signature = ""] = decodeURIComponent(browser.cookies.get(COOKIE) ?? "").split(".");
      return withCookie(browser, encodeURIComponent(`${"t".repeat(32)}.${signature}`));
    },
    cookies: 2,
  },
  "with an expired session": {
    browser: async () =>
      behindTheirBack(await newReader(), "update session set expires_at = '2026-03-01T12:00:00Z' where token = $1"),
    cookies: 2,
  },
  "with a revoked session": {
    browser: async () => behindTheirBack(await newReader(), "delete from session where token = $1"),
    cookies: 2,
  },
  "with the session of a deleted user": {
    browser: async () =>
      behindTheirBack(
        await newReader(),
        `delete from "user" where id = (select user_id from session where token = $1)`,
      ),
    cookies: 2,
  },
  "with the session of a banned user": { browser: setUser("banned = true"), cookies: 2 },
  "with the session of an inactive user": { browser: setUser("is_active = false"), cookies: 2 },
  "with two different valid cookies": {
    browser: async () => {
      const [one, other] = [await newReader(), await newReader()];
      return withCookie(one, `${one.cookies.get(COOKIE)}; ${COOKIE}=${other.cookies.get(COOKIE)}`);
    },
    cookies: 2,
  },
};

function withCookie(browser: Browser, value: string): Browser {
  browser.cookies.set(COOKIE, value);
  return browser;
}

const everything = () =>
  database.query(
    `select (select jsonb_agg(u order by u.id) from "user" u) as users, (select jsonb_agg(a order by a.id) from account a) as accounts,
       (select jsonb_agg(b) from background_information b) as backgrounds, (select count(*) from session) as sessions,
       (select jsonb_agg(p) from profile p) as profiles, (select jsonb_agg(r) from reading_progress r) as progress,
       (select jsonb_agg(f) from personalization_profile f) as preferences, (select jsonb_agg(c) from page c) as pages`,
  );

describe.each(Object.entries(REFUSED))("a reader %s", (_, { browser, cookies }) => {
  it("is refused everywhere, told to let go of the cookie, and changes nothing", async () => {
    const who = await browser();
    const kept = [...who.cookies];
    // What a request needs to succeed is there: nothing but the refusal stands in its way.
    for (const operation of READER_OPERATIONS) await prepare(operation, queryOf(database), WORKER, who.cookieHeader);
    const before = await everything();
    for (const operation of READER_OPERATIONS) {
      // A browser that keeps its cookie whatever it is told.
      for (const [name, value] of kept) who.cookies.set(name, value);
      const answer = await call(who, operation);
      const seen = [operation.route, answer.status, answer.setCookies.length];
      expect(seen, answer.text).toEqual([operation.route, 401, cookies]);
      expect(answer.setCookies.every((cookie) => cookie.startsWith(`${COOKIE}=; Max-Age=0; Path=/; Secure`))).toBe(
        true,
      );
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(answer.body).toMatchObject({ code: expect.stringMatching(/^(unauthenticated|UNAUTHORIZED)$/) as string });
    }
    await isolate.settle();
    expect(await everything()).toEqual(before);
  });
});

it("serves the matrix's routes to a reader in good standing", async () => {
  for (const operation of READER_OPERATIONS) {
    const answer = await call(await newReader(), operation);
    const status = operation.answer ? 200 : 204;
    expect([operation.route, answer.status], answer.text).toEqual([operation.route, status]);
  }
});

/** Every row that is about this reader, wherever it is. */
const rowsOf = (userId: string) =>
  database.query(
    `select (select to_jsonb(u) from "user" u where u.id = $1) as reader,
       (select jsonb_agg(s order by s.id) from session s where s.user_id = $1) as sessions,
       (select jsonb_agg(a order by a.id) from account a where a.user_id = $1) as accounts,
       (select to_jsonb(b) from background_information b where b.user_id = $1) as background,
       (select to_jsonb(p) from profile p where p.user_id = $1) as profile,
       (select to_jsonb(f) from personalization_profile f where f.user_id = $1) as preferences,
       (select jsonb_agg(r order by r.page_key) from reading_progress r where r.user_id = $1) as progress,
       (select jsonb_agg(k order by k.id) from passkey k where k.user_id = $1) as passkeys,
       (select to_jsonb(t) from two_factor t where t.user_id = $1) as factor,
       (select jsonb_agg(e order by e.id) from audit_event e where e.user_id = $1) as events`,
    [userId],
  );

/** The ids by which one reader could be meant in another's request. */
async function idsOf(browser: Browser): Promise<{ userId: string; sessionId: string; rows: string[] }> {
  const { body } = await browser.send("/api/session");
  const { session, reader } = z
    .object({ session: z.object({ id: z.string() }), reader: z.object({ id: z.string() }) })
    .parse(body);
  const { id: passkeyId } = await insertPasskey(queryOf(database), reader.id, BASE_URL);
  await insertSecondFactor(queryOf(database), AUTH_SECRET, reader.id);
  const others = await database.query(
    "select id from account where user_id = $1 union select id from two_factor where user_id = $1",
    [reader.id],
  );
  return { userId: reader.id, sessionId: session.id, rows: [passkeyId, ...others.map(({ id }) => String(id))] };
}

describe("what belongs to another reader", () => {
  const WRITES = [
    "PUT /api/background",
    "PATCH /api/profile",
    "PUT /api/personalization/preferences",
    "POST /api/progress",
  ];

  it("is neither shown nor changed by any route, whatever ids the request names", async () => {
    const owner = await newReader();
    for (const operation of READER_OPERATIONS.filter(({ route }) => WRITES.includes(route))) {
      expect((await call(owner, operation)).status).toBe(200);
    }
    const { userId, sessionId, rows } = await idsOf(owner);
    await isolate.settle();
    const before = await rowsOf(userId);
    expect(JSON.stringify(before)).toContain("Lahore");
    const tried = new Set<string>();
    // Administrators see others, and admin.test.ts says who does not.
    for (const operation of READER_OPERATIONS.filter(({ caller }) => !caller.endsWith("admin"))) {
      const other = await newReader();
      const { path, body } = operation;
      const named = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
      const query = `${path.includes("?") ? "&" : "?"}userId=${userId}&id=${userId}&site=course`;
      for (const id of [userId, sessionId, ...rows]) {
        // All that the route needs is the caller's own, but for the id.
        const made = await madeFor(other, operation);
        const meant = JSON.stringify(made.json ?? body?.example)?.replaceAll(named, id);
        if (!meant?.includes(id)) continue;
        const answer = await call(other, operation, { made: { ...made, json: JSON.parse(meant) } });
        expect(answer.text, operation.route).not.toContain(id);
        tried.add(operation.id);
      }
      for (const answer of [
        await call(other, operation),
        await other.send(`${path}${query}`, {
          method: operation.method,
          origin: BASE_URL,
          ...(body && { json: { userId } }),
        }),
      ]) {
        for (const secret of [userId, sessionId]) expect(answer.text, operation.route).not.toContain(secret);
      }
    }
    await isolate.settle();
    expect(await rowsOf(userId)).toEqual(before);
    expect([...tried].sort()).toEqual(["deletePasskey", "renamePasskey", "revokeSession", "unlinkProvider"]);
  });
});

describe.each(OPERATIONS.filter(({ caller }) => caller === "site-token"))("$route", (operation) => {
  it.each([
    ["no token", ""],
    ["an empty token", "Bearer "],
    ["another token", "Bearer catalogue-token-of-another-site"],
    ["the token under another scheme", `Basic ${CATALOGUE_TOKEN}`],
    ["the token twice", `Bearer ${CATALOGUE_TOKEN}, Bearer ${CATALOGUE_TOKEN}`],
  ])("refuses %s, also to a reader who is signed in", async (_, authorization) => {
    const before = await everything();
    const sql = isolate.sql;
    const answer = await call(new Browser(isolate), operation, { headers: { Authorization: authorization } });
    expect([answer.status, answer.body], answer.text).toMatchObject([401, { code: "invalid-token" }]);
    expect(isolate.sql).toBe(sql);
    const reader = await newReader();
    const signedIn = await call(reader, operation, { origin: BASE_URL, headers: { Authorization: authorization } });
    expect(signedIn.status, signedIn.text).toBe(401);
    expect(await everything()).toMatchObject([{ pages: before[0]?.pages }]);
  });
});

describe("while the database is down", () => {
  it.each([
    ["an isolate that knows the session", () => isolate],
    ["an isolate that has never seen it", () => Isolate.create({ database })],
  ])("%s says 503 to everything, and no cookie is touched", async (_, isolateOf) => {
    const reader = await newReader();
    expect((await reader.send("/api/session")).status).toBe(200);
    await isolate.settle();
    reader.isolate = await isolateOf();
    for (const effect of [
      { effect: "drop" },
      { effect: "status", status: 500 },
      { effect: "sql-error", code: "57P03" },
    ] as const) {
      const made = new Map<string, Made>();
      for (const operation of READER_OPERATIONS)
        made.set(operation.id, await prepare(operation, queryOf(database), WORKER, reader.cookieHeader));
      await database.inject({ ...effect, times: null });
      for (const operation of READER_OPERATIONS) {
        const answer = await call(reader, operation, { made: made.get(operation.id) ?? {} });
        expect([operation.route, answer.status], answer.text).toEqual([operation.route, 503]);
        expect([answer.headers.get("retry-after"), answer.setCookies]).toEqual(["5", []]);
      }
      await database.heal();
    }
    expect((await reader.send("/api/session")).status).toBe(200);
  });

  it("says 503 on Better Auth's routes also when Postgres refuses a statement, and 500 on ours", async () => {
    const reader = await newReader();
    for (const operation of OPERATIONS.filter((one) => READER_OPERATIONS.includes(one) || one.id === "signOut")) {
      const made = await prepare(operation, queryOf(database), WORKER, reader.cookieHeader);
      await database.inject({ effect: "sql-error", matching: "^(with|select|insert|update|delete)", times: null });
      const answer = await call(reader, operation, { made });
      await database.heal();
      const status = operation.path.startsWith("/api/auth/") ? 503 : 500;
      expect([operation.route, answer.status, answer.setCookies], answer.text).toEqual([operation.route, status, []]);
    }
  });
});
