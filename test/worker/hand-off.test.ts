// From the Worker's page back to the docs page: a code that is good once, for a minute, to the page that asked, and a
// session that is that page's own.
import { describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, DOCS_CROSS_SITE, DOCS_SAME_SITE, Isolate } from "../harness/isolate.ts";
import { codeIn, navigate, newFlow, redeem } from "../harness/openid-provider.ts";
import { START } from "../setup.ts";

const database = await TestDatabase.create("hand-off");
const isolate = await Isolate.create({ database });

const located = z.object({ location: z.string() });

/** Somebody who signed in with a password on the Worker's page, with a flow that a docs page began. */
async function signedIn(overrides: Record<string, string> = {}) {
  const worker = new Browser(isolate, BASE_URL);
  const flow = await newFlow(overrides);
  expect((await navigate(worker, flow.start)).status).toBe(302);
  expect((await worker.signUp()).status).toBe(200);
  return { ...flow, worker };
}

async function withCode(overrides: Record<string, string> = {}) {
  const begun = await signedIn(overrides);
  const answer = await begun.worker.post("/api/hand-off/finish", { flow: begun.flow });
  expect(answer.status, answer.text).toBe(200);
  const { location } = located.parse(answer.body);
  return { ...begun, location, code: /\.([^.]+)$/.exec(location)?.[1] ?? "" };
}

const sessions = () =>
  database.query("select token, login_id, expires_at, authenticated_at from session order by created_at");
const REFUSED = [403, { code: "code-refused" }];

describe("a code", () => {
  it("is in the fragment of the address that was stored, and makes a session of its own", async () => {
    const { worker, flow, verifier, location } = await withCode();
    vi.setSystemTime(START.getTime() + 30_000);
    const page = new Browser(isolate);
    const answer = await redeem(page, { flow, code: codeIn(location, flow), verifier });
    expect([answer.status, answer.body], answer.text).toEqual([
      200,
      { userId: expect.any(String) as string, expiresAt: "2026-03-31T12:00:00.000Z" },
    ]);
    expect((await page.send("/api/session")).body).toMatchObject({
      session: { scope: "account", expiresAt: "2026-03-31T12:00:00.000Z", authenticatedAt: START.toISOString() },
    });
    const [parent, child] = await sessions();
    expect(child).toMatchObject({
      login_id: parent?.login_id,
      expires_at: parent?.expires_at,
      authenticated_at: parent?.authenticated_at,
    });
    expect(child?.token).not.toBe(parent?.token);
    // One sign-in: signing out on the docs page ends it on the Worker's page too.
    expect((await page.post("/api/auth/sign-out", {})).status).toBe(200);
    expect((await worker.send("/api/session")).status).toBe(401);
  });

  it("is stored hashed, with the reader, so that whatever ends what was promised to them ends it", async () => {
    const { code } = await withCode();
    const [row] = await database.query(
      "select identifier, value, user_id from verification order by created_at desc limit 1",
    );
    expect(row?.user_id).not.toBeNull();
    expect(JSON.stringify(row)).not.toContain(code);
  });

  it("is good once: of two who bring it at once, one is let in", async () => {
    const { flow, code, verifier } = await withCode();
    const answers = await Promise.all([
      redeem(new Browser(isolate), { flow, code, verifier }),
      redeem(new Browser(isolate), { flow, code, verifier }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
    const again = await redeem(new Browser(isolate), { flow, code, verifier });
    expect([again.status, again.body]).toMatchObject(REFUSED);
  });

  it("is good for a minute", async () => {
    const { flow, code, verifier } = await withCode();
    vi.setSystemTime(START.getTime() + 60_000);
    const answer = await redeem(new Browser(isolate), { flow, code, verifier });
    expect([answer.status, answer.body, answer.setCookies]).toMatchObject([...REFUSED, []]);
  });

  it.each([
    ["a wrong verifier", { verifier: "v".repeat(43) }, DOCS_SAME_SITE],
    ["another flow", { flow: "f".repeat(22) }, DOCS_SAME_SITE],
    ["another docs page of the same site", {}, DOCS_CROSS_SITE],
    ["the Worker's own page", {}, BASE_URL],
  ])("is used up by %s, and lets nobody in", async (_, wrong, origin) => {
    const { flow, code, verifier } = await withCode();
    const before = await sessions();
    const visitor = new Browser(isolate, origin);
    const answer = await redeem(visitor, { flow, code, verifier, ...wrong });
    expect([answer.status, answer.body, answer.setCookies]).toMatchObject([...REFUSED, []]);
    expect((await redeem(new Browser(isolate), { flow, code, verifier })).status).toBe(403);
    expect(await sessions()).toEqual(before);
  });

  it("is tied to its verifier by SHA-256: the challenge itself does not open it", async () => {
    const { flow, code, challenge } = await withCode();
    expect((await redeem(new Browser(isolate), { flow, code, verifier: challenge })).status).toBe(403);
  });

  it.each([
    ["signed out meanwhile", (worker: Browser) => worker.post("/api/auth/sign-out", {})],
    ["banned meanwhile", () => database.query(`update "user" set banned = true`)],
    ["deactivated meanwhile", () => database.query(`update "user" set is_active = false`)],
    ["deleted meanwhile", () => database.query(`delete from "user"`)],
  ])("is nothing to a reader who was %s", async (_, change) => {
    const { worker, flow, code, verifier } = await withCode();
    await change(worker);
    const answer = await redeem(new Browser(isolate), { flow, code, verifier });
    await database.query(`update "user" set banned = false, is_active = true`);
    expect([answer.status, answer.setCookies]).toEqual([403, []]);
  });

  it("ends the session that was there, and only when it is good", async () => {
    const page = new Browser(isolate);
    await page.signUp();
    const cookie = page.cookieHeader;
    const bad = await withCode();
    await redeem(page, { flow: bad.flow, code: bad.code, verifier: "v".repeat(43) });
    expect((await page.send("/api/session")).status).toBe(200);
    const { flow, code, verifier } = await withCode();
    expect((await redeem(page, { flow, code, verifier })).status).toBe(200);
    expect((await page.send("/api/session")).status).toBe(200);
    const before = new Browser(isolate);
    expect((await before.send("/api/session", { headers: { Cookie: cookie } })).status).toBe(401);
  });

  it("replaces the Worker's own session where both pages have one jar", async () => {
    const { worker, flow, code, verifier } = await withCode();
    const page = new Browser(isolate);
    for (const [name, value] of worker.cookies) page.cookies.set(name, value);
    expect((await redeem(page, { flow, code, verifier })).status).toBe(200);
    expect(page.cookies.get("__Host-docent.session_token")).not.toBe(worker.cookies.get("__Host-docent.session_token"));
    expect((await worker.send("/api/session")).status).toBe(401);
    expect((await page.send("/api/session")).status).toBe(200);
  });

  it("keeps the promise that the browser forgets", async () => {
    const worker = new Browser(isolate, BASE_URL);
    const flow = await newFlow();
    await navigate(worker, flow.start);
    await worker.signUp("short@example.test");
    await worker.post("/api/auth/sign-in/email", {
      email: "short@example.test",
      password: "correct horse battery",
      rememberMe: false,
    });
    const { location } = located.parse((await worker.post("/api/hand-off/finish", { flow: flow.flow })).body);
    const page = new Browser(isolate);
    const answer = await redeem(page, {
      flow: flow.flow,
      code: codeIn(location, flow.flow),
      verifier: flow.verifier,
    });
    expect(answer.setCookies[0]).not.toMatch(/max-age/i);
    expect(page.cookies.has("__Host-docent.dont_remember")).toBe(true);
  });
});

describe("a flow", () => {
  it("has one code: a second try to finish it, also at once, gets none", async () => {
    const { worker, flow } = await signedIn();
    const answers = await Promise.all([1, 2].map(() => worker.post("/api/hand-off/finish", { flow })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
    expect((await worker.post("/api/hand-off/finish", { flow })).status).toBe(403);
  });

  it("is not finished in a browser that did not begin it: a mail opened elsewhere signs in there, and issues no code", async () => {
    const { flow } = await signedIn();
    const codes = () => database.query(`select count(*) from verification where value like '%sessionId%'`);
    const before = await codes();
    const elsewhere = new Browser(isolate, BASE_URL);
    await elsewhere.signUp();
    expect((await elsewhere.post("/api/hand-off/finish", { flow })).body).toMatchObject({ code: "code-refused" });
    const other = await newFlow();
    await navigate(elsewhere, other.start);
    expect((await elsewhere.post("/api/hand-off/finish", { flow })).status).toBe(403);
    expect(await codes()).toEqual(before);
  });

  it("is over after a quarter of an hour", async () => {
    const { worker, flow } = await signedIn();
    vi.setSystemTime(START.getTime() + 900_000);
    expect((await worker.post("/api/hand-off/finish", { flow })).status).toBe(403);
  });

  it("goes back to where the docs page said, and to nowhere that the Worker's page says", async () => {
    const { worker, flow } = await signedIn();
    const answer = await worker.post("/api/hand-off/finish", { flow, return: "https://evil.example/" });
    expect(answer.status).toBe(422);
    const { location } = located.parse((await worker.post("/api/hand-off/finish", { flow })).body);
    expect(location).toMatch(/^http:\/\/localhost:4321\/chapter\/\?page=2#docent=/);
  });
});
