// From a docs page to a provider and back, against a real OpenID provider: what comes of it, and of everything that can
// go wrong on the way. That no address on the way can be another than one that was stored is in start.test.ts.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, DOCS_CROSS_SITE, DOCS_SAME_SITE } from "../harness/isolate.ts";
import {
  atTheProvider,
  codeIn,
  errorIn,
  goThrough,
  isolateWithProvider,
  location,
  navigate,
  newFlow,
  person,
  redeem,
  toProvider,
} from "../harness/openid-provider.ts";

const database = await TestDatabase.create("provider-sign-in");
const isolate = await isolateWithProvider({ database });

// The provider has a clock of its own, which is the machine's.
beforeEach(() => {
  vi.useRealTimers();
});

const rows = () =>
  database.query(
    `select (select count(*) from "user")::int as users, (select count(*) from account)::int as accounts,
     (select count(*) from session)::int as sessions`,
  );

describe("a reader who has never been here", () => {
  it("signs in with a provider, comes back to the page they came from, and is known there", async () => {
    const browser = new Browser(isolate);
    const who = await person({ name: "Ada\r\nLovelace", picture: "https://acme.test/ada.png" });
    const { flow, verifier, back } = await goThrough(browser, who.sub);
    const code = codeIn(back, flow);
    expect(code, back).not.toBe("");
    const done = await redeem(browser, { flow, code, verifier });
    expect(done.status, done.text).toBe(200);
    expect((await browser.send("/api/session")).body).toMatchObject({ session: { scope: "account" } });
    const [reader] = await database.query(
      `select u.email, u.email_verified, u.name, u.image, u.last_login_at is not null as seen, a.provider_id, a.account_id
       from "user" u join account a on a.user_id = u.id where u.email = $1`,
      [who.email],
    );
    expect(reader).toEqual({
      email: who.email,
      email_verified: "t",
      name: "Ada  Lovelace",
      image: "https://acme.test/ada.png",
      seen: "t",
      provider_id: "acme",
      account_id: who.sub,
    });
    const trail = await database.query(
      `select action, detail from audit_event where user_id = (select id from "user" where email = $1) order by action`,
      [who.email],
    );
    expect(trail).toEqual([
      { action: "account.created", detail: '{"method": "acme"}' },
      { action: "session.created", detail: '{"method": "acme"}' },
    ]);
  });

  it("leaves none of the provider's tokens with us", async () => {
    const who = await person();
    await goThrough(new Browser(isolate), who.sub);
    const [account] = await database.query(
      "select access_token, refresh_token, id_token, scope, password from account where account_id = $1",
      [who.sub],
    );
    expect(Object.values(account ?? { none: "row" })).toEqual([null, null, null, null, null]);
  });

  it("is made once, however many callbacks come at a time", async () => {
    const who = await person();
    const begun = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const browser = new Browser(isolate);
        const { address, flow } = await toProvider(browser);
        return { browser, flow, callback: await atTheProvider(address, who.sub) };
      }),
    );
    const backs = await Promise.all(begun.map(({ browser, callback }) => navigate(browser, callback)));
    for (const [at, back] of backs.entries()) expect(codeIn(location(back), begun[at]?.flow ?? "")).not.toBe("");
    expect(await database.query(`select 1 from "user" where email = $1`, [who.email])).toHaveLength(1);
  });
});

describe("a reader whom the provider is linked to", () => {
  it("is the same one again, whatever address they have at the provider by now", async () => {
    const who = await person();
    await goThrough(new Browser(isolate), who.sub);
    const before = await rows();
    await person({ sub: who.sub, email: `moved-${who.sub}@acme.test` });
    const browser = new Browser(isolate);
    const { flow, verifier, back } = await goThrough(browser, who.sub);
    expect((await redeem(browser, { flow, code: codeIn(back, flow), verifier })).status).toBe(200);
    const after = await rows();
    expect(after[0]?.users).toBe(before[0]?.users);
    expect((await browser.send("/api/auth/get-session")).body).toMatchObject({ user: { email: who.email } });
  });

  it.each([
    ["banned", "banned = true"],
    ["deactivated", "is_active = false"],
  ])("is sent back without a session when they are %s", async (_, set) => {
    const who = await person();
    await goThrough(new Browser(isolate), who.sub);
    await database.query(`update "user" set ${set} where email = $1`, [who.email]);
    const before = await rows();
    const browser = new Browser(isolate);
    const { flow, back } = await goThrough(browser, who.sub);
    errorIn(back, flow, "blocked");
    expect(await rows()).toEqual(before);
    expect((await browser.send("/api/session")).body).toEqual({ session: null });
  });

  it("is asked for the second factor on the Worker's page, with the flow still open, and has no session yet", async () => {
    const who = await person();
    await goThrough(new Browser(isolate), who.sub);
    await database.query(`update "user" set two_factor_enabled = true where email = $1`, [who.email]);
    const before = await rows();
    const browser = new Browser(isolate);
    const { flow, back } = await goThrough(browser, who.sub);
    expect(back).toBe(`/account#second-factor&flow=${flow}`);
    expect(browser.cookies.has("__Host-docent.two_factor")).toBe(true);
    expect(browser.cookies.has("__Host-docent.session_token")).toBe(false);
    expect(await rows()).toEqual(before);
    const asked = await database.query(
      `select 1 from verification where user_id = (select id from "user" where email = $1)`,
      [who.email],
    );
    expect(asked.length).toBeGreaterThan(0);
  });
});

describe("an address proves nothing by itself:", () => {
  it("an account registered here with the address stays its owner's, verified or not, and no link is made", async () => {
    for (const verified of [false, true]) {
      const who = await person();
      const local = new Browser(isolate);
      expect((await local.signUp(who.email)).status).toBe(200);
      await database.query(`update "user" set email_verified = $2 where email = $1`, [who.email, verified]);
      const before = await rows();
      const { flow, back } = await goThrough(new Browser(isolate), who.sub);
      errorIn(back, flow, "registered");
      expect(await rows()).toEqual(before);
      const accounts = await database.query("select 1 from account where account_id = $1", [who.sub]);
      expect(accounts).toEqual([]);
    }
  });

  it("an attacker who registered the address first is not let into what its owner makes with the provider", async () => {
    const who = await person();
    const attacker = new Browser(isolate);
    await attacker.signUp(who.email, "the attacker's password");
    const { flow, back } = await goThrough(new Browser(isolate), who.sub);
    errorIn(back, flow, "registered");
    const [found] = await database.query(
      `select count(*)::int as n from account a join "user" u on u.id = a.user_id where u.email = $1`,
      [who.email],
    );
    expect(found).toEqual({ n: "1" });
  });

  it.each([
    ["that the provider has not verified", { email_verified: false }],
    ["of which the provider says nothing", { email_verified: undefined }],
    ["said to be verified in a word that is no yes", { email_verified: "yes" }],
    ["that is none", { email: "nobody" }],
    ["that the provider does not give", { email: undefined }],
  ])("one %s makes nobody", async (_, claims) => {
    const who = await person(claims as object);
    const before = await rows();
    const { flow, back } = await goThrough(new Browser(isolate), who.sub);
    errorIn(back, flow, "unverified");
    expect(await rows()).toEqual(before);
  });

  it("another letter case of an address is the same address", async () => {
    const sub = `Case-${crypto.randomUUID()}`;
    const who = await person({ sub, email: `${sub}@Acme.Test` });
    await new Browser(isolate).signUp(String(who.email).toLowerCase());
    const { flow, back } = await goThrough(new Browser(isolate), who.sub);
    errorIn(back, flow, "registered");
  });
});

describe("without a docs page,", () => {
  it("the way begins and ends on the Worker's page", async () => {
    const who = await person();
    const browser = new Browser(isolate, BASE_URL);
    const started = await navigate(browser, "/start?with=acme");
    const back = await navigate(browser, await atTheProvider(location(started), who.sub));
    expect(location(back)).toBe("/account");
    expect((await browser.send("/api/session")).body).toMatchObject({ session: { scope: "account" } });
  });

  it("a refusal is said on the Worker's page", async () => {
    const who = await person();
    const browser = new Browser(isolate, BASE_URL);
    const started = await navigate(browser, "/start?with=acme");
    const back = await navigate(browser, await atTheProvider(location(started), who.sub, "deny"));
    expect(location(back)).toBe("/account#error=denied");
  });
});

it("is told that it cannot be done right now when the database is down, at every step", async () => {
  const who = await person();
  const browser = new Browser(isolate);
  await database.inject({ effect: "drop", times: null });
  const started = await navigate(browser, (await newFlow({ with: "acme" })).start);
  await database.heal();
  expect([location(started), started.setCookies]).toEqual(["/account#error=unavailable", []]);
  const { address } = await toProvider(browser);
  const callback = await atTheProvider(address, who.sub);
  await database.inject({ effect: "drop", times: null });
  const back = await navigate(browser, callback);
  await database.heal();
  expect([location(back), back.setCookies]).toEqual(["/account#error=unavailable", []]);
  expect(location(await navigate(browser, callback))).toContain("#docent=");
});

it.each([DOCS_SAME_SITE, DOCS_CROSS_SITE])("gives %s the cookie in the form that it keeps", async (origin) => {
  const who = await person();
  // The jar of the Worker's own pages, and that of the docs page.
  const jar = new Browser(isolate);
  const page = new Browser(isolate, origin);
  const begun = await toProvider(jar, { return: `${origin}/` });
  const back = location(await navigate(jar, await atTheProvider(begun.address, who.sub)));
  const [, code = ""] = /#docent=[^.]+\.(.+)$/.exec(back) ?? [];
  const done = await page.post("/api/hand-off", { flow: begun.flow, code, verifier: begun.verifier });
  expect(done.status, done.text).toBe(200);
  const [cookie = ""] = done.setCookies;
  if (origin === DOCS_CROSS_SITE) expect(cookie).toMatch(/SameSite=None; Partitioned$/);
  else expect(cookie).toMatch(/SameSite=Lax$/);
});
