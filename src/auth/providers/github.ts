// GitHub, which is no OpenID Connect provider: who somebody is stands in two answers of its API, one of which says
// which of their addresses is verified.
import { authorizationCodeRequest, createAuthorizationURL } from "better-auth/oauth2";
import * as z from "zod/mini";
import { type Asking, askProvider } from "./ask.ts";
import { identityOf } from "./identity.ts";
import { type Callback, type Provider, ProviderRefused } from "./provider.ts";

const TOKEN_ENDPOINT = "https://github.com/login/oauth/access_token";
const API = "https://api.github.com";

/** GitHub says no with 200. */
const token = z.object({ access_token: z.string() });
const profile = z.object({
  id: z.int(),
  login: z.string(),
  name: z.nullish(z.string()),
  avatar_url: z.nullish(z.string()),
});
const addresses = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }));

/** @throws ProviderRefused when it has not the form that GitHub documents */
function read<T>(schema: z.ZodMiniType<T>, value: unknown): T {
  const parsed = z.safeParse(schema, value);
  if (!parsed.success) throw new ProviderRefused("an answer of another form");
  return parsed.data;
}

export function github(clientId: string, clientSecret: string, deps: Asking): Provider {
  return {
    id: "github",
    name: "GitHub",

    // It knows no nonce: there is no ID token. State and PKCE tie its answer to the request.
    authorizationUrl: ({ state, codeVerifier, redirectUri }) =>
      createAuthorizationURL({
        id: "github",
        options: { clientId },
        authorizationEndpoint: "https://github.com/login/oauth/authorize",
        state,
        codeVerifier,
        scopes: ["read:user", "user:email"],
        redirectURI: redirectUri,
      }),

    async identify({ code, codeVerifier, redirectUri }: Callback) {
      const { body, headers } = await authorizationCodeRequest({
        code,
        codeVerifier,
        redirectURI: redirectUri,
        options: { clientId, clientSecret },
        tokenEndpoint: TOKEN_ENDPOINT,
      });
      const answer = await askProvider(deps, TOKEN_ENDPOINT, { method: "POST", headers, body: body.toString() });
      const { access_token } = read(token, answer);
      const as = { headers: { Authorization: `Bearer ${access_token}`, "X-GitHub-Api-Version": "2022-11-28" } };
      const [who, whose] = await Promise.all([
        askProvider(deps, `${API}/user`, as),
        askProvider(deps, `${API}/user/emails`, as),
      ]);
      const { id, login, name, avatar_url } = read(profile, who);
      // The primary one and no other: it is where GitHub itself would send a new password.
      const primary = read(addresses, whose).find((address) => address.primary);
      const identity = identityOf({
        accountId: id,
        email: primary?.email,
        emailVerified: primary?.verified,
        name: name || login,
        image: avatar_url,
      });
      if (!identity) throw new ProviderRefused("no id");
      return identity;
    },
  };
}
