// One matrix of refusals for every route that needs a reader: 401 for a credential that is not good, 503 for "we
// cannot tell", and never the one for the other.
import { describe, expect, it } from "vitest";
import { type Answer, Browser } from "../harness/browser.ts";
import { push } from "../harness/catalogue.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, Isolate } from "../harness/isolate.ts";

const COOKIE = "__Host-docent.session_token";
const database = await TestDatabase.create("access");
const isolate = await Isolate.create({ database });
expect((await push(isolate)).status).toBe(200);

/** Every route behind a reader's session, with a body it would accept. */
const ROUTES: [string, string, unknown?][] = [
  ["GET", "/api/background"],
  ["PUT", "/api/background", { experienceLevel: "expert" }],
  ["PATCH", "/api/background", { experienceLevel: "expert" }],
  ["DELETE", "/api/background"],
  ["GET", "/api/profile"],
  ["PATCH", "/api/profile", { bio: "Somebody else" }],
  ["GET", "/api/personalization"],
  ["PUT", "/api/personalization/preferences", { preferredCategories: ["Control"] }],
  ["GET", "/api/progress?site=course"],
  [
    "POST",
    "/api/progress",
    {
      site: "course",
      sentAt: "2026-03-01T12:00:00Z",
      events: [{ type: "save", page: "/start", at: "2026-03-01T12:00:00Z" }],
    },
  ],
  ["GET", "/api/me"],
  ["GET", "/api/export"],
  ["GET", "/api/recommendations?site=course"],
  ["GET", "/api/auth/list-sessions"],
  ["POST", "/api/auth/revoke-session", { token: "00000000-0000-4000-8000-000000000000" }],
  ["POST", "/api/auth/revoke-sessions", {}],
  ["POST", "/api/auth/revoke-other-sessions", {}],
  [
    "POST",
    "/api/auth/change-password",
    { currentPassword: "correct horse battery", newPassword: "another horse battery" },
  ],
  ["POST", "/api/auth/update-user", { name: "Somebody else" }],
];

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

const send = (browser: Browser, [method, path, json]: (typeof ROUTES)[number]): Promise<Answer> =>
  browser.send(path, { method, origin: BASE_URL, ...(json !== undefined && { json }) });

const everything = () =>
  database.query(
    `select (select jsonb_agg(u order by u.id) from "user" u) as users, (select jsonb_agg(a order by a.id) from account a) as accounts,
       (select jsonb_agg(b) from background_information b) as backgrounds, (select count(*) from session) as sessions,
       (select jsonb_agg(p) from profile p) as profiles, (select jsonb_agg(r) from reading_progress r) as progress,
       (select jsonb_agg(f) from personalization_profile f) as preferences`,
  );

describe.each(Object.entries(REFUSED))("a reader %s", (_, { browser, cookies }) => {
  it("is refused everywhere, told to let go of the cookie, and changes nothing", async () => {
    const who = await browser();
    const kept = [...who.cookies];
    const before = await everything();
    for (const route of ROUTES) {
      // A browser that keeps its cookie whatever it is told.
      for (const [name, value] of kept) who.cookies.set(name, value);
      const answer = await send(who, route);
      const seen = [...route.slice(0, 2), answer.status, answer.setCookies.length];
      expect(seen, answer.text).toEqual([...route.slice(0, 2), 401, cookies]);
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
  for (const route of ROUTES) {
    const answer = await send(await newReader(), route);
    const status = route[0] === "DELETE" ? 204 : 200;
    expect([...route.slice(0, 2), answer.status], answer.text).toEqual([...route.slice(0, 2), status]);
  }
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
      await database.inject({ ...effect, times: null });
      for (const route of ROUTES) {
        const answer = await send(reader, route);
        expect([...route.slice(0, 2), answer.status], answer.text).toEqual([...route.slice(0, 2), 503]);
        expect([answer.headers.get("retry-after"), answer.setCookies]).toEqual(["5", []]);
      }
      await database.heal();
    }
    expect((await reader.send("/api/session")).status).toBe(200);
  });

  it("says 503 on Better Auth's routes also when Postgres refuses a statement, and 500 on ours", async () => {
    const reader = await newReader();
    for (const route of [...ROUTES, ["POST", "/api/auth/sign-out", {}] as (typeof ROUTES)[number]]) {
      await database.inject({ effect: "sql-error", matching: "^(select|insert|update|delete)", times: null });
      const answer = await send(reader, route);
      await database.heal();
      const status = route[1].startsWith("/api/auth/") ? 503 : 500;
      expect([...route.slice(0, 2), answer.status, answer.setCookies], answer.text).toEqual([
        ...route.slice(0, 2),
        status,
        [],
      ]);
    }
  });
});
