// GET /start: the top-level navigation that every way by redirect begins with. A cookie that is set here is the Worker's
// own; one set by a fetch from a docs page on another site would be in that page's partition, and missing at the
// callback. It stores where the reader is to come back to, and sends them on: to a provider, or to the Worker's page.
import type { Context } from "hono";
import type { DocentConfig } from "../../core/define-config.ts";
import { accountFragment, FLOW_SECONDS, startQuery } from "../../core/hand-off.ts";
import type { Database } from "../../db/client.ts";
import { isUnavailable } from "../../db/unavailable.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { readQuery } from "../../http/body.ts";
import { problem } from "../../http/problem.ts";
import { FLOW_COOKIE, secretCookie, setFlowCookie } from "../../http/session-cookie.ts";
import { newSecret } from "../one-time-tokens.ts";
import type { Provider } from "../providers/provider.ts";
import type { Providers } from "../providers/switched-on.ts";
import { begin, type Flow, openFlow } from "./flows.ts";
import { toAccountPage, toStored } from "./redirects.ts";
import { returnAddress } from "./return-address.ts";

type C = Context<AppEnv>;

/** Not a frame, and not a script: a reader who sees where they are. Older browsers say nothing. */
function isNavigation(headers: Headers): boolean {
  const mode = headers.get("sec-fetch-mode");
  const dest = headers.get("sec-fetch-dest");
  return (mode === null || mode === "navigate") && (dest === null || dest === "document");
}

/** What has to be kept until a provider answers, and the address to go to. */
export async function requestOf(provider: Provider, baseUrl: string) {
  const [state, codeVerifier, nonce] = [newSecret(), newSecret(), newSecret()];
  const redirectUri = `${baseUrl}/api/auth/callback/${provider.id}`;
  const url = await provider.authorizationUrl({ state, codeVerifier, nonce, redirectUri });
  return { url: url.href, request: { provider: provider.id, state, codeVerifier, nonce } };
}

export interface StartDeps {
  db: Database;
  providers: Providers;
  sites: DocentConfig["sites"];
  baseUrl: string;
  now: () => number;
  randomId: () => string;
}

export function startHandler(deps: StartDeps) {
  const { db, now, randomId } = deps;

  return async function start(c: C): Promise<Response> {
    const { headers } = c.req.raw;
    if (!isNavigation(headers)) return problem(c, "forbidden-origin");
    const query = readQuery(c, startQuery);
    if (!query.ok) return query.response;
    const { site, return: address = "", challenge = "", flow: flowId, with: providerId } = query.value;
    const refuse = (name: string, message: string) =>
      problem(c, "invalid-request", { errors: [{ path: `query.${name}`, message }] });
    const provider = providerId === undefined ? undefined : deps.providers.get(providerId);
    if (providerId !== undefined && !provider) return problem(c, "not-found");
    const back = site === undefined ? undefined : returnAddress(address, site, deps.sites);
    if (site !== undefined && !back) return refuse("return", "must be a page on one of the site's own origins");

    const known = secretCookie(headers.get("cookie"), FLOW_COOKIE);
    // One per browser, so that two tabs do not lose each other's way.
    const binding = known ?? newSecret();
    try {
      let flow: Flow | undefined;
      if (site !== undefined && back && flowId !== undefined) {
        flow = { id: flowId, site, origin: back.origin, returnTo: back.href, challenge, purpose: "sign-in" };
      } else if (flowId !== undefined && !(known && (await openFlow(db, known, flowId, now())))) {
        return toAccountPage(c, accountFragment({ error: "expired" }));
      }
      const going = provider && (await requestOf(provider, deps.baseUrl));
      const request = going && { ...going.request, flow: flowId ?? null, link: null };
      await begin(db, { binding, flow, request, now: now(), randomId });
      const sent = going ? toStored(c, going.url) : toAccountPage(c, accountFragment({ "sign-in": "" }, flowId));
      setFlowCookie(sent.headers, binding, FLOW_SECONDS);
      return sent;
    } catch (failure) {
      if (!isUnavailable(failure)) throw failure;
      return toAccountPage(c, accountFragment({ error: "unavailable" }));
    }
  };
}
