// What a provider may answer, and what of it is believed: against a real OpenID provider, whose answers are changed on
// their way.
import { beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { identifierOf, PURPOSES } from "../../src/auth/one-time-tokens.ts";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import {
  atTheProvider,
  errorIn,
  goThrough,
  isolateWithProvider,
  location,
  navigate,
  PROVIDER,
  person,
  toProvider,
  WITH_PROVIDER,
} from "../harness/openid-provider.ts";

const database = await TestDatabase.create("provider-answers");
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

describe("an answer of the provider", () => {
  it("that says no sends the reader back to the docs page, which is told so", async () => {
    const who = await person();
    const before = await rows();
    const { flow, back } = await goThrough(new Browser(isolate), who.sub, "deny");
    errorIn(back, flow, "denied");
    expect(await rows()).toEqual(before);
  });

  it("is good once: the same callback again makes no session and no code", async () => {
    const who = await person();
    const browser = new Browser(isolate);
    const { callback } = await goThrough(browser, who.sub);
    const before = await rows();
    const again = await navigate(browser, callback);
    expect([again.status, location(again)]).toEqual([302, "/account#error=expired"]);
    expect(again.setCookies).toEqual([]);
    expect(await rows()).toEqual(before);
  });

  it("of which two come at once makes one session", async () => {
    const who = await person();
    const browser = new Browser(isolate);
    const { address } = await toProvider(browser);
    const callback = await atTheProvider(address, who.sub);
    const backs = await Promise.all([navigate(browser, callback), navigate(browser, callback)]);
    expect(backs.map(location).filter((to) => to === "/account#error=expired")).toHaveLength(1);
  });

  it("brought by another browser than the one that began is nobody's", async () => {
    const who = await person();
    const begun = new Browser(isolate);
    const { address } = await toProvider(begun);
    const callback = await atTheProvider(address, who.sub);
    const before = await rows();
    const victim = new Browser(isolate);
    await toProvider(victim);
    for (const other of [new Browser(isolate), victim]) {
      const answer = await navigate(other, callback);
      expect(location(answer)).toBe("/account#error=expired");
      expect(answer.setCookies).toEqual([]);
    }
    expect(await rows()).toEqual(before);
    // And it was not used up by their trying.
    expect(location(await navigate(begun, callback))).toContain("#docent=");
  });

  it.each([
    ["no state", (url: URL) => url.searchParams.delete("state")],
    ["another state", (url: URL) => url.searchParams.set("state", "x".repeat(43))],
    ["the state twice", (url: URL) => url.searchParams.append("state", url.searchParams.get("state") ?? "")],
    ["a state that is too long", (url: URL) => url.searchParams.set("state", "x".repeat(5000))],
  ])("with %s is an answer to nobody", async (_, change) => {
    const who = await person();
    const browser = new Browser(isolate);
    const { address } = await toProvider(browser);
    const callback = new URL(await atTheProvider(address, who.sub));
    change(callback);
    const answer = await navigate(browser, callback.href);
    expect([location(answer), answer.setCookies]).toEqual(["/account#error=expired", []]);
  });

  it("with a state that was made for anything else is an answer to nobody, and uses nothing up", async () => {
    for (const purpose of PURPOSES.filter((one) => one !== "provider-state")) {
      const who = await person();
      const browser = new Browser(isolate);
      const { address } = await toProvider(browser);
      const callback = await atTheProvider(address, who.sub);
      const secret = `${browser.cookies.get("__Host-docent.flow")}.${new URL(callback).searchParams.get("state")}`;
      const changed = await database.query(
        "update verification set identifier = $1 where identifier = $2 returning id",
        [await identifierOf(purpose, secret), await identifierOf("provider-state", secret)],
      );
      expect(changed).toHaveLength(1);
      const answer = await navigate(browser, callback);
      expect([purpose, location(answer), answer.setCookies]).toEqual([purpose, "/account#error=expired", []]);
      const left = await database.query("select id from verification where id = $1", [String(changed[0]?.id)]);
      expect([purpose, left.length]).toEqual([purpose, 1]);
    }
  });

  it("that comes a quarter of an hour later is too old", async () => {
    const who = await person();
    const browser = new Browser(isolate);
    const { address } = await toProvider(browser);
    const callback = await atTheProvider(address, who.sub);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 900_001 });
    expect(location(await navigate(browser, callback))).toBe("/account#error=expired");
  });

  it.each([
    ["a code that it did not make", (url: URL) => url.searchParams.set("code", "made-up"), "failed"],
    ["no code", (url: URL) => url.searchParams.delete("code"), "failed"],
    ["another issuer's name", (url: URL) => url.searchParams.set("iss", "https://evil.example"), "failed"],
    ["an error that passes", (url: URL) => url.searchParams.set("error", "temporarily_unavailable"), "unavailable"],
    ["an error of the provider's own", (url: URL) => url.searchParams.set("error", "server_error"), "unavailable"],
    ["an error of how we asked", (url: URL) => url.searchParams.set("error", "invalid_scope"), "failed"],
    ["an error that is none", (url: URL) => url.searchParams.set("error", "x\ny"), "failed"],
    [
      "another issuer's no",
      (url: URL) => {
        url.searchParams.set("error", "access_denied");
        url.searchParams.set("iss", "https://evil.example");
      },
      "failed",
    ],
  ] as const)("with %s signs nobody in", async (_, change, error) => {
    const who = await person();
    const browser = new Browser(isolate);
    const { address, flow } = await toProvider(browser);
    const callback = new URL(await atTheProvider(address, who.sub));
    change(callback);
    const before = await rows();
    errorIn(location(await navigate(browser, callback.href)), flow, error);
    expect(await rows()).toEqual(before);
  });

  it("with a code that another reader's request was given is refused by the provider: PKCE ties it to that request", async () => {
    const [victim, attacker] = [await person(), await person()];
    const attackers = new Browser(isolate);
    const theirs = new URL(await atTheProvider((await toProvider(attackers)).address, attacker.sub));
    const browser = new Browser(isolate);
    const { address, flow } = await toProvider(browser);
    const callback = new URL(await atTheProvider(address, victim.sub));
    callback.searchParams.set("code", theirs.searchParams.get("code") ?? "");
    errorIn(location(await navigate(browser, callback.href)), flow, "failed");
  });
});

it("leaves a line in the log where the owner has to set something right, and none where the reader said no", async () => {
  const own = await isolateWithProvider({ database });
  const come = async (error: string) => {
    const browser = new Browser(own);
    const { address } = await toProvider(browser);
    const callback = new URL(await atTheProvider(address, (await person()).sub, "deny"));
    callback.searchParams.set("error", error);
    await navigate(browser, callback.href);
  };
  const said = () => own.logs.filter(({ message }) => message === "a provider's answer was of no use");
  await come("access_denied");
  expect(said()).toEqual([]);
  await come("unauthorized_client");
  await come("a text that\nanybody may have written");
  expect(said().map(({ method, reason }) => [method, reason])).toEqual([
    ["acme", "unauthorized_client"],
    ["acme", "an error"],
  ]);
});

describe("a provider", () => {
  const at = async (internet: (url: string, init: RequestInit | undefined) => Promise<Response>) => {
    const who = await person();
    const browser = new Browser(await isolateWithProvider({ database, internet }));
    const { back, flow } = await goThrough(browser, who.sub);
    return { back, flow, browser };
  };

  it.each([
    ["that does not answer", () => Promise.reject(new TypeError("Network connection lost."))],
    ["that is overloaded", async () => new Response("busy", { status: 503 })],
    ["that wants us to come later", async () => new Response("", { status: 429 })],
  ])("%s is said to be unavailable, and the log knows", async (_, respond) => {
    const before = await rows();
    const { back, flow, browser } = await at(respond);
    errorIn(back, flow, "unavailable");
    expect(await rows()).toEqual(before);
    expect(browser.isolate.logs).toContainEqual(
      expect.objectContaining({ level: "warn", message: "a provider's answer was of no use", method: "acme" }),
    );
  });

  /** Everything as the provider says it but for one of its answers. */
  const except = (path: string, change: (response: Response) => Response | Promise<Response>) =>
    at(async (url, init) => {
      const response = await fetch(url, init);
      return url === `${PROVIDER}${path}` ? change(response) : response;
    });

  /** The ID token with another payload, or another header. */
  const withToken = (change: (parts: [string, string, string]) => string) =>
    except("/token", async (response) => {
      const body = z.looseObject({ id_token: z.string() }).parse(await response.json());
      const [header = "", payload = "", signature = ""] = body.id_token.split(".");
      return Response.json({ ...body, id_token: change([header, payload, signature]) });
    });
  const encode = (value: object) =>
    btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const decode = (part: string): object => JSON.parse(atob(part.replaceAll("-", "+").replaceAll("_", "/"))) as object;

  it.each<[string, (parts: [string, string, string]) => string]>([
    ["of another subject", ([head, body, sign]) => [head, encode({ ...decode(body), sub: "victim" }), sign].join(".")],
    ["for another client", ([head, body, sign]) => [head, encode({ ...decode(body), aud: "other" }), sign].join(".")],
    ["that says it needs no signature", ([, body]) => [encode({ alg: "none" }), body, ""].join(".")],
    ["signed with our shared secret", ([, body, sign]) => [encode({ alg: "HS256", kid: "one" }), body, sign].join(".")],
    [
      "signed with a key nobody knows",
      ([, body, sign]) => [encode({ alg: "RS256", kid: "two" }), body, sign].join("."),
    ],
    ["that is none", () => "opaque"],
  ])("that gives an ID token %s is not believed", async (_, change) => {
    const before = await rows();
    const { back, flow } = await withToken(change);
    errorIn(back, flow, "failed");
    expect(await rows()).toEqual(before);
  });

  it("whose ID token was made for another request is not believed: its nonce is another", async () => {
    const who = await person();
    const browser = new Browser(isolate);
    const { address, flow } = await toProvider(browser);
    const elsewhere = new URL(address);
    elsewhere.searchParams.set("nonce", "n".repeat(43));
    const callback = await atTheProvider(elsewhere.href, who.sub);
    errorIn(location(await navigate(browser, callback)), flow, "failed");
  });

  it("whose ID token names another issuer or client than ours is not believed, though it is signed", async () => {
    const who = await person();
    for (const wrong of [{ issuer: "https://issuer.example" }, { clientId: "docent", issuer: `${PROVIDER}/` }]) {
      const [acme] = WITH_PROVIDER.methods?.oidc ?? [];
      const config = {
        ...WITH_PROVIDER,
        methods: { oidc: [{ ...acme, ...wrong }] },
      };
      const other = new Browser(await isolateWithProvider({ database, config }));
      const { address, flow } = await toProvider(other);
      const callback = new URL(await atTheProvider(address, who.sub));
      callback.searchParams.delete("iss");
      errorIn(location(await navigate(other, callback.href)), flow, "failed");
    }
  });

  it.each([
    [
      "has user info of another subject",
      "/me",
      async () => Response.json({ sub: "victim", email: "v@acme.test", email_verified: true }),
    ],
    ["answers with a page", "/token", async () => new Response("<html>")],
    [
      "redirects us",
      "/token",
      async () => new Response(null, { status: 302, headers: { Location: "https://evil.example" } }),
    ],
    ["has no keys", "/jwks", async () => Response.json({ keys: [] })],
    ["has keys that are none", "/jwks", async () => Response.json({ keys: [{ kid: "one" }] })],
  ])("that %s is not believed", async (_, path, respond) => {
    const before = await rows();
    const { back, flow } = await except(path, respond);
    errorIn(back, flow, "failed");
    expect(await rows()).toEqual(before);
  });
});
