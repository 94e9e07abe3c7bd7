// The third rung: a docs page whose browser keeps no cookie of the Worker's. What a bearer opens, where, for how long, and
// that nothing but a hand-off ever makes one.
import { describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { OPERATIONS } from "../../src/core/contract/contract.ts";
import { type Answer, Browser, type Send } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, DOCS_CROSS_SITE, DOCS_SAME_SITE, Isolate } from "../harness/isolate.ts";
import { navigate, newFlow } from "../harness/openid-provider.ts";
import { call } from "../harness/operations.ts";
import { insertBearer, insertSession } from "../harness/sessions.ts";
import { START } from "../setup.ts";

const database = await TestDatabase.create("bearer");
const isolate = await Isolate.create({ database });
const ORIGIN = DOCS_CROSS_SITE;

const located = z.object({ location: z.string() });
const handedOff = z.object({ userId: z.string(), expiresAt: z.string(), bearer: z.string() });

/** Back from the Worker's page, with a code. */
async function withCode() {
  const worker = new Browser(isolate, BASE_URL);
  const { flow, verifier, start } = await newFlow({ return: `${ORIGIN}/` });
  await navigate(worker, start);
  expect((await worker.signUp()).status).toBe(200);
  const { location } = located.parse((await worker.post("/api/hand-off/finish", { flow })).body);
  return { worker, body: { flow, verifier, code: /\.([^.]+)$/.exec(location)?.[1] ?? "" } };
}

async function withBearer() {
  const { worker, body } = await withCode();
  const page = new Browser(isolate, ORIGIN);
  const answer = await page.post("/api/hand-off", { ...body, bearer: true });
  expect(answer.status, answer.text).toBe(200);
  return { worker, page, answer, bearer: `Bearer ${handedOff.parse(answer.body).bearer}` };
}

const ask = (authorization: string, path = "/api/session", { origin = ORIGIN, ...more }: Send = {}): Promise<Answer> =>
  new Browser(isolate, ORIGIN).send(path, {
    origin,
    ...more,
    headers: { Authorization: authorization, ...(origin && { Origin: origin }), ...more.headers },
  });

describe("a bearer", () => {
  it("is given to the page that asked for it and has no cookie, in place of one, for seven days", async () => {
    const { answer, bearer } = await withBearer();
    expect(answer.setCookies).toEqual([]);
    expect(answer.body).toMatchObject({ expiresAt: "2026-03-08T12:00:00.000Z" });
    expect((await ask(bearer)).body).toMatchObject({
      session: { scope: "docs", expiresAt: "2026-03-08T12:00:00.000Z" },
    });
    expect((await ask(bearer, "/api/me")).status).toBe(200);
    vi.setSystemTime(START.getTime() + 7 * 86_400_000);
    expect((await ask(bearer)).status).toBe(401);
  });

  it("is never good for longer than the sign-in that it came from", async () => {
    const { worker, body } = await withCode();
    await database.query("update session set expires_at = created_at + interval '1 day'");
    const answer = await new Browser(isolate, ORIGIN).post("/api/hand-off", { ...body, bearer: true });
    expect(answer.body).toMatchObject({ expiresAt: "2026-03-02T12:00:00.000Z" });
    expect((await worker.send("/api/session")).status).toBe(200);
  });

  it("is not given where it was not asked for, nor to a page that has a cookie, good or not", async () => {
    const unasked = await withCode();
    const answer = await new Browser(isolate, ORIGIN).post("/api/hand-off", unasked.body);
    expect(answer.body).not.toHaveProperty("bearer");
    expect(answer.setCookies).toHaveLength(1);
    for (const cookie of [undefined, "__Host-docent.session_token=forged.AAAA"]) {
      const { body } = await withCode();
      const page = new Browser(isolate, ORIGIN);
      if (!cookie) await page.signUp();
      const headers = cookie ? { Cookie: cookie } : {};
      const kept = await page.post("/api/hand-off", { ...body, bearer: true }, { headers });
      expect(kept.status, kept.text).toBe(200);
      expect(kept.body).not.toHaveProperty("bearer");
      expect(kept.setCookies).toHaveLength(1);
    }
  });

  it("is made of a cookie by no route: none answers with one, whatever is asked", async () => {
    for (const operation of OPERATIONS) {
      const browser = new Browser(isolate);
      await browser.signUp();
      const example = operation.body?.example;
      const json = typeof example === "object" && example !== null ? { ...example, bearer: true } : example;
      for (const origin of [BASE_URL, DOCS_SAME_SITE]) {
        const plain = await call(browser, operation, { origin });
        const asked = example === undefined ? plain : await call(browser, operation, { json, origin });
        for (const answer of [plain, asked]) expect(answer.text, operation.route).not.toMatch(/"bearer":"/);
      }
    }
    const docs = await database.query("select 1 from session where scope = 'docs' and created_at > $1", [
      new Date(START.getTime() - 1).toISOString(),
    ]);
    expect(docs.length).toBeLessThanOrEqual(3);
  });

  it.each([DOCS_SAME_SITE, BASE_URL, "https://evil.example", null])(
    "is nothing to another page: %s",
    async (origin) => {
      const { bearer } = await withBearer();
      expect((await ask(bearer)).status).toBe(200);
      const answer = await ask(bearer, "/api/session", { origin });
      expect([401, 403]).toContain(answer.status);
      expect((await ask(bearer, "/api/me", { origin })).status).toBeGreaterThanOrEqual(401);
    },
  );

  it("opens nothing of an account: under /api/auth only who this is, and sign-out", async () => {
    const allowed = ["/api/auth/get-session", "/api/auth/sign-out"];
    for (const operation of OPERATIONS.filter(({ path }) => path.startsWith("/api/auth/"))) {
      if (allowed.includes(operation.path)) continue;
      const authorization = await insertBearer(database, await insertSession(database), BASE_URL);
      const headers = { Authorization: authorization, Origin: BASE_URL };
      const answer = await call(new Browser(isolate, BASE_URL), operation, { made: {}, headers });
      expect([operation.route, answer.status], answer.text).toEqual([operation.route, 403]);
    }
  });

  it("opens nothing that needs an account or a fresh proof elsewhere either, also if it were the Worker's own page's", async () => {
    const needy = OPERATIONS.filter(
      ({ caller, path }) => !["anyone", "reader", "site-token"].includes(caller) && !path.startsWith("/api/auth/"),
    );
    expect(needy.length).toBeGreaterThan(1);
    for (const operation of needy) {
      const authorization = await insertBearer(database, await insertSession(database), BASE_URL);
      const headers = { Authorization: authorization, Origin: BASE_URL };
      const answer = await call(new Browser(isolate, BASE_URL), operation, { made: {}, headers });
      expect([operation.route, answer.status], answer.text).toEqual([operation.route, 403]);
    }
  });

  it("serves what a docs page may do", async () => {
    const { bearer } = await withBearer();
    expect((await ask(bearer, "/api/auth/get-session")).body).toMatchObject({ user: { role: "user" } });
    const saved = await ask(bearer, "/api/background", { method: "PATCH", json: { primaryDomain: "robots" } });
    expect(saved.status, saved.text).toBe(200);
    expect((await ask(bearer)).body).toMatchObject({ reader: { background: { primaryDomain: "robots" } } });
  });

  it("is listed with its page, and ends with what the reader revokes, and with their sign-out anywhere", async () => {
    const { worker, bearer } = await withBearer();
    const rows = z
      .array(z.object({ token: z.string(), scope: z.string(), origin: z.string().nullable() }))
      .parse((await worker.send("/api/auth/list-sessions")).body);
    const own = rows.find(({ scope }) => scope === "docs");
    expect(own?.origin).toBe(ORIGIN);
    expect((await ask(bearer)).status).toBe(200);
    expect((await worker.post("/api/auth/revoke-session", { token: own?.token })).status).toBe(200);
    expect((await ask(bearer)).status).toBe(401);
    const other = await withBearer();
    await other.worker.post("/api/auth/sign-out", {});
    expect((await ask(other.bearer)).status).toBe(401);
  });

  it("signs out by itself, which ends the sign-in that it came from", async () => {
    const { worker, bearer } = await withBearer();
    expect((await ask(bearer, "/api/auth/sign-out", { method: "POST", json: {} })).body).toEqual({ success: true });
    expect((await ask(bearer)).status).toBe(401);
    expect((await worker.send("/api/session")).status).toBe(401);
  });

  it("is signed for what it is: neither a cookie's signature nor its own is good for the other", async () => {
    const { worker, bearer } = await withBearer();
    const cookie = decodeURIComponent(worker.cookies.get("__Host-docent.session_token") ?? "");
    expect((await ask(`Bearer ${cookie}`)).status).toBe(401);
    const credential = bearer.slice("Bearer ".length);
    // Also once this isolate's memory knows it.
    expect((await ask(bearer)).status).toBe(200);
    for (const value of [credential, `bearer ${credential}`, bearer]) {
      const headers = { Cookie: `__Host-docent.session_token=${encodeURIComponent(value)}` };
      expect((await new Browser(isolate, ORIGIN).send("/api/session", { headers })).status, value).toBe(401);
    }
  });

  it("is used together with a cookie never: neither counts", async () => {
    const { bearer } = await withBearer();
    const { cookie } = await insertSession(database);
    for (const authorization of [bearer, "Bearer forged.AAAA"]) {
      expect((await ask(authorization, "/api/session", { headers: { Cookie: cookie } })).status).toBe(401);
    }
    // Of another scheme it is a proxy's, and none of ours.
    expect((await ask("Basic dTpw", "/api/session", { headers: { Cookie: cookie } })).status).toBe(200);
  });

  it.each(["Bearer forged", `Bearer ${"t".repeat(32)}.${btoa("s".repeat(32))}`, `Bearer ${"x".repeat(5000)}`])(
    "that is forged costs no look-up: %s",
    async (authorization) => {
      const { sql } = isolate;
      expect((await ask(authorization)).status).toBe(401);
      expect(isolate.sql).toBe(sql);
    },
  );
});

it("may be sent by the listed pages, and by no other", async () => {
  for (const origin of [ORIGIN, "https://evil.example"]) {
    const { headers } = await new Browser(isolate, origin).send("/api/me", {
      method: "OPTIONS",
      headers: { "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization" },
    });
    const allowed = headers.get("access-control-allow-headers")?.toLowerCase().includes("authorization") ?? false;
    expect(allowed).toBe(origin === ORIGIN);
  }
});
