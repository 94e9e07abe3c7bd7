// Who is this? Memory, signature, KV, Postgres: what each answers, and exactly what it costs.
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import type { Bindings } from "../../src/config.ts";
import { cacheKey, open } from "../../src/session/cached-session.ts";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { AUTH_SECRET, Isolate } from "../harness/isolate.ts";
import { START } from "../setup.ts";

const kv = (env as unknown as Bindings).SESSIONS;
const database = await TestDatabase.create("session");
const isolate = await Isolate.create({ database });
const elsewhere = await Isolate.create({ database });

const later = (seconds: number) => vi.setSystemTime(START.getTime() + seconds * 1000);

async function signedIn(): Promise<Browser> {
  const browser = new Browser(isolate);
  const answer = await browser.signUp();
  expect(answer.status, answer.text).toBe(200);
  await isolate.settle();
  return browser;
}

const tokenOf = (browser: Browser) =>
  decodeURIComponent(browser.cookies.get("__Host-docent.session_token") ?? "").split(".")[0] ?? "";

/** The same reader's cookie in another isolate. */
function inIsolate(browser: Browser, other: Isolate): Browser {
  const copy = new Browser(other);
  for (const [name, value] of browser.cookies) copy.cookies.set(name, value);
  return copy;
}

const ask = async (browser: Browser) => {
  const answer = await browser.send("/api/session");
  return { status: answer.status, tier: /desc="(\w+)"/.exec(answer.headers.get("server-timing") ?? "")?.[1], answer };
};

describe("what it costs", () => {
  it("is one SQL round trip for a miss, nothing from memory, one KV read elsewhere", async () => {
    const browser = await signedIn();
    expect(await isolate.cost(async () => expect((await ask(browser)).tier).toBe("postgres"))).toEqual({
      sql: 1,
      kv: 2,
    });
    expect(await isolate.cost(async () => expect((await ask(browser)).tier).toBe("memory"))).toEqual({ sql: 0, kv: 0 });
    const there = inIsolate(browser, elsewhere);
    expect(await elsewhere.cost(async () => expect((await ask(there)).tier).toBe("kv"))).toEqual({ sql: 0, kv: 1 });
    expect(await elsewhere.cost(async () => expect((await ask(there)).tier).toBe("memory"))).toEqual({ sql: 0, kv: 0 });
  });

  it.each([
    ["a forged signature", (value: string) => value.replace(/\.[^.]*$/, `.${btoa("x".repeat(32))}`)],
    ["a truncated signature", (value: string) => value.slice(0, -8)],
    ["no signature", (value: string) => value.split(".")[0] ?? ""],
    ["another token under the same signature", (value: string) => `x${value.slice(1)}`],
    ["an empty token", (value: string) => value.slice(value.indexOf("."))],
    ["a value of 10,000 characters", (value: string) => value.padStart(10_000, "x")],
    ["what is no URL encoding", () => "%E0%A4%A"],
    ["no base64", (value: string) => `${value.split(".")[0]}.????????????????????????????????????????????`],
  ])("is nothing at all for %s", async (_, forge) => {
    const browser = await signedIn();
    const value = decodeURIComponent(browser.cookies.get("__Host-docent.session_token") ?? "");
    browser.cookies.set("__Host-docent.session_token", forge(value));
    expect(await isolate.cost(async () => expect((await ask(browser)).status).toBe(401))).toEqual({ sql: 0, kv: 0 });
  });

  it("is nothing for nobody", async () => {
    const cost = await isolate.cost(async () => {
      const answer = await new Browser(isolate).send("/api/session");
      expect([answer.status, answer.body, answer.setCookies]).toEqual([200, { session: null }, []]);
    });
    expect(cost).toEqual({ sql: 0, kv: 0 });
  });

  it("writes KV at most once in four minutes for an unchanged session, however often it is asked", async () => {
    const browser = await signedIn();
    const before = isolate.kv.put;
    for (let second = 0; second < 240; second += 11) {
      later(second);
      await ask(browser);
      await isolate.settle();
    }
    expect(isolate.kv.put - before).toBe(1);
    later(264);
    await ask(browser);
    await isolate.settle();
    expect(isolate.kv.put - before).toBe(2);
  });

  it("writes last_accessed_at once an hour", async () => {
    const browser = await signedIn();
    const lastAccessed = async () =>
      (await database.query("select last_accessed_at from session where token = $1", [tokenOf(browser)]))[0]
        ?.last_accessed_at;
    later(3599);
    expect(await isolate.cost(() => ask(browser))).toMatchObject({ sql: 1 });
    expect(await lastAccessed()).toBe("2026-03-01 12:00:00+00");
    later(3600 + 400);
    expect(await isolate.cost(() => ask(browser))).toMatchObject({ sql: 2 });
    expect(await lastAccessed()).toBe("2026-03-01 13:06:40+00");
  });
});

describe("the tiers", () => {
  it("serves memory for 10 s, KV for 60 s, KV with a look behind it for 300 s, and then asks", async () => {
    const browser = await signedIn();
    await ask(browser);
    await isolate.settle();
    const there = inIsolate(browser, elsewhere);
    later(9);
    expect((await ask(browser)).tier).toBe("memory");
    later(10);
    expect((await ask(browser)).tier).toBe("kv");
    later(59);
    expect(await elsewhere.cost(async () => expect((await ask(there)).tier).toBe("kv"))).toEqual({ sql: 0, kv: 1 });
    later(75);
    expect(await elsewhere.cost(async () => expect((await ask(there)).tier).toBe("kv"))).toEqual({ sql: 1, kv: 1 });
    later(299);
    expect(await isolate.cost(async () => expect((await ask(browser)).tier).toBe("kv"))).toMatchObject({ sql: 1 });
  });

  it("takes an entry of 300 s, and one from the future, as a miss", async () => {
    for (const seconds of [300, -1]) {
      later(0);
      const browser = await signedIn();
      await ask(browser);
      await isolate.settle();
      later(seconds);
      expect((await ask(inIsolate(browser, await Isolate.create({ database })))).tier).toBe("postgres");
    }
  });

  it("holds a sealed allow-list under a hash of the token, and nothing that tells who it is", async () => {
    const browser = new Browser(isolate);
    await browser.signUp("sealed@example.test");
    await browser.put("/api/background", { experienceLevel: "expert" });
    later(1);
    await ask(browser);
    await isolate.settle();
    const token = tokenOf(browser);
    const key = await cacheKey(token);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    const bytes = new Uint8Array((await kv.get(key, "arrayBuffer")) ?? new ArrayBuffer());
    const asText = new TextDecoder("latin1").decode(bytes);
    for (const secret of ["expert", "sealed", token, "userId", "203.0.113.7"]) expect(asText).not.toContain(secret);
    const opened = await open(token, bytes);
    expect(opened?.session.background.experienceLevel).toBe("expert");
    expect(opened?.checkedAt).toBe(START.getTime() + 1000);
    expect(Object.keys(opened?.session ?? {}).sort()).toEqual([
      "authenticatedAt",
      "background",
      "createdAt",
      "emailVerified",
      "expiresAt",
      "id",
      "loginId",
      "operatingSystem",
      "origin",
      "role",
      "scope",
      "skillLevel",
      "twoFactorEnabled",
      "userId",
    ]);
    const clear = JSON.stringify(opened);
    for (const secret of ["sealed@example.test", token, "203.0.113.7", "Docent tests"])
      expect(clear).not.toContain(secret);
    expect(await open(`${token}x`, bytes)).toBeUndefined();
  });

  it("takes an entry that is not its own as a miss", async () => {
    const browser = await signedIn();
    await kv.put(await cacheKey(tokenOf(browser)), "not sealed by us");
    expect((await ask(browser)).tier).toBe("postgres");
  });

  it("uses neither of two valid session cookies, and removes both", async () => {
    const [ada, eve] = [await signedIn(), await signedIn()];
    const cookie = `${ada.cookieHeader}; ${eve.cookieHeader}`;
    const answer = await new Browser(isolate).send("/api/session", { headers: { Cookie: cookie } });
    expect(answer.status).toBe(401);
    expect(answer.setCookies).toHaveLength(2);
    const twice = await new Browser(isolate).send("/api/session", {
      headers: { Cookie: `${ada.cookieHeader}; ${ada.cookieHeader}` },
    });
    expect(twice.status).toBe(200);
  });

  it("never caches nobody", async () => {
    const browser = await signedIn();
    const [row] = await database.query("delete from session where token = $1 returning *", [tokenOf(browser)]);
    const there = inIsolate(browser, elsewhere);
    expect((await ask(there)).status).toBe(401);
    // The row comes back, as from a restore: an isolate that has not ended it itself believes Postgres.
    const columns = Object.keys(row ?? {});
    await database.query(
      `insert into session (${columns.join(", ")}) values (${columns.map((_, at) => `$${at + 1}`).join(", ")})`,
      Object.values(row ?? {}),
    );
    expect((await ask(inIsolate(browser, await Isolate.create({ database })))).status).toBe(200);
  });
});

describe("get-session", () => {
  it("has Better Auth's shape, the session's id for a token, and costs nothing from memory", async () => {
    const browser = new Browser(isolate);
    await browser.signUp("shape@example.test");
    const answer = await browser.send("/api/auth/get-session");
    expect(answer.body).toMatchObject({
      session: { ipAddress: "203.0.113.7", userAgent: "Docent tests", expiresAt: "2026-03-31T12:00:00.000Z" },
      user: { email: "shape@example.test", name: "Reader", emailVerified: false, image: null, role: "user" },
    });
    const { session } = answer.body as { session: { id: string; token: string } };
    expect(session.token).toBe(session.id);
    expect(answer.text).not.toContain(tokenOf(browser));
    expect(await isolate.cost(() => browser.send("/api/auth/get-session"))).toEqual({ sql: 0, kv: 0 });
  });

  it("is null for nobody and for a session that has ended", async () => {
    expect((await new Browser(isolate).send("/api/auth/get-session")).body).toBeNull();
    const browser = await signedIn();
    await database.query("delete from session where token = $1", [tokenOf(browser)]);
    const answer = await browser.send("/api/auth/get-session");
    expect([answer.status, answer.body, answer.setCookies.length]).toEqual([200, null, 2]);
  });
});

describe("with Postgres down", () => {
  const down = () => database.inject({ effect: "drop", times: null });

  it("serves a cached session for SESSION_OUTAGE_SECONDS, says so, and lends no rights", async () => {
    const browser = await signedIn();
    await database.query(`update "user" set role = 'admin' where id = (select user_id from session where token = $1)`, [
      tokenOf(browser),
    ]);
    expect((await ask(browser)).answer.body).toMatchObject({ reader: { role: "admin" } });
    await isolate.settle();
    await down();
    later(3599);
    const fresh = inIsolate(browser, await Isolate.create({ database }));
    const { answer, tier } = await ask(fresh);
    expect([answer.status, tier, answer.headers.get("docent-session")]).toEqual([200, "outage", "unverified"]);
    expect(answer.body).toMatchObject({ reader: { role: "user" } });
    const getSession = await fresh.send("/api/auth/get-session");
    expect([getSession.status, getSession.headers.get("docent-session")]).toEqual([200, "unverified"]);
    const background = await fresh.send("/api/background");
    expect([background.status, background.setCookies]).toEqual([503, []]);
    const list = await fresh.send("/api/auth/list-sessions", { origin: "http://localhost:8787" });
    expect([list.status, list.setCookies]).toEqual([503, []]);
    later(3600);
    const after = await ask(inIsolate(browser, await Isolate.create({ database })));
    expect([after.status, after.answer.setCookies]).toEqual([503, []]);
    await database.heal();
  });

  it("is 503 for a session that no cache knows, and neither 401 nor a cleared cookie", async () => {
    const browser = await signedIn();
    await down();
    for (const path of [
      "/api/session",
      "/api/auth/get-session",
      "/api/background",
      "/api/recommendations?site=course",
    ]) {
      const answer = await browser.send(path);
      expect([path, answer.status, answer.setCookies, answer.headers.get("retry-after")]).toEqual([path, 503, [], "5"]);
    }
    await database.heal();
    expect((await ask(browser)).status).toBe(200);
  });

  it("does not serve a session past its own end", async () => {
    vi.setSystemTime(START.getTime() + 29.99 * 86_400_000);
    const browser = await signedIn();
    await database.query("update session set created_at = $2, expires_at = $3 where token = $1", [
      tokenOf(browser),
      START.toISOString(),
      new Date(START.getTime() + 30 * 86_400_000).toISOString(),
    ]);
    await ask(browser);
    await isolate.settle();
    await down();
    vi.setSystemTime(START.getTime() + 30 * 86_400_000);
    expect((await ask(inIsolate(browser, await Isolate.create({ database })))).status).toBe(503);
    await database.heal();
  });
});

describe("with KV down", () => {
  it("asks Postgres, and loses nothing but speed", async () => {
    const broken = new Proxy(kv, {
      get(target, key) {
        if (key === "get" || key === "put" || key === "delete") return () => Promise.reject(new Error("KV is down"));
        return Reflect.get(target, key, target) as unknown;
      },
    });
    const without = await Isolate.create({ database, bindings: { SESSIONS: broken, AUTH_SECRET } });
    const browser = new Browser(without);
    expect((await browser.signUp()).status).toBe(200);
    expect((await ask(browser)).tier).toBe("postgres");
    await without.settle();
    expect((await browser.put("/api/background", { experienceLevel: "expert" })).status).toBe(200);
    expect((await browser.post("/api/auth/sign-out", {})).status).toBe(200);
    await without.settle();
    expect((await ask(browser)).status).toBe(200);
  });
});
