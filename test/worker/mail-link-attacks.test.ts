// What must fail: a secret of one purpose for another, a link after its address changed hands, a link that a request's
// Host names, a scanner that follows it, a redirect that rides along.
import { describe, expect, it } from "vitest";
import { identifierOf, PURPOSES } from "../../src/auth/one-time-tokens.ts";
import { LINK_KINDS, type LinkKind } from "../../src/core/mail-links.ts";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, Isolate } from "../harness/isolate.ts";
import { insertLink, newSecret } from "../harness/mail-links.ts";
import { linkTo, mailsOf } from "../harness/mails.ts";
import { insertSession } from "../harness/sessions.ts";

const database = await TestDatabase.create("mail-link-attacks");
const isolate = await Isolate.create({ database });
const query = (text: string, values: unknown[]) => database.query(text, values);
const NEW_PASSWORD = "another horse battery";

/** Which route uses a link up, and what it takes beside the secret. */
const REDEEM: Record<LinkKind, { path: string; beside?: object; data?: () => object }> = {
  "verify-address": { path: "/api/auth/verify-email" },
  "magic-link": { path: "/api/auth/magic-link/verify" },
  "reset-password": { path: "/api/auth/reset-password", beside: { newPassword: NEW_PASSWORD } },
  "change-address": { path: "/api/auth/confirm-email-change", data: changing },
  "confirm-address": { path: "/api/auth/confirm-email-change", data: changing },
};

function changing(): object {
  return { newEmail: `${crypto.randomUUID()}@example.test`, other: null, confirmed: false };
}
const kinds = Object.entries(REDEEM) as [LinkKind, (typeof REDEEM)[LinkKind]][];

let count = 0;
async function newReader() {
  count += 1;
  const email = `reader-${count}@example.test`;
  return { ...(await insertSession(database, { email })), email };
}
const redeem = (kind: LinkKind, token: string, cookie?: string) =>
  new Browser(isolate, BASE_URL).post(
    REDEEM[kind].path,
    { token, ...REDEEM[kind].beside },
    { ...(cookie && { headers: { Cookie: cookie } }) },
  );
const everything = () =>
  database.query(
    `select (select jsonb_agg(u order by id) from "user" u) as users, (select jsonb_agg(a order by id) from account a) as accounts,
       (select jsonb_agg(s order by id) from session s) as sessions, (select jsonb_agg(v order by id) from verification v) as links`,
  );

describe("a secret", () => {
  it.each(kinds.map(([kind]) => kind))("for %s is nothing to any other purpose's route", async (kind) => {
    const reader = await newReader();
    const others = PURPOSES.filter(
      (purpose) => purpose !== kind && !(REDEEM[kind].path.includes("confirm") && purpose.endsWith("-address")),
    );
    for (const purpose of others) {
      const secret = newSecret();
      await query(
        `insert into verification (id, identifier, value, user_id, expires_at, created_at, updated_at)
         values ($1, $2, $3, $4, '2027-01-01', '2026-03-01', '2026-03-01')`,
        [
          crypto.randomUUID(),
          await identifierOf(purpose, secret),
          JSON.stringify({ email: reader.email, newEmail: "y@example.test" }),
          reader.userId,
        ],
      );
      const before = await everything();
      const answer = await redeem(kind, secret, reader.cookie);
      expect([purpose, answer.status, answer.body, answer.setCookies]).toMatchObject([
        purpose,
        400,
        { code: "INVALID_TOKEN" },
        [],
      ]);
      const look = await new Browser(isolate, BASE_URL).post("/api/auth/mail-links/look", { kind, token: secret });
      expect(look.body).toMatchObject({ code: "INVALID_TOKEN" });
      expect(await everything()).toEqual(before);
    }
  });

  it("of a mailed link is no second factor, no code of a hand-off and no session", async () => {
    const reader = await newReader();
    for (const kind of LINK_KINDS) {
      const secret = await insertLink(query, kind, {
        email: reader.email,
        userId: reader.userId,
        data: REDEEM[kind].data?.() ?? {},
      });
      for (const name of ["session_token", "two_factor"]) {
        const answer = await new Browser(isolate, BASE_URL).send("/api/me", {
          headers: { Cookie: `__Host-docent.${name}=${secret}` },
        });
        expect(answer.status).toBe(401);
      }
      expect(
        await query("select from verification where identifier = $1", [await identifierOf(kind, secret)]),
      ).toHaveLength(1);
    }
  });
});

describe.each(kinds)("a link for %s", (kind, { data }) => {
  const link = ({ email, userId }: { email: string; userId: string }) =>
    insertLink(query, kind, { email, userId, data: data?.() ?? {} });

  it("is nothing once its address belongs to somebody else", async () => {
    const reader = await newReader();
    const secret = await link(reader);
    await query(`update "user" set email = $2 where id = $1`, [reader.userId, `moved-${reader.email}`]);
    await insertSession(database, { email: reader.email });
    const before = await everything();
    expect((await redeem(kind, secret, reader.cookie)).body).toMatchObject({ code: "INVALID_TOKEN" });
    expect((await everything())[0]).toMatchObject({
      users: before[0]?.users,
      accounts: before[0]?.accounts,
      sessions: before[0]?.sessions,
    });
  });

  it("is gone with its reader, with a reset, and with the first proof of the mailbox", async () => {
    for (const end of ["deletion", "reset", "proof"] as const) {
      const reader = await newReader();
      const secret = await link(reader);
      if (end === "deletion") await query(`delete from "user" where id = $1`, [reader.userId]);
      else {
        const by = end === "reset" ? "reset-password" : "verify-address";
        const other = await insertLink(query, by, reader);
        expect((await redeem(by, other, reader.cookie)).status).toBe(200);
      }
      expect((await redeem(kind, secret, reader.cookie)).body, end).toMatchObject({ code: "INVALID_TOKEN" });
    }
  });

  it("is used by one of ten who come at once", async () => {
    const reader = await newReader();
    const secret = await link(reader);
    const answers = await Promise.all(Array.from({ length: 10 }, () => redeem(kind, secret, reader.cookie)));
    expect(
      answers.filter(({ status }) => status === 200),
      answers.map(({ text }) => text).join(),
    ).toHaveLength(1);
  });

  it("is used up by no GET or HEAD, of its page or of its route, as a scanner makes them", async () => {
    const reader = await newReader();
    const secret = await link(reader);
    const before = await everything();
    for (const path of [
      "/account",
      REDEEM[kind].path,
      `${REDEEM[kind].path}?token=${secret}`,
      `/api/auth/reset-password/${secret}`,
    ]) {
      for (const method of ["GET", "HEAD"]) {
        const answer = await new Browser(isolate).send(path, { method, origin: null });
        expect([path, method, answer.status >= 404, answer.setCookies]).toEqual([path, method, true, []]);
      }
    }
    expect(await everything()).toEqual(before);
    expect((await redeem(kind, secret, reader.cookie)).status).toBe(200);
  });

  it("is not found by a guess, a part, another spelling or what is stored in its place", async () => {
    const reader = await newReader();
    const secret = await link(reader);
    const stored = await identifierOf(kind, secret);
    for (const guess of [
      stored,
      stored.slice(0, 43),
      secret.slice(1),
      `${secret}=`,
      ` ${secret}`,
      secret.toLowerCase(),
      newSecret(),
      "%".repeat(43),
      `${"'".repeat(43)}`,
    ]) {
      if (guess === secret) continue;
      const answer = await redeem(kind, guess, reader.cookie);
      expect([guess, answer.status === 400 || answer.status === 422], answer.text).toEqual([guess, true]);
    }
    expect((await redeem(kind, secret, reader.cookie)).status).toBe(200);
  });
});

/** Everything that mails a link, with what it is asked by. */
const SENDS = ["/api/auth/send-verification-email", "/api/auth/sign-in/magic-link", "/api/auth/request-password-reset"];

describe.each(SENDS)("a mail by %s", (path) => {
  it("holds the configured address of the Worker, whatever the request says its host is", async () => {
    const { email } = await newReader();
    const before = (await mailsOf(isolate)).length;
    for (const headers of [
      { Host: "evil.example" },
      { "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http" },
      { Forwarded: "host=evil.example" },
    ]) {
      await new Browser(isolate).post(path, { email }, { headers });
    }
    const poisoned = await isolate.worker.fetch(
      new Request(`https://evil.example${path}`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Origin: BASE_URL },
        body: JSON.stringify({ email }),
      }),
    );
    await poisoned.body?.cancel();
    const mails = (await mailsOf(isolate)).slice(before);
    expect(mails.length).toBeGreaterThanOrEqual(3);
    for (const { text, html } of mails) {
      expect(text + html).not.toContain("evil.example");
      expect(text).toContain(`${BASE_URL}/account#`);
    }
    expect((await linkTo(isolate, email)).base).toBe(BASE_URL);
  });

  it.each(["callbackURL", "redirectTo", "redirect", "newUserCallbackURL", "errorCallbackURL", "returnTo", "name"])(
    "takes no %s",
    async (name) => {
      const { email } = await newReader();
      const before = (await mailsOf(isolate)).length;
      for (const value of [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/account",
      ]) {
        const answer = await new Browser(isolate).post(path, { email, [name]: value });
        expect([answer.status, answer.body]).toMatchObject([422, { errors: [{ path: name }] }]);
      }
      const inQuery = await new Browser(isolate).post(`${path}?${name}=https://evil.example`, { email });
      expect(inQuery.status).toBe(200);
      const mails = (await mailsOf(isolate)).slice(before);
      expect(JSON.stringify(mails)).not.toContain("evil.example");
    },
  );

  it.each([
    "lena@example.test\r\nBcc: all@example.test",
    "lena@example.test\n",
    "lena@example.test, all@example.test",
    "lena@example.test;all@example.test",
    "<lena@example.test>",
    '"x" <lena@example.test>',
    "lena@example.test%0d%0aBcc:all@example.test",
    "lena@[127.0.0.1]",
  ])("goes to no address like %j", async (email) => {
    const before = isolate.sent.length;
    const answer = await new Browser(isolate).post(path, { email });
    expect([answer.status, answer.body]).toMatchObject([422, { errors: [{ path: "email" }] }]);
    await isolate.settle();
    expect(isolate.sent.length).toBe(before);
  });

  it("is asked for by no text/plain body, no form and no page that is not listed", async () => {
    const { email } = await newReader();
    const before = isolate.sent.length;
    const body = JSON.stringify({ email });
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]) {
      const answer = await new Browser(isolate).send(path, { method: "POST", body, headers: { "Content-Type": type } });
      expect(answer.status).toBe(415);
    }
    for (const origin of [null, "https://evil.example"]) {
      expect((await new Browser(isolate).post(path, { email }, { origin })).status).toBe(403);
    }
    await isolate.settle();
    expect(isolate.sent.length).toBe(before);
  });
});

it("keeps every secret out of the log, and every address", async () => {
  const { email } = await newReader();
  for (const path of SENDS) await new Browser(isolate).post(path, { email });
  const secrets = (await mailsOf(isolate)).flatMap(({ text }) => /#[a-z-]+=(\S{43})/.exec(text)?.[1] ?? []);
  expect(secrets.length).toBeGreaterThan(0);
  const logs = JSON.stringify(isolate.logs);
  for (const secret of [...secrets, email]) expect(logs).not.toContain(secret);
});

it("tells the caller nothing of an outage of the mail service, logs it, and lets the reader try again", async () => {
  const { email } = await newReader();
  let isUp = false;
  const sent: unknown[] = [];
  const EMAIL = {
    async send(mail: unknown) {
      if (!isUp) throw Object.assign(new Error(email), { code: "E_INTERNAL_SERVER_ERROR" });
      sent.push(mail);
    },
  };
  const down = await Isolate.create({
    database,
    bindings: { MAIL_TRANSPORT: "cloudflare", EMAIL, MAIL_FROM: "a@b.test" },
  });
  for (const path of SENDS) {
    const answer = await new Browser(down).post(path, { email });
    expect([answer.status, answer.body]).toEqual([200, { status: true }]);
  }
  await down.settle();
  const lines = down.logs.filter(({ message }) => message === "mail was not sent");
  expect(lines.map(({ code }) => code)).toEqual(SENDS.map(() => "E_INTERNAL_SERVER_ERROR"));
  expect(JSON.stringify(down.logs)).not.toContain(email);
  isUp = true;
  await new Browser(down).post("/api/auth/request-password-reset", { email });
  await down.settle();
  expect(sent).toMatchObject([{ to: email, from: { email: "a@b.test", name: "Course" } }]);
});
