// A real OpenID provider on this machine, for tests: its people are whoever a test says, and its one page asks which of
// them signs in, and whether they agree.
import { generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import Provider from "oidc-provider";

export const CLIENT_ID = "docent";
export const CLIENT_SECRET = "the-secret-of-docent-at-the-provider-of-the-tests";

export interface OpenIdProvider {
  issuer: string;
  /** From now on no client gets a token, or an answer. */
  breakTokens(): void;
  close(): Promise<void>;
}

/** Claims by subject. `PUT /people/<sub>` with JSON says who somebody is. */
const people = new Map<string, Record<string, unknown>>();

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

const PAGE = `<!doctype html><title>Acme</title><form method="post"><label>Who are you?
  <input name="sub" autofocus></label><button name="decision" value="allow">Allow</button>
  <button name="decision" value="deny">Deny</button></form>`;

async function interact(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== "POST") {
    response.setHeader("Content-Type", "text/html").end(PAGE);
    return;
  }
  const { params } = await provider.interactionDetails(request, response);
  const form = new URLSearchParams(await bodyOf(request));
  const accountId = form.get("sub") ?? "";
  if (form.get("decision") !== "allow") {
    const denied = { error: "access_denied", error_description: "They said no." };
    return provider.interactionFinished(request, response, denied);
  }
  const grant = new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const agreed = { login: { accountId }, consent: { grantId: await grant.save() } };
  return provider.interactionFinished(request, response, agreed);
}

/** @param redirectUris exactly */
export async function startOpenIdProvider({ redirectUris }: { redirectUris: string[] }): Promise<OpenIdProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const provider = new Provider(issuer, {
    clients: [{ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, redirect_uris: redirectUris }],
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), alg: "RS256", use: "sig", kid: "one" }] },
    cookies: { keys: ["of-the-tests"] },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "picture"] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_: unknown, sub: string) => ({ accountId: sub, claims: () => ({ sub, ...people.get(sub) }) }),
    ttl: { Session: 3600, Interaction: 3600, Grant: 3600, AccessToken: 600, AuthorizationCode: 60, IdToken: 600 },
  });
  const oauth = provider.callback();
  let broken = false;
  server.on("request", (request, response) => {
    const path = request.url ?? "";
    const fail = () => response.writeHead(500).end();
    if (broken && path.startsWith("/token")) request.socket.destroy();
    else if (path.startsWith("/interaction/")) interact(provider, request, response).catch(fail);
    else if (path.startsWith("/people/")) {
      bodyOf(request)
        .then((body) => people.set(decodeURIComponent(path.slice("/people/".length)), JSON.parse(body)))
        .then(() => response.writeHead(204).end(), fail);
    } else oauth(request, response);
  });
  return {
    issuer,
    breakTokens: () => {
      broken = true;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
