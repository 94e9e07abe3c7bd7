// A Worker whose configuration is wrong: it answers 503 to everything, says why in the log and nowhere else, and
// never throws, because a throw at its start would stop the isolate.
import { describe, expect, it } from "vitest";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, DOCS_CROSS_SITE, DOCS_SAME_SITE, Isolate } from "../harness/isolate.ts";

const database = await TestDatabase.create("misconfigured");
const SECRET = "a-short-secret";
const broken = () => Isolate.create({ database, bindings: { AUTH_SECRET: SECRET } });

describe("a Worker that is configured wrongly", () => {
  it.each([
    ["GET", "/"],
    ["GET", "/healthz"],
    ["GET", "/api/session"],
    ["PUT", "/api/background"],
    ["POST", "/api/auth/sign-in/email"],
    ["HEAD", "/api/session"],
  ])("is 503 to %s %s, asks nobody, and logs why", async (method, path) => {
    const isolate = await broken();
    const answer = await new Browser(isolate).send(path, { method });
    expect([answer.status, answer.headers.get("retry-after")], answer.text).toEqual([503, "5"]);
    expect(answer.text).not.toContain("AUTH_SECRET");
    expect(isolate.sql + isolate.kv.get).toBe(0);
    expect(isolate.logs).toMatchObject([
      { level: "error", message: "misconfigured", mistakes: [{ path: "AUTH_SECRET" }] },
      { level: "error", message: "request", status: 503, id: answer.headers.get("x-request-id") },
    ]);
    expect(JSON.stringify(isolate.logs)).not.toContain(SECRET);
  });

  it("keeps Better Auth's shape on Better Auth's routes", async () => {
    const { body } = await new Browser(await broken()).post("/api/auth/sign-in/email", {});
    expect(body).toMatchObject({ code: "MISCONFIGURED", message: "This deployment is not configured correctly." });
  });

  it.each([
    [DOCS_SAME_SITE, DOCS_SAME_SITE],
    [DOCS_CROSS_SITE, DOCS_CROSS_SITE],
    ["https://evil.example", null],
    ["http://localhost:4321.evil.example", null],
  ])("can be read by %s: %s", async (origin, allowed) => {
    for (const method of ["GET", "OPTIONS"]) {
      const browser = new Browser(await broken());
      const { headers } = await browser.send("/api/session", { method, origin: null, headers: { Origin: origin } });
      expect(headers.get("access-control-allow-origin"), method).toBe(allowed);
      expect(headers.get("access-control-allow-credentials"), method).toBe(allowed && "true");
      expect(headers.get("vary"), method).toMatch(/\bOrigin\b/i);
    }
  });

  it("lets a docs page send what needs a preflight, so that it can read the answer", async () => {
    const preflight = await new Browser(await broken()).send("/api/auth/sign-in/email", {
      method: "OPTIONS",
      headers: { "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type" },
    });
    expect([preflight.status, preflight.headers.get("access-control-allow-headers")]).toEqual([
      204,
      expect.stringMatching(/content-type/i),
    ]);
  });

  it("does no chores, says why, and does not throw", async () => {
    const isolate = await broken();
    await isolate.worker.scheduled();
    expect(isolate.sql).toBe(0);
    expect(isolate.logs).toMatchObject([{ message: "misconfigured", mistakes: [{ path: "AUTH_SECRET" }] }]);
  });

  it.each([[[]], ["text"], [7], [{}], [{ sites: [null] }], [{ sites: [{ origins: "https://docs.example" }] }]])(
    "survives %j instead of docent.config.ts",
    async (config) => {
      const isolate = await Isolate.create({ database, config });
      const answer = await new Browser(isolate).send("/api/session", { origin: BASE_URL });
      expect(answer.status, answer.text).toBe(503);
    },
  );
});
