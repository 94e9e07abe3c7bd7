// Cloudflare Turnstile, where the owner has set its keys: at sign-up always, at the sign-in of whoever was stopped. Its
// service is played here; what it says, and that it fails, is what is tested.
import { beforeEach, describe, expect, it } from "vitest";
import { ACCOUNT_LIMITS } from "../../src/core/limits.ts";
import { type Answer, Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { CONFIG, DOCS_SAME_SITE, Isolate, type IsolateOptions } from "../harness/isolate.ts";

const database = await TestDatabase.create("captcha");
const PASSWORD = "correct horse battery";
const SECRET = "the-secret-of-the-widget";
const VERIFY = "https://challenges.cloudflare.com/turnstile/v0/siteverify";
const HERE = ACCOUNT_LIMITS["password-here"];

/** What the service was asked. */
let asked: { url: string; body: Record<string, unknown> }[] = [];
/** Answers that it accepts, each once. */
let good = new Set<string>();
let service: () => Promise<Response>;

beforeEach(async () => {
  asked = [];
  good = new Set(["solved-1", "solved-2"]);
  service = async () => {
    const response = String(asked.at(-1)?.body.response);
    const success = good.delete(response);
    return Response.json({
      success,
      hostname: "localhost",
      ...(!success && { "error-codes": ["invalid-input-response"] }),
    });
  };
  await database.query("delete from attempt");
});

const isolateWith = (options: Partial<IsolateOptions> = {}) =>
  Isolate.create({
    database,
    config: { ...CONFIG, turnstile: { siteKey: "1x00000000000000000000AA" } },
    bindings: { TURNSTILE_SECRET_KEY: SECRET },
    internet: async (url, init) => {
      if (url !== VERIFY) return new Response(null, { status: 202 });
      asked.push({ url, body: JSON.parse(String(init?.body)) as Record<string, unknown> });
      return service();
    },
    ...options,
  });
const isolate = await isolateWith();

const headers = (answer?: string) => (answer === undefined ? {} : { "X-Captcha-Response": answer });

function signUp(answer?: string, at = isolate): Promise<Answer> {
  const json = { email: `${crypto.randomUUID()}@example.test`, password: PASSWORD };
  return new Browser(at).post("/api/auth/sign-up/email", json, { headers: headers(answer) });
}

describe("sign-up", () => {
  it("needs a solved challenge, and each is good once", async () => {
    expect((await signUp("solved-1")).status).toBe(200);
    for (const answer of [undefined, "", "made up", "solved-1", "x".repeat(2049)]) {
      const refused = await signUp(answer);
      expect([refused.status, refused.body], refused.text).toMatchObject([403, { code: "CAPTCHA_FAILED" }]);
    }
  });

  it("tells the service the answer, the secret and the address, and nothing of the reader", async () => {
    await signUp("solved-1");
    expect(asked.map(({ body }) => body)).toEqual([{ secret: SECRET, response: "solved-1", remoteip: "203.0.113.7" }]);
  });

  it("asks no service about what can be no answer", async () => {
    for (const answer of [undefined, "", "x".repeat(2049)]) await signUp(answer);
    expect(asked).toEqual([]);
  });

  it.each<[string, () => Promise<Response>]>([
    ["is down", async () => new Response("busy", { status: 503 })],
    ["cannot be reached", async () => Promise.reject(new TypeError("Network connection lost."))],
    ["says nothing in time", async () => Promise.reject(new DOMException("timed out", "TimeoutError"))],
    ["talks nonsense", async () => Response.json({ success: "yes" })],
  ])("keeps nobody out when the service %s, and the log says so", async (_, answer) => {
    service = answer;
    expect((await signUp("solved-1")).status).toBe(200);
    expect(isolate.logs).toContainEqual(expect.objectContaining({ level: "warn", message: "captcha not checked" }));
    // Not to send any answer is no outage.
    expect((await signUp()).status).toBe(403);
  });

  it("takes no challenge that was solved on another host", async () => {
    const deployed = await isolateWith({
      bindings: {
        TURNSTILE_SECRET_KEY: SECRET,
        BASE_URL: "https://auth.example.com",
        AUTH_SECRET: "of a deployment, and long enough for that",
        DATABASE_ENDPOINT: undefined,
        MAIL_TRANSPORT: "none",
        MAILBOX_URL: undefined,
      },
      config: {
        sites: [{ id: "course", name: "Course", origins: ["https://docs.example.com"] }],
        turnstile: { siteKey: "1x00000000000000000000AA" },
      },
      described: false,
    });
    const json = { email: "elsewhere@example.test", password: PASSWORD };
    const answer = await new Browser(deployed, "https://docs.example.com").post("/api/auth/sign-up/email", json, {
      headers: headers("solved-1"),
    });
    expect(asked.length, answer.text).toBe(1);
    expect([answer.status, answer.body]).toMatchObject([403, { code: "CAPTCHA_FAILED" }]);
  });

  it.each([
    ["the secret", { bindings: {} }],
    ["the site key", { config: CONFIG }],
  ])("is open without %s", async (_, options) => {
    expect((await signUp(undefined, await isolateWith(options))).status).toBe(200);
    expect(asked).toEqual([]);
  });
});

describe("sign-in, after too many wrong passwords", () => {
  let email: string;
  const signIn = (password: string, answer?: string, at = isolate) =>
    new Browser(at).post("/api/auth/sign-in/email", { email, password }, { headers: headers(answer) });

  beforeEach(async () => {
    email = `stopped-${crypto.randomUUID()}@example.test`;
    const open = await Isolate.create({ database });
    expect((await new Browser(open).signUp(email, PASSWORD)).status).toBe(200);
    expect((await signIn("wrong horse", undefined, open)).status).toBe(401);
    await database.query("update attempt set count = $1", [HERE.count]);
  });

  it("asks for a challenge, or to wait", async () => {
    const stopped = await signIn(PASSWORD);
    expect([stopped.status, stopped.body, stopped.headers.get("retry-after")]).toMatchObject([
      429,
      { code: "CAPTCHA_REQUIRED" },
      String(HERE.seconds),
    ]);
    expect(asked).toEqual([]);
  });

  it("lets whoever has solved one try once more, rightly or wrongly", async () => {
    expect((await signIn("wrong horse", "solved-1")).status).toBe(401);
    expect((await signIn(PASSWORD, "solved-1")).status).toBe(429);
    expect((await signIn(PASSWORD, "solved-2")).status).toBe(200);
  });

  it("stays limited when the service is down, or the answer made up", async () => {
    expect((await signIn(PASSWORD, "made up")).status).toBe(429);
    service = async () => new Response("busy", { status: 503 });
    expect((await signIn(PASSWORD, "solved-1")).status).toBe(429);
  });

  it("asks nobody for one before", async () => {
    await database.query("delete from attempt");
    expect((await signIn("wrong horse")).status).toBe(401);
    expect((await signIn(PASSWORD)).status).toBe(200);
    expect(asked).toEqual([]);
  });

  it("is not lifted by a header where no challenge is asked for", async () => {
    const open = await Isolate.create({ database });
    const stopped = await signIn(PASSWORD, "solved-1", open);
    expect([stopped.status, stopped.body]).toMatchObject([429, { code: "TOO_MANY_REQUESTS" }]);
  });
});

it("a docs page may send the header", async () => {
  const preflight = await isolate.worker.fetch(
    new Request("http://localhost:8787/api/auth/sign-up/email", {
      method: "OPTIONS",
      headers: {
        Origin: DOCS_SAME_SITE,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,x-captcha-response",
      },
    }),
  );
  expect(preflight.headers.get("access-control-allow-headers")?.toLowerCase()).toContain("x-captcha-response");
});
