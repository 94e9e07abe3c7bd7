// Sign-in: who may, who may not, what it writes and what it costs.
import { describe, expect, it, vi } from "vitest";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, Isolate } from "../harness/isolate.ts";
import { START } from "../setup.ts";

const database = await TestDatabase.create("sign-in");
const isolate = await Isolate.create({ database });
const PASSWORD = "correct horse battery";

const signIn = (email: string, password = PASSWORD, extra: object = {}) => {
  const browser = new Browser(isolate);
  return browser.post("/api/auth/sign-in/email", { email, password, ...extra }).then((answer) => ({ browser, answer }));
};

await new Browser(isolate).signUp("ada@example.test", PASSWORD);

describe("sign-in", () => {
  it("takes two round trips, and none after the response", async () => {
    vi.setSystemTime(new Date("2026-03-02T08:00:00.000Z"));
    await isolate.settle();
    const before = isolate.sql;
    const { answer } = await signIn("ada@example.test");
    expect(answer.status, answer.text).toBe(200);
    expect(isolate.sql - before).toBe(2);
    await isolate.settle();
    expect(isolate.sql - before).toBe(2);
    const [row] = await database.query(`select id, last_login_at from "user" where email = 'ada@example.test'`);
    expect(row?.last_login_at).toBe("2026-03-02 08:00:00+00");
    const trail = `select user_id, actor_id, ip_address, detail from audit_event where action = 'session.created'
      and created_at = '2026-03-02T08:00:00Z'`;
    expect(await database.query(trail)).toEqual([
      { user_id: row?.id, actor_id: row?.id, ip_address: "203.0.113.7", detail: '{"method": "password"}' },
    ]);
  });

  it("gives a new session of 30 days, whatever the address's letters", async () => {
    const { answer, browser } = await signIn("Ada@Example.test");
    expect(answer.status, answer.text).toBe(200);
    const { body } = await browser.send("/api/session");
    expect(body).toMatchObject({ session: { expiresAt: new Date(START.getTime() + 30 * 86_400_000).toISOString() } });
  });

  it("does not get longer by being used", async () => {
    const { browser } = await signIn("ada@example.test");
    for (const day of [1, 10, 20, 29.9]) {
      vi.setSystemTime(START.getTime() + day * 86_400_000);
      const { body } = await browser.send("/api/auth/get-session");
      expect(body).toMatchObject({ session: { expiresAt: "2026-03-31T12:00:00.000Z" } });
    }
    vi.setSystemTime(START.getTime() + 30 * 86_400_000);
    expect((await browser.send("/api/session")).status).toBe(401);
  });

  it("lasts a day and until the browser closes when the reader does not want to be remembered", async () => {
    const { answer, browser } = await signIn("ada@example.test", PASSWORD, { rememberMe: false });
    expect(answer.setCookies.find((cookie) => cookie.includes("session_token"))).not.toMatch(/max-age/i);
    const { body } = await browser.send("/api/session");
    expect(body).toMatchObject({ session: { expiresAt: "2026-03-02T12:00:00.000Z" } });
  });

  it("answers the same for a wrong password and for an address nobody has", async () => {
    const wrong = await signIn("ada@example.test", "wrong horse battery");
    const nobody = await signIn("nobody@example.test", "wrong horse battery");
    expect([wrong.answer.status, wrong.answer.body]).toEqual([
      401,
      { code: "INVALID_EMAIL_OR_PASSWORD", message: "Invalid email or password" },
    ]);
    expect([nobody.answer.status, nobody.answer.body]).toEqual([wrong.answer.status, wrong.answer.body]);
  });

  it("cuts a user agent that is too long, and refuses nobody for it", async () => {
    const answer = await new Browser(isolate).post(
      "/api/auth/sign-in/email",
      { email: "ada@example.test", password: PASSWORD },
      { headers: { "User-Agent": "x".repeat(4000) } },
    );
    expect(answer.status, answer.text).toBe(200);
    const [row] = await database.query("select max(length(user_agent)) as longest from session");
    expect(row?.longest).toBe("512");
  });

  it("does not believe an address that the client claims", async () => {
    await database.query("delete from session");
    const answer = await new Browser(isolate).post(
      "/api/auth/sign-in/email",
      { email: "ada@example.test", password: PASSWORD },
      { headers: { "X-Forwarded-For": "198.51.100.66", Forwarded: "for=198.51.100.66", "X-Real-IP": "198.51.100.66" } },
    );
    expect(answer.status, answer.text).toBe(200);
    expect(await database.query("select ip_address from session")).toEqual([{ ip_address: "203.0.113.7" }]);
  });

  it.each([
    ["banned", "banned = true", 403],
    ["banned until tomorrow", "banned = true, ban_expires = '2026-03-02T12:00:00Z'", 403],
    ["deactivated", "is_active = false", 403],
    ["banned until yesterday", "banned = true, ban_expires = '2026-02-28T12:00:00Z'", 200],
  ])("of a reader who is %s makes a session only when it may", async (_, set, status) => {
    await database.query(`update "user" set ${set} where email = 'ada@example.test'`);
    const before = await database.count("session");
    const { answer } = await signIn("ada@example.test");
    await database.query(`update "user" set banned = false, ban_expires = null, is_active = true`);
    expect(answer.status, answer.text).toBe(status);
    expect(await database.count("session")).toBe(before + (status === 200 ? 1 : 0));
    if (status === 403) {
      expect(answer.body).toMatchObject({ code: "ACCOUNT_BLOCKED" });
      expect(answer.setCookies).toEqual([]);
    }
  });

  it("tells a banned reader nothing before the password is right", async () => {
    await database.query(`update "user" set banned = true where email = 'ada@example.test'`);
    const { answer } = await signIn("ada@example.test", "wrong horse battery");
    await database.query(`update "user" set banned = false`);
    expect([answer.status, answer.body]).toMatchObject([401, { code: "INVALID_EMAIL_OR_PASSWORD" }]);
  });

  it.each([
    ["the look-up", 'insert into "attempt"'],
    ["the session", 'insert into "session"'],
  ])("is 503 and never 401 when Postgres fails at %s", async (_, matching) => {
    await database.inject({ effect: "status", status: 500, matching, times: null });
    const { answer } = await signIn("ada@example.test");
    await database.heal();
    expect([answer.status, answer.body]).toMatchObject([503, { code: "SERVICE_UNAVAILABLE" }]);
    expect(answer.setCookies).toEqual([]);
  });
});

describe("sign-out", () => {
  it("ends every session of the sign-in and removes both forms of the cookie, in one round trip", async () => {
    const { browser } = await signIn("ada@example.test");
    const other = await signIn("ada@example.test");
    const { body } = await browser.send("/api/session");
    // A child session, as a bearer will be.
    await database.query(
      `insert into session (id, token, user_id, expires_at, created_at, updated_at, authenticated_at, login_id, scope, origin)
       select gen_random_uuid(), 'child-token', user_id, created_at + interval '1 day', created_at, updated_at,
         authenticated_at, login_id, 'docs', 'http://localhost:4321' from session where id = $1`,
      [(body as { session: { id: string } }).session.id],
    );
    const before = await database.count("session");
    const trips = await database.roundTrips(async () => {
      const answer = await browser.post("/api/auth/sign-out", {});
      expect([answer.status, answer.body]).toEqual([200, { success: true }]);
      expect(answer.setCookies.map((cookie) => cookie.replace(/^[^;]*/, ""))).toEqual([
        "; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax",
        "; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=None; Partitioned",
      ]);
    });
    expect(trips).toBe(1);
    expect(await database.count("session")).toBe(before - 2);
    expect((await other.browser.send("/api/session")).status).toBe(200);
  });

  it("is refused at once in the isolate that did it, with the same cookie", async () => {
    const { browser } = await signIn("ada@example.test");
    expect((await browser.send("/api/session")).status).toBe(200);
    const cookie = browser.cookieHeader;
    await browser.post("/api/auth/sign-out", {});
    expect((await new Browser(isolate).send("/api/session", { headers: { Cookie: cookie } })).status).toBe(401);
  });

  it("succeeds twice, and for nobody", async () => {
    const { browser } = await signIn("ada@example.test");
    const cookie = browser.cookieHeader;
    for (const headers of [{ Cookie: cookie }, { Cookie: cookie }, {}]) {
      const answer = await new Browser(isolate).post("/api/auth/sign-out", {}, { headers });
      expect([answer.status, answer.body]).toEqual([200, { success: true }]);
    }
  });

  it.each(["drop", "hang"] as const)("is 503 and keeps the cookie when Postgres ends in a %s", async (effect) => {
    const quick = await Isolate.create({ database, bindings: { DATABASE_TIMEOUT_MS: "400" } });
    const { browser } = await signIn("ada@example.test");
    browser.isolate = quick;
    await database.inject({ effect, matching: "^delete", times: 1 });
    const answer = await browser.post("/api/auth/sign-out", {});
    await database.heal();
    expect([answer.status, answer.body]).toMatchObject([503, { code: "SERVICE_UNAVAILABLE" }]);
    expect(answer.setCookies).toEqual([]);
    expect((await browser.send("/api/session")).status).toBe(200);
    expect((await browser.post("/api/auth/sign-out", {}, { origin: BASE_URL })).status).toBe(200);
  });
});
