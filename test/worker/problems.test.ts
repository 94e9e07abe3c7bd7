// Walks the whole table of problems: every code is produced by a real request, and all of them look alike.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { ACCOUNT_LIMITS } from "../../src/core/limits.ts";
import type { ProblemCode } from "../../src/core/problem.ts";
import { PROBLEMS } from "../../src/http/problem.ts";
import { type Answer, Browser, type Send } from "../harness/browser.ts";
import { page, push } from "../harness/catalogue.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, CONFIG, Isolate } from "../harness/isolate.ts";
import { simulatedLimiters } from "../harness/rate-limiter.ts";
import { insertBearer, insertSession } from "../harness/sessions.ts";

const database = await TestDatabase.create("problems");
const isolate = await Isolate.create({ database });
const reader = new Browser(isolate);
expect((await reader.signUp()).status).toBe(200);
const nobody = () => new Browser(isolate);

const putBackground = (send: Send) => reader.send("/api/background", { method: "PUT", ...send });

async function failing(effect: "drop" | "sql-error"): Promise<Answer> {
  await database.inject({ effect, matching: "background_information", times: null });
  const answer = await putBackground({ json: {} });
  await database.heal();
  return answer;
}

/** A request of a session that has the rights of a docs page, to a route that needs more. */
async function fromBearer(): Promise<Answer> {
  const bearer = await insertBearer(database, await insertSession(database), BASE_URL);
  return nobody().send("/api/auth/list-sessions", { origin: BASE_URL, headers: { Authorization: bearer } });
}

/** A request for what only a fresh proof opens. */
async function afterAnHour(): Promise<Answer> {
  const browser = nobody();
  await browser.signUp("long-ago@example.test");
  await database.query(
    `update session set authenticated_at = authenticated_at - interval '1 hour'
     where user_id = (select id from "user" where email = 'long-ago@example.test')`,
  );
  return browser.send("/api/export", { origin: BASE_URL });
}

/** A request of somebody who was stopped, where the owner asks for a challenge. */
async function withChallenge(path: string): Promise<Answer> {
  const { count, seconds } = ACCOUNT_LIMITS["password-here"];
  const email = "challenged@example.test";
  await nobody().post("/api/auth/sign-in/email", { email, password: "wrong horse" });
  await database.query("update attempt set count = $1, expires_at = $2", [
    count,
    new Date(Date.now() + seconds * 1000).toISOString(),
  ]);
  const challenging = await Isolate.create({
    database,
    config: { ...CONFIG, turnstile: { siteKey: "1x00000000000000000000AA" } },
    bindings: { TURNSTILE_SECRET_KEY: "the-secret-of-the-widget" },
  });
  return new Browser(challenging).post(path, { email, password: "another horse battery" });
}

/** What an administrator asks for: of themselves, and of a reader whose address nobody has proved. */
async function asAdministrator(of: "themselves" | "a new reader"): Promise<Answer> {
  const [admin, other] = [nobody(), nobody()];
  await admin.signUp();
  await other.signUp();
  const [mine, theirs] = await Promise.all(
    [admin, other].map(async (browser) => {
      const { body } = await browser.send("/api/session");
      return z.object({ reader: z.object({ id: z.string() }) }).parse(body).reader.id;
    }),
  );
  await database.query(`update "user" set role = 'admin' where id = $1`, [mine]);
  const userId = of === "themselves" ? mine : theirs;
  return admin.post("/api/admin/role", { userId, role: "admin" }, { origin: BASE_URL });
}

/** A new code does not compile until there is a request that produces it. */
const REQUESTS: Record<ProblemCode, () => Promise<Answer>> = {
  "invalid-json": () => putBackground({ body: "{", headers: { "Content-Type": "application/json" } }),
  "invalid-request": () => putBackground({ json: { role: "admin" } }),
  "body-too-large": () => putBackground({ json: { primaryDomain: "x".repeat(65 * 1024) } }),
  "unsupported-media-type": () => putBackground({ body: "{}", headers: { "Content-Type": "text/plain" } }),
  unauthenticated: () => nobody().send("/api/background"),
  "invalid-token": () => push(isolate, { authorization: null }),
  "forbidden-origin": () => putBackground({ json: {}, origin: "https://evil.example" }),
  "step-up-required": () => afterAnHour(),
  forbidden: fromBearer,
  "own-account": () => asAdministrator("themselves"),
  "address-unverified": () => asAdministrator("a new reader"),
  "code-refused": () =>
    reader.post("/api/hand-off", { flow: "f".repeat(22), code: "c".repeat(43), verifier: "v".repeat(43) }),
  "not-found": () => nobody().send("/api/nothing"),
  "method-not-allowed": () => reader.send("/api/background", { method: "POST", json: {} }),
  "unknown-site": () => nobody().send("/api/catalog?site=other"),
  "catalogue-incomplete": () => push(isolate, { pages: [page("/nowhere-stored")], changed: [] }),
  "catalogue-too-large": async () => {
    const terms = Array.from({ length: 50 }, () => "x".repeat(100));
    const pages = Array.from({ length: 600 }, (_, at) =>
      page(`/${at}`, { tags: terms, tools: terms, hardware: terms }),
    );
    expect((await push(isolate, { pages: pages.slice(0, 300) })).status).toBe(200);
    return push(isolate, { pages, changed: pages.slice(300) });
  },
  "too-many-requests": async () =>
    push(await Isolate.create({ database, bindings: simulatedLimiters(0).bindings }), { authorization: null }),
  "captcha-required": () => withChallenge("/api/auth/sign-in/email"),
  "captcha-failed": () => withChallenge("/api/auth/sign-up/email"),
  unavailable: () => failing("drop"),
  misconfigured: async () =>
    new Browser(await Isolate.create({ database, bindings: { AUTH_SECRET: "" } })).send("/api/session"),
  internal: () => failing("sql-error"),
};

const body = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  code: z.string(),
  detail: z.string().optional(),
  requestId: z.uuid(),
  errors: z.array(z.strictObject({ path: z.string(), message: z.string().min(1) })).optional(),
  missing: z.array(z.string()).min(1).optional(),
});

/** Better Auth's routes keep Better Auth's shape. */
const betterAuthBody = z.strictObject({ code: z.string(), message: z.string(), requestId: z.uuid() });
/** Codes that only its routes give, or that are asked for at one here. */
const IN_ITS_SHAPE = new Set<ProblemCode>(["forbidden", "captcha-required", "captcha-failed"]);

describe.each(Object.entries(PROBLEMS))("the problem %s", (key, { status, title }) => {
  const code = key as ProblemCode;

  it("has its status, its body and its headers", async () => {
    const answer = await REQUESTS[code]();
    expect(answer.status, answer.text).toBe(status);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    const waits = answer.headers.get("retry-after");
    if (status === 429) expect(Number(waits)).toBeGreaterThan(0);
    else expect(waits).toBe(status === 503 ? "5" : null);
    if (IN_ITS_SHAPE.has(code)) {
      const { requestId, code: said } = betterAuthBody.parse(answer.body);
      expect(said).toBe(code.toUpperCase().replaceAll("-", "_"));
      expect(answer.headers.get("x-request-id")).toBe(requestId);
      return;
    }
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    const parsed = body.parse(answer.body);
    expect(parsed).toMatchObject({ type: `urn:docent:problem:${code}`, title, status, code });
    expect(answer.headers.get("x-request-id")).toBe(parsed.requestId);
    expect(parsed.errors === undefined, answer.text).toBe(code !== "invalid-request");
    expect(parsed.missing === undefined, answer.text).toBe(code !== "catalogue-incomplete");
    // A server's fault is told by its code and nothing else.
    if (status >= 500) expect(Object.keys(parsed).sort()).toEqual(["code", "requestId", "status", "title", "type"]);
  });
});

describe("a method that a path does not have", () => {
  it.each([
    ["POST", "/api/background", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"],
    ["DELETE", "/api/session", "GET, HEAD, OPTIONS"],
    ["GET", "/api/auth/sign-in/email", "POST, OPTIONS"],
    ["HEAD", "/api/auth/sign-out", "POST, OPTIONS"],
    ["PUT", "/healthz", "GET, HEAD, OPTIONS"],
  ])("is 405 with the ones it has: %s %s", async (method, path, allow) => {
    const answer = await nobody().send(path, { method });
    expect([answer.status, answer.headers.get("allow")], answer.text).toEqual([405, allow]);
  });
});

describe("HEAD", () => {
  it.each([
    ["/api/session", 200],
    ["/api/background", 401],
    ["/api/nothing", 404],
    ["/api/catalog?site=course", 200],
  ])("answers %s like GET, without a body", async (path, status) => {
    const [head, get] = [await nobody().send(path, { method: "HEAD" }), await nobody().send(path)];
    expect([head.status, head.text]).toEqual([status, ""]);
    const shown = ({ headers }: Answer) =>
      [...headers].filter(([name]) => !/^(x-request-id|content-length)$/.test(name));
    expect(shown(head)).toEqual(shown(get));
  });

  it("expires a forged cookie in both forms, like GET", async () => {
    const forger = nobody();
    forger.cookies.set("__Host-docent.session_token", "forged.c2lnbmF0dXJl");
    const { status, setCookies } = await forger.send("/api/session", { method: "HEAD" });
    expect([status, setCookies.length]).toEqual([401, 2]);
  });

  it("has the error's headers and no body when the database fails", async () => {
    await database.inject({ effect: "drop", times: null });
    // One that has not asked yet which version is the newest.
    const fresh = new Browser(await Isolate.create({ database }));
    const answer = await fresh.send("/api/catalog?site=course", { method: "HEAD" });
    await database.heal();
    expect([answer.status, answer.headers.get("retry-after"), answer.text]).toEqual([503, "5", ""]);
  });
});
