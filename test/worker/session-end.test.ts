// How a session ends, and how long anybody can still use it: at once where it was ended, elsewhere within
// SESSION_CACHE_SECONDS + 10 s whatever happens.
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import type { Bindings } from "../../src/config.ts";
import { cacheKey } from "../../src/session/cached-session.ts";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, Gate, Isolate } from "../harness/isolate.ts";
import { insertSession } from "../harness/sessions.ts";
import { START } from "../setup.ts";

const kv = (env as unknown as Bindings).SESSIONS;
const database = await TestDatabase.create("ending");
const PASSWORD = "correct horse battery";

const later = (seconds: number) => vi.setSystemTime(START.getTime() + seconds * 1000);
const statusOf = async (browser: Browser) => (await browser.send("/api/session")).status;
const tokenOf = (browser: Browser) =>
  decodeURIComponent(browser.cookies.get("__Host-docent.session_token") ?? "").split(".")[0] ?? "";
const cachedBytes = async (browser: Browser) =>
  (await kv.get(await cacheKey(tokenOf(browser)), "arrayBuffer"))?.byteLength;

/** One reader, with the same cookie in two isolates that both know the session. */
async function everywhere(email = `${crypto.randomUUID()}@example.test`) {
  const here = await Isolate.create({ database });
  const there = await Isolate.create({ database });
  const browser = new Browser(here);
  expect((await browser.signUp(email, PASSWORD)).status).toBe(200);
  const copy = new Browser(there);
  for (const [name, value] of browser.cookies) copy.cookies.set(name, value);
  expect(await statusOf(browser)).toBe(200);
  await here.settle();
  expect(await statusOf(copy)).toBe(200);
  return { here, there, browser, copy, email };
}

const WAYS: [string, (at: Awaited<ReturnType<typeof everywhere>>) => Promise<unknown>][] = [
  ["signing out", ({ browser }) => browser.post("/api/auth/sign-out", {})],
  [
    "revoking it by its id",
    async ({ browser }) => {
      const { body } = await browser.send("/api/session");
      const { id } = (body as { session: { id: string } }).session;
      return browser.post("/api/auth/revoke-session", { token: id }, { origin: BASE_URL });
    },
  ],
  ["revoking all", ({ browser }) => browser.post("/api/auth/revoke-sessions", {}, { origin: BASE_URL })],
  [
    "revoking the others from another sign-in",
    async ({ here, email }) => {
      const other = new Browser(here);
      await other.post("/api/auth/sign-in/email", { email, password: PASSWORD });
      return other.post("/api/auth/revoke-other-sessions", {}, { origin: BASE_URL });
    },
  ],
  [
    "changing the password",
    async ({ here, email }) => {
      const other = new Browser(here);
      await other.post("/api/auth/sign-in/email", { email, password: PASSWORD });
      return other.post(
        "/api/auth/change-password",
        { currentPassword: PASSWORD, newPassword: "a longer horse battery" },
        { origin: BASE_URL },
      );
    },
  ],
];

describe.each(WAYS)("%s", (_, end) => {
  it("is seen at once here, and elsewhere when memory's 10 s are over", async () => {
    const world = await everywhere();
    const cookies = new Map(world.browser.cookies);
    const answer = (await end(world)) as { status: number; text: string };
    expect(answer.status, answer.text).toBe(200);
    await world.here.settle();
    for (const [name, value] of cookies) world.browser.cookies.set(name, value);
    expect(await statusOf(world.browser)).toBe(401);
    later(9);
    expect(await statusOf(world.copy)).toBe(200);
    later(10);
    expect(await statusOf(world.copy)).toBe(401);
  });
});

const BEHIND: [string, (token: string) => Promise<unknown>][] = [
  ["the row is deleted", (token) => database.query("delete from session where token = $1", [token])],
  ["the reader is deleted", (token) => change(token, "delete from")],
  ["the reader is banned", (token) => change(token, "update", "set banned = true")],
  ["the reader is deactivated", (token) => change(token, "update", "set is_active = false")],
];

const change = (token: string, verb: string, set = "") =>
  database.query(`${verb} "user" ${set} where id = (select user_id from session where token = $1)`, [token]);

describe.each(BEHIND)("behind the Worker's back, when %s", (_, happen) => {
  it("is over in every isolate at the latest SESSION_CACHE_SECONDS + 10 s later, for a reader who never pauses", async () => {
    const { here, there, browser, copy } = await everywhere();
    later(1);
    await happen(tokenOf(browser));
    let lastServed = 0;
    for (let second = 1; second <= 400; second += 3) {
      later(second);
      for (const one of [browser, copy])
        if ((await one.send("/api/auth/get-session")).body !== null) lastServed = second;
      for (const one of [here, there]) await one.settle();
      if (browser.cookies.size + copy.cookies.size === 0) break;
    }
    expect(lastServed).toBeLessThanOrEqual(310);
  });

  it("is over for a reader who comes back after SESSION_CACHE_SECONDS", async () => {
    const { browser, copy } = await everywhere();
    later(1);
    await happen(tokenOf(browser));
    later(300);
    expect(await statusOf(copy)).toBe(401);
  });
});

describe("races", () => {
  it("never lets a look-up that began before the end bring the session back here", async () => {
    const gate = new Gate();
    const here = await Isolate.create({ database, network: gate.network });
    const browser = new Browser(here);
    await browser.signUp();
    const [cookie, key] = [browser.cookieHeader, await cacheKey(tokenOf(browser))];
    gate.arm();
    const slow = new Browser(here).send("/api/session", { headers: { Cookie: cookie } });
    // The look-up has read the row; its answer is on the way.
    await gate.reached.promise;
    expect((await browser.post("/api/auth/sign-out", {})).status).toBe(200);
    gate.opened.resolve();
    expect((await slow).status).toBe(401);
    await here.settle();
    // A tombstone, and not the session.
    expect((await kv.get(key, "arrayBuffer"))?.byteLength).toBe(1);
    expect((await new Browser(here).send("/api/session", { headers: { Cookie: cookie } })).status).toBe(401);
  });

  it.each([
    [5, "is put into KV"],
    [6, "is thrown away"],
  ])("what took %d s to look up %s", async (seconds) => {
    const gate = new Gate();
    const isolate = await Isolate.create({ database, network: gate.network });
    const browser = new Browser(isolate);
    await browser.signUp();
    gate.arm();
    const asking = statusOf(browser);
    await gate.reached.promise;
    later(seconds);
    gate.opened.resolve();
    expect(await asking).toBe(200);
    await isolate.settle();
    expect((await cachedBytes(browser)) === undefined).toBe(seconds > 5);
  });

  it("writes the tombstone at once, again after a refusal, and once more 7 s later", async () => {
    const written: string[] = [];
    let refusals = 1;
    const picky = new Proxy(kv, {
      get(target, key) {
        if (key !== "put") return Reflect.get(target, key, target) as unknown;
        return async (...args: Parameters<KVNamespace["put"]>) => {
          const value = args[1];
          if (!(value instanceof Uint8Array) || value.byteLength !== 1) return target.put(...args);
          if (refusals-- > 0) {
            written.push("429");
            throw new Error("KV PUT failed: 429 Too Many Requests");
          }
          written.push(`tombstone for ${args[2]?.expirationTtl} s`);
          return target.put(...args);
        };
      },
    });
    const isolate = await Isolate.create({
      database,
      bindings: { SESSIONS: picky },
      sleep: async (ms) => void written.push(`${ms} ms`),
    });
    const browser = new Browser(isolate);
    await browser.signUp();
    await statusOf(browser);
    await isolate.settle();
    await browser.post("/api/auth/sign-out", {});
    await isolate.settle();
    expect(written).toEqual(["429", "1100 ms", "tombstone for 7200 s", "7000 ms", "tombstone for 7200 s"]);
  });

  it("ends a login once when two sign-outs come at once", async () => {
    const { browser, here } = await everywhere();
    const cookie = browser.cookieHeader;
    const answers = await Promise.all(
      [0, 1, 2].map(() => new Browser(here).post("/api/auth/sign-out", {}, { headers: { Cookie: cookie } })),
    );
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    expect((await new Browser(here).send("/api/session", { headers: { Cookie: cookie } })).status).toBe(401);
  });
});

describe("an end whose answer was lost", () => {
  it.each(["revoke-session", "revoke-other-sessions"])("is seen at once here when %s is tried again", async (path) => {
    const { browser, here, email } = await everywhere();
    const { body } = await browser.send("/api/session");
    const { id } = (body as { session: { id: string } }).session;
    const other = new Browser(here);
    await other.post("/api/auth/sign-in/email", { email, password: PASSWORD });
    const revoke = () =>
      other.post(`/api/auth/${path}`, path === "revoke-session" ? { token: id } : {}, { origin: BASE_URL });
    await database.inject({ effect: "drop", when: "after", matching: '^delete from "session"' });
    expect((await revoke()).status).toBe(503);
    await database.heal();
    expect((await revoke()).status).toBe(200);
    expect(await statusOf(browser)).toBe(401);
  });
});

describe("a changed background", () => {
  it("shows at once where it was changed, and elsewhere within a minute and 10 s", async () => {
    const { browser, copy, here, there } = await everywhere();
    await browser.put("/api/background", { experienceLevel: "expert", hardwareSetup: { operatingSystem: "linux" } });
    await here.settle();
    const level = async (one: Browser) =>
      ((await one.send("/api/session")).body as { reader: { skillLevel: string } }).reader.skillLevel;
    expect(await level(browser)).toBe("expert");
    later(71);
    await level(copy);
    await there.settle();
    later(82);
    expect(await level(copy)).toBe("expert");
  });
});

describe("a role and a second factor that were changed by SQL", () => {
  const shown = async (one: Browser) => {
    const { reader } = (await one.send("/api/session")).body as { reader: Record<string, unknown> };
    return [reader.role, reader.twoFactorEnabled];
  };

  it.each([
    ["asked all the time", 20],
    ["not asked in between", 311],
  ])("show within SESSION_CACHE_SECONDS and 10 s in every isolate, %s", async (_, step) => {
    const { browser, copy, here, there, email } = await everywhere();
    expect(await shown(browser)).toEqual(["user", false]);
    await database.query(`update "user" set role = 'moderator', two_factor_enabled = true where email = $1`, [email]);
    // What was just looked up is not looked up again: the cache is what answers.
    expect(await shown(browser)).toEqual(["user", false]);
    for (let at = step; at <= 311; at += step) {
      later(at);
      await Promise.all([shown(browser), shown(copy)]);
      await Promise.all([here.settle(), there.settle()]);
    }
    later(311);
    expect([await shown(browser), await shown(copy)]).toEqual([
      ["moderator", true],
      ["moderator", true],
    ]);
  });
});

describe("a changed name", () => {
  it("shows in the next answer here", async () => {
    const { browser } = await everywhere();
    await browser.send("/api/auth/get-session");
    await browser.post("/api/auth/update-user", { name: "Ada Lovelace" }, { origin: BASE_URL });
    expect((await browser.send("/api/auth/get-session")).body).toMatchObject({ user: { name: "Ada Lovelace" } });
  });
});

describe("the list of sessions", () => {
  it("shows the reader's own, at any age, and marks this one", async () => {
    const { browser, here, email } = await everywhere();
    const other = new Browser(here);
    await other.post("/api/auth/sign-in/email", { email, password: PASSWORD });
    vi.setSystemTime(START.getTime() + 29 * 86_400_000);
    const answer = await browser.send("/api/auth/list-sessions", { origin: BASE_URL });
    expect(answer.status, answer.text).toBe(200);
    const list = answer.body as { id: string; token: string; current: boolean; userAgent: string }[];
    expect(list).toHaveLength(2);
    expect(list.filter((one) => one.current)).toHaveLength(1);
    for (const one of list) expect(one.token).toBe(one.id);
    for (const token of [tokenOf(browser), tokenOf(other)]) expect(answer.text).not.toContain(token);
  });

  it.each([
    ["one", "revoke-session", 2],
    ["the others", "revoke-other-sessions", 1],
    ["all", "revoke-sessions", 0],
  ])("lets the reader end %s at any age, without a fresh proof", async (_, path, left) => {
    const old = await insertSession(database);
    const rows = [await insertSession(database, { of: old }), await insertSession(database, { of: old })];
    vi.setSystemTime(START.getTime() + 29 * 86_400_000);
    const answer = await new Browser(await Isolate.create({ database })).post(
      `/api/auth/${path}`,
      path === "revoke-session" ? { token: rows[0]?.sessionId } : {},
      { origin: BASE_URL, headers: { Cookie: old.cookie } },
    );
    expect([answer.status, answer.body], answer.text).toMatchObject([200, { status: true }]);
    const remaining = await database.query("select id from session where user_id = $1", [old.userId]);
    expect(remaining).toHaveLength(left);
    expect(remaining).not.toContainEqual({ id: rows[0]?.sessionId });
  });

  it("does not let a reader end somebody else's session", async () => {
    const [ada, eve] = [await everywhere(), await everywhere()];
    const { body } = await ada.browser.send("/api/session");
    const { id } = (body as { session: { id: string } }).session;
    const answer = await eve.browser.post("/api/auth/revoke-session", { token: id }, { origin: BASE_URL });
    expect([answer.status, answer.body]).toEqual([200, { status: true }]);
    later(11);
    expect(await statusOf(ada.copy)).toBe(200);
    expect(await database.query("select id from session where id = $1", [id])).toHaveLength(1);
  });
});
