// What a sign-up leaves beside the account: its events, its language, and a mail; and a site where an address is proved first.
import { describe, expect, it } from "vitest";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, CONFIG, Isolate } from "../harness/isolate.ts";
import { linkTo, mailsOf } from "../harness/mails.ts";

const PASSWORD = "correct horse battery";
const database = await TestDatabase.create("sign-up-mail");

const signUp = (isolate: Isolate, email: string, beside: object = {}, headers: Record<string, string> = {}) =>
  new Browser(isolate).post("/api/auth/sign-up/email", { email, password: PASSWORD, ...beside }, { headers });

describe("a sign-up", async () => {
  const isolate = await Isolate.create({ database });

  it("writes its events, keeps the language of the page, and mails a link that proves the address", async () => {
    const answer = await signUp(isolate, "Ada@example.test", { lang: "ur-PK" });
    expect(answer.status, answer.text).toBe(200);
    const rows = await database.query(
      `select locale, (select jsonb_agg(action || ' ' || detail::text || ' ' || ip_address order by action) from audit_event a
         where a.user_id = u.id and a.actor_id = u.id)::text as events from "user" u where email = 'ada@example.test'`,
    );
    expect(rows).toEqual([
      {
        locale: "ur",
        events: JSON.stringify([
          'account.created {"method": "password"} 203.0.113.7',
          'session.created {"method": "password"} 203.0.113.7',
        ]).replaceAll('","', '", "'),
      },
    ]);
    const { kind, secret, mail } = await linkTo(isolate, "ada@example.test");
    expect([kind, mail.html.includes('lang="ur"')]).toEqual(["verify-address", true]);
    const verified = await new Browser(isolate, BASE_URL).post("/api/auth/verify-email", {
      token: secret,
      password: PASSWORD,
    });
    expect(verified.body).toMatchObject({ status: true, removed: { password: false } });
  });

  it("takes the browser's language where the page says none, and keeps none that no mail is written in", async () => {
    await signUp(isolate, "grace@example.test", {}, { "Accept-Language": "fr, ur;q=0.5" });
    await signUp(isolate, "omar@example.test", { lang: "tlh" }, { "Accept-Language": "fr" });
    expect(
      await database.query(
        `select email, locale from "user" where email like '%a%@example.test' and email <> 'ada@example.test' order by email`,
      ),
    ).toEqual([
      { email: "grace@example.test", locale: "ur" },
      { email: "omar@example.test", locale: null },
    ]);
  });

  it("with an address that is taken mails nothing and leaves nothing", async () => {
    const before = [
      (await mailsOf(isolate)).length,
      await database.count("verification"),
      await database.count("audit_event"),
    ];
    expect((await signUp(isolate, "ada@example.test")).status).toBe(422);
    expect([
      (await mailsOf(isolate)).length,
      await database.count("verification"),
      await database.count("audit_event"),
    ]).toEqual(before);
  });

  it("makes no link where no mail can be sent", async () => {
    const off = await Isolate.create({ database, bindings: { MAIL_TRANSPORT: "none" } });
    const before = await database.count("verification");
    expect((await signUp(off, "silent@example.test")).status).toBe(200);
    expect(await database.count("verification")).toBe(before);
  });
});

describe("where an address is proved first", async () => {
  const isolate = await Isolate.create({ database, config: { ...CONFIG, accounts: { verifyAddress: true } } });
  const signIn = (email: string, password = PASSWORD) =>
    new Browser(isolate).post("/api/auth/sign-in/email", { email, password });

  it("a sign-up signs nobody in, and nor does the right password until the link was used", async () => {
    const answer = await signUp(isolate, "first@example.test");
    expect([answer.status, answer.setCookies], answer.text).toEqual([200, []]);
    expect(answer.body).toMatchObject({ token: null, user: { email: "first@example.test", emailVerified: false } });
    expect(
      await database.query(
        `select from session s join "user" u on u.id = s.user_id where email = 'first@example.test'`,
      ),
    ).toEqual([]);
    const early = await signIn("first@example.test");
    expect([early.status, early.body, early.setCookies]).toMatchObject([403, { code: "EMAIL_NOT_VERIFIED" }, []]);
    expect((await signIn("first@example.test", "wrong horse battery")).body).toMatchObject({
      code: "INVALID_EMAIL_OR_PASSWORD",
    });
    const { secret } = await linkTo(isolate, "first@example.test");
    await new Browser(isolate, BASE_URL).post("/api/auth/verify-email", { token: secret, password: PASSWORD });
    expect((await signIn("first@example.test")).status).toBe(200);
  });

  it("a sign-up with an address that somebody has is answered the same and does the same, and only its owner is told", async () => {
    const seen: unknown[] = [];
    for (const email of ["first@example.test", "second@example.test"]) {
      await isolate.settle();
      const { mark } = await database.requests();
      const answer = await signUp(isolate, email, { name: "Lena", image: "https://example.test/a.png" });
      const { requests } = await database.requests(mark);
      const text = answer.text
        .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<id>")
        .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
        .replace(email, "<address>");
      const headers = [...answer.headers].filter(([name]) => name !== "x-request-id");
      seen.push({
        status: answer.status,
        text,
        headers,
        statements: requests.map(({ statements }) => statements.map((one) => one.text)),
      });
    }
    expect(seen[0]).toEqual(seen[1]);
    expect(seen[0]).toMatchObject({ status: 200, statements: [[expect.any(String)]] });
    const mails = (await mailsOf(isolate)).slice(-2);
    expect(mails.map(({ to, subject }) => [to, subject])).toEqual([
      ["first@example.test", "You already have an account for Course"],
      ["second@example.test", "Confirm your address for Course"],
    ]);
    // Nothing of what was sent is the owner's now.
    expect(await database.query(`select name from "user" where email = 'first@example.test'`)).toEqual([{ name: "" }]);
  });

  it("the owner of an address is told five times an hour, however often somebody signs up with it", async () => {
    const told = async () =>
      (await mailsOf(isolate)).filter(
        ({ to, subject }) => to === "second@example.test" && subject.startsWith("You already"),
      ).length;
    for (let times = 0; times < 7; times += 1) expect((await signUp(isolate, "second@example.test")).status).toBe(200);
    expect(await told()).toBe(4);
  });

  it("a mailed link signs in at once, because it proves the address", async () => {
    await new Browser(isolate).post("/api/auth/sign-in/magic-link", { email: "third@example.test" });
    const { secret } = await linkTo(isolate, "third@example.test");
    const answer = await new Browser(isolate, BASE_URL).post("/api/auth/magic-link/verify", { token: secret });
    expect([answer.status, answer.body]).toMatchObject([200, { user: { emailVerified: true } }]);
  });
});
