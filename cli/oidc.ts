// `docent oidc <issuer>`: what an OpenID Connect provider says of itself, as a block for docent.config.ts. Asked once, here:
// a Worker may not ask the network while it starts.
import * as z from "zod";
import { parseConfig } from "../src/core/define-config.ts";
import { ID_TOKEN_ALGORITHMS, type OidcProvider } from "../src/core/providers.ts";
import { Refusal } from "./refusal.ts";

/** Milliseconds. */
const PATIENCE = 10_000;

/** What is read of https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata, with its defaults. */
const metadata = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  userinfo_endpoint: z.string().optional(),
  jwks_uri: z.string(),
  response_types_supported: z.array(z.string()),
  id_token_signing_alg_values_supported: z.array(z.string()),
  token_endpoint_auth_methods_supported: z.array(z.string()).default(["client_secret_basic"]),
  scopes_supported: z.array(z.string()).optional(),
  claims_supported: z.array(z.string()).optional(),
});

async function ask(url: string): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    throw new Refusal(`${url} does not answer, or sends us elsewhere. Is that the issuer, as the provider writes it?`);
  }
  if (!response.ok)
    throw new Refusal(`${url} answers ${response.status}. Is that the issuer, as the provider writes it?`);
  return response.json().catch(() => {
    throw new Refusal(`${url} is not JSON.`);
  });
}

export interface OidcOptions {
  id: string;
  name: string;
  clientId: string;
}

/** @throws Refusal with what does not fit */
export async function discover(issuer: string, { id, name, clientId }: OidcOptions) {
  if (!URL.canParse(issuer) || !/^https?:/.test(issuer)) throw new Refusal(`${issuer} is no address.`);
  const bare = issuer.replace(/\/$/, "");
  const url = `${bare}/.well-known/openid-configuration`;
  const read = metadata.safeParse(await ask(url));
  if (!read.success) {
    const missing = read.error.issues.map(({ path }) => path.join("."));
    throw new Refusal(`${url} is not what OpenID Connect Discovery asks for: see ${missing.join(", ")}.`);
  }
  const said = read.data;
  // Whoever answers for another issuer could sign its readers in (Discovery, 4.3).
  if (said.issuer.replace(/\/$/, "") !== bare) throw new Refusal(`${url} speaks for another issuer: ${said.issuer}.`);
  if (!said.response_types_supported.includes("code")) throw new Refusal("The provider gives no authorization codes.");
  const idTokenAlgorithms = ID_TOKEN_ALGORITHMS.filter((one) =>
    said.id_token_signing_alg_values_supported.includes(one),
  );
  if (idTokenAlgorithms.length === 0) {
    throw new Refusal(`The provider signs by none of ${ID_TOKEN_ALGORITHMS.join(", ")}: it cannot be verified.`);
  }
  const methods = said.token_endpoint_auth_methods_supported;
  const tokenEndpointAuth = (["client_secret_basic", "client_secret_post"] as const).find((one) =>
    methods.includes(one),
  );
  if (!tokenEndpointAuth) throw new Refusal(`The provider takes no client secret, only ${methods.join(", ")}.`);
  const scopes = ["openid", "email", "profile"].filter(
    (one) => one === "openid" || (said.scopes_supported ?? [one]).includes(one),
  );
  const provider: OidcProvider = {
    id,
    name,
    clientId,
    issuer: said.issuer,
    authorizationEndpoint: said.authorization_endpoint,
    tokenEndpoint: said.token_endpoint,
    ...(said.userinfo_endpoint && { userinfoEndpoint: said.userinfo_endpoint }),
    jwksUri: said.jwks_uri,
    tokenEndpointAuth,
    idTokenAlgorithms,
    scopes,
  };
  const checked = parseConfig({
    sites: [{ id: "docs", name: "Docs", origins: ["https://docs.example.com"] }],
    methods: { oidc: [provider] },
  });
  if ("mistakes" in checked) {
    const lines = checked.mistakes.map(({ path, message }) => `${path.replace("methods.oidc[0].", "")}: ${message}`);
    throw new Refusal(["docent.config.ts would not take it:", ...lines].join("\n"));
  }
  const verifies = said.claims_supported === undefined || said.claims_supported.includes("email_verified");
  return { provider, verifies };
}

/** What the owner is shown: a block to copy, and what is left to do. */
export async function printProvider(issuer: string, options: OidcOptions): Promise<string> {
  const { provider, verifies } = await discover(issuer, options);
  const fields = Object.entries(provider).map(([key, value]) => `  ${key}: ${JSON.stringify(value)},`);
  return [
    "Put this into `methods.oidc` of docent.config.ts:",
    "",
    "{",
    ...fields,
    "},",
    "",
    `Register this redirect address at the provider: <BASE_URL>/api/auth/callback/${provider.id}`,
    `Set its client secret: wrangler secret put OIDC_CLIENT_SECRETS, as JSON: {"${provider.id}": "…"}`,
    ...(verifies
      ? []
      : ["It does not say that it verifies addresses. Nobody can begin an account with it, only link it to one."]),
  ].join("\n");
}
