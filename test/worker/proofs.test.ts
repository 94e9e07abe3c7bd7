// A reader who is signed in proves who they are once more, and what only a fresh proof opens is open for ten minutes:
// in that session, by a password or a mailed code, with the second factor where there is one.
import { beforeAll, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { type Answer, Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { AUTH_SECRET, BASE_URL, DOCS_SAME_SITE, Isolate } from "../harness/isolate.ts";
import { queryOf } from "../harness/operations.ts";
import { BACKUP_CODE, insertSecondFactor, totpCode, wrongCode } from "../harness/second-factor.ts";
import { insertSession, type SessionRow } from "../harness/sessions.ts";
import { START } from "../setup.ts";

const database = await TestDatabase.create("proofs");
const isolate = await Isolate.create({ database });
const PASSWORD = "correct horse battery";
const HOUR = 3_600_000;
const PROVE_PASSWORD = "/api/auth/prove/password";
const SEND = "/api/auth/prove/mail-code/send";
const PROVE_MAIL = "/api/auth/prove/mail-code";
let hash: string;

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: START });
  await new Browser(isolate).signUp("hash@example.test", PASSWORD);
  const [row] = await database.query("select password from account");
  hash = String(row?.password);
});

interface Reader extends SessionRow {
  email: string;
  browser: Browser;
}

/** A reader on the Worker's own page who signed in an hour ago. */
async function newReader({ verified = true, factor = false, password = true } = {}): Promise<Reader> {
  vi.setSystemTime(START);
  const email = `${crypto.randomUUID()}@example.test`;
  const session = await insertSession(database, { email, ...(password && { password: hash }) });
  if (verified) await database.query(`update "user" set email_verified = true where id = $1`, [session.userId]);
  if (factor) await insertSecondFactor(queryOf(database), AUTH_SECRET, session.userId);
  vi.setSystemTime(START.getTime() + HOUR);
  return { ...session, email, browser: browserOf(session) };
}

function browserOf({ cookie }: SessionRow): Browser {
  const browser = new Browser(isolate, BASE_URL);
  const [name = "", value = ""] = cookie.split("=");
  browser.cookies.set(name, value);
  return browser;
}

/** May it do what only a fresh proof opens? */
const isProved = async (browser: Browser) => (await browser.send("/api/export")).status === 200;

const mail = z.object({ to: z.string(), text: z.string() });

/** The code that was mailed last. */
async function mailedCode(email: string): Promise<string> {
  await isolate.settle();
  const texts = isolate.sent.flatMap(({ body }) => {
    const sent = mail.safeParse(JSON.parse(body));
    return sent.success && sent.data.to.includes(email) ? [sent.data.text] : [];
  });
  return /\b\d{6}\b/.exec(texts.at(-1) ?? "")?.[0] ?? "none";
}

const refusal = ({ status, body }: Answer) => [status, z.object({ code: z.string() }).safeParse(body).data?.code];

describe("a proof", () => {
  it("by password opens for ten minutes, in this session and no other, and leaves an event", async () => {
    const reader = await newReader();
    const other = browserOf(await insertSession(database, { of: reader }));
    await database.query("update session set authenticated_at = $2 where user_id = $1", [
      reader.userId,
      START.toISOString(),
    ]);
    expect([await isProved(reader.browser), await isProved(other)]).toEqual([false, false]);
    const answer = await reader.browser.post(PROVE_PASSWORD, { password: PASSWORD });
    expect([answer.status, answer.body, answer.setCookies]).toEqual([200, { status: true }, []]);
    expect([await isProved(reader.browser), await isProved(other)]).toEqual([true, false]);
    vi.setSystemTime(START.getTime() + HOUR + 599_000);
    expect(await isProved(reader.browser)).toBe(true);
    vi.setSystemTime(START.getTime() + HOUR + 600_000);
    expect(await isProved(reader.browser)).toBe(false);
    const trail = "select detail, actor_id from audit_event where user_id = $1 and action = 'identity.proved'";
    expect(await database.query(trail, [reader.userId])).toEqual([
      { detail: '{"method": "password"}', actor_id: reader.userId },
    ]);
  });

  it("does not reach the sessions of docs pages that came from the same sign-in", async () => {
    const { browser, sessionId, userId } = await newReader();
    await database.query(
      `insert into session (id, token, user_id, expires_at, created_at, updated_at, authenticated_at, login_id, scope, origin)
       select gen_random_uuid(), 'child-of-' || id, user_id, created_at + interval '1 day', created_at, updated_at,
         authenticated_at, login_id, 'docs', $2 from session where id = $1`,
      [sessionId, DOCS_SAME_SITE],
    );
    expect((await browser.post(PROVE_PASSWORD, { password: PASSWORD })).status).toBe(200);
    const rows = await database.query(
      "select scope from session where user_id = $1 and authenticated_at > $2::timestamptz",
      [userId, START.toISOString()],
    );
    expect(rows).toEqual([{ scope: "account" }]);
  });

  it("is seen at once in an isolate that knew the session before", async () => {
    const { browser } = await newReader();
    const when = async () =>
      z.object({ session: z.object({ authenticatedAt: z.string() }) }).parse((await browser.send("/api/session")).body)
        .session.authenticatedAt;
    expect(await when()).toBe(START.toISOString());
    await browser.post(PROVE_PASSWORD, { password: PASSWORD });
    // What is read in the moment of a change is not remembered.
    vi.setSystemTime(Date.now() + 1);
    expect(await when()).toBe(new Date(START.getTime() + HOUR).toISOString());
  });

  it.each([PROVE_PASSWORD, SEND, PROVE_MAIL])("cannot be given from a docs page: %s", async (path) => {
    const { browser } = await newReader();
    expect(refusal(await browser.post(path, {}, { origin: DOCS_SAME_SITE }))).toEqual([403, "INVALID_ORIGIN"]);
  });

  it("by a password that is wrong or that nobody set is none", async () => {
    const { browser } = await newReader();
    expect(refusal(await browser.post(PROVE_PASSWORD, { password: "wrong horse" }))).toEqual([400, "INVALID_PASSWORD"]);
    expect(await isProved(browser)).toBe(false);
    const bare = await newReader({ password: false });
    const answer = await bare.browser.post(PROVE_PASSWORD, { password: PASSWORD });
    expect(refusal(answer)).toEqual([400, "CREDENTIAL_ACCOUNT_NOT_FOUND"]);
  });

  it("is limited for an account, many at once or one by one, and for a right password like for a wrong one", async () => {
    const { browser } = await newReader();
    const answers = await Promise.all(
      Array.from({ length: 14 }, () => browser.post(PROVE_PASSWORD, { password: "wrong horse" })),
    );
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(10);
    const right = await browser.post(PROVE_PASSWORD, { password: PASSWORD });
    expect(refusal(right)).toEqual([429, "TOO_MANY_REQUESTS"]);
    vi.setSystemTime(Date.now() + 900_000);
    expect((await browser.post(PROVE_PASSWORD, { password: PASSWORD })).status).toBe(200);
  });

  it("is 503 when Postgres fails, and nothing is proved", async () => {
    const { browser } = await newReader();
    await database.inject({
      effect: "status",
      status: 500,
      matching: 'update "session" set authenticated_at',
      times: 1,
    });
    const answer = await browser.post(PROVE_PASSWORD, { password: PASSWORD });
    await database.heal();
    expect([answer.status, answer.setCookies]).toEqual([503, []]);
    expect(await isProved(browser)).toBe(false);
  });
});

describe("a proof of whoever has a second factor", () => {
  it("needs its code beside the password, and a wrong one of either is none", async () => {
    const { browser, userId } = await newReader({ factor: true });
    const prove = (password: string, secondFactor?: string) =>
      browser.post(PROVE_PASSWORD, { password, ...(secondFactor !== undefined && { secondFactor }) });
    // Not even whether the password is right.
    for (const password of [PASSWORD, "wrong horse"]) {
      expect(refusal(await prove(password))).toEqual([403, "SECOND_FACTOR_REQUIRED"]);
    }
    expect(refusal(await prove("wrong horse", totpCode()))).toEqual([400, "INVALID_PASSWORD"]);
    expect(refusal(await prove(PASSWORD, wrongCode()))).toEqual([401, "INVALID_CODE"]);
    expect(refusal(await prove(PASSWORD, "abcd-efgh-jkmn-wxyz"))).toEqual([401, "INVALID_BACKUP_CODE"]);
    const [row] = await database.query("select failed_verification_count as n from two_factor where user_id = $1", [
      userId,
    ]);
    expect(row?.n).toBe("2");
    expect(await isProved(browser)).toBe(false);
    // The code was not used up beside the wrong password.
    expect((await prove(PASSWORD, totpCode())).status).toBe(200);
    expect(await isProved(browser)).toBe(true);
    expect(refusal(await prove(PASSWORD, totpCode()))).toEqual([401, "INVALID_CODE"]);
    expect((await prove(PASSWORD, BACKUP_CODE)).status).toBe(200);
    expect(refusal(await prove(PASSWORD, BACKUP_CODE))).toEqual([401, "INVALID_BACKUP_CODE"]);
  });

  it("is not given by changing the password, which needs no code", async () => {
    const change = (browser: Browser) =>
      browser.post("/api/auth/change-password", { currentPassword: PASSWORD, newPassword: "another horse battery" });
    const { browser } = await newReader({ factor: true });
    expect((await change(browser)).status).toBe(200);
    expect(await isProved(browser)).toBe(false);
    expect(refusal(await browser.post("/api/auth/two-factor/disable", {}))).toEqual([403, "STEP_UP_REQUIRED"]);
    // Whoever has none has shown all that there is to show.
    const without = await newReader();
    expect((await change(without.browser)).status).toBe(200);
    expect(await isProved(without.browser)).toBe(true);
  });

  it("by a mailed code needs it as well, and neither is used up by the other's absence", async () => {
    const { browser, email } = await newReader({ factor: true });
    await browser.post(SEND, {});
    const code = await mailedCode(email);
    expect(refusal(await browser.post(PROVE_MAIL, { code }))).toEqual([403, "SECOND_FACTOR_REQUIRED"]);
    expect(refusal(await browser.post(PROVE_MAIL, { code, secondFactor: wrongCode() }))).toEqual([401, "INVALID_CODE"]);
    const other = code === "000000" ? "000001" : "000000";
    expect(refusal(await browser.post(PROVE_MAIL, { code: other, secondFactor: totpCode() }))).toEqual([
      401,
      "INVALID_CODE",
    ]);
    expect((await browser.post(PROVE_MAIL, { code, secondFactor: totpCode() })).status).toBe(200);
    expect(await isProved(browser)).toBe(true);
  });
});

describe("a mailed code", () => {
  it("proves a reader without a password, once, also of two at once", async () => {
    const { browser, email } = await newReader({ password: false });
    expect((await browser.post(SEND, {})).body).toEqual({ status: true });
    const code = await mailedCode(email);
    const answers = await Promise.all([browser.post(PROVE_MAIL, { code }), browser.post(PROVE_MAIL, { code })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    expect(await isProved(browser)).toBe(true);
  });

  it("is good for ten minutes and in the session that asked for it", async () => {
    const reader = await newReader();
    const other = browserOf(await insertSession(database, { of: reader }));
    await reader.browser.post(SEND, {});
    const code = await mailedCode(reader.email);
    expect(refusal(await other.post(PROVE_MAIL, { code }))).toEqual([401, "INVALID_CODE"]);
    vi.setSystemTime(Date.now() + 600_000);
    expect(refusal(await reader.browser.post(PROVE_MAIL, { code }))).toEqual([401, "INVALID_CODE"]);
  });

  it("is worth nothing after five wrong ones, in any number at once, or after the next mail", async () => {
    const { browser, email } = await newReader();
    await browser.post(SEND, {});
    const code = await mailedCode(email);
    const guesses = ["000000", "111111", "222222", "333333", "444444", "555555"].filter((one) => one !== code);
    await Promise.all(guesses.slice(0, 5).map((guess) => browser.post(PROVE_MAIL, { code: guess })));
    expect(refusal(await browser.post(PROVE_MAIL, { code }))).toEqual([401, "INVALID_CODE"]);
    await browser.post(SEND, {});
    const second = await mailedCode(email);
    await browser.post(SEND, {});
    const third = await mailedCode(email);
    if (second !== third)
      expect(refusal(await browser.post(PROVE_MAIL, { code: second }))).toEqual([401, "INVALID_CODE"]);
    expect((await browser.post(PROVE_MAIL, { code: third })).status).toBe(200);
  });

  it("goes only to an address that was proved, and five times an hour", async () => {
    const unverified = await newReader({ verified: false });
    expect(refusal(await unverified.browser.post(SEND, {}))).toEqual([403, "EMAIL_NOT_VERIFIED"]);
    expect(await mailedCode(unverified.email)).toBe("none");
    const { browser, email } = await newReader();
    for (let mails = 0; mails < 5; mails += 1) expect((await browser.post(SEND, {})).status).toBe(200);
    const last = await mailedCode(email);
    const before = isolate.sent.length;
    const answer = await browser.post(SEND, {});
    await isolate.settle();
    expect([...refusal(answer), isolate.sent.length]).toEqual([429, "TOO_MANY_REQUESTS", before]);
    // The one that was sent last is still good.
    expect((await browser.post(PROVE_MAIL, { code: last })).status).toBe(200);
  });

  it("is stored hashed, and in no answer and no line of the log", async () => {
    const { browser, email, userId } = await newReader();
    const answer = await browser.post(SEND, {});
    const code = await mailedCode(email);
    expect(code).toMatch(/^\d{6}$/);
    const [row] = await database.query("select value, identifier from verification where user_id = $1", [userId]);
    expect(JSON.stringify([row, answer.text, isolate.logs])).not.toMatch(new RegExp(`\\b${code}\\b`));
  });

  it("is not there where there is no mail", async () => {
    const { browser } = await newReader();
    browser.isolate = await Isolate.create({ database, bindings: { MAIL_TRANSPORT: "none" } });
    for (const path of [SEND, PROVE_MAIL]) expect((await browser.post(path, {})).status).toBe(404);
  });
});
