// Passkeys: added with a proof, good at the Worker's own origin only, and nobody's who does not hold them. An
// authenticator in software signs what a browser would have it sign, and what no honest one would.
import { describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { FREE_PLAN } from "../../src/core/define-config.ts";
import { Authenticator, type Bend } from "../harness/authenticator.ts";
import { type Answer, Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { AUTH_SECRET, BASE_URL, CONFIG, DOCS_SAME_SITE, Isolate } from "../harness/isolate.ts";
import { queryOf } from "../harness/operations.ts";
import { insertSecondFactor } from "../harness/second-factor.ts";
import { insertSession, type SessionRow } from "../harness/sessions.ts";
import { START } from "../setup.ts";

const database = await TestDatabase.create("passkeys");
const isolate = await Isolate.create({ database });
const AUTH = "/api/auth/passkey";
const PASSKEY_COOKIE = "__Host-docent.passkey";

interface Reader extends SessionRow {
  browser: Browser;
}

async function newReader({ verified = true } = {}): Promise<Reader> {
  const session = await insertSession(database, { email: `${crypto.randomUUID()}@example.test` });
  if (verified) await database.query(`update "user" set email_verified = true where id = $1`, [session.userId]);
  return { ...session, browser: browserOf(session) };
}

function browserOf({ cookie }: SessionRow, at = isolate): Browser {
  const browser = new Browser(at, BASE_URL);
  const [name = "", value = ""] = cookie.split("=");
  browser.cookies.set(name, value);
  return browser;
}

const creation = z.object({ challenge: z.string(), user: z.object({ id: z.string() }) });
const request = z.object({ challenge: z.string() });
const refusal = ({ status, body }: Answer) => [status, z.object({ code: z.string() }).safeParse(body).data?.code];

async function optionsFor(browser: Browser) {
  const answer = await browser.post(`${AUTH}/generate-register-options`, {});
  expect(answer.status, answer.text).toBe(200);
  return creation.parse(answer.body);
}

/** Adds a passkey to the reader. */
async function added(browser: Browser, bend?: Bend) {
  const authenticator = await Authenticator.create(BASE_URL);
  const options = await optionsFor(browser);
  const answer = await browser.post(`${AUTH}/verify-registration`, {
    response: await authenticator.register(options, bend),
    name: "Phone",
  });
  return { authenticator, answer, options };
}

async function withPasskey() {
  const reader = await newReader();
  const { authenticator, answer } = await added(reader.browser);
  expect(answer.status, answer.text).toBe(200);
  return { ...reader, authenticator, passkeyId: z.object({ id: z.string() }).parse(answer.body).id };
}

/** Begins a sign-in. */
async function asked(browser = new Browser(isolate, BASE_URL)) {
  const answer = await browser.post(`${AUTH}/generate-authenticate-options`, {});
  expect(answer.status, answer.text).toBe(200);
  return { browser, options: request.parse(answer.body) };
}

const verify = (browser: Browser, response: unknown) => browser.post(`${AUTH}/verify-authentication`, { response });

async function signIn(authenticator: Authenticator, bend?: Bend) {
  const { browser, options } = await asked();
  return { browser, options, answer: await verify(browser, await authenticator.sign(options, bend)) };
}

describe("a passkey", () => {
  it("is added, listed, named, and signs its reader in without a name, as both factors", async () => {
    const { browser, userId, authenticator, passkeyId } = await withPasskey();
    await insertSecondFactor(queryOf(database), AUTH_SECRET, userId);
    vi.setSystemTime(START.getTime() + 60_000);
    const { browser: other, answer } = await signIn(authenticator);
    expect([answer.status, answer.body]).toMatchObject([200, { redirect: false, user: { id: userId } }]);
    expect((await other.send("/api/session")).body).toMatchObject({ reader: { id: userId } });
    expect(other.cookies.has(PASSKEY_COOKIE)).toBe(false);
    const renamed = await browser.post(`${AUTH}/update-passkey`, { id: passkeyId, name: "Work phone" });
    expect(renamed.body).toMatchObject({ passkey: { id: passkeyId, name: "Work phone" } });
    expect((await browser.send(`${AUTH}/list-user-passkeys`)).body).toEqual([
      {
        id: passkeyId,
        name: "Work phone",
        createdAt: START.toISOString(),
        lastUsedAt: new Date(START.getTime() + 60_000).toISOString(),
        deviceType: "singleDevice",
        backedUp: false,
      },
    ]);
    const [session] = await database.query("select method from session where user_id = $1 order by created_at desc", [
      userId,
    ]);
    expect(session?.method).toBe("passkey");
    const events = await database.query(
      "select action from audit_event where user_id = $1 order by created_at, action",
      [userId],
    );
    expect(events.map(({ action }) => action)).toEqual(["passkey.added", "passkey.renamed", "session.created"]);
  });

  it("is asked for so that it needs no name, verifies its user, and says nothing about the device", async () => {
    const { browser, userId } = await newReader();
    const { body } = await browser.post(`${AUTH}/generate-register-options`, {});
    expect(body).toMatchObject({
      rp: { id: "localhost", name: "Course" },
      attestation: "none",
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
    });
    expect(JSON.stringify(body)).not.toContain(userId);
    const { body: options } = await new Browser(isolate, BASE_URL).post(`${AUTH}/generate-authenticate-options`, {});
    expect(options).toMatchObject({ rpId: "localhost", userVerification: "required", allowCredentials: [] });
  });

  it("is not made twice in one authenticator: the options name those that are there", async () => {
    const { browser, authenticator } = await withPasskey();
    const { body } = await browser.post(`${AUTH}/generate-register-options`, {});
    expect(body).toMatchObject({
      excludeCredentials: [{ id: authenticator.credentialId, type: "public-key", transports: ["internal", "hybrid"] }],
    });
  });

  it("keeps what the reader said about being remembered", async () => {
    const { authenticator } = await withPasskey();
    const { browser, options } = await asked();
    const response = await authenticator.sign(options);
    const answer = await browser.post(`${AUTH}/verify-authentication`, { response, rememberMe: false });
    expect(answer.setCookies.find((cookie) => cookie.includes("session_token"))).not.toMatch(/max-age/i);
  });

  it("gets a banned reader nowhere", async () => {
    const { authenticator, userId } = await withPasskey();
    await database.query(`update "user" set banned = true where id = $1`, [userId]);
    expect(refusal((await signIn(authenticator)).answer)).toEqual([403, "ACCOUNT_BLOCKED"]);
  });

  it("is not asked for where it is switched off, and is no way in for a docs page", async () => {
    const { methods } = FREE_PLAN;
    const off = await Isolate.create({ database, config: { ...CONFIG, methods: { ...methods, passkey: false } } });
    const { browser } = await newReader();
    browser.isolate = off;
    for (const path of ["generate-authenticate-options", "verify-authentication", "generate-register-options"]) {
      expect((await browser.post(`${AUTH}/${path}`, {})).status).toBe(404);
      const fromDocs = await new Browser(isolate).post(`${AUTH}/${path}`, {}, { origin: DOCS_SAME_SITE });
      expect(refusal(fromDocs)).toEqual([403, "INVALID_ORIGIN"]);
    }
  });

  it("says 503 and lets nobody in when Postgres fails, and is good afterwards", async () => {
    const { authenticator } = await withPasskey();
    const { browser, options } = await asked();
    await database.inject({ effect: "status", status: 500, matching: 'insert into "session"', times: 1 });
    const response = await authenticator.sign(options);
    const failed = await verify(browser, response);
    await database.heal();
    expect([failed.status, failed.setCookies]).toEqual([503, []]);
    expect((await verify(browser, response)).status).toBe(200);
  });
});

describe("adding a passkey", () => {
  it("needs an address that was proved, when it begins and when it ends", async () => {
    const { browser } = await newReader({ verified: false });
    expect(refusal(await browser.post(`${AUTH}/generate-register-options`, {}))).toEqual([403, "EMAIL_NOT_VERIFIED"]);
    const reader = await newReader();
    const options = await optionsFor(reader.browser);
    await database.query(`update "user" set email_verified = false where id = $1`, [reader.userId]);
    const response = await (await Authenticator.create(BASE_URL)).register(options);
    const answer = await reader.browser.post(`${AUTH}/verify-registration`, { response });
    expect(refusal(answer)).toEqual([403, "EMAIL_NOT_VERIFIED"]);
    expect((await reader.browser.send(`${AUTH}/list-user-passkeys`)).body).toEqual([]);
  });

  it("needs a proof that is less than ten minutes old", async () => {
    const { browser } = await newReader();
    vi.setSystemTime(START.getTime() + 600_000);
    for (const path of ["generate-register-options", "verify-registration", "delete-passkey"]) {
      expect(refusal(await browser.post(`${AUTH}/${path}`, {}))).toEqual([403, "STEP_UP_REQUIRED"]);
    }
  });

  it.each<[string, Bend]>([
    ["was made at another origin", { origin: "https://evil.example" }],
    ["was made at a docs page", { origin: DOCS_SAME_SITE }],
    ["is bound to another host", { rpId: "evil.example" }],
    ["answers another challenge", { challenge: "c29tZXRoaW5nLWVsc2U" }],
    ["is the answer of a sign-in", { type: "webauthn.get" }],
    ["has not verified its user", { flags: { uv: false } }],
    ["was made with nobody there", { flags: { up: false } }],
  ])("that %s is refused", async (_, bend) => {
    const { browser } = await newReader();
    const { answer } = await added(browser, bend);
    expect(refusal(answer)).toEqual([400, "FAILED_TO_VERIFY_REGISTRATION"]);
    expect((await browser.send(`${AUTH}/list-user-passkeys`)).body).toEqual([]);
  });

  it("answers a challenge once, within five minutes, in the session that asked for it", async () => {
    const reader = await newReader();
    const options = await optionsFor(reader.browser);
    const other = browserOf(await insertSession(database, { of: reader }));
    const register = async (browser: Browser) =>
      browser.post(`${AUTH}/verify-registration`, {
        response: await (await Authenticator.create(BASE_URL)).register(options),
      });
    for (const stranger of [other, (await newReader()).browser]) {
      expect(refusal(await register(stranger))).toEqual([400, "FAILED_TO_VERIFY_REGISTRATION"]);
    }
    const answers = await Promise.all([register(reader.browser), register(reader.browser)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    const late = await newReader();
    const lateOptions = await optionsFor(late.browser);
    vi.setSystemTime(START.getTime() + 300_000);
    const response = await (await Authenticator.create(BASE_URL)).register(lateOptions);
    expect((await late.browser.post(`${AUTH}/verify-registration`, { response })).status).toBe(400);
  });

  it("does not take a credential that is another reader's already", async () => {
    const { authenticator } = await withPasskey();
    const { browser } = await newReader();
    const response = await authenticator.register(await optionsFor(browser));
    expect((await browser.post(`${AUTH}/verify-registration`, { response })).status).toBe(400);
    expect((await browser.send(`${AUTH}/list-user-passkeys`)).body).toEqual([]);
  });

  it("takes a challenge of no other kind", async () => {
    const { browser, authenticator } = await withPasskey();
    const proof = request.parse((await browser.post("/api/auth/prove/passkey/options", {})).body);
    const { browser: stranger } = await asked();
    expect((await verify(stranger, await authenticator.sign(proof))).status).toBe(401);
    const response = await (await Authenticator.create(BASE_URL)).register({ ...proof, user: { id: "" } });
    expect((await browser.post(`${AUTH}/verify-registration`, { response })).status).toBe(400);
    const registration = await optionsFor(browser);
    const asProof = { response: await authenticator.sign({ challenge: registration.challenge }) };
    expect((await browser.post("/api/auth/prove/passkey", asProof)).status).toBe(401);
  });

  it("ends at twenty", async () => {
    const { browser, userId } = await newReader();
    await database.query(
      `insert into passkey (id, public_key, user_id, credential_id, counter, device_type, backed_up)
       select gen_random_uuid(), 'x', $1::uuid, 'of-' || $1::uuid::text || n, 0, 'singleDevice', false from generate_series(1, 20) n`,
      [userId],
    );
    expect((await added(browser)).answer.status).toBe(400);
  });
});

describe("a sign-in by passkey", () => {
  it.each<[string, Bend]>([
    ["from another origin", { origin: "https://evil.example" }],
    ["from a docs page", { origin: DOCS_SAME_SITE }],
    ["for another host", { rpId: "evil.example" }],
    ["to another challenge", { challenge: "c29tZXRoaW5nLWVsc2U" }],
    ["that is one of making a passkey", { type: "webauthn.create" }],
    ["whose user was not verified", { flags: { uv: false } }],
    ["with nobody there", { flags: { up: false } }],
    ["signed by another key", { forged: true }],
    ["that names another reader", { userHandle: "AAAAAAAAAAAAAAAAAAAAAA" }],
  ])("with an answer %s is refused", async (_, bend) => {
    const { authenticator } = await withPasskey();
    const { answer, browser } = await signIn(authenticator, bend);
    expect(refusal(answer)).toEqual([401, "AUTHENTICATION_FAILED"]);
    expect((await browser.send("/api/session")).body).toEqual({ session: null });
  });

  it("needs to be told whose passkey it is", async () => {
    const { authenticator } = await withPasskey();
    expect((await signIn(authenticator, { userHandle: null })).answer.status).toBe(422);
  });

  it("does not take another reader's passkey under the name of one's own", async () => {
    const [mine, theirs] = [await withPasskey(), await withPasskey()];
    const { browser, options } = await asked();
    const response = await mine.authenticator.sign(options);
    const claimed = { ...response, id: theirs.authenticator.credentialId, rawId: theirs.authenticator.credentialId };
    expect((await verify(browser, claimed)).status).toBe(401);
  });

  it("answers a challenge once, also of two at once", async () => {
    const { authenticator, userId } = await withPasskey();
    const { browser, options } = await asked();
    const response = await authenticator.sign(options);
    const { cookieHeader } = browser;
    const replay = () =>
      new Browser(isolate, BASE_URL).post(
        `${AUTH}/verify-authentication`,
        { response },
        { headers: { Cookie: cookieHeader } },
      );
    const answers = await Promise.all([replay(), replay()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    expect((await replay()).status).toBe(401);
    const [row] = await database.query(
      "select count(*)::int as n from session where user_id = $1 and method = 'passkey'",
      [userId],
    );
    expect(row?.n).toBe("1");
  });

  it("does not answer the challenge of another browser, or of none, or one that is five minutes old", async () => {
    const { authenticator } = await withPasskey();
    const [mine, theirs] = [await asked(), await asked()];
    expect((await verify(theirs.browser, await authenticator.sign(mine.options))).status).toBe(401);
    const bare = new Browser(isolate, BASE_URL);
    expect((await verify(bare, await authenticator.sign(mine.options))).status).toBe(401);
    vi.setSystemTime(START.getTime() + 300_000);
    expect((await verify(mine.browser, await authenticator.sign(mine.options))).status).toBe(401);
  });

  it("is refused when the counter does not go on: there is a copy", async () => {
    const { authenticator, passkeyId } = await withPasskey();
    authenticator.counter = 7;
    expect((await signIn(authenticator)).answer.status).toBe(200);
    for (const counter of [8, 7, 1, 0]) {
      expect(refusal((await signIn(authenticator, { counter })).answer)).toEqual([401, "AUTHENTICATION_FAILED"]);
    }
    // Two at once with one counter, each with a challenge of its own.
    const [one, other] = [await asked(), await asked()];
    const answers = await Promise.all(
      [one, other].map(async ({ browser, options }) =>
        verify(browser, await authenticator.sign(options, { counter: 20 })),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    const [row] = await database.query("select counter from passkey where id = $1", [passkeyId]);
    expect(row?.counter).toBe("20");
  });

  it("with a passkey that was taken away is refused, also when it was begun before", async () => {
    const { browser, authenticator, passkeyId, userId } = await withPasskey();
    await database.query(
      `insert into account (id, user_id, provider_id, account_id, password, created_at, updated_at)
       values (gen_random_uuid(), $1::uuid, 'credential', $1::uuid::text, 'hash', $2::timestamptz, $2)`,
      [userId, START.toISOString()],
    );
    const begun = await asked();
    expect((await browser.post(`${AUTH}/delete-passkey`, { id: passkeyId })).status).toBe(200);
    expect((await verify(begun.browser, await authenticator.sign(begun.options))).status).toBe(401);
    expect((await signIn(authenticator)).answer.status).toBe(401);
  });
});

describe("a proof by passkey", () => {
  it("opens what needs one, as both factors, and only for its own reader", async () => {
    const { browser, authenticator, userId } = await withPasskey();
    await insertSecondFactor(queryOf(database), AUTH_SECRET, userId);
    const other = await withPasskey();
    vi.setSystemTime(START.getTime() + 3_600_000);
    const isProved = async () => (await browser.send("/api/export")).status === 200;
    const prove = async (by: Authenticator, bend?: Bend) => {
      const options = request.parse((await browser.post("/api/auth/prove/passkey/options", {})).body);
      return browser.post("/api/auth/prove/passkey", { response: await by.sign(options, bend) });
    };
    for (const answer of [
      await prove(other.authenticator),
      await prove(authenticator, { flags: { uv: false } }),
      await prove(authenticator, { challenge: "c29tZXRoaW5nLWVsc2U" }),
    ]) {
      expect(refusal(answer)).toEqual([401, "AUTHENTICATION_FAILED"]);
    }
    expect(await isProved()).toBe(false);
    expect((await prove(authenticator)).body).toEqual({ status: true });
    expect(await isProved()).toBe(true);
  });

  it("answers a challenge of its own session, once", async () => {
    const { browser, authenticator, ...reader } = await withPasskey();
    const other = browserOf(await insertSession(database, { of: reader }));
    const options = request.parse((await browser.post("/api/auth/prove/passkey/options", {})).body);
    const response = await authenticator.sign(options);
    expect((await other.post("/api/auth/prove/passkey", { response })).status).toBe(401);
    expect((await browser.post("/api/auth/prove/passkey", { response })).status).toBe(200);
    expect((await browser.post("/api/auth/prove/passkey", { response })).status).toBe(401);
  });
});

describe("taking a passkey away", () => {
  it("never takes the last way in, also not the two last at once", async () => {
    const { browser, passkeyId } = await withPasskey();
    // With links by mail there would be another: the address is proved.
    browser.isolate = await Isolate.create({ database, config: { ...CONFIG, methods: { magicLink: false } } });
    expect(refusal(await browser.post(`${AUTH}/delete-passkey`, { id: passkeyId }))).toEqual([400, "LAST_WAY_IN"]);
    const second = z.object({ id: z.string() }).parse((await added(browser)).answer.body).id;
    const answers = await Promise.all([passkeyId, second].map((id) => browser.post(`${AUTH}/delete-passkey`, { id })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect((await browser.send(`${AUTH}/list-user-passkeys`)).body).toHaveLength(1);
  });

  it("may take the last one where a link can be mailed to an address that was proved", async () => {
    const { browser, passkeyId } = await withPasskey();
    expect((await browser.post(`${AUTH}/delete-passkey`, { id: passkeyId })).body).toEqual({ status: true });
  });

  it("ends the other sessions at once, keeps this one, and leaves an event", async () => {
    const { browser, userId, ...reader } = await withPasskey();
    await added(browser);
    const other = browserOf(await insertSession(database, { of: { ...reader, userId } }));
    expect((await other.send("/api/session")).status).toBe(200);
    expect((await browser.post(`${AUTH}/delete-passkey`, { id: reader.passkeyId })).status).toBe(200);
    expect((await other.send("/api/session")).status).toBe(401);
    expect((await browser.send("/api/session")).status).toBe(200);
    const trail = "select actor_id from audit_event where user_id = $1 and action = 'passkey.removed'";
    expect(await database.query(trail, [userId])).toEqual([{ actor_id: userId }]);
  });

  it("reaches nobody else's, and neither does a new name", async () => {
    const [mine, theirs] = [await withPasskey(), await withPasskey()];
    for (const [path, json] of [
      ["delete-passkey", { id: theirs.passkeyId }],
      ["update-passkey", { id: theirs.passkeyId, name: "Mine" }],
    ] as const) {
      expect(refusal(await mine.browser.post(`${AUTH}/${path}`, json))).toEqual([404, "PASSKEY_NOT_FOUND"]);
    }
    expect((await theirs.browser.send(`${AUTH}/list-user-passkeys`)).body).toMatchObject([{ name: "Phone" }]);
  });
});
