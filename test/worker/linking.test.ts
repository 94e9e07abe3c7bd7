// Linking a provider and unlinking it: only by a reader who has just proved who they are, and never so that nobody gets in
// any more.
import { beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { type Answer, Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, DOCS_SAME_SITE } from "../harness/isolate.ts";
import {
  atTheProvider,
  codeIn,
  goThrough,
  isolateWithProvider,
  location,
  navigate,
  person,
  WITH_PROVIDER,
} from "../harness/openid-provider.ts";

const database = await TestDatabase.create("linking");
/** Without mailed links, which are another way in: that they count has a test of its own. */
const CONFIG = { ...WITH_PROVIDER, methods: { ...WITH_PROVIDER.methods, magicLink: false } };
const isolate = await isolateWithProvider({ database, config: CONFIG });

// The provider has a clock of its own, which is the machine's.
beforeEach(() => {
  vi.useRealTimers();
});

const going = z.object({ url: z.url(), redirect: z.literal(true) });

/** A reader with a password and a verified address, on the Worker's own page. */
async function reader(verified = true) {
  const browser = new Browser(isolate, BASE_URL);
  const email = `reader-${crypto.randomUUID()}@example.test`;
  expect((await browser.signUp(email)).status).toBe(200);
  await database.query(`update "user" set email_verified = $2 where email = $1`, [email, verified]);
  return { browser, email };
}

const ask = (browser: Browser) => browser.post("/api/auth/link-social", { provider: "acme" });

async function link(browser: Browser, sub: string): Promise<string> {
  const { url } = going.parse((await ask(browser)).body);
  return location(await navigate(browser, await atTheProvider(url, sub)));
}

const unlink = (browser: Browser, accountId: string) => browser.post("/api/auth/unlink-account", { accountId });

/** As `list-accounts` calls the link to this account at the provider. */
async function linkTo(sub: string | undefined, provider = "acme"): Promise<string> {
  const [row] = await database.query("select id from account where provider_id = $1 and account_id = $2", [
    provider,
    sub,
  ]);
  return String(row?.id);
}

const accountsOf = async (email: string) =>
  (
    await database.query(
      `select a.provider_id from account a join "user" u on u.id = a.user_id where u.email = $1 order by 1`,
      [email],
    )
  ).map(({ provider_id }) => provider_id);

const CODE = (answer: Answer) => [answer.status, z.object({ code: z.string() }).parse(answer.body).code];

describe("linking", () => {
  it("lets the reader in with the provider from then on, tells them by mail, and is in the audit trail", async () => {
    const { browser, email } = await reader();
    const who = await person({ email: "another-address@acme.test", email_verified: false });
    expect(await link(browser, who.sub)).toBe("/account#linked=acme");
    expect(await accountsOf(email)).toEqual(["acme", "credential"]);
    await isolate.settle();
    expect(JSON.stringify(isolate.sent.at(-1))).toContain("Acme");
    const trail = await database.query(
      `select detail from audit_event where action = 'method.linked' and user_id = (select id from "user" where email = $1)`,
      [email],
    );
    expect(trail).toEqual([{ detail: '{"method": "acme"}' }]);
    const other = new Browser(isolate);
    const { flow, back } = await goThrough(other, who.sub);
    expect(codeIn(back, flow)).not.toBe("");
    expect((await other.send("/api/auth/get-session")).body).toMatchObject({ user: { email } });
    expect((await browser.send("/api/auth/list-accounts")).body).toMatchObject([
      { providerId: "credential", scopes: [] },
      { providerId: "acme", accountId: who.sub, scopes: [] },
    ]);
  });

  it("a second time changes nothing", async () => {
    const { browser, email } = await reader();
    const who = await person();
    await link(browser, who.sub);
    expect(await link(browser, who.sub)).toBe("/account#linked=acme");
    expect(await accountsOf(email)).toEqual(["acme", "credential"]);
  });

  it("does not take a provider's account from another reader", async () => {
    const who = await person();
    await goThrough(new Browser(isolate), who.sub);
    const { browser, email } = await reader();
    expect(await link(browser, who.sub)).toBe("/account#error=taken");
    expect(await accountsOf(email)).toEqual(["credential"]);
  });

  it("of one provider's account by two readers at once succeeds for one", async () => {
    const who = await person();
    const both = [await reader(), await reader()];
    const callbacks = await Promise.all(
      both.map(async ({ browser }) => atTheProvider(going.parse((await ask(browser)).body).url, who.sub)),
    );
    const outcomes = await Promise.all(both.map(({ browser }, at) => navigate(browser, callbacks[at] ?? "")));
    expect(outcomes.map(location).sort()).toEqual(["/account#error=taken", "/account#linked=acme"]);
  });

  it("needs an address that was proved: otherwise whoever registered another's would keep a way in", async () => {
    const { browser } = await reader(false);
    expect(CODE(await ask(browser))).toEqual([403, "EMAIL_NOT_VERIFIED"]);
  });

  it("needs a proof that is less than ten minutes old", async () => {
    const { browser, email } = await reader();
    await database.query(
      `update session set authenticated_at = authenticated_at - interval '10 minutes'
       where user_id = (select id from "user" where email = $1)`,
      [email],
    );
    expect(CODE(await ask(browser))).toEqual([403, "STEP_UP_REQUIRED"]);
    expect(CODE(await unlink(browser, crypto.randomUUID()))).toEqual([403, "STEP_UP_REQUIRED"]);
  });

  it("cannot be begun from a docs page, nor with a body that names scopes, a token or an address", async () => {
    const { browser } = await reader();
    const fromDocs = await browser.post("/api/auth/link-social", { provider: "acme" }, { origin: DOCS_SAME_SITE });
    expect(CODE(fromDocs)).toEqual([403, "INVALID_ORIGIN"]);
    for (const more of [{ scopes: ["admin"] }, { idToken: { token: "x" } }, { callbackURL: "https://evil.example" }]) {
      const answer = await browser.post("/api/auth/link-social", { provider: "acme", ...more });
      expect(CODE(answer), JSON.stringify(more)).toEqual([422, "VALIDATION_ERROR"]);
    }
    expect((await browser.post("/api/auth/link-social", { provider: "google" })).status).toBe(404);
  });

  it.each([
    ["signed out meanwhile", (browser: Browser) => browser.post("/api/auth/sign-out", {}), "expired"],
    ["banned meanwhile", () => database.query(`update "user" set banned = true`), "expired"],
    ["who said no at the provider", undefined, "denied"],
  ])("makes no link for a reader %s", async (_, change, error) => {
    const { browser, email } = await reader();
    const { url } = going.parse((await ask(browser)).body);
    const who = await person();
    const callback = await atTheProvider(url, who.sub, change ? "allow" : "deny");
    await change?.(browser);
    expect(location(await navigate(browser, callback))).toBe(`/account#error=${error}`);
    await database.query(`update "user" set banned = false`);
    expect(await accountsOf(email)).toEqual(["credential"]);
  });

  it("is not finished by another browser: nobody is given somebody else's provider, or gives theirs away", async () => {
    const attacker = await reader();
    const victim = await reader();
    const who = await person();
    const { url } = going.parse((await ask(attacker.browser)).body);
    const callback = await atTheProvider(url, who.sub);
    expect(location(await navigate(victim.browser, callback))).toBe("/account#error=expired");
    expect(await accountsOf(victim.email)).toEqual(["credential"]);
    expect(await accountsOf(attacker.email)).toEqual(["credential"]);
  });
});

describe("unlinking", () => {
  it("takes the way in and the sessions that came by it, tells the reader, and is in the audit trail", async () => {
    const { browser, email } = await reader();
    const who = await person();
    await link(browser, who.sub);
    const byProvider = new Browser(isolate);
    await goThrough(byProvider, who.sub);
    expect((await byProvider.send("/api/session")).status).toBe(200);
    const answer = await unlink(browser, await linkTo(who.sub));
    expect([answer.status, answer.body], answer.text).toEqual([200, { status: true }]);
    expect(await accountsOf(email)).toEqual(["credential"]);
    expect((await byProvider.send("/api/session")).status).toBe(401);
    expect((await browser.send("/api/session")).status).toBe(200);
    await isolate.settle();
    expect(JSON.stringify(isolate.sent.at(-1))).toContain("Acme");
    const trail = await database.query(
      `select detail from audit_event where action = 'method.unlinked' and user_id = (select id from "user" where email = $1)`,
      [email],
    );
    expect(trail).toEqual([{ detail: '{"method": "acme"}' }]);
  });

  it("never takes the last way in", async () => {
    const browser = new Browser(isolate, BASE_URL);
    const who = await person();
    const started = await navigate(browser, "/start?with=acme");
    await navigate(browser, await atTheProvider(location(started), who.sub));
    expect(CODE(await unlink(browser, await linkTo(who.sub)))).toEqual([400, "FAILED_TO_UNLINK_LAST_ACCOUNT"]);
    expect(await accountsOf(String(who.email))).toEqual(["acme"]);
    // A second one of the same provider is another way.
    const second = await person();
    await link(browser, second.sub);
    expect((await unlink(browser, await linkTo(who.sub))).status).toBe(200);
    expect(CODE(await unlink(browser, await linkTo(second.sub)))).toEqual([400, "FAILED_TO_UNLINK_LAST_ACCOUNT"]);
  });

  it("does not count a way in that is switched off", async () => {
    const { browser, email } = await reader();
    const who = await person();
    await link(browser, who.sub);
    const off = await isolateWithProvider({
      database,
      config: { ...CONFIG, methods: { ...CONFIG.methods, password: false } },
    });
    browser.isolate = off;
    expect(CODE(await unlink(browser, await linkTo(who.sub)))).toEqual([400, "FAILED_TO_UNLINK_LAST_ACCOUNT"]);
    expect(await accountsOf(email)).toEqual(["acme", "credential"]);
  });

  it("counts mailed links where they are on, for an address that was proved", async () => {
    const mailed = await isolateWithProvider({ database });
    const who = await person();
    const browser = new Browser(mailed, BASE_URL);
    const started = await navigate(browser, "/start?with=acme");
    await navigate(browser, await atTheProvider(location(started), who.sub));
    await database.query(`update "user" set email_verified = false where email = $1`, [who.email]);
    const one = await linkTo(who.sub);
    expect(CODE(await unlink(browser, one))).toEqual([400, "FAILED_TO_UNLINK_LAST_ACCOUNT"]);
    await database.query(`update "user" set email_verified = true where email = $1`, [who.email]);
    expect((await unlink(browser, one)).status).toBe(200);
  });

  it("of two ways at once leaves one", async () => {
    const browser = new Browser(isolate, BASE_URL);
    const [first, second] = [await person(), await person()];
    const started = await navigate(browser, "/start?with=acme");
    await navigate(browser, await atTheProvider(location(started), first.sub));
    await link(browser, second.sub);
    const both = await Promise.all([first, second].map(({ sub }) => linkTo(sub)));
    const answers = await Promise.all(both.map((one) => unlink(browser, one)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect(await accountsOf(String(first.email))).toEqual(["acme"]);
  });

  it("and taking the only passkey away at once leaves one of the two, whichever comes first", async () => {
    for (const passkeyFirst of [true, false]) {
      const who = await person();
      const browser = new Browser(isolate, BASE_URL);
      const started = await navigate(browser, "/start?with=acme");
      await navigate(browser, await atTheProvider(location(started), who.sub));
      const id = crypto.randomUUID();
      await database.query(
        `insert into passkey (id, public_key, user_id, credential_id, counter, device_type, backed_up, created_at)
         select $1, 'key', id, $1::uuid::text, 0, 'singleDevice', false, now() from "user" where email = $2`,
        [id, who.email],
      );
      const one = await linkTo(who.sub);
      const removals = [() => browser.post("/api/auth/passkey/delete-passkey", { id }), () => unlink(browser, one)];
      const answers = await Promise.all((passkeyFirst ? removals : removals.reverse()).map((remove) => remove()));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
      const [left] = await database.query(
        `select (select count(*) from account a where a.user_id = u.id)::int
           + (select count(*) from passkey p where p.user_id = u.id)::int as ways from "user" u where u.email = $1`,
        [who.email],
      );
      expect(Number(left?.ways)).toBe(1);
    }
  });

  it("is about the reader's own, and about links only", async () => {
    const who = await person();
    await goThrough(new Browser(isolate), who.sub);
    const { browser, email } = await reader();
    const [password] = await database.query(
      `select a.id from account a join "user" u on u.id = a.user_id where u.email = $1`,
      [email],
    );
    for (const id of [crypto.randomUUID(), await linkTo(who.sub), String(password?.id)]) {
      expect(CODE(await unlink(browser, id))).toEqual([400, "ACCOUNT_NOT_FOUND"]);
    }
    expect(await accountsOf(String(who.email))).toEqual(["acme"]);
    expect(await accountsOf(email)).toEqual(["credential"]);
  });
});
