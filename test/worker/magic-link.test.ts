// Signing in by a mailed link, with an account and without one.
import { describe, expect, it } from "vitest";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, CONFIG, Isolate } from "../harness/isolate.ts";
import { insertLink } from "../harness/mail-links.ts";
import { linkTo, mailsOf } from "../harness/mails.ts";
import { insertSession } from "../harness/sessions.ts";

const database = await TestDatabase.create("magic-link");
const isolate = await Isolate.create({ database });
const FLOW = "cGFnZS1tYWRlLWZsb3ctaWQ";

async function newLink(email: string, beside: object = {}): Promise<string> {
  const answer = await new Browser(isolate).post("/api/auth/sign-in/magic-link", { email, ...beside });
  expect([answer.status, answer.body], answer.text).toEqual([200, { status: true }]);
  return (await linkTo(isolate, email.toLowerCase())).secret;
}
const redeem = (browser: Browser, token: string) =>
  browser.post("/api/auth/magic-link/verify", { token }, { origin: BASE_URL });
const look = (token: string) =>
  new Browser(isolate, BASE_URL).post("/api/auth/mail-links/look", { kind: "magic-link", token });

describe("a magic link", () => {
  it("makes an account with a proved address only when it is redeemed, and signs in for 30 days", async () => {
    const secret = await newLink("Ada@example.test", { lang: "ur" });
    expect(await database.count("user")).toBe(0);
    expect((await linkTo(isolate, "ada@example.test")).kind).toBe("magic-link");
    const browser = new Browser(isolate, BASE_URL);
    const answer = await redeem(browser, secret);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body).toMatchObject({ user: { email: "ada@example.test", emailVerified: true }, flow: null });
    expect(answer.setCookies[0]).toMatch(/Max-Age=2592000; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
    expect((await browser.send("/api/session")).status).toBe(200);
    const rows = await database.query(
      `select u.locale, s.method, (select jsonb_agg(a.action order by a.action) from audit_event a where a.user_id = u.id)::text as actions
       from "user" u join session s on s.user_id = u.id`,
    );
    expect(rows).toEqual([{ locale: "ur", method: "magic-link", actions: '["account.created", "session.created"]' }]);
    expect((await redeem(browser, secret)).body).toMatchObject({ code: "INVALID_TOKEN" });
  });

  it("signs a known reader in, and says so in the mail", async () => {
    const secret = await newLink("ada@example.test", { lang: "en-GB" });
    expect((await linkTo(isolate, "ada@example.test")).mail.text).toContain("without a password");
    const answer = await redeem(new Browser(isolate, BASE_URL), secret);
    expect(answer.body, answer.text).toMatchObject({ user: { email: "ada@example.test" } });
    expect(await database.count("user")).toBe(1);
    await newLink("new@example.test");
    expect((await linkTo(isolate, "new@example.test")).mail.text).toContain("There is no account");
  });

  it("lasts a day and until the browser closes for whoever asked not to be remembered", async () => {
    const answer = await redeem(
      new Browser(isolate, BASE_URL),
      await newLink("ada@example.test", { rememberMe: false }),
    );
    expect(answer.setCookies.map((one) => one.replace(/=[^;]*;/, ";"))).toEqual([
      "__Host-docent.session_token; Path=/; Secure; HttpOnly; SameSite=Lax",
      "__Host-docent.dont_remember; Path=/; Secure; HttpOnly; SameSite=Lax",
    ]);
  });

  it("says for whom it is, and of which flow, only to its bearer, and uses nothing up by saying so", async () => {
    const secret = await newLink("ada@example.test", { flow: FLOW });
    for (const _ of [1, 2]) {
      const { status, body } = await look(secret);
      expect([status, body]).toEqual([
        200,
        { kind: "magic-link", email: "ada@example.test", newEmail: null, secondFactor: false, flow: FLOW },
      ]);
    }
    expect((await look(secret.replace(/^./, (first) => (first === "A" ? "B" : "A")))).body).toMatchObject({
      code: "INVALID_TOKEN",
    });
    expect((await redeem(new Browser(isolate, BASE_URL), secret)).body).toMatchObject({ flow: FLOW });
    expect((await look(secret)).status).toBe(400);
  });

  it("opens, for an account that somebody else registered meanwhile, an account of which they have nothing left", async () => {
    const secret = await newLink("taken@example.test");
    const attacker = new Browser(isolate);
    expect((await attacker.signUp("taken@example.test")).status).toBe(200);
    const answer = await redeem(new Browser(isolate, BASE_URL), secret);
    expect(answer.body, answer.text).toMatchObject({
      user: { email: "taken@example.test", emailVerified: true },
      removed: { password: true, sessions: 1 },
    });
    expect((await attacker.send("/api/session")).status).toBe(401);
  });

  it("leads to the second factor, and to no session before it", async () => {
    const { userId } = await insertSession(database, { email: "factor@example.test" });
    await database.query(`update "user" set two_factor_enabled = true, email_verified = true where id = $1`, [userId]);
    const before = await database.count("session");
    const answer = await redeem(new Browser(isolate, BASE_URL), await newLink("factor@example.test"));
    expect(answer.body, answer.text).toMatchObject({ twoFactorRedirect: true, removed: { secondFactor: false } });
    expect(answer.setCookies.join()).not.toContain("session_token");
    expect(await database.count("session")).toBe(before);
  });

  it("is mailed to no reader who is banned, and signs none in who was banned since", async () => {
    const { userId } = await insertSession(database, { email: "banned@example.test" });
    const secret = await newLink("banned@example.test");
    await database.query(`update "user" set banned = true where id = $1`, [userId]);
    const answer = await redeem(new Browser(isolate, BASE_URL), secret);
    expect([answer.status, answer.body, answer.setCookies]).toMatchObject([403, { code: "ACCOUNT_BLOCKED" }, []]);
    const before = (await mailsOf(isolate)).length;
    await new Browser(isolate).post("/api/auth/sign-in/magic-link", { email: "banned@example.test" });
    expect((await mailsOf(isolate)).length).toBe(before);
  });

  it("is redeemed once by two who come at once, for a known address and a new one", async () => {
    for (const email of ["ada@example.test", "both@example.test"]) {
      const secret = await newLink(email);
      const answers = await Promise.all([1, 2].map(() => redeem(new Browser(isolate, BASE_URL), secret)));
      expect(answers.map(({ status }) => status).sort(), email).toEqual([200, 400]);
    }
    expect(await database.query(`select email from "user" where email = 'both@example.test'`)).toHaveLength(1);
  });

  it("of two for one new address makes one account", async () => {
    const secrets = [await newLink("two@example.test"), await newLink("two@example.test")];
    const answers = await Promise.all(secrets.map((secret) => redeem(new Browser(isolate, BASE_URL), secret)));
    expect(answers.every(({ status }) => status === 200 || status === 400)).toBe(true);
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    expect(await database.query(`select from "user" where email = 'two@example.test'`)).toHaveLength(1);
  });

  it.each([
    ["there is no way to send mail", { MAIL_TRANSPORT: "none" }, CONFIG],
    ["it is switched off", {}, { ...CONFIG, methods: { magicLink: false } }],
  ])("is none where %s", async (_, bindings, config) => {
    const off = await Isolate.create({ database, bindings, config });
    const token = await insertLink((text, values) => database.query(text, values), "magic-link", {
      email: "ada@example.test",
    });
    for (const [path, json] of [
      ["/api/auth/sign-in/magic-link", { email: "ada@example.test" }],
      ["/api/auth/magic-link/verify", { token }],
    ] as const) {
      expect((await new Browser(off, BASE_URL).post(path, json)).status).toBe(404);
    }
  });
});
