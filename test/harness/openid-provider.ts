// The OpenID provider that the set-up started, as a browser of a reader sees it: from the address that the Worker sends
// them to, through its page, until it sends them back.
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import * as z from "zod";
import { defineConfig } from "../../src/core/define-config.ts";
import type { HandOffError } from "../../src/core/hand-off.ts";
import type { Answer, Browser } from "./browser.ts";
import { BASE_URL, CONFIG, Isolate, type IsolateOptions } from "./isolate.ts";

export const PROVIDER = z.object({ OPENID_PROVIDER: z.string() }).loose().parse(env).OPENID_PROVIDER;
const CLIENT_SECRET = "the-secret-of-docent-at-the-provider-of-the-tests";

export const WITH_PROVIDER = defineConfig({
  ...CONFIG,
  methods: {
    oidc: [
      {
        id: "acme",
        name: "Acme",
        clientId: "docent",
        issuer: PROVIDER,
        authorizationEndpoint: `${PROVIDER}/auth`,
        tokenEndpoint: `${PROVIDER}/token`,
        userinfoEndpoint: `${PROVIDER}/me`,
        jwksUri: `${PROVIDER}/jwks`,
      },
    ],
  },
});

/** A Worker that is a client of the provider. */
export function isolateWithProvider(options: IsolateOptions): Promise<Isolate> {
  return Isolate.create({
    internet: (url, init) => fetch(url, init),
    ...options,
    config: options.config ?? WITH_PROVIDER,
    bindings: { OIDC_CLIENT_SECRETS: JSON.stringify({ acme: CLIENT_SECRET }), ...options.bindings },
  });
}

/** Somebody with an account at the provider. */
export interface Person {
  sub: string;
  email?: string;
  email_verified?: unknown;
  name?: string;
  picture?: string;
}

export async function person(claims: Partial<Person> = {}): Promise<Person> {
  const sub = claims.sub ?? `person-${crypto.randomUUID()}`;
  const all = { email: `${sub}@acme.test`, email_verified: true, name: "Ada", ...claims, sub };
  const said = await fetch(`${PROVIDER}/people/${encodeURIComponent(sub)}`, {
    method: "PUT",
    body: JSON.stringify(all),
  });
  if (!said.ok) throw new Error(`The provider refused: ${said.status}`);
  return all;
}

/** Goes to the provider's address, answers its page, and follows it until it sends the reader to the Worker. */
export async function atTheProvider(
  address: string,
  sub: string,
  decision: "allow" | "deny" = "allow",
): Promise<string> {
  const cookies = new Map<string, string>();
  let url = address;
  let form: string | undefined;
  for (let step = 0; step < 10; step += 1) {
    if (url.startsWith(`${BASE_URL}/`)) return url;
    const response = await fetch(url, {
      redirect: "manual",
      headers: { Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
      ...(form !== undefined && { method: "POST", body: form }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ""] = cookie.split(";");
      cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
    form = undefined;
    const location = response.headers.get("location");
    if (location) url = new URL(location, url).href;
    else if (response.ok) form = new URLSearchParams({ sub, decision }).toString();
    else throw new Error(`The provider says ${response.status}: ${await response.text()}`);
  }
  throw new Error("The provider sends the reader round and round");
}

/** As a browser goes to an address: no Origin, and not by a script. */
export const navigate = (browser: Browser, address: string, headers: Record<string, string> = {}) =>
  browser.send(address.replace(BASE_URL, ""), {
    origin: null,
    headers: {
      "Sec-Fetch-Mode": "navigate",
      "Sec-Fetch-Dest": "document",
      "Sec-Fetch-Site": "cross-site",
      ...headers,
    },
  });

/** A docs page that begins a flow, and what it keeps. */
export async function newFlow(overrides: Record<string, string> = {}) {
  const bytes = (length: number) =>
    btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(length))))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "");
  const verifier = bytes(32);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const challenge = btoa(String.fromCharCode(...new Uint8Array(digest)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
  const flow = bytes(16);
  const query = {
    site: "course",
    return: "http://localhost:4321/chapter/?page=2",
    challenge,
    flow,
    ...overrides,
  };
  return { flow, verifier, challenge, start: `/start?${new URLSearchParams(query)}` };
}

export const location = (answer: Answer) => answer.headers.get("location") ?? "";

/** From the docs page to the provider's page. */
export async function toProvider(browser: Browser, overrides: Record<string, string> = {}) {
  const flow = await newFlow({ with: "acme", ...overrides });
  const started = await navigate(browser, flow.start);
  expect(started.status, started.text).toBe(302);
  return { ...flow, address: location(started) };
}

/** All the way back to the docs page. */
export async function goThrough(browser: Browser, sub: string, decision: "allow" | "deny" = "allow") {
  const begun = await toProvider(browser);
  const callback = await atTheProvider(begun.address, sub, decision);
  const back = await navigate(browser, callback);
  expect(back.status, back.text).toBe(302);
  return { ...begun, callback, back: location(back) };
}

/** The code that the docs page of `newFlow` is opened with; `""` when it is opened with none. */
export const codeIn = (address: string, flow: string) =>
  new RegExp(`^http://localhost:4321/chapter/\\?page=2#docent=${flow}\\.([A-Za-z0-9_-]{43})$`).exec(address)?.[1] ?? "";

export const errorIn = (address: string, flow: string, error: HandOffError) =>
  expect(address).toBe(`http://localhost:4321/chapter/?page=2#docent=${flow}!${error}`);

export const redeem = (browser: Browser, given: { flow: string; code: string; verifier: string }) =>
  browser.post("/api/hand-off", given);
