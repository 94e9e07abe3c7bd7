// Any OpenID Connect provider, and Google, which is one. Better Auth builds and reads the protocol's messages and
// verifies the ID token; its own `genericOAuth` verifies none where the endpoints are written down, and where they are
// not it asks the network while the Worker starts.
import {
  authorizationCodeRequest,
  createAuthorizationURL,
  getOAuth2Tokens,
  verifyProviderIdToken,
} from "better-auth/oauth2";
import * as z from "zod/mini";
import type { OidcProvider } from "../../core/providers.ts";
import { type Asking, askProvider } from "./ask.ts";
import { identityOf } from "./identity.ts";
import { type Callback, type Provider, ProviderRefused } from "./provider.ts";

/** Google's, as its discovery document has them. */
export const googleAt = (clientId: string): OidcProvider => ({
  id: "google",
  name: "Google",
  clientId,
  issuer: "https://accounts.google.com",
  authorizationEndpoint: "https://accounts.google.com/o/oauth2/v2/auth",
  tokenEndpoint: "https://oauth2.googleapis.com/token",
  userinfoEndpoint: "https://openidconnect.googleapis.com/v1/userinfo",
  jwksUri: "https://www.googleapis.com/oauth2/v3/certs",
  tokenEndpointAuth: "client_secret_post",
  idTokenAlgorithms: ["RS256"],
  scopes: ["openid", "email", "profile"],
});

/** Milliseconds a key set is used without asking again; a key that it lacks is asked for at once. */
const KEYS_MS = 10 * 60_000;

/** A public key (RFC 7517). What else stands in it, the verifier reads. */
interface Key {
  kty: string;
  kid?: string;
}
const isKey = (value: unknown): value is Key =>
  typeof value === "object" &&
  value !== null &&
  "kty" in value &&
  typeof value.kty === "string" &&
  (!("kid" in value) || typeof value.kid === "string");
const keySet = z.object({ keys: z.array(z.custom<Key>(isKey)) });

const text = z.optional(z.string());
const anything = z.optional(z.unknown());
const claims = z.object({
  sub: z.string(),
  nonce: text,
  email: anything,
  email_verified: anything,
  name: anything,
  picture: anything,
});
type Claims = z.infer<typeof claims>;

/** A part of a JWT. What it says is only believed after the signature was. */
function partOf(token: string, at: 0 | 1): unknown {
  try {
    const encoded = (token.split(".")[at] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0))));
  } catch {
    return undefined;
  }
}

export interface OpenIdDeps extends Asking {
  now: () => number;
}

export function openIdConnect(at: OidcProvider, clientSecret: string, deps: OpenIdDeps): Provider {
  /** A settled value only: a promise kept across requests could belong to one that was aborted. */
  let known: { keys: Key[]; askedAt: number } | undefined;

  const has = (keys: readonly Key[], kid: string | undefined) =>
    keys.find((key) => (kid === undefined ? keys.length === 1 : key.kid === kid));

  /** The key that a token says it was signed with. A provider that changes its keys is asked again. */
  async function keyOf(token: string): Promise<Key> {
    const { data: header } = z.safeParse(z.looseObject({ kid: z.optional(z.string()) }), partOf(token, 0));
    if (!header) throw new ProviderRefused("no ID token");
    const age = known && deps.now() - known.askedAt;
    const found = known && age !== undefined && age >= 0 && age < KEYS_MS ? has(known.keys, header.kid) : undefined;
    if (found) return found;
    const askedAt = deps.now();
    const asked = z.safeParse(keySet, await askProvider(deps, at.jwksUri));
    if (!asked.success) throw new ProviderRefused("no key set");
    known = { keys: asked.data.keys, askedAt };
    const key = has(known.keys, header.kid);
    if (!key) throw new ProviderRefused("unknown key");
    return key;
  }

  async function verified(idToken: string, nonce: string): Promise<Claims> {
    // Asked before and not by the verifier, which makes a "no" of whatever fails in it.
    const key = await keyOf(idToken);
    const isGood = await verifyProviderIdToken(
      {
        id: at.id,
        idToken: {
          jwks: async () => key,
          issuer: at.issuer,
          audience: at.clientId,
          algorithms: [...at.idTokenAlgorithms],
          maxTokenAge: "1h",
        },
      },
      idToken,
      nonce,
    );
    const said = z.safeParse(claims, partOf(idToken, 1));
    if (!isGood || !said.success || said.data.nonce !== nonce) throw new ProviderRefused("ID token not verified");
    return said.data;
  }

  return {
    id: at.id,
    name: at.name,
    issuer: at.issuer,

    authorizationUrl: ({ state, codeVerifier, nonce, redirectUri }) =>
      createAuthorizationURL({
        id: at.id,
        options: { clientId: at.clientId },
        authorizationEndpoint: at.authorizationEndpoint,
        state,
        codeVerifier,
        nonce,
        scopes: [...at.scopes],
        redirectURI: redirectUri,
      }),

    async identify({ code, codeVerifier, nonce, redirectUri }: Callback) {
      const { body, headers } = await authorizationCodeRequest({
        code,
        codeVerifier,
        redirectURI: redirectUri,
        options: { clientId: at.clientId, clientSecret },
        tokenEndpoint: at.tokenEndpoint,
        authentication: at.tokenEndpointAuth === "client_secret_basic" ? "basic" : "post",
      });
      const answer = z.safeParse(
        z.looseObject({ id_token: z.string(), access_token: z.optional(z.string()) }),
        await askProvider(deps, at.tokenEndpoint, { method: "POST", headers, body: body.toString() }),
      );
      if (!answer.success) throw new ProviderRefused("no ID token");
      const { idToken = "", accessToken } = getOAuth2Tokens(answer.data);
      const said = await verified(idToken, nonce);
      let all: Claims = said;
      if (said.email === undefined && at.userinfoEndpoint && accessToken) {
        const as = { headers: { Authorization: `Bearer ${accessToken}` } };
        const more = z.safeParse(claims, await askProvider(deps, at.userinfoEndpoint, as));
        // What is said of another subject is not about this one (OpenID Connect Core, 5.3.2).
        if (more.data?.sub !== said.sub) throw new ProviderRefused("user info of another subject");
        all = { ...more.data, ...said };
      }
      const identity = identityOf({
        accountId: said.sub,
        email: all.email,
        emailVerified: all.email_verified,
        name: all.name,
        image: all.picture,
      });
      if (!identity) throw new ProviderRefused("no subject");
      return identity;
    },
  };
}
