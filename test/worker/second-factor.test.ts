// The second factor at the end of every way in: asked for, answered once, counted when wrong. A real authenticator
// app's codes, against the real Worker.
import { beforeAll, describe, expect, it, vi } from "vitest";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { AUTH_SECRET, BASE_URL, DOCS_CROSS_SITE, Isolate } from "../harness/isolate.ts";
import { queryOf } from "../harness/operations.ts";
import { BACKUP_CODE, insertSecondFactor, openQuestion, totpCode, wrongCode } from "../harness/second-factor.ts";
import { insertSession } from "../harness/sessions.ts";
import { START } from "../setup.ts";

const database = await TestDatabase.create("second-factor");
const isolate = await Isolate.create({ database });
const PASSWORD = "correct horse battery";
const TOTP = "/api/auth/two-factor/verify-totp";
const BACKUP = "/api/auth/two-factor/verify-backup-code";
const QUESTION_COOKIE = "__Host-docent.two_factor";
let hash: string;

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: START });
  await new Browser(isolate).signUp("hash@example.test", PASSWORD);
  const [row] = await database.query("select password from account");
  hash = String(row?.password);
});

/** A reader with a password and a second factor. */
async function newReader() {
  const email = `${crypto.randomUUID()}@example.test`;
  const session = await insertSession(database, { email, password: hash });
  await insertSecondFactor(queryOf(database), AUTH_SECRET, session.userId);
  return { ...session, email };
}

/** Passes the first factor, from a docs page. */
async function asked(email: string, origin?: string): Promise<Browser> {
  const browser = new Browser(isolate, origin);
  const answer = await browser.post("/api/auth/sign-in/email", { email, password: PASSWORD });
  expect([answer.status, answer.body]).toEqual([200, { twoFactorRedirect: true, twoFactorMethods: ["totp"] }]);
  return browser;
}

const sessionsOf = async (userId: string) =>
  (await database.query("select method from session where user_id = $1 order by created_at, method", [userId])).map(
    ({ method }) => method,
  );

const failuresOf = async (userId: string) => {
  const [row] = await database.query(
    "select failed_verification_count as n, locked_until as until from two_factor where user_id = $1",
    [userId],
  );
  return { n: Number(row?.n), until: row?.until };
};

describe("a sign-in with a second factor", () => {
  it.each([undefined, DOCS_CROSS_SITE, BASE_URL])("makes no session before the code, at %s", async (origin) => {
    const { email, userId } = await newReader();
    const browser = await asked(email, origin);
    expect(await sessionsOf(userId)).toEqual([null]);
    expect((await browser.send("/api/session")).body).toEqual({ session: null });
    const answer = await browser.post(TOTP, { code: totpCode() });
    expect([answer.status, answer.body]).toMatchObject([200, { user: { email, twoFactorEnabled: true } }]);
    expect((await browser.send("/api/session")).body).toMatchObject({ reader: { id: userId } });
    expect(await sessionsOf(userId)).toEqual(["password", null]);
    expect(browser.cookies.has(QUESTION_COOKIE)).toBe(false);
  });

  it("keeps what the reader said about being remembered", async () => {
    const { email } = await newReader();
    const browser = new Browser(isolate);
    await browser.post("/api/auth/sign-in/email", { email, password: PASSWORD, rememberMe: false });
    const answer = await browser.post(TOTP, { code: totpCode() });
    expect(answer.setCookies.find((cookie) => cookie.includes("session_token"))).not.toMatch(/max-age/i);
    const { body } = await browser.send("/api/session");
    expect(body).toMatchObject({ session: { expiresAt: "2026-03-02T12:00:00.000Z" } });
  });

  it.each([-1, 1])("takes the code of %i half minutes away, and none further", async (steps) => {
    const { email } = await newReader();
    const browser = await asked(email);
    expect((await browser.post(TOTP, { code: totpCode(2 * steps) })).status).toBe(401);
    expect((await browser.post(TOTP, { code: totpCode(steps) })).status).toBe(200);
  });

  it("takes no code twice, nor an older one after it, whichever question it answers", async () => {
    const { email, userId } = await newReader();
    const code = totpCode();
    expect((await (await asked(email)).post(TOTP, { code })).status).toBe(200);
    for (const old of [code, totpCode(-1)]) {
      const again = await (await asked(email)).post(TOTP, { code: old });
      expect([again.status, again.body]).toMatchObject([401, { code: "INVALID_CODE" }]);
    }
    expect(await sessionsOf(userId)).toHaveLength(2);
  });

  it("gives one session to two who answer one question with one code, and to two with two questions", async () => {
    for (const same of [true, false]) {
      const { email, userId } = await newReader();
      const one = await asked(email);
      const cookie = one.cookieHeader;
      const other = same ? cookie : (await asked(email)).cookieHeader;
      const answers = await Promise.all(
        [cookie, other].map((held) =>
          new Browser(isolate).post(TOTP, { code: totpCode() }, { headers: { Cookie: held } }),
        ),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(await sessionsOf(userId)).toHaveLength(2);
    }
  });

  it("is open for ten minutes, and answered once", async () => {
    const { email } = await newReader();
    const late = await asked(email);
    const used = await asked(email);
    const { cookieHeader } = used;
    expect((await used.post(TOTP, { code: totpCode() })).status).toBe(200);
    vi.setSystemTime(START.getTime() + 60_000);
    const again = await new Browser(isolate).post(TOTP, { code: totpCode() }, { headers: { Cookie: cookieHeader } });
    expect([again.status, again.body]).toMatchObject([401, { code: "INVALID_TWO_FACTOR_COOKIE" }]);
    vi.setSystemTime(START.getTime() + 600_000);
    const tooLate = await late.post(TOTP, { code: totpCode() });
    expect([tooLate.status, tooLate.body]).toMatchObject([401, { code: "INVALID_TWO_FACTOR_COOKIE" }]);
    expect(late.cookies.has(QUESTION_COOKIE)).toBe(false);
  });

  it.each(["magic-link", "github", "password"])("is asked for after %s as after any other way in", async (method) => {
    const { userId } = await newReader();
    const cookie = await openQuestion(queryOf(database), userId, method);
    const answer = await new Browser(isolate, BASE_URL).post(
      TOTP,
      { code: totpCode() },
      { headers: { Cookie: cookie } },
    );
    expect(answer.status, answer.text).toBe(200);
    expect(await sessionsOf(userId)).toEqual([method, null]);
  });

  it("makes no session for a reader who was banned meanwhile, and asks no more", async () => {
    const { email, userId } = await newReader();
    const browser = await asked(email);
    await database.query(`update "user" set banned = true where id = $1`, [userId]);
    const answer = await browser.post(TOTP, { code: totpCode() });
    expect([answer.status, answer.body]).toMatchObject([403, { code: "ACCOUNT_BLOCKED" }]);
    expect(browser.cookies.has(QUESTION_COOKIE)).toBe(false);
    expect(await sessionsOf(userId)).toEqual([null]);
  });

  it("trusts no device", async () => {
    const { email } = await newReader();
    const browser = await asked(email);
    const answer = await browser.post(TOTP, { code: totpCode(), trustDevice: true });
    expect(answer.status, answer.text).toBe(422);
  });

  it("takes no secret of another purpose for a question", async () => {
    const { email, userId } = await newReader();
    const browser = await asked(email);
    await database.query("update verification set identifier = 'x' || identifier where user_id = $1", [userId]);
    expect((await browser.post(TOTP, { code: totpCode() })).status).toBe(401);
    const bare = await new Browser(isolate).post(TOTP, { code: totpCode() });
    expect([bare.status, bare.body]).toMatchObject([401, { code: "INVALID_TWO_FACTOR_COOKIE" }]);
  });

  it("is 503 and keeps the question when Postgres fails, and a code that was never taken is good again", async () => {
    const { email } = await newReader();
    const browser = await asked(email);
    await database.inject({ effect: "status", status: 500, matching: 'insert into "session"', times: null });
    const failed = await browser.post(TOTP, { code: totpCode() });
    await database.heal();
    expect([failed.status, failed.setCookies]).toEqual([503, []]);
    expect((await browser.post(TOTP, { code: totpCode() })).status).toBe(200);
  });
});

describe("a backup code", () => {
  it("is good once, however it is typed, also for two at once, and leaves a trace", async () => {
    const { email, userId } = await newReader();
    const [one, other] = [await asked(email), await asked(email)];
    const answers = await Promise.all([
      one.post(BACKUP, { code: BACKUP_CODE.toUpperCase().replaceAll("-", " ") }),
      other.post(BACKUP, { code: BACKUP_CODE.replaceAll("-", "") }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    const late = await (await asked(email)).post(BACKUP, { code: BACKUP_CODE });
    expect([late.status, late.body]).toMatchObject([401, { code: "INVALID_BACKUP_CODE" }]);
    const trail = "select action from audit_event where user_id = $1 order by action";
    expect((await database.query(trail, [userId])).map(({ action }) => action)).toEqual([
      "backup-code.used",
      "session.created",
    ]);
  });

  it("of one reader is nothing for another", async () => {
    const [ada, grace] = [await newReader(), await newReader()];
    await database.query(`update two_factor set backup_codes = '[]' where user_id = $1`, [grace.userId]);
    expect((await (await asked(grace.email)).post(BACKUP, { code: BACKUP_CODE })).status).toBe(401);
    expect((await (await asked(ada.email)).post(BACKUP, { code: BACKUP_CODE })).status).toBe(200);
  });
});

describe("wrong codes", () => {
  it("use a question up at the fifth, in any number at once", async () => {
    const { email, userId } = await newReader();
    const browser = await asked(email);
    const { cookieHeader } = browser;
    const guess = (code: string) => new Browser(isolate).post(TOTP, { code }, { headers: { Cookie: cookieHeader } });
    const answers = await Promise.all(Array.from({ length: 12 }, () => guess(wrongCode())));
    expect(answers.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(5);
    expect((await failuresOf(userId)).n).toBe(5);
    // Also when the account would take one again.
    vi.setSystemTime(START.getTime() + 61_000);
    const right = await guess(totpCode());
    expect([right.status, right.body]).toMatchObject([400, { code: "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE" }]);
    expect(await sessionsOf(userId)).toEqual([null]);
  });

  it("make the account wait after five in a row, twice as long after each more, up to an hour", async () => {
    const { email, userId } = await newReader();
    const waits: number[] = [];
    let at = START.getTime();
    for (let failures = 1; failures <= 13; failures += 1) {
      vi.setSystemTime(at);
      const browser = await asked(email);
      expect((await browser.post(TOTP, { code: wrongCode() })).status).toBe(401);
      const { n, until } = await failuresOf(userId);
      expect(n).toBe(failures);
      const wait = until === null ? 0 : Date.parse(`${String(until).replace(" ", "T")}:00`) - at;
      waits.push(wait / 1000);
      if (wait > 0) {
        // A right one is answered like a wrong one, and neither is counted.
        for (const code of [totpCode(), wrongCode()]) {
          const early = await browser.post(TOTP, { code });
          expect([early.status, early.body]).toMatchObject([429, { code: "ACCOUNT_TEMPORARILY_LOCKED" }]);
          expect(early.headers.get("retry-after")).toBe(String(wait / 1000));
        }
        expect((await failuresOf(userId)).n).toBe(failures);
      }
      at += wait + 30_000;
    }
    expect(waits).toEqual([0, 0, 0, 0, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
    vi.setSystemTime(at);
    expect((await (await asked(email)).post(TOTP, { code: totpCode() })).status).toBe(200);
    expect(await failuresOf(userId)).toEqual({ n: 0, until: null });
  });

  it("are never looked at beyond the limit, in any number at once, though one of them is right", async () => {
    const { email, userId } = await newReader();
    await database.query("update two_factor set failed_verification_count = 4 where user_id = $1", [userId]);
    const cookies = await Promise.all(Array.from({ length: 6 }, async () => (await asked(email)).cookieHeader));
    const answers = await Promise.all(
      cookies.map((cookie, at) =>
        new Browser(isolate).post(TOTP, { code: at < 5 ? wrongCode() : totpCode() }, { headers: { Cookie: cookie } }),
      ),
    );
    const counted = (await failuresOf(userId)).n;
    const letIn = answers.filter(({ status }) => status === 200).length;
    // Either the right one came first and all others were counted anew, or one wrong one stopped everything behind it.
    expect(letIn === 1 ? counted : counted - 4).toBeGreaterThanOrEqual(1);
    expect(counted).toBeLessThanOrEqual(5);
  });

  it("end after a hundred, until a backup code lifts it; and one does while the account waits", async () => {
    const { email, userId } = await newReader();
    await database.query("update two_factor set failed_verification_count = 100 where user_id = $1", [userId]);
    const browser = await asked(email);
    const stopped = await browser.post(TOTP, { code: totpCode() });
    expect([stopped.status, stopped.headers.get("retry-after")]).toEqual([429, null]);
    expect((await browser.post(BACKUP, { code: BACKUP_CODE })).status).toBe(200);
    expect((await (await asked(email)).post(TOTP, { code: totpCode() })).status).toBe(200);
  });

  it("of somebody who does not know the password count nothing", async () => {
    const { email, userId } = await newReader();
    const stranger = new Browser(isolate);
    await stranger.post("/api/auth/sign-in/email", { email, password: "wrong horse battery" });
    for (const [path, code] of [
      [TOTP, wrongCode()],
      [BACKUP, BACKUP_CODE],
    ] as const) {
      expect((await stranger.post(path, { code })).status).toBe(401);
    }
    expect(await failuresOf(userId)).toMatchObject({ n: 0, until: null });
  });
});
