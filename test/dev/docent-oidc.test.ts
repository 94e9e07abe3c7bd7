// `docent oidc <issuer>`: prints a block that the configuration takes, of a provider that can be trusted, and of no other.
import { execFile } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { discover, printProvider } from "../../cli/oidc.ts";
import { parseConfig } from "../../src/core/define-config.ts";
import { type OpenIdProvider, startOpenIdProvider } from "../openid-provider.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const OPTIONS = { id: "acme", name: "Acme", clientId: "docent" };

let real: OpenIdProvider;
let other: Server;
let issuer: string;
/** What the other provider says of itself. */
let said: string | undefined;

beforeAll(async () => {
  real = await startOpenIdProvider({ redirectUris: ["http://localhost:8787/api/auth/callback/acme"] });
  other = createServer((_, response) => {
    if (said === undefined) response.writeHead(404).end();
    else response.setHeader("Content-Type", "application/json").end(said);
  });
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await real.close();
  other.close();
});

const good = () => ({
  issuer,
  authorization_endpoint: `${issuer}/auth`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/jwks`,
  response_types_supported: ["code"],
  id_token_signing_alg_values_supported: ["RS256", "HS256"],
});

test("reads a real provider, and the configuration takes what it prints", async () => {
  const { provider } = await discover(real.issuer, OPTIONS);
  expect(provider).toMatchObject({
    ...OPTIONS,
    issuer: real.issuer,
    authorizationEndpoint: `${real.issuer}/auth`,
    tokenEndpoint: `${real.issuer}/token`,
    userinfoEndpoint: `${real.issuer}/me`,
    jwksUri: `${real.issuer}/jwks`,
    tokenEndpointAuth: "client_secret_basic",
  });
  const printed = await printProvider(real.issuer, OPTIONS);
  const [, block = ""] = /\n(\{\n.*?\n\}),\n/s.exec(printed) ?? [];
  const sites = [{ id: "docs", name: "Docs", origins: ["https://docs.example.com"] }];
  const copied: unknown = new Function(`return ${block}`)();
  expect(parseConfig({ sites, methods: { oidc: [copied] } })).toMatchObject({
    config: { methods: { oidc: [provider] } },
  });
  expect(printed).toContain("/api/auth/callback/acme");
});

test("is a command", { timeout: 60_000 }, async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["cli/docent.ts", "oidc", real.issuer, "--id", "acme", "--client-id", "docent"],
    { cwd: ROOT },
  );
  expect(stdout).toContain(`issuer: "${real.issuer}"`);
});

test("takes the least that a provider has to say, and knows the algorithms that can be verified", async () => {
  said = JSON.stringify(good());
  const { provider, verifies } = await discover(`${issuer}/`, OPTIONS);
  expect(provider).toMatchObject({ idTokenAlgorithms: ["RS256"], tokenEndpointAuth: "client_secret_basic" });
  expect(provider).not.toHaveProperty("userinfoEndpoint");
  expect(verifies).toBe(true);
  said = JSON.stringify({ ...good(), claims_supported: ["sub", "email"] });
  expect(await printProvider(issuer, OPTIONS)).toContain("does not say that it verifies addresses");
});

describe("is refused, with the reason:", () => {
  test.each<[string, (all: ReturnType<typeof good>) => object, string]>([
    ["one that speaks for another issuer", (all) => ({ ...all, issuer: "https://evil.example" }), "another issuer"],
    ["one without keys", ({ jwks_uri: _, ...rest }) => rest, "jwks_uri"],
    ["one that gives no codes", (all) => ({ ...all, response_types_supported: ["id_token"] }), "codes"],
    [
      "one that signs with a shared secret",
      (all) => ({ ...all, id_token_signing_alg_values_supported: ["HS256"] }),
      "RS256",
    ],
    [
      "one that takes no secret",
      (all) => ({ ...all, token_endpoint_auth_methods_supported: ["private_key_jwt"] }),
      "secret",
    ],
    [
      "one that is asked without TLS",
      (all) => ({ ...all, token_endpoint: "http://acme.example/token" }),
      "tokenEndpoint",
    ],
    ["one whose key set is a script", (all) => ({ ...all, jwks_uri: "javascript:1" }), "jwksUri"],
  ])("%s", async (_, change, message) => {
    said = JSON.stringify(change(good()));
    await expect(discover(issuer, OPTIONS)).rejects.toThrow(message);
  });

  test("one that says nothing, or no JSON, and an address that is none", async () => {
    said = undefined;
    await expect(discover(issuer, OPTIONS)).rejects.toThrow("404");
    said = "<html>";
    await expect(discover(issuer, OPTIONS)).rejects.toThrow("not JSON");
    await expect(discover("acme", OPTIONS)).rejects.toThrow("no address");
    await expect(discover("http://127.0.0.1:1", OPTIONS)).rejects.toThrow("does not answer");
  });
});
