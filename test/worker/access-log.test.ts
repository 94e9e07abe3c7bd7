// The log: one JSON line per request with what a fault needs to be found, and nothing a reader typed.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Browser } from "../harness/browser.ts";
import { push } from "../harness/catalogue.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, CATALOGUE_TOKEN, Isolate } from "../harness/isolate.ts";

const database = await TestDatabase.create("log");

const METHODS = ["log", "info", "warn", "error", "debug", "trace"] as const;
const printed: unknown[][] = [];
beforeEach(() => {
  printed.length = 0;
  for (const method of METHODS) vi.spyOn(console, method).mockImplementation((...args) => void printed.push(args));
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("a request", () => {
  it.each([
    ["GET", "/healthz", { route: "/healthz", status: 200, sql: 0, kv: 0 }],
    ["GET", "/api/session", { route: "/api/session", status: 200, sql: 0, kv: 0 }],
    ["HEAD", "/api/session", { route: "/api/session", method: "HEAD", status: 200, sql: 0, kv: 0 }],
    ["OPTIONS", "/api/session", { route: "/api/*", status: 204, sql: 0, kv: 0 }],
    ["GET", "/api/background", { route: "/api/background", status: 401, sql: 0, kv: 0 }],
    ["GET", "/api/catalog?site=course", { route: "/api/catalog", status: 200, sql: 1, kv: 0 }],
    ["GET", "/api/catalog?site=secret", { route: "/api/catalog", status: 404, sql: 0, kv: 0 }],
    ["DELETE", "/api/session", { route: "/api/session", status: 405, sql: 0, kv: 0 }],
    ["GET", "/api/auth/secret", { route: "/api/auth/*", status: 404, sql: 0, kv: 0 }],
    ["GET", "/secret/secret", { route: "/*", status: 404, sql: 0, kv: 0 }],
  ])("is one line: %s %s", async (method, path, line) => {
    const isolate = await Isolate.create({ database });
    const answer = await new Browser(isolate).send(path, { method });
    await isolate.settle();
    expect(isolate.logs).toEqual([
      { level: "info", message: "request", id: answer.headers.get("x-request-id"), method, ms: 0, ...line },
    ]);
    expect(printed).toEqual([]);
  });

  it("names the tier that knew the session, and the exact counts", async () => {
    const isolate = await Isolate.create({ database });
    const browser = new Browser(isolate);
    await browser.signUp();
    await isolate.settle();
    const lines: unknown[] = [];
    for (const at of [isolate, isolate, await Isolate.create({ database })]) {
      browser.isolate = at;
      at.logs.length = 0;
      await browser.send("/api/background");
      lines.push(at.logs.filter(({ message }) => message === "request"));
      await at.settle();
    }
    expect(lines).toMatchObject([
      // The write to KV goes on after the answer and is counted if it began before.
      [{ tier: "postgres", sql: 2 }],
      [{ tier: "memory", sql: 1, kv: 0 }],
      [{ tier: "kv", sql: 1, kv: 1 }],
    ]);
  });

  it("gives each request its own counts when several run at once", async () => {
    const isolate = await Isolate.create({ database });
    const paths = ["/api/catalog?site=course", "/healthz", "/api/catalog?site=course", "/api/session"];
    await Promise.all(paths.map((path) => new Browser(isolate).send(path)));
    const counts = isolate.logs.map(({ route, sql }) => `${String(route)} ${String(sql)}`).sort();
    expect(counts).toEqual(["/api/catalog 1", "/api/catalog 1", "/api/session 0", "/healthz 0"]);
    expect(new Set(isolate.logs.map(({ id }) => id)).size).toBe(4);
  });
});

describe("what a reader typed", () => {
  const SECRETS = {
    email: "typed-address@example.test",
    password: "typed-password-1",
    newPassword: "typed-password-2",
    name: "Typed Name",
    answer: "typed-answer",
    query: "typed-query",
    path: "typed-path",
    agent: "typed-agent",
    header: "typed-header-0123456789",
    address: "203.0.113.7",
    catalogue: CATALOGUE_TOKEN,
  };

  /** Everything a reader and a docs build can do, without regard to what comes back. */
  async function story(isolate: Isolate, fault?: Parameters<typeof database.inject>[0]): Promise<string[]> {
    const browser = new Browser(isolate);
    const headers = { "User-Agent": SECRETS.agent, Authorization: `Bearer ${SECRETS.header}` };
    // With a bearer no account is made or changed at all: what is typed there comes with the header of something else.
    const typing = { "User-Agent": SECRETS.agent, Authorization: `Basic ${SECRETS.header}` };
    const { email, password, newPassword, name } = SECRETS;
    const query = `?site=course&x=${SECRETS.query}`;
    const own = { headers: typing, origin: BASE_URL };
    await browser.post(`/api/auth/sign-up/email${query}`, { email, password, name }, { headers: typing });
    const cookie = decodeURIComponent(browser.cookies.get("__Host-docent.session_token") ?? "none");
    if (fault) await database.inject(fault);
    await browser.post(`/api/auth/sign-up/email${query}`, { email: `2${email}`, password, name }, { headers: typing });
    await browser.post(`/api/auth/sign-in/email${query}`, { email, password: `${password}!` }, { headers: typing });
    await browser.post(`/api/auth/sign-in/email${query}`, { email, password }, { headers: typing });
    for (const path of [
      `/api/session${query}`,
      "/api/auth/get-session",
      `/api/recommendations${query}`,
      `/${SECRETS.path}`,
    ]) {
      await browser.send(path, { headers });
    }
    await browser.send("/readyz", { headers });
    await browser.put(
      "/api/background",
      { answers: { goal: SECRETS.answer }, primaryDomain: SECRETS.answer },
      { headers },
    );
    await browser.put("/api/background", { [SECRETS.answer]: SECRETS.answer }, { headers });
    await browser.send("/api/background", {
      method: "PUT",
      body: SECRETS.answer,
      headers: { "Content-Type": "application/json" },
    });
    await browser.post("/api/auth/update-user", { name: `${name}!` }, own);
    await browser.send("/api/auth/list-sessions", own);
    await browser.post("/api/auth/change-password", { currentPassword: password, newPassword }, own);
    await browser.post("/api/auth/sign-out", {}, { headers });
    await push(isolate);
    await isolate.settle();
    return cookie.split(".").filter((part) => part !== "none");
  }

  const FAULTS = [
    ["nothing fails", undefined],
    ["the first write is refused", { effect: "sql-error", code: "23502", matching: "^(insert|update|delete)" }],
    ["every statement is refused", { effect: "sql-error", code: "XX000" }],
    ["a value is refused", { effect: "sql-error", code: "22001", matching: "^(insert|update)" }],
    ["the sign-up is refused", { effect: "sql-error", code: "23514", matching: 'insert into "session"' }],
    ["the connection breaks", { effect: "drop", when: "after" }],
    ["Postgres' endpoint is down", { effect: "status", status: 500 }],
    ["an answer is too large", { effect: "status", status: 507 }],
  ] as const;

  it.each(FAULTS)("is in no line of the log when %s", async (_, fault) => {
    const isolate = await Isolate.create({ database });
    const tokens = await story(isolate, fault && { ...fault, times: null });
    await database.heal();
    expect(tokens).toHaveLength(2);
    await database.query(`delete from "user"`);
    const log = JSON.stringify(isolate.logs).toLowerCase();
    expect(isolate.logs.filter(({ message }) => message === "request")).toHaveLength(17);
    for (const secret of [...Object.values(SECRETS), ...tokens]) expect(log).not.toContain(secret.toLowerCase());
    expect(printed).toEqual([]);
  });

  it.each([
    ["sql-error", { code: "XX000" }, "XX000", true],
    ["sql-error", { code: "42P01" }, "42P01", true],
    ["drop", {}, "no answer", false],
    ["status", { status: 500 }, "status 500", false],
    ["status", { status: 507 }, "status 507", true],
  ] as const)(
    "stays out of the lines that say why the database failed: %s %j",
    async (effect, given, reason, isFault) => {
      const isolate = await Isolate.create({ database });
      await database.inject({ effect, ...given, times: null } as Parameters<typeof database.inject>[0]);
      const answer = await new Browser(isolate).signUp("typed-address@example.test");
      await database.heal();
      expect(answer.status, answer.text).toBe(503);
      const id = answer.headers.get("x-request-id");
      expect(isolate.logs).toEqual([
        { level: "error", message: "database failed", id, reason },
        // What is no outage is somebody's to mend: where it happened is said as well.
        ...(isFault ? [expect.objectContaining({ message: "unexpected error", id, level: "error" })] : []),
        expect.objectContaining({ message: "request", id, status: 503, level: "error" }),
      ]);
      expect(JSON.stringify(isolate.logs)).not.toContain("typed-address");
    },
  );

  it.each(["22001", "23514"])("stays out of the line about a value that Postgres refused: %s", async (code) => {
    const isolate = await Isolate.create({ database });
    await database.inject({ effect: "sql-error", code, matching: 'insert into "session"' });
    const answer = await new Browser(isolate).signUp("typed-address@example.test");
    expect([answer.status, answer.setCookies], answer.text).toEqual([500, []]);
    const id = answer.headers.get("x-request-id");
    expect(isolate.logs).toMatchObject([
      { message: "unexpected error", id, sqlState: code },
      { message: "request", id },
    ]);
    expect(JSON.stringify(isolate.logs)).not.toContain("typed-address");
  });
});
