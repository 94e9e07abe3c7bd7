// Rules of the session room that are easy to lose: which cookie counts, what is never kept, what a change must show.
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, DOCS_SAME_SITE, Gate, Isolate } from "../harness/isolate.ts";
import { insertBearer, insertSession } from "../harness/sessions.ts";
import { START } from "../setup.ts";

const database = await TestDatabase.create("rules");
const isolate = await Isolate.create({ database });
const COOKIE = "__Host-docent.session_token";
const PASSWORD = "correct horse battery";

const later = (seconds: number) => vi.setSystemTime(START.getTime() + seconds * 1000);
const tokenOf = (browser: Browser) => decodeURIComponent(browser.cookies.get(COOKIE) ?? "").split(".")[0] ?? "";
const tierOf = async (browser: Browser) =>
  /desc="(\w+)"/.exec((await browser.send("/api/session")).headers.get("server-timing") ?? "")?.[1];
const setUser = (browser: Browser, set: string) =>
  database.query(`update "user" set ${set} where id = (select user_id from session where token = $1)`, [
    tokenOf(browser),
  ]);

async function signedIn(at = isolate): Promise<Browser> {
  const browser = new Browser(at);
  expect((await browser.signUp(undefined, PASSWORD)).status).toBe(200);
  await at.settle();
  return browser;
}

describe("a cookie in another spelling", () => {
  it.each([
    ["a space", (value: string) => `%20${value}`],
    ["a space in the signature", (value: string) => value.replace(".", ".%20")],
    ["no padding", (value: string) => value.replace("%3D", "")],
    ["quotes", (value: string) => `"${value}"`],
  ])("with %s is no credential", async (_, respell) => {
    const browser = await signedIn();
    browser.cookies.set(COOKIE, respell(browser.cookies.get(COOKIE) ?? ""));
    expect((await browser.send("/api/session")).status).toBe(401);
  });

  it("is never the one that Better Auth acts for", async () => {
    const [victim, caller] = [await signedIn(), await signedIn()];
    const cookie = `${COOKIE}="${victim.cookies.get(COOKIE)}"; ${caller.cookieHeader}`;
    const headers = { Cookie: cookie };
    const renamed = await new Browser(isolate).post(
      "/api/auth/update-user",
      { name: "Mallory" },
      { headers, origin: BASE_URL },
    );
    expect(renamed.status, renamed.text).toBe(200);
    const nameOf = async (browser: Browser) =>
      ((await browser.send("/api/auth/get-session")).body as { user: { name: string } }).user.name;
    expect([await nameOf(victim), await nameOf(caller)]).toEqual(["Reader", "Mallory"]);
  });
});

describe("a refusal", () => {
  it.each([
    ["is_active = false", "is_active = true"],
    ["banned = true", "banned = false"],
  ])("is over as soon as the reason is: %s", async (set, unset) => {
    const browser = await signedIn();
    await setUser(browser, set);
    const cookie = browser.cookieHeader;
    expect((await new Browser(isolate).send("/api/session", { headers: { Cookie: cookie } })).status).toBe(401);
    await setUser(browser, unset);
    expect((await new Browser(isolate).send("/api/session", { headers: { Cookie: cookie } })).status).toBe(200);
  });
});

describe("a changed background", () => {
  it("counts without a level", async () => {
    const browser = await signedIn();
    await browser.put("/api/background", { programmingLanguages: ["rust"] });
    expect((await browser.send("/api/session")).body).toMatchObject({
      reader: { background: { programmingLanguages: ["rust"], updatedAt: START.toISOString() } },
    });
  });

  it("shows here before KV has forgotten, and is not undone by a look-up that began before", async () => {
    const gate = new Gate();
    const forgetful = Promise.withResolvers<void>();
    const kv = new Proxy((env as { SESSIONS: KVNamespace }).SESSIONS, {
      get(target, key) {
        if (key === "delete") return () => forgetful.promise;
        const member: unknown = Reflect.get(target, key, target);
        return typeof member === "function" ? member.bind(target) : member;
      },
    });
    const here = await Isolate.create({ database, bindings: { SESSIONS: kv }, network: gate.network });
    const browser = await signedIn(here);
    await browser.send("/api/session");
    await here.settle();
    later(400);
    gate.arm();
    const slow = browser.send("/api/session");
    await gate.reached.promise;
    later(401);
    await browser.put("/api/background", { experienceLevel: "expert" });
    gate.opened.resolve();
    await slow;
    later(402);
    expect((await browser.send("/api/session")).body).toMatchObject({ reader: { skillLevel: "expert" } });
    forgetful.resolve();
  });
});

describe("an outage", () => {
  it("is over for every route as soon as Postgres is back", async () => {
    const browser = await signedIn();
    await browser.send("/api/session");
    await isolate.settle();
    later(400);
    await database.inject({ effect: "drop", times: null });
    expect(await tierOf(browser)).toBe("outage");
    await database.heal();
    expect((await browser.put("/api/background", { experienceLevel: "expert" })).status).toBe(200);
  });

  it("does not replace what is known from before it", async () => {
    const browser = await signedIn();
    await browser.send("/api/session");
    await isolate.settle();
    later(20);
    expect(await tierOf(browser)).toBe("kv");
    await database.inject({ effect: "drop", times: null });
    expect((await browser.send("/api/auth/get-session")).headers.get("docent-session")).toBe("unverified");
    expect(await tierOf(browser)).toBe("memory");
    await database.heal();
  });

  it("does not serve a bearer's session", async () => {
    const bearer = await insertBearer(database, await insertSession(database), DOCS_SAME_SITE);
    const ask = () => new Browser(isolate).send("/api/session", { headers: { Authorization: bearer } });
    expect((await ask()).body).toMatchObject({ session: { scope: "docs" } });
    await isolate.settle();
    later(400);
    await database.inject({ effect: "drop", times: null });
    expect((await ask()).status).toBe(503);
    await database.heal();
  });
});

describe("KV that says nothing", () => {
  it("is a miss", async () => {
    const kv = new Proxy((env as { SESSIONS: KVNamespace }).SESSIONS, {
      get: (target, key) => (key === "get" ? () => new Promise(() => {}) : Reflect.get(target, key, target)),
    });
    const silent = await Isolate.create({ database, bindings: { SESSIONS: kv } });
    const browser = await signedIn(silent);
    expect(await tierOf(browser)).toBe("postgres");
  });
});

describe("an entry of KV", () => {
  it("is not written again by another isolate that finds it true", async () => {
    const browser = await signedIn();
    await browser.put("/api/background", {
      hardwareSetup: { operatingSystem: "linux", devices: ["jetson"], gpu: "x" },
    });
    later(1);
    await browser.send("/api/session");
    await isolate.settle();
    const other = await Isolate.create({ database });
    const copy = Object.assign(new Browser(other), { cookies: browser.cookies });
    later(70);
    await copy.send("/api/session");
    await other.settle();
    expect(other.kv).toEqual({ get: 1, put: 0, delete: 0 });
  });
});

describe("a change of password", () => {
  const change = (browser: Browser, body: object = {}) =>
    browser.post(
      "/api/auth/change-password",
      { currentPassword: PASSWORD, newPassword: "another horse battery", ...body },
      { origin: BASE_URL },
    );

  it("works once when two come at once with the same old password", async () => {
    const gate = new Gate();
    const slow = await Isolate.create({ database, network: gate.network });
    const browser = await signedIn(slow);
    const other = new Browser(slow);
    const answers = await Promise.all([
      change(browser),
      change(Object.assign(other, { cookies: new Map(browser.cookies) })),
    ]);
    expect(answers.map((answer) => answer.status).sort(), answers.map((answer) => answer.text).join()).toEqual([
      200, 400,
    ]);
  });

  it("is nothing at all when Postgres refuses, and nobody is signed out", async () => {
    const browser = await signedIn();
    const before = await database.query(
      `select a.password, (select jsonb_agg(id) from session where user_id = a.user_id) as sessions
       from account a where user_id = (select user_id from session where token = $1)`,
      [tokenOf(browser)],
    );
    await database.inject({ effect: "sql-error", matching: 'update "account"', times: null });
    const answer = await change(browser);
    await database.heal();
    expect([answer.status, answer.setCookies]).toEqual([503, []]);
    expect((await browser.send("/api/session")).status).toBe(200);
    const after = await database.query(
      `select a.password, (select jsonb_agg(id) from session where user_id = a.user_id) as sessions
       from account a where user_id = (select user_id from session where token = $1)`,
      [tokenOf(browser)],
    );
    expect(after).toEqual(before);
  });

  it("leaves one event in the trail, and a refused one none", async () => {
    const browser = await signedIn();
    const events = () =>
      database.query(
        `select e.actor_id = e.user_id as own, e.detail from audit_event e join session s on s.user_id = e.user_id
         where s.token = $1 and e.action = 'password.changed'`,
        [tokenOf(browser)],
      );
    expect((await change(browser, { currentPassword: "not this one" })).status).toBe(400);
    expect(await events()).toEqual([]);
    expect((await change(browser)).status).toBe(200);
    expect(await events()).toHaveLength(1);
  });

  it("goes on as long as the sign-in would have, and no longer", async () => {
    const browser = new Browser(isolate);
    const email = "day@example.test";
    await browser.signUp(email, PASSWORD);
    await browser.post("/api/auth/sign-in/email", { email, password: PASSWORD, rememberMe: false });
    later(3600);
    const answer = await change(browser);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.setCookies.find((cookie) => cookie.startsWith(COOKIE))).not.toMatch(/max-age/i);
    expect((await browser.send("/api/session")).body).toMatchObject({
      session: { expiresAt: "2026-03-02T12:00:00.000Z", authenticatedAt: "2026-03-01T13:00:00.000Z" },
    });
    const out = await browser.post("/api/auth/sign-out", {});
    expect(out.setCookies.filter((cookie) => cookie.includes("dont_remember=;"))).toHaveLength(2);
  });

  it("is not undone by a failure of what runs after the response", async () => {
    const browser = await signedIn();
    later(7200);
    await database.inject({ effect: "sql-error", matching: '^update "session"', times: null });
    const answer = await change(browser);
    await isolate.settle();
    await database.heal();
    expect([answer.status, answer.setCookies.length], answer.text).toEqual([200, 1]);
    expect((await browser.send("/api/session")).status).toBe(200);
  });
});

describe("a configuration for this machine", () => {
  it("serves nobody on another host", async () => {
    const answer = await isolate.worker.fetch(new Request("https://docent.example.workers.dev/api/session"));
    expect([answer.status, await answer.json()]).toMatchObject([503, { code: "misconfigured" }]);
  });
});

describe("answers that are too large for Postgres, though not for the wire", () => {
  it("are refused by their path, and change nothing", async () => {
    const browser = await signedIn();
    const terms = Array.from({ length: 50 }, (_, at) => `${at}`.padEnd(59, "x"));
    const answers = Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`question${at}`, terms]));
    const answer = await browser.put("/api/background", { answers });
    expect([answer.status, answer.body], answer.text).toMatchObject([422, { errors: [{ path: "answers" }] }]);
    expect((await browser.send("/api/background")).body).toMatchObject({ answers: {}, updatedAt: null });
  });
});
