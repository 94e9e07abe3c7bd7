// Google: an OpenID Connect provider whose addresses are known beforehand. What it says is signed here by a key of the
// test's, and served where its documents say that it stands.
import { beforeAll, describe, expect, it } from "vitest";
import { defineConfig } from "../../src/core/define-config.ts";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, CONFIG, Isolate } from "../harness/isolate.ts";
import { location, navigate } from "../harness/openid-provider.ts";

const database = await TestDatabase.create("google");
const config = defineConfig({ ...CONFIG, methods: { google: { clientId: "docent-at-google" } } });
const RS256 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
let keys: CryptoKeyPair;

beforeAll(async () => {
  const made = { ...RS256, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  keys = (await crypto.subtle.generateKey(made, true, ["sign", "verify"])) as CryptoKeyPair;
});

const base64Url = (bytes: Uint8Array) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

async function idToken(claims: object): Promise<string> {
  const part = (value: object) => base64Url(new TextEncoder().encode(JSON.stringify(value)));
  const signed = `${part({ alg: "RS256", kid: "one", typ: "JWT" })}.${part(claims)}`;
  const signature = await crypto.subtle.sign(RS256, keys.privateKey, new TextEncoder().encode(signed));
  return `${signed}.${base64Url(new Uint8Array(signature))}`;
}

let serial = 0;

interface Google {
  claims?: object;
  /** Of the token endpoint. */
  respond?: () => Response;
  /** What it sends the reader back with. */
  answer?: string;
}

/** Somebody who comes back from Google, which then says of them what is given. */
async function comeBack({ claims, respond, answer = "code=the-code" }: Google = {}) {
  serial += 1;
  const email = `ada-${serial}@example.test`;
  let nonce: string | null = null;
  const sent: URLSearchParams[] = [];
  const isolate = await Isolate.create({
    database,
    config,
    bindings: { GOOGLE_CLIENT_SECRET: "the-secret-of-docent-at-google" },
    internet: async (url, init) => {
      if (url === "https://www.googleapis.com/oauth2/v3/certs") {
        const key = (await crypto.subtle.exportKey("jwk", keys.publicKey)) as JsonWebKey;
        return Response.json({ keys: [{ ...key, kid: "one", alg: "RS256", use: "sig" }] });
      }
      if (url !== "https://oauth2.googleapis.com/token") return new Response(null, { status: 202 });
      sent.push(new URLSearchParams(String(init?.body)));
      if (respond) return respond();
      const now = Math.floor(Date.now() / 1000);
      const said = {
        iss: "https://accounts.google.com",
        aud: "docent-at-google",
        sub: `1000${serial}`,
        iat: now,
        exp: now + 3600,
        nonce,
        email: email.toUpperCase(),
        email_verified: true,
        name: "Ada",
        ...claims,
      };
      return Response.json({ access_token: "ya29", token_type: "Bearer", id_token: await idToken(said) });
    },
  });
  const browser = new Browser(isolate, BASE_URL);
  const address = new URL(location(await navigate(browser, "/start?with=google")));
  nonce = address.searchParams.get("nonce");
  const callback = `/api/auth/callback/google?${answer}&state=${address.searchParams.get("state")}`;
  const back = location(await navigate(browser, callback));
  return { address, sent, back, browser, email, callback };
}

describe("a reader who signs in with Google", () => {
  it("is asked for no more than who they are, and tied to this request by state, nonce and PKCE", async () => {
    const { address, sent } = await comeBack();
    expect(address.origin + address.pathname).toBe("https://accounts.google.com/o/oauth2/v2/auth");
    const secret = expect.stringMatching(/^[\w-]{43}$/) as string;
    expect(Object.fromEntries(address.searchParams)).toEqual({
      response_type: "code",
      client_id: "docent-at-google",
      scope: "openid email profile",
      redirect_uri: "http://localhost:8787/api/auth/callback/google",
      code_challenge_method: "S256",
      code_challenge: secret,
      nonce: secret,
      state: secret,
    });
    expect(Object.fromEntries(sent[0] ?? [])).toMatchObject({
      code: "the-code",
      client_secret: "the-secret-of-docent-at-google",
      code_verifier: secret,
    });
  });

  it("is in with the address that Google has verified, once for one answer", async () => {
    const { back, browser, email, callback } = await comeBack();
    expect(back).toBe("/account");
    expect((await browser.send("/api/auth/get-session")).body).toMatchObject({
      user: { email, emailVerified: true, name: "Ada" },
    });
    expect(location(await navigate(browser, callback))).toBe("/account#error=expired");
  });

  it.each<[string, Google, string]>([
    ["whose address Google has not verified", { claims: { email_verified: false } }, "unverified"],
    ["of whom Google tells no verified address", { claims: { email_verified: undefined } }, "unverified"],
    ["whose token is of another request", { claims: { nonce: "n".repeat(43) } }, "failed"],
    ["whose token has no nonce", { claims: { nonce: undefined } }, "failed"],
    ["whose token is for another client", { claims: { aud: "another" } }, "failed"],
    ["whose token is by another issuer", { claims: { iss: "https://accounts.google.com.evil.example" } }, "failed"],
    ["whose token is over", { claims: { exp: 1 } }, "failed"],
    ["who says no", { answer: "error=access_denied" }, "denied"],
    ["who brings another issuer's answer", { answer: "code=x&iss=https://evil.example" }, "failed"],
    ["while it is down", { respond: () => new Response("", { status: 503 }) }, "unavailable"],
    ["while it refuses us", { respond: () => Response.json({ error: "invalid_client" }, { status: 401 }) }, "failed"],
  ])("%s is not let in", async (_, google, error) => {
    const before = await database.count("user");
    const { back, browser } = await comeBack(google);
    expect(back).toBe(`/account#error=${error}`);
    expect(browser.cookies.has("__Host-docent.session_token")).toBe(false);
    expect(await database.count("user")).toBe(before);
  });

  it.each([true, false])(
    "does not get an account registered with the address before, verified: %s",
    async (verified) => {
      const email = `ada-${serial + 1}@example.test`;
      const registered = new Browser(await Isolate.create({ database, config }), BASE_URL);
      expect((await registered.signUp(email)).status).toBe(200);
      await database.query(`update "user" set email_verified = $2 where email = $1`, [email, verified]);
      const { back, browser } = await comeBack();
      expect(back).toBe("/account#error=registered");
      expect(browser.cookies.has("__Host-docent.session_token")).toBe(false);
      const links = await database.query(
        `select provider_id from account a join "user" u on u.id = a.user_id where u.email = $1 and u.email_verified = $2`,
        [email, verified],
      );
      expect(links).toEqual([{ provider_id: "credential" }]);
    },
  );
});
