// A new password by a mailed link: everybody else is out, and a second factor still stands.
import { beforeEach, describe, expect, it } from "vitest";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { AUTH_SECRET, BASE_URL, Isolate } from "../harness/isolate.ts";
import { insertLink } from "../harness/mail-links.ts";
import { linkTo, mailsOf } from "../harness/mails.ts";
import { BACKUP_CODE, insertSecondFactor, totpCode, wrongCode } from "../harness/second-factor.ts";

const PASSWORD = "correct horse battery";
const NEW = "another horse battery";
const database = await TestDatabase.create("reset-password");
const isolate = await Isolate.create({ database });
const query = (text: string, values: unknown[]) => database.query(text, values);

let count = 0;
let email = "";
let owner: Browser;
let userId = "";

beforeEach(async () => {
  count += 1;
  email = `reader-${count}@example.test`;
  owner = new Browser(isolate, BASE_URL);
  const answer = await owner.signUp(email, PASSWORD);
  expect(answer.status, answer.text).toBe(200);
  userId = (answer.body as { user: { id: string } }).user.id;
});

async function newLink(): Promise<string> {
  const answer = await new Browser(isolate).post("/api/auth/request-password-reset", { email });
  expect([answer.status, answer.body]).toEqual([200, { status: true }]);
  return (await linkTo(isolate, email)).secret;
}
const reset = (token: string, newPassword = NEW, beside: object = {}) =>
  new Browser(isolate, BASE_URL).post("/api/auth/reset-password", { token, newPassword, ...beside });
const signIn = async (password: string) =>
  (await new Browser(isolate).post("/api/auth/sign-in/email", { email, password })).status;
const set = (what: string) => database.query(`update "user" set ${what} where id = $1`, [userId]);
const hash = async () =>
  (await database.query("select password from account where user_id = $1", [userId]))[0]?.password;

describe("a reset", () => {
  it("sets the password, signs nobody in, and ends every session at once and every other link", async () => {
    const second = new Browser(isolate);
    await second.post("/api/auth/sign-in/email", { email, password: PASSWORD });
    for (const browser of [owner, second]) expect((await browser.send("/api/session")).status).toBe(200);
    const other = await insertLink(query, "magic-link", { email, userId });
    const answer = await reset(await newLink());
    expect([answer.status, answer.setCookies], answer.text).toEqual([200, []]);
    for (const browser of [owner, second]) expect((await browser.send("/api/session")).status).toBe(401);
    expect([await signIn(PASSWORD), await signIn(NEW)]).toEqual([401, 200]);
    expect((await owner.post("/api/auth/magic-link/verify", { token: other })).status).toBe(400);
    expect((await mailsOf(isolate)).at(-1)).toMatchObject({ to: email, subject: "Your password for Course was reset" });
    const actions = await database.query(
      "select action, actor_id from audit_event where user_id = $1 order by action",
      [userId],
    );
    for (const action of ["address.verified", "password.reset", "sessions.ended"]) {
      expect(actions).toContainEqual({ action, actor_id: userId });
    }
  });

  it("proves the mailbox, so that nothing stays of whoever had registered it first", async () => {
    await database.query(
      `insert into account (id, user_id, provider_id, account_id, created_at, updated_at)
       values (gen_random_uuid(), $1::uuid, 'github', $1::text, '2026-03-01', '2026-03-01')`,
      [userId],
    );
    const answer = await reset(await newLink());
    expect(answer.body, answer.text).toMatchObject({ status: true, removed: { methods: ["github"], sessions: 1 } });
    expect(await database.query(`select email_verified from "user" where id = $1`, [userId])).toEqual([
      { email_verified: "t" },
    ]);
  });

  it("leaves the linked methods and passkeys of a proved address", async () => {
    await set("email_verified = true");
    await database.query(
      `insert into account (id, user_id, provider_id, account_id, created_at, updated_at)
       values (gen_random_uuid(), $1::uuid, 'github', $1::text, '2026-03-01', '2026-03-01')`,
      [userId],
    );
    expect((await reset(await newLink())).body).toMatchObject({
      removed: { methods: [], password: false, sessions: 1 },
    });
    expect(await database.query("select from account where user_id = $1", [userId])).toHaveLength(2);
  });

  it("gives a password to an account that had none", async () => {
    await database.query("delete from account where user_id = $1", [userId]);
    expect((await reset(await newLink())).status).toBe(200);
    expect(await signIn(NEW)).toBe(200);
  });

  it("asks for the second factor too, and changes nothing without it", async () => {
    await set("email_verified = true, two_factor_enabled = true");
    const before = await hash();
    const secret = await newLink();
    const look = await owner.post("/api/auth/mail-links/look", { kind: "reset-password", token: secret });
    expect(look.body).toMatchObject({ email, secondFactor: true });
    const answer = await reset(secret);
    expect([answer.status, answer.body]).toMatchObject([403, { code: "SECOND_FACTOR_REQUIRED" }]);
    expect(await hash()).toBe(before);
    expect((await owner.send("/api/session")).status).toBe(200);
  });

  it("is done with a right code, which is good for nothing else, and not with a wrong one, which counts", async () => {
    await set("email_verified = true");
    await insertSecondFactor(query, AUTH_SECRET, userId);
    const secret = await newLink();
    const wrong = await reset(secret, NEW, { code: wrongCode() });
    expect([wrong.status, wrong.body]).toMatchObject([401, { code: "INVALID_CODE" }]);
    const [counted] = await database.query("select failed_verification_count as n from two_factor where user_id = $1", [
      userId,
    ]);
    expect(counted).toEqual({ n: "1" });
    const code = totpCode();
    expect((await reset(secret, NEW, { code })).status).toBe(200);
    expect(await database.query("select from two_factor where user_id = $1", [userId])).toHaveLength(1);
    const second = await reset(await newLink(), PASSWORD, { code });
    expect([second.status, second.body]).toMatchObject([401, { code: "INVALID_CODE" }]);
    expect((await reset(await newLink(), PASSWORD, { code: BACKUP_CODE })).status).toBe(200);
  });

  it("takes none of the commonest passwords, and uses nothing up", async () => {
    const secret = await newLink();
    const answer = await reset(secret, "password123");
    expect([answer.status, answer.body]).toMatchObject([400, { code: "PASSWORD_COMPROMISED" }]);
    expect((await reset(secret)).status).toBe(200);
  });

  it("changes nothing when a second factor was switched on while it was under way", async () => {
    await set("email_verified = true");
    const secret = await newLink();
    const before = await hash();
    // Switched on between the look at the link and its redemption.
    const racing = await Isolate.create({
      database,
      network: async (call, { body }) => {
        if (body.includes("password.reset")) await set("two_factor_enabled = true");
        return call();
      },
    });
    const answer = await new Browser(racing, BASE_URL).post("/api/auth/reset-password", {
      token: secret,
      newPassword: NEW,
    });
    expect([answer.status, answer.body]).toMatchObject([400, { code: "INVALID_TOKEN" }]);
    expect(await hash()).toBe(before);
  });

  it("is done once by two who come at once", async () => {
    const secret = await newLink();
    const answers = await Promise.all([reset(secret, `${NEW} 1`), reset(secret, `${NEW} 2`)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    const won = answers[0]?.status === 200 ? 1 : 2;
    expect([await signIn(`${NEW} ${won}`), await signIn(`${NEW} ${3 - won}`)]).toEqual([200, 401]);
  });

  it("ends all other links for it, and takes no password that a sign-up would not", async () => {
    const [first, second] = [await newLink(), await newLink()];
    const short = await reset(second, "short");
    expect([short.status, short.body]).toMatchObject([422, { errors: [{ path: "newPassword" }] }]);
    expect((await reset(second)).status).toBe(200);
    expect((await reset(first)).body).toMatchObject({ code: "INVALID_TOKEN" });
  });

  it("is mailed to nobody who is banned or unknown, and refused to whoever was banned since", async () => {
    const secret = await newLink();
    await set("banned = true");
    const before = [(await mailsOf(isolate)).length, await hash()];
    for (const address of [email, `nobody-${count}@example.test`]) {
      const answer = await new Browser(isolate).post("/api/auth/request-password-reset", { email: address });
      expect([answer.status, answer.body]).toEqual([200, { status: true }]);
    }
    expect((await reset(secret)).status).toBe(400);
    expect([(await mailsOf(isolate)).length, await hash()]).toEqual(before);
  });

  it.each([
    ["loses the connection", { effect: "drop" }],
    ["fails", { effect: "status", status: 500 }],
  ] as const)("is 503 when Postgres %s, and its link good afterwards", async (_, fault) => {
    const secret = await newLink();
    await database.inject({ ...fault, matching: "on conflict .provider_id", times: 1 });
    const answer = await reset(secret);
    await database.heal();
    expect([answer.status, answer.body]).toMatchObject([503, { code: "SERVICE_UNAVAILABLE" }]);
    expect((await reset(secret)).status).toBe(200);
  });
});

describe("a first password", () => {
  it("is set by a reader who has just proved who they are, once, and told by mail", async () => {
    await database.query("delete from account where user_id = $1", [userId]);
    const answers = await Promise.all([1, 2].map(() => owner.post("/api/auth/set-password", { newPassword: NEW })));
    expect(answers.map(({ status }) => status).sort(), answers.map(({ text }) => text).join()).toEqual([200, 400]);
    expect(answers.find(({ status }) => status === 400)?.body).toMatchObject({ code: "PASSWORD_ALREADY_SET" });
    expect(await signIn(NEW)).toBe(200);
    expect((await mailsOf(isolate)).at(-1)).toMatchObject({
      to: email,
      subject: "Your account for Course has a password now",
    });
    expect(
      await database.query("select from audit_event where user_id = $1 and action = 'password.set'", [userId]),
    ).toHaveLength(1);
  });

  it("needs a fresh proof, and replaces none that is there", async () => {
    expect((await owner.post("/api/auth/set-password", { newPassword: NEW })).body).toMatchObject({
      code: "PASSWORD_ALREADY_SET",
    });
    await database.query("update session set authenticated_at = '2026-03-01T11:00:00Z' where user_id = $1", [userId]);
    expect((await owner.post("/api/auth/set-password", { newPassword: NEW })).body).toMatchObject({
      code: "STEP_UP_REQUIRED",
    });
    expect([await signIn(PASSWORD), await signIn(NEW)]).toEqual([200, 401]);
  });
});
