// The providers that an owner may switch on, as `docent.config.ts` names them. Their secrets are never part of it.
import * as z from "zod/mini";
import { storableText } from "./background.ts";

const clientId = storableText(255, 1);

/** An address that a provider's documents name. Plain HTTP on this machine only: a test's provider. */
const endpoint = z
  .url("must be a URL")
  .check(
    z.regex(/^(https:\/\/|http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(\/|$))/, "must be https"),
    z.maxLength(500),
  );

/** Signatures that are checked with a provider's public keys. `none`, and HMAC with a shared secret, are not here. */
export const ID_TOKEN_ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "EdDSA"] as const;

/** Names that mean another way in. */
const TAKEN = new Set(["credential", "password", "magic-link", "passkey", "github", "google"]);

const oidcProvider = z.strictObject({
  /** Names it in `/start?with=`, in its callback's address and in the secrets. Never change it: accounts are stored by it. */
  id: z.string().check(
    z.regex(/^[a-z][a-z0-9-]{0,59}$/, 'must be lower case letters, digits and "-"'),
    z.refine((id) => !TAKEN.has(id), "is the name of another way in"),
  ),
  /** What the button says. */
  name: storableText(60, 1),
  clientId,
  issuer: endpoint,
  authorizationEndpoint: endpoint,
  tokenEndpoint: endpoint,
  /** Asked where the ID token holds no address. */
  userinfoEndpoint: z.optional(endpoint),
  jwksUri: endpoint,
  /** How the secret is shown to the token endpoint. */
  tokenEndpointAuth: z._default(z.enum(["client_secret_basic", "client_secret_post"]), "client_secret_basic"),
  idTokenAlgorithms: z._default(z.array(z.enum(ID_TOKEN_ALGORITHMS)).check(z.minLength(1)), ["RS256"]),
  scopes: z._default(
    z.array(storableText(100, 1)).check(z.refine((scopes) => scopes.includes("openid"), 'must name "openid"')),
    ["openid", "email", "profile"],
  ),
});
export type OidcProvider = z.output<typeof oidcProvider>;

const client = z.strictObject({ clientId });

/** Fields of `methods`. */
export const providerMethods = {
  /** `clientId` of an OAuth app at GitHub; its secret is GITHUB_CLIENT_SECRET. */
  github: z.optional(client),
  /** `clientId` of an OAuth client at Google; its secret is GOOGLE_CLIENT_SECRET. */
  google: z.optional(client),
  /** Any OpenID Connect provider, as `docent oidc <issuer>` prints it; secrets in OIDC_CLIENT_SECRETS, by id. */
  oidc: z._default(
    z.array(oidcProvider).check(
      z.maxLength(20),
      z.refine((all) => new Set(all.map(({ id }) => id)).size === all.length, "names an id twice"),
    ),
    [],
  ),
};

export interface ProviderMethods {
  github?: { clientId: string } | undefined;
  google?: { clientId: string } | undefined;
  oidc: readonly OidcProvider[];
}

/** The secret of each provider that has one, by the provider's id. */
export type ProviderSecrets = Readonly<Record<string, string>>;

/** Every provider that is configured, with the name of the deployment's secret without which it is off. */
export function configuredProviders({ github, google, oidc }: ProviderMethods) {
  return [
    ...(github ? [{ id: "github", name: "GitHub", secret: "GITHUB_CLIENT_SECRET" }] : []),
    ...(google ? [{ id: "google", name: "Google", secret: "GOOGLE_CLIENT_SECRET" }] : []),
    ...oidc.map(({ id, name }) => ({ id, name, secret: "OIDC_CLIENT_SECRETS" })),
  ];
}
