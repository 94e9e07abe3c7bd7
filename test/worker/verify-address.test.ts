// Proving an address by a mailed link: the first proof leaves nothing of an account that somebody else may have made.
import { beforeEach, describe, expect, it } from "vitest";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, DOCS_SAME_SITE, Isolate } from "../harness/isolate.ts";
import { insertLink } from "../harness/mail-links.ts";
import { linkTo, mailsOf } from "../harness/mails.ts";
import { insertSession, type SessionRow } from "../harness/sessions.ts";

const PASSWORD = "correct horse battery";
const database = await TestDatabase.create("verify-address");
const isolate = await Isolate.create({ database });
const query = (text: string, values: unknown[]) => database.query(text, values);
const NOTHING = { password: false, methods: [], passkeys: 0, secondFactor: false, sessions: 0 };

let count = 0;
let email = "";
let owner: Browser;

beforeEach(async () => {
  count += 1;
  email = `reader-${count}@example.test`;
  owner = new Browser(isolate, BASE_URL);
  expect((await owner.signUp(email, PASSWORD)).status).toBe(200);
});

const ask = (address: string, beside: object = {}) =>
  new Browser(isolate).post("/api/auth/send-verification-email", { email: address, ...beside });

async function newLink(): Promise<string> {
  expect((await ask(email)).status).toBe(200);
  return (await linkTo(isolate, email)).secret;
}

const redeem = (
  token: string,
  { by = new Browser(isolate, BASE_URL), ...beside }: { by?: Browser; password?: string } = {},
) => by.post("/api/auth/verify-email", { token, ...beside }, { origin: BASE_URL });

const reader = async () => {
  const [row] = await database.query(
    `select id, email_verified as verified, two_factor_enabled as factor, locale,
       (select count(*)::int from session s where s.user_id = u.id) as sessions,
       (select count(*)::int from account a where a.user_id = u.id and provider_id = 'credential') as passwords,
       (select count(*)::int from verification v where v.user_id = u.id) as links from "user" u where email = $1`,
    [email],
  );
  return row;
};
const audit = async () => {
  const rows = await database.query(
    `select action, detail from audit_event where user_id = (select id from "user" where email = $1) order by created_at, action`,
    [email],
  );
  return rows.map(({ action, detail }) => `${String(action)} ${String(detail)}`);
};

describe("a link that proves an address", () => {
  it("leads to a page of the Worker with its secret in the fragment, in the site's name and the page's language", async () => {
    expect((await ask(email.toUpperCase(), { lang: "ur-PK" })).body).toEqual({ status: true });
    const { mail, base, kind, url } = await linkTo(isolate, email);
    expect([base, kind]).toEqual([BASE_URL, "verify-address"]);
    expect(mail.subject).toContain("Course");
    expect(mail.html).toContain('lang="ur" dir="rtl"');
    expect(mail.html).toContain(url);
    const [row] = await database.query("select identifier, value from verification order by created_at desc limit 1");
    expect(JSON.stringify(row)).not.toContain(url.split("=")[1]);
  });

  it("is written in the browser's language where the page says none", async () => {
    await new Browser(isolate).post(
      "/api/auth/send-verification-email",
      { email },
      { headers: { "Accept-Language": "de, ur;q=0.8" } },
    );
    expect((await linkTo(isolate, email)).mail.html).toContain('lang="ur"');
  });

  it("proves it once, keeps what the reader's session shows, and tells them by mail", async () => {
    const secret = await newLink();
    const answer = await redeem(secret, { by: owner });
    expect([answer.status, answer.body], answer.text).toEqual([200, { status: true, email, removed: NOTHING }]);
    expect(await reader()).toMatchObject({ verified: "t", passwords: "1", sessions: "1", links: "0" });
    expect((await owner.send("/api/session")).body).toMatchObject({ reader: { emailVerified: true } });
    expect((await mailsOf(isolate)).at(-1)).toMatchObject({
      to: email,
      subject: "Your address for Course is confirmed",
    });
    expect(await audit()).toContain("address.verified {}");
    const again = await redeem(secret, { by: owner });
    expect([again.status, again.body]).toEqual([400, { code: "INVALID_TOKEN", message: "Invalid token" }]);
  });

  it("removes password, sessions, links and factors that its prover did not show", async () => {
    await database.query(`update "user" set two_factor_enabled = true where email = $1`, [email]);
    const id = String((await reader())?.id);
    for (const [table, columns, values] of [
      ["two_factor", "id, secret, backup_codes, user_id", "gen_random_uuid(), 's', 'b', $1"],
      [
        "passkey",
        "id, public_key, user_id, credential_id, counter, device_type, backed_up",
        "gen_random_uuid(), 'k', $1, gen_random_uuid()::text, 0, 'd', false",
      ],
      [
        "account",
        "id, user_id, provider_id, account_id, created_at, updated_at",
        "gen_random_uuid(), $1, 'github', gen_random_uuid()::text, '2026-03-01', '2026-03-01'",
      ],
    ] as const) {
      await database.query(`insert into ${table} (${columns}) values (${values})`, [id]);
    }
    const pending = await insertLink(query, "reset-password", { email, userId: id });
    expect((await owner.send("/api/session")).status).toBe(200);
    const answer = await redeem(await newLink());
    expect(answer.body, answer.text).toEqual({
      status: true,
      email,
      removed: { password: true, methods: ["github"], passkeys: 1, secondFactor: true, sessions: 1 },
    });
    expect(await reader()).toMatchObject({ verified: "t", factor: "f", passwords: "0", sessions: "0", links: "0" });
    expect(
      await database.query(
        "select from passkey where user_id = $1 union all select from two_factor where user_id = $1",
        [id],
      ),
    ).toEqual([]);
    // At once, in the isolate that did it.
    expect((await owner.send("/api/session")).status).toBe(401);
    const signIn = await new Browser(isolate).post("/api/auth/sign-in/email", { email, password: PASSWORD });
    expect(signIn.status).toBe(401);
    const reset = await owner.post("/api/auth/reset-password", { token: pending, newPassword: "new horse battery" });
    expect(reset.body).toMatchObject({ code: "INVALID_TOKEN" });
    const events = (await audit()).filter((event) => !/^(account|session)\.created /.test(String(event)));
    expect(events).toEqual([
      "address.verified {}",
      'method.unlinked {"cause": "unproven"}',
      'sessions.ended {"cause": "unproven"}',
    ]);
  });

  it("keeps the password of whoever types it, and ends the sessions all the same", async () => {
    const secret = await newLink();
    const wrong = await redeem(secret, { password: "wrong horse battery" });
    expect([wrong.status, wrong.body]).toMatchObject([400, { code: "INVALID_PASSWORD" }]);
    expect(await reader()).toMatchObject({ verified: "f" });
    const answer = await redeem(secret, { password: PASSWORD });
    expect(answer.body, answer.text).toMatchObject({ removed: { ...NOTHING, sessions: 1 } });
    expect(await reader()).toMatchObject({ verified: "t", passwords: "1", sessions: "0" });
  });

  it("takes another reader's session, a docs page's, an expired one or two at once for nothing shown", async () => {
    const own = await sessionOf(email);
    const other = await insertSession(database);
    const docs = await insertSession(database, { of: own });
    await database.query(
      "update session set scope = 'docs', origin = $2, expires_at = created_at + interval '1 day' where id = $1",
      [docs.sessionId, DOCS_SAME_SITE],
    );
    const expired = await insertSession(database, { of: own, seconds: -1 });
    for (const cookie of [other.cookie, docs.cookie, expired.cookie, `${own.cookie}; ${other.cookie}`]) {
      await database.query(`update "user" set email_verified = false where email = $1`, [email]);
      const secret = await newLink();
      const answer = await new Browser(isolate, BASE_URL).post(
        "/api/auth/verify-email",
        { token: secret },
        { headers: { Cookie: cookie } },
      );
      expect(answer.status, answer.text).toBe(200);
      expect((await reader())?.sessions, cookie).toBe("0");
      await insertSession(database, { of: own });
    }
    expect(await database.query("select from session where id = $1", [other.sessionId])).toHaveLength(1);
  });

  it("removes nothing from an account whose address was proved before", async () => {
    const first = await newLink();
    await redeem(await newLink(), { by: owner });
    await database.query("delete from verification");
    const [row] = await database.query(`select id from "user" where email = $1`, [email]);
    const secret = await insertLink(query, "verify-address", { email, userId: String(row?.id) });
    expect((await redeem(secret)).body).toMatchObject({ status: true, removed: NOTHING });
    expect((await owner.send("/api/session")).status).toBe(200);
    expect((await redeem(first)).status).toBe(400);
    expect(
      (await mailsOf(isolate)).filter(({ to, subject }) => to === email && subject.includes("confirmed")),
    ).toHaveLength(1);
  });

  it("is sent to nobody whose address is proved, whom nobody knows, or who is banned, with the same answer", async () => {
    await redeem(await newLink(), { by: owner });
    const banned = await insertSession(database, { email: `banned-${count}@example.test` });
    await database.query(`update "user" set banned = true where id = $1`, [banned.userId]);
    const before = (await mailsOf(isolate)).length;
    for (const address of [email, `nobody-${count}@example.test`, `banned-${count}@example.test`]) {
      expect((await ask(address)).body).toEqual({ status: true });
    }
    expect((await mailsOf(isolate)).length).toBe(before);
  });

  it("is too old after a day", async () => {
    const secret = await newLink();
    await database.query("update verification set expires_at = $1::timestamptz", [new Date().toISOString()]);
    expect((await redeem(secret)).body).toMatchObject({ code: "INVALID_TOKEN" });
    expect(await reader()).toMatchObject({ verified: "f" });
  });
});

async function sessionOf(address: string): Promise<SessionRow> {
  const [row] = await database.query(
    `select u.id as "userId", s.id as "sessionId", s.token from session s join "user" u on u.id = s.user_id where email = $1`,
    [address],
  );
  return {
    userId: String(row?.userId),
    sessionId: String(row?.sessionId),
    token: String(row?.token),
    cookie: owner.cookieHeader,
  };
}
