// KV takes 1,000 writes a day for free, and each of them costs ten times a read beyond. So a session is written at most
// once in four minutes of activity by each isolate, and nothing at all for readers who never sign in.
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { OPERATIONS } from "../../src/core/contract/contract.ts";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { Deployment } from "../harness/deployment.ts";
import { Isolate } from "../harness/isolate.ts";
import { call } from "../harness/operations.ts";
import { insertSession } from "../harness/sessions.ts";
import { START } from "../setup.ts";

const database = await TestDatabase.create("kv-writes");
const MINUTE = 60_000;

/** The same isolate each time, or another. */
const inTurn = () => {
  let turn = 0;
  return () => {
    turn = (turn + 1) % 3;
    return turn / 3;
  };
};

describe("writes of KV", () => {
  it("are at most one for each session, isolate and four minutes, through an hour of reading in two places", async () => {
    const deployment = new Deployment(database, START.getTime(), inTurn());
    const readers = await Promise.all([insertSession(database), insertSession(database)]);
    const end = START.getTime() + 60 * MINUTE;
    for (let at = START.getTime(), n = 0; at < end; at += 7_000, n += 1) {
      vi.setSystemTime(at);
      for (const { cookie } of readers) {
        const isolate = await deployment.at(n % 20 < 10 ? "lahore" : "frankfurt");
        const { status } = await new Browser(isolate).send("/api/session", { headers: { Cookie: cookie } });
        expect(status).toBe(200);
        await deployment.settle();
      }
    }
    const last = new Map<string, number>();
    for (const { at, isolate, key } of deployment.writes) {
      const who = `${isolate} ${key}`;
      expect(at - (last.get(who) ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(4 * MINUTE);
      last.set(who, at);
    }
    // It does write: the entries of two readers, which live five minutes.
    expect(new Set(deployment.writes.map(({ key }) => key)).size).toBe(2);
    expect(deployment.writes.length).toBeGreaterThanOrEqual(2 * 12);
    expect(deployment.writes.length).toBeLessThanOrEqual(2 * 6 * 15);
  });

  it("are one where another look-up comes while it is under way, and another when it has failed", async () => {
    const held = Promise.withResolvers<void>();
    let puts = 0;
    const kv = new Proxy((env as unknown as { SESSIONS: KVNamespace }).SESSIONS, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (name !== "put" || typeof member !== "function") return member;
        return async () => {
          puts += 1;
          if (puts === 1) await held.promise;
        };
      },
    });
    const background: Promise<unknown>[] = [];
    const isolate = await Isolate.create({
      database,
      bindings: { SESSIONS: kv },
      onBackground: (work) => background.push(work),
    });
    const { cookie } = await insertSession(database);
    // Memory serves for ten seconds: each of these asks Postgres.
    const ask = async (seconds: number) => {
      vi.setSystemTime(START.getTime() + seconds * 1000);
      const { status, headers } = await new Browser(isolate).send("/api/session", { headers: { Cookie: cookie } });
      expect([status, headers.get("server-timing")]).toEqual([200, 'session;desc="postgres"']);
    };
    await ask(0);
    await expect.poll(() => puts).toBe(1);
    background.length = 0;
    await ask(11);
    await Promise.all(background);
    expect(puts).toBe(1);
    held.reject(new Error("KV PUT failed: 500 Internal Server Error"));
    await isolate.settle();
    await ask(22);
    await isolate.settle();
    expect(puts).toBe(2);
  });

  it.each([
    ["no cookie", undefined],
    ["a forged one", "__Host-docent.session_token=forged.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D"],
  ])("are none for readers who never sign in: with %s, on every route, for an hour", async (_, cookie) => {
    const deployment = new Deployment(database, START.getTime(), inTurn());
    for (let minutes = 0; minutes <= 60; minutes += 10) {
      vi.setSystemTime(START.getTime() + minutes * MINUTE);
      for (const operation of OPERATIONS.filter(({ id }) => id !== "signUp")) {
        const browser = new Browser(await deployment.at("lahore"));
        await call(browser, operation, cookie === undefined ? {} : { headers: { Cookie: cookie } });
        await deployment.settle();
      }
    }
    expect(deployment.writes).toEqual([]);
  });
});
