// GET /start: every address that a reader is sent to is one of the configuration's, however it is spelt, and what is
// begun is the browser's that began it.
import { describe, expect, it, vi } from "vitest";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { DOCS_CROSS_SITE, DOCS_SAME_SITE } from "../harness/isolate.ts";
import {
  isolateWithProvider,
  location,
  navigate,
  newFlow,
  PROVIDER,
  WITH_PROVIDER,
} from "../harness/openid-provider.ts";
import { START } from "../setup.ts";

const database = await TestDatabase.create("start");
const OTHER_SITE = "https://other-docs.example";
const isolate = await isolateWithProvider({
  database,
  config: { ...WITH_PROVIDER, sites: [...WITH_PROVIDER.sites, { id: "other", name: "Other", origins: [OTHER_SITE] }] },
});

const begun = () => database.query("select value from verification order by created_at");
const start = async (overrides: Record<string, string>, browser = new Browser(isolate)) =>
  navigate(browser, (await newFlow(overrides)).start);

describe("a way from a docs page", () => {
  it("is stored with its challenge, exact origin, return address and purpose, and its secrets hashed", async () => {
    const browser = new Browser(isolate);
    const { flow, challenge, start: address } = await newFlow();
    const answer = await navigate(browser, address);
    expect([answer.status, location(answer)]).toEqual([302, `/account#sign-in&flow=${flow}`]);
    const [row] = await database.query("select * from verification");
    expect(JSON.parse(String(row?.value))).toEqual({
      id: flow,
      site: "course",
      origin: DOCS_SAME_SITE,
      returnTo: "http://localhost:4321/chapter/?page=2",
      challenge,
      purpose: "sign-in",
    });
    expect(row?.identifier).toMatch(/^[0-9a-f]{64}$/);
    expect(row?.expires_at).toBe("2026-03-01 12:15:00+00");
    expect(JSON.stringify(row)).not.toContain(browser.cookies.get("__Host-docent.flow"));
  });

  it("sets a cookie that no script reads and no other site sends, for a quarter of an hour", async () => {
    const { setCookies } = await start({});
    expect(setCookies).toEqual([
      expect.stringMatching(
        /^__Host-docent\.flow=[A-Za-z0-9_-]{43}; Max-Age=900; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
      ),
    ]);
  });

  it("goes on to a provider with what ties its answer to this request, and nothing else", async () => {
    const answer = await start({ with: "acme" });
    const to = new URL(location(answer));
    expect(to.origin + to.pathname).toBe(`${PROVIDER}/auth`);
    const { state, nonce, code_challenge, ...rest } = Object.fromEntries(to.searchParams);
    expect(rest).toEqual({
      response_type: "code",
      client_id: "docent",
      scope: "openid email profile",
      redirect_uri: "http://localhost:8787/api/auth/callback/acme",
      code_challenge_method: "S256",
    });
    for (const secret of [state, nonce, code_challenge]) expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(JSON.stringify(await begun())).not.toContain(state);
  });

  it("keeps the browser's cookie for a second tab, so that neither loses its way", async () => {
    const browser = new Browser(isolate);
    await start({}, browser);
    const first = browser.cookies.get("__Host-docent.flow");
    await start({}, browser);
    expect(browser.cookies.get("__Host-docent.flow")).toBe(first);
  });

  it.each(["short", `${"x".repeat(43)}; x=1`, "x".repeat(5000), "%00"])(
    "takes no cookie of another form: %j",
    async (value) => {
      const browser = new Browser(isolate);
      browser.cookies.set("__Host-docent.flow", value);
      await start({}, browser);
      expect(browser.cookies.get("__Host-docent.flow")).toMatch(/^[A-Za-z0-9_-]{43}$/);
      expect(browser.cookies.get("__Host-docent.flow")).not.toBe(value);
    },
  );

  it("goes on from the Worker's page with the flow that this browser has open, and with no other", async () => {
    const browser = new Browser(isolate);
    const { flow, start: address } = await newFlow();
    await navigate(browser, address);
    const going = `/start?with=acme&flow=${flow}`;
    expect(location(await navigate(browser, going))).toContain(`${PROVIDER}/auth?`);
    expect(location(await navigate(new Browser(isolate), going))).toBe("/account#error=expired");
    expect(location(await navigate(browser, `/start?with=acme&flow=${"f".repeat(22)}`))).toBe("/account#error=expired");
    vi.setSystemTime(START.getTime() + 900_000);
    expect(location(await navigate(browser, going))).toBe("/account#error=expired");
  });
});

describe("an address to come back to", () => {
  it.each([
    ["http://localhost:4321/", DOCS_SAME_SITE],
    ["http://LOCALHOST:4321/a%2fb?x=//evil.example&y=javascript:1", DOCS_SAME_SITE],
    ["http://localhost:4321", DOCS_SAME_SITE],
    ["http://localhost:4321/../..//x", undefined],
    ["http://127.0.0.1:4322/lesson", DOCS_CROSS_SITE],
  ])("%s is a page of the site: %s", async (address, origin) => {
    await database.query("delete from verification");
    const answer = await start({ return: address });
    expect(answer.status, answer.text).toBe(origin ? 302 : 422);
    const [row] = await begun();
    const stored: unknown = row && JSON.parse(String(row.value));
    if (origin) expect(stored).toMatchObject({ origin, returnTo: new URL(address).href });
    else expect(stored).toBeUndefined();
  });

  it.each([
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "/chapter/",
    "chapter",
    "",
    " http://localhost:4321/",
    "http://localhost:4321/ x",
    "http://localhost:4321/\t",
    "http://localhost:4321/%0d%0a\r\nSet-Cookie: a=b",
    "http://local\nhost:4321/",
    "http://localhost:4321\\@evil.example/",
    "http://localhost:4321@evil.example/",
    "http://localhost:4321%40evil.example/",
    "http://localhost:4321%2f@evil.example/",
    "http://user@localhost:4321/",
    "http://user:secret@localhost:4321/",
    "http://localhost:4321.evil.example/",
    "http://localhost:43210/",
    "http://localhost:4322/",
    "http://localhost/",
    "https://localhost:4321/",
    "http://sub.localhost:4321/",
    "http://localhost.:4321/",
    "http://localhost:4321//evil.example",
    "http://localhost:4321/\\evil.example",
    "http://localhost:4321/#docent=x",
    "http://localhost:4321/#",
    "javascript:alert(1)//http://localhost:4321/",
    "data:text/html,x",
    "blob:http://localhost:4321/x",
    "http:localhost:4321/",
    "http:///localhost:4321/",
    "http://127.1:4322/\u0000",
    "http://localhost:8787/account",
    `${OTHER_SITE}/`,
    `http://localhost:4321/${"x".repeat(2000)}`,
  ])("%j is refused, and nothing is begun", async (address) => {
    await database.query("delete from verification");
    for (const provider of [{}, { with: "acme" }]) {
      const answer = await start({ return: address, ...provider });
      expect([answer.status, answer.headers.get("location")], answer.text).toEqual([422, null]);
      expect(answer.setCookies).toEqual([]);
    }
    expect(await begun()).toEqual([]);
  });

  it("is the site's that is named: one site does not send readers to another", async () => {
    expect((await start({ site: "other", return: `${OTHER_SITE}/x` })).status).toBe(302);
    expect((await start({ site: "other", return: "http://localhost:4321/" })).status).toBe(422);
    expect((await start({ site: "nowhere", return: "http://localhost:4321/" })).status).toBe(422);
  });
});

describe("every other parameter", () => {
  it.each([
    ["challenge", ""],
    ["challenge", "x".repeat(42)],
    ["challenge", `${"x".repeat(42)}=`],
    ["flow", ""],
    ["flow", "x".repeat(21)],
    ["flow", `${"x".repeat(22)}#evil`],
    ["flow", "//evil.example/////////////"],
    ["site", ""],
    ["site", "course,other"],
    ["with", ""],
    ["redirect_uri", "https://evil.example/"],
    ["callbackURL", "https://evil.example/"],
    ["scopes", "repo"],
    ["idToken", "x"],
    ["additionalParams", "{}"],
    ["purpose", "link"],
  ])("%s=%j is refused", async (name, value) => {
    const answer = await start({ [name]: value });
    expect([answer.status, answer.headers.get("location")], answer.text).toEqual([422, null]);
  });

  it("is refused when it is given twice", async () => {
    const { start: address } = await newFlow();
    for (const name of ["site", "return", "challenge", "flow"]) {
      const twice = `${address}&${name}=${encodeURIComponent("http://localhost:4321/")}`;
      expect((await navigate(new Browser(isolate), twice)).status, name).toBe(422);
    }
  });

  it.each([
    "/start",
    "/start?site=course",
    "/start?return=http://localhost:4321/",
    `/start?flow=${"f".repeat(22)}`,
    `/start?challenge=${"c".repeat(43)}&with=acme`,
  ])("cannot be missing: %s", async (address) => {
    expect((await navigate(new Browser(isolate), address)).status).toBe(422);
  });

  it.each(["github", "google", "other", "__proto__", "constructor", "credential"])(
    "names a provider that is on, or there is nothing there: %s",
    async (provider) => {
      const answer = await start({ with: provider });
      expect([answer.status, answer.headers.get("location")]).toEqual([404, null]);
      const callback = await navigate(new Browser(isolate), `/api/auth/callback/${provider}?code=x&state=y`);
      expect([callback.status, callback.body]).toMatchObject([404, { code: "NOT_FOUND" }]);
    },
  );
});

it.each([
  ["a script", { "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty" }],
  ["a script without CORS", { "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "empty" }],
  ["a frame", { "Sec-Fetch-Dest": "iframe" }],
  ["an image", { "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image" }],
])("is begun by no %s, only by going there", async (_, headers) => {
  await database.query("delete from verification");
  const { start: address } = await newFlow();
  const answer = await navigate(new Browser(isolate), address, headers as Record<string, string>);
  expect([answer.status, answer.setCookies]).toEqual([403, []]);
  expect(await begun()).toEqual([]);
});

it("is kept by no cache, sniffed, embedded or referred to by nobody, and read by no script", async () => {
  const { start: address } = await newFlow({ with: "acme" });
  for (const path of [address, "/api/auth/callback/acme?code=x&state=y"]) {
    const { headers } = await navigate(new Browser(isolate), path, { Origin: "https://evil.example" });
    expect(Object.fromEntries(headers)).toMatchObject({
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
      "referrer-policy": "no-referrer",
    });
    expect(headers.get("access-control-allow-origin")).toBeNull();
  }
  const lines = JSON.stringify(isolate.logs);
  expect(lines).toContain('"route":"/start"');
  expect(lines).not.toContain("code=x");
  expect(lines).not.toContain("challenge");
});

it("says once in the log which provider is configured without its secret, and has no route for it", async () => {
  const off = await isolateWithProvider({
    database,
    config: { ...WITH_PROVIDER, methods: { ...WITH_PROVIDER.methods, github: { clientId: "id" } } },
    bindings: { OIDC_CLIENT_SECRETS: undefined, GITHUB_CLIENT_SECRET: undefined, GOOGLE_CLIENT_SECRET: "unused" },
  });
  expect(off.logs).toEqual([
    { level: "warn", message: "a way in is off", method: "github", missing: "GITHUB_CLIENT_SECRET" },
    { level: "warn", message: "a way in is off", method: "acme", missing: "OIDC_CLIENT_SECRETS" },
  ]);
  for (const id of ["github", "acme"]) {
    const { start: address } = await newFlow({ with: id });
    expect((await navigate(new Browser(off), address)).status).toBe(404);
    expect((await navigate(new Browser(off), `/api/auth/callback/${id}?code=x&state=y`)).status).toBe(404);
  }
});
