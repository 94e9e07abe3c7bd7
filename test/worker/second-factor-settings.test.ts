// Setting a second factor up and taking it away: proved, with a verified address, and never unnoticed.
import { createAuthClient } from "better-auth/client";
import { twoFactorClient } from "better-auth/client/plugins";
import { describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, DOCS_SAME_SITE, Isolate } from "../harness/isolate.ts";
import { totpCode, wrongCode } from "../harness/second-factor.ts";
import { START } from "../setup.ts";

const database = await TestDatabase.create("second-factor-settings");
const isolate = await Isolate.create({ database });
const PASSWORD = "correct horse battery";
const PATH = "/api/auth/two-factor";

async function newReader({ verified = true } = {}) {
  const browser = new Browser(isolate, BASE_URL);
  const email = `${crypto.randomUUID()}@example.test`;
  const answer = await browser.signUp(email, PASSWORD);
  const { user } = z.object({ user: z.object({ id: z.string() }) }).parse(answer.body);
  if (verified) await database.query(`update "user" set email_verified = true where id = $1`, [user.id]);
  return { browser, email, userId: user.id };
}

const enabled = z.object({ totpURI: z.string(), backupCodes: z.array(z.string()) });
const secretOf = (uri: string) => new URL(uri).searchParams.get("secret") ?? "";

/** Sets one up and confirms it. */
async function withFactor() {
  const reader = await newReader();
  const { totpURI, backupCodes } = enabled.parse((await reader.browser.post(`${PATH}/enable`, {})).body);
  const secret = secretOf(totpURI);
  const done = await reader.browser.post(`${PATH}/verify-totp`, { code: totpCode(0, secret) });
  expect(done.status, done.text).toBe(200);
  return { ...reader, secret, backupCodes };
}

const userRow = async (userId: string) =>
  (await database.query(`select two_factor_enabled from "user" where id = $1`, [userId]))[0]?.two_factor_enabled;

describe("Better Auth's client with its twoFactor plugin", () => {
  it("sets one up, confirms it, signs in with it and with a backup code, and takes it away", async () => {
    const { browser, email } = await newReader();
    const redirected: unknown[] = [];
    const auth = createAuthClient({
      baseURL: BASE_URL,
      plugins: [twoFactorClient({ onTwoFactorRedirect: (context) => void redirected.push(context) })],
      fetchOptions: {
        customFetchImpl: async (input, init) => {
          const request = new Request(input, init);
          const { pathname } = new URL(request.url);
          const body = await request.text();
          const answer = await browser.send(pathname, {
            method: request.method,
            headers: Object.fromEntries(request.headers),
            ...(body !== "" && { body }),
          });
          return new Response(answer.text, { status: answer.status, headers: answer.headers });
        },
      },
    });
    // Its types want a password; here the proof is one of the session.
    const nothing = {} as { password: string };
    const { data, error } = await auth.twoFactor.enable(nothing);
    expect(error).toBeNull();
    const { totpURI, backupCodes } = enabled.parse(data);
    expect(totpURI).toMatch(
      /^otpauth:\/\/totp\/Course:[^?]+%40example\.test\?secret=[A-Z2-7]{32}&issuer=Course&digits=6&period=30$/,
    );
    expect(new Set(backupCodes).size).toBe(10);
    const secret = secretOf(totpURI);
    expect((await auth.twoFactor.verifyTotp({ code: totpCode(0, secret) })).error).toBeNull();
    expect((await auth.getSession()).data?.user).toMatchObject({ email, twoFactorEnabled: true });

    await auth.signOut();
    await auth.signIn.email({ email, password: PASSWORD });
    expect([redirected, (await auth.getSession()).data]).toEqual([[{ twoFactorMethods: ["totp"] }], null]);
    vi.setSystemTime(START.getTime() + 30_000);
    expect((await auth.twoFactor.verifyTotp({ code: totpCode(0, secret) })).data).toMatchObject({ user: { email } });
    expect((await auth.getSession()).data?.user.email).toBe(email);

    await auth.signOut();
    await auth.signIn.email({ email, password: PASSWORD });
    const wrong = await auth.twoFactor.verifyTotp({ code: totpCode(0, secret) });
    expect(wrong.error).toMatchObject({ status: 401, code: "INVALID_CODE" });
    const [code = ""] = backupCodes;
    expect((await auth.twoFactor.verifyBackupCode({ code })).data).toMatchObject({ user: { email } });

    const { data: renewed } = await auth.twoFactor.generateBackupCodes(nothing);
    expect(renewed?.backupCodes).toHaveLength(10);
    expect((await auth.twoFactor.disable(nothing)).data).toEqual({ status: true });
    await auth.signOut();
    const { data: back } = await auth.signIn.email({ email, password: PASSWORD });
    expect(back?.user).toMatchObject({ email, twoFactorEnabled: false });
  });
});

describe("enabling", () => {
  it("asks for nothing before the first code was given, and a wrong one changes nothing", async () => {
    const { browser, userId, email } = await newReader();
    expect((await browser.post(`${PATH}/enable`, {})).status).toBe(200);
    const wrong = await browser.post(`${PATH}/verify-totp`, { code: wrongCode() });
    expect([wrong.status, wrong.body]).toMatchObject([401, { code: "INVALID_CODE" }]);
    expect(await userRow(userId)).toBe("f");
    const other = await new Browser(isolate).post("/api/auth/sign-in/email", { email, password: PASSWORD });
    expect(other.body).toMatchObject({ redirect: false });
  });

  it("needs an address that was proved", async () => {
    const { browser } = await newReader({ verified: false });
    const answer = await browser.post(`${PATH}/enable`, {});
    expect([answer.status, answer.body]).toMatchObject([403, { code: "EMAIL_NOT_VERIFIED" }]);
    expect(await database.count("two_factor")).toBe(
      (await database.query('select 1 from two_factor t join "user" u on u.id = t.user_id where u.email_verified'))
        .length,
    );
  });

  it("needs a proof that is less than ten minutes old", async () => {
    const { browser, userId } = await newReader();
    await database.query(
      "update session set authenticated_at = authenticated_at - interval '10 minutes' where user_id = $1",
      [userId],
    );
    for (const route of ["enable", "disable", "generate-backup-codes"]) {
      const answer = await browser.post(`${PATH}/${route}`, {});
      expect([route, answer.status, answer.body]).toMatchObject([route, 403, { code: "STEP_UP_REQUIRED" }]);
    }
  });

  it("of a second one is refused while there is one, and replaces one that was never confirmed", async () => {
    const { browser } = await newReader();
    const first = enabled.parse((await browser.post(`${PATH}/enable`, {})).body);
    const second = enabled.parse((await browser.post(`${PATH}/enable`, {})).body);
    const confirm = (uri: string) => browser.post(`${PATH}/verify-totp`, { code: totpCode(0, secretOf(uri)) });
    expect((await confirm(first.totpURI)).status).toBe(401);
    expect((await confirm(second.totpURI)).status).toBe(200);
    const third = await browser.post(`${PATH}/enable`, {});
    expect([third.status, third.body]).toMatchObject([400, { code: "TOTP_ALREADY_ENABLED" }]);
    const again = await confirm(second.totpURI);
    expect([again.status, again.body]).toMatchObject([400, { code: "TOTP_NOT_ENABLED" }]);
  });

  it("cannot be confirmed from a docs page, and a script there reaches no setting", async () => {
    const { browser } = await newReader();
    await browser.post(`${PATH}/enable`, {});
    for (const route of ["enable", "disable", "generate-backup-codes", "verify-totp"]) {
      const json = route === "verify-totp" ? { code: "123456" } : {};
      const answer = await browser.post(`${PATH}/${route}`, json, { origin: DOCS_SAME_SITE });
      expect([route, answer.status, answer.body]).toMatchObject([route, 403, { code: "INVALID_ORIGIN" }]);
    }
  });

  it("counts the code it was confirmed with as used", async () => {
    const { email, secret } = await withFactor();
    const browser = new Browser(isolate);
    await browser.post("/api/auth/sign-in/email", { email, password: PASSWORD });
    expect((await browser.post(`${PATH}/verify-totp`, { code: totpCode(0, secret) })).status).toBe(401);
  });

  it("keeps the secret sealed and the backup codes hashed", async () => {
    const { userId, secret, backupCodes } = await withFactor();
    const [row] = await database.query("select * from two_factor where user_id = $1", [userId]);
    const stored = JSON.stringify(row);
    for (const plain of [secret, ...backupCodes, ...backupCodes.map((code) => code.replaceAll("-", ""))]) {
      expect(stored).not.toContain(plain);
    }
    expect(JSON.stringify([isolate.logs, isolate.sent])).not.toContain(secret);
  });

  it("makes nothing of a secret that was sealed for another reader", async () => {
    const [ada, grace] = [await withFactor(), await withFactor()];
    await database.query(
      "update two_factor set secret = (select secret from two_factor where user_id = $1), last_used_step = null where user_id = $2",
      [ada.userId, grace.userId],
    );
    const browser = new Browser(isolate);
    await browser.post("/api/auth/sign-in/email", { email: grace.email, password: PASSWORD });
    expect((await browser.post(`${PATH}/verify-totp`, { code: totpCode(0, ada.secret) })).status).toBe(401);
  });
});

describe("a change of the second factor", () => {
  const CHANGES = ["verify-totp", "generate-backup-codes", "disable"] as const;

  it.each(CHANGES)("by %s ends the other sessions at once, keeps this one, and writes its event", async (change) => {
    const reader = await (change === "verify-totp" ? newReader() : withFactor());
    const { browser, email, userId } = reader;
    // In the cache of an isolate, as of before the change.
    const elsewhere = new Browser(isolate);
    const question = await elsewhere.post("/api/auth/sign-in/email", { email, password: PASSWORD });
    if ("secret" in reader && typeof reader.secret === "string") {
      expect(question.body).toMatchObject({ twoFactorRedirect: true });
      vi.setSystemTime(START.getTime() + 60_000);
      const code = totpCode(0, reader.secret);
      expect((await elsewhere.post(`${PATH}/verify-totp`, { code })).status).toBe(200);
    }
    expect((await elsewhere.send("/api/session")).status).toBe(200);
    await isolate.settle();
    const json =
      change === "verify-totp"
        ? { code: totpCode(0, secretOf(enabled.parse((await browser.post(`${PATH}/enable`, {})).body).totpURI)) }
        : {};
    const answer = await browser.post(`${PATH}/${change}`, json);
    expect(answer.status, answer.text).toBe(200);
    expect((await elsewhere.send("/api/session")).status).toBe(401);
    const { body } = await browser.send("/api/session");
    expect(body).toMatchObject({ reader: { twoFactorEnabled: change !== "disable" } });
    const actions = { "verify-totp": "second-factor.enabled", "generate-backup-codes": "backup-codes.made" };
    const action = change === "disable" ? "second-factor.disabled" : actions[change];
    const [event] = await database.query(
      "select actor_id, ip_address from audit_event where user_id = $1 and action = $2",
      [userId, action],
    );
    expect(event).toEqual({ actor_id: userId, ip_address: "203.0.113.7" });
  });

  it("is seen by an isolate that knows the session from before, within the bounds", async () => {
    const { browser, userId } = await withFactor();
    const cookie = browser.cookieHeader;
    const other = await Isolate.create({ database });
    await database.query(`update "user" set two_factor_enabled = false where id = $1`, [userId]);
    const there = () => new Browser(other).send("/api/session", { headers: { Cookie: cookie } });
    vi.setSystemTime(START.getTime() + 400_000);
    expect((await there()).body).toMatchObject({ reader: { twoFactorEnabled: false } });
  });

  it("makes the old backup codes worthless", async () => {
    const { browser, email, backupCodes } = await withFactor();
    expect((await browser.post(`${PATH}/generate-backup-codes`, {})).status).toBe(200);
    const signsIn = new Browser(isolate);
    await signsIn.post("/api/auth/sign-in/email", { email, password: PASSWORD });
    const [code = ""] = backupCodes;
    expect((await signsIn.post(`${PATH}/verify-backup-code`, { code })).status).toBe(401);
  });

  it("is refused where there is none, and taking away nothing is fine and ends nothing", async () => {
    const { browser, email } = await newReader();
    const elsewhere = new Browser(isolate);
    await elsewhere.post("/api/auth/sign-in/email", { email, password: PASSWORD });
    const none = await browser.post(`${PATH}/generate-backup-codes`, {});
    expect([none.status, none.body]).toMatchObject([400, { code: "BACKUP_CODES_NOT_ENABLED" }]);
    expect((await browser.post(`${PATH}/disable`, {})).body).toEqual({ status: true });
    expect((await elsewhere.send("/api/session")).status).toBe(200);
  });

  it("leaves an open question that nothing answers any more", async () => {
    const { browser, email, secret } = await withFactor();
    const asked = new Browser(isolate);
    await asked.post("/api/auth/sign-in/email", { email, password: PASSWORD });
    await browser.post(`${PATH}/disable`, {});
    vi.setSystemTime(START.getTime() + 60_000);
    const answer = await asked.post(`${PATH}/verify-totp`, { code: totpCode(0, secret) });
    expect([answer.status, answer.body]).toMatchObject([401, { code: "INVALID_TWO_FACTOR_COOKIE" }]);
  });
});
