// Sign-up: atomic, in one round trip, and never an orphan.
import { describe, expect, it } from "vitest";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, DOCS_CROSS_SITE, DOCS_SAME_SITE, Isolate } from "../harness/isolate.ts";

const database = await TestDatabase.create("sign-up");
const isolate = await Isolate.create({ database });

const rows = async () => ({
  user: await database.count("user"),
  account: await database.count("account"),
  session: await database.count("session"),
});

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("sign-up", () => {
  it("makes a user, an account, a session and their events in one round trip", async () => {
    const browser = new Browser(isolate);
    const trips = await database.roundTrips(async () => {
      const answer = await browser.signUp("ada@example.test");
      expect(answer.status, answer.text).toBe(200);
    });
    expect(trips).toBe(1);
    const [row] = await database.query(
      `select u.id as user_id, u.email, u.last_login_at, s.id as session_id, s.user_agent, s.ip_address, s.scope,
         s.last_accessed_at, s.expires_at - s.created_at as lasts, s.login_id, a.provider_id, a.account_id
       from "user" u join session s on s.user_id = u.id join account a on a.user_id = u.id where email = $1`,
      ["ada@example.test"],
    );
    expect(row).toMatchObject({
      user_id: expect.stringMatching(UUID),
      session_id: expect.stringMatching(UUID),
      login_id: expect.stringMatching(UUID),
      last_login_at: "2026-03-01 12:00:00+00",
      last_accessed_at: "2026-03-01 12:00:00+00",
      user_agent: "Docent tests",
      ip_address: "203.0.113.7",
      scope: "account",
      lasts: "30 days",
      provider_id: "credential",
      account_id: row?.user_id,
    });
  });

  it("answers 422 to a second sign-up with the address, in any case of its letters", async () => {
    const answer = await new Browser(isolate).signUp("ADA@example.test");
    expect([answer.status, answer.body]).toMatchObject([422, { code: "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL" }]);
  });

  it("answers 422 to the slower of two sign-ups at once, and keeps one of each row", async () => {
    const before = await rows();
    // Both have looked the address up before either is inserted.
    await database.inject({ effect: "latency", milliseconds: 300, matching: 'insert into "user"', times: 2 });
    const answers = await Promise.all([
      new Browser(isolate).signUp("twice@example.test"),
      new Browser(isolate).signUp("twice@example.test"),
    ]);
    expect(answers.map((answer) => answer.status).sort(), answers.map((answer) => answer.text).join()).toEqual([
      200, 422,
    ]);
    // Better Auth had already set a cookie, for a session that was never written.
    expect(answers.find((answer) => answer.status === 422)?.setCookies).toEqual([]);
    const after = await rows();
    expect(after).toEqual({ user: before.user + 1, account: before.account + 1, session: before.session + 1 });
  });

  it.each([
    ["the user", 'insert into "user"'],
    ["the account", 'insert into "account"'],
    ["the session", 'insert into "session"'],
  ])("leaves nothing behind when Postgres refuses %s", async (_, matching) => {
    const before = await rows();
    await database.inject({ effect: "sql-error", matching, times: null });
    const browser = new Browser(isolate);
    const answer = await browser.signUp("orphan@example.test");
    await database.heal();
    expect(answer.status, answer.text).toBe(503);
    expect(answer.setCookies).toEqual([]);
    expect(answer.text).not.toContain("orphan@example.test");
    expect(await rows()).toEqual(before);
    const again = await browser.signUp("orphan@example.test");
    expect(again.status, again.text).toBe(200);
    await database.query(`delete from "user" where email = 'orphan@example.test'`);
  });

  it.each(["drop", "hang"] as const)("is 503 with no cookie when the write ends in a %s", async (effect) => {
    const quick = await Isolate.create({ database, bindings: { DATABASE_TIMEOUT_MS: "400" } });
    await database.inject({ effect, matching: 'insert into "user"', times: 1 });
    const answer = await new Browser(quick).signUp(`${effect}@example.test`);
    await database.heal();
    expect([answer.status, answer.body]).toMatchObject([503, { code: "SERVICE_UNAVAILABLE" }]);
    expect(answer.headers.get("retry-after")).toBe("5");
    expect(answer.setCookies).toEqual([]);
  });

  it.each([
    ["a role", { role: "admin" }, "role"],
    ["a flag", { emailVerified: true }, "emailVerified"],
    ["a redirect", { callbackURL: "https://evil.example" }, "callbackURL"],
    ["an id", { id: "00000000-0000-4000-8000-000000000000" }, "id"],
    ["a short password", { password: "seven77" }, "password"],
    ["a password of 129 characters", { password: "x".repeat(129) }, "password"],
    ["no address", { email: "nobody" }, "email"],
    ["a name with a line break", { name: "A\r\nBcc: x@example.test" }, "name"],
    ["a picture that is a script", { image: "javascript:alert(1)" }, "image"],
    ["a picture that is null", { image: null }, "image"],
  ])("refuses %s with its name", async (_, extra, path) => {
    const answer = await new Browser(isolate).post("/api/auth/sign-up/email", {
      email: "mass@example.test",
      password: "correct horse battery",
      ...extra,
    });
    expect([answer.status, answer.body]).toMatchObject([422, { code: "VALIDATION_ERROR", errors: [{ path }] }]);
  });

  it("takes a password of any Unicode and needs no name", async () => {
    const browser = new Browser(isolate);
    const password = "گزرگاہ-öäü-🦾🦿";
    const answer = await browser.post("/api/auth/sign-up/email", { email: "unicode@example.test", password });
    expect(answer.status, answer.text).toBe(200);
    const signedIn = await new Browser(isolate).post("/api/auth/sign-in/email", {
      email: "unicode@example.test",
      password,
    });
    expect(signedIn.status, signedIn.text).toBe(200);
  });

  it("refuses a body over its limit, also when it is sent in chunks without a length", async () => {
    const chunk = new TextEncoder().encode(" ".repeat(4096));
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        if (sent > 64) controller.close();
        else controller.enqueue(chunk);
      },
    });
    const answer = await new Browser(isolate).send("/api/auth/sign-up/email", {
      method: "POST",
      body,
      headers: { "Content-Type": "application/json" },
    });
    expect([answer.status, answer.body]).toMatchObject([413, { code: "BODY_TOO_LARGE" }]);
    expect(sent).toBeLessThan(64);
  });
});

describe("the session cookie", () => {
  it("is __Host- and Lax for the Worker's own site and the docs on it", async () => {
    for (const origin of [BASE_URL, DOCS_SAME_SITE]) {
      const { setCookies } = await new Browser(isolate, origin).signUp();
      expect(setCookies).toHaveLength(1);
      expect(setCookies[0]).toMatch(/^__Host-docent\.session_token=[^;]+; /);
      expect(setCookies[0]).toMatch(/; Max-Age=2592000/);
      for (const attribute of ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"])
        expect(setCookies[0]).toContain(attribute);
      expect(setCookies[0]).not.toMatch(/Partitioned|Domain/i);
    }
  });

  it("is partitioned for a fetch from docs on another site", async () => {
    const { setCookies } = await new Browser(isolate, DOCS_CROSS_SITE).signUp();
    expect(setCookies).toHaveLength(1);
    for (const attribute of ["Path=/", "Secure", "HttpOnly", "SameSite=None", "Partitioned"]) {
      expect(setCookies[0]).toContain(attribute);
    }
    expect(setCookies[0]).not.toMatch(/SameSite=Lax|Domain/i);
  });

  it("stays Lax when a page claims another mode than CORS", async () => {
    const browser = new Browser(isolate, DOCS_CROSS_SITE);
    const { setCookies } = await browser.post(
      "/api/auth/sign-up/email",
      { email: "mode@example.test", password: "correct horse battery" },
      { headers: { "Sec-Fetch-Mode": "navigate" } },
    );
    expect(setCookies.join()).not.toContain("Partitioned");
  });
});
