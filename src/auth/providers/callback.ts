// GET /api/auth/callback/:id, where a provider sends the reader back to. In Better Auth's place, but not by Better Auth:
// its own makes the reader, the link and the session in several statements that may stop halfway, links by address, and
// writes its errors into query strings. Here every address that the reader is sent to is one that was stored when the
// way began, or the Worker's own page.
import type { Context } from "hono";
import * as z from "zod/mini";
import { accountFragment, type HandOffError } from "../../core/hand-off.ts";
import type { Notice } from "../../core/mail.ts";
import type { AuditInsert } from "../../db/audit.ts";
import type { Database } from "../../db/client.ts";
import { isUnavailable } from "../../db/unavailable.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { callerOf } from "../../http/caller.ts";
import { problem } from "../../http/problem.ts";
import { FLOW_COOKIE, secretCookie } from "../../http/session-cookie.ts";
import { endFlow, endRequest, issueCode, type ProviderRequest, withFragment } from "../hand-off/flows.ts";
import { toAccountPage, toStored } from "../hand-off/redirects.ts";
import type { CompleteSignIn, SignInOutcome } from "../sign-in/complete.ts";
import { linkAccount } from "./linked-accounts.ts";
import { type Identity, type Provider, ProviderRefused, ProviderUnavailable } from "./provider.ts";
import { readerOf } from "./reader-of.ts";
import type { Providers } from "./switched-on.ts";

type C = Context<AppEnv>;
type Asker = NonNullable<ProviderRequest["link"]>;

export interface CallbackDeps {
  db: Database;
  providers: Providers;
  baseUrl: string;
  completeSignIn: CompleteSignIn;
  auditInsert: AuditInsert;
  notify: (userId: string, notice: Notice) => void;
  now: () => number;
  randomId: () => string;
  log: (line: object) => void;
}

/** Providers add what they like; only this is read, and where it is given twice, nothing. */
const answer = z.object({
  state: z.optional(z.string().check(z.maxLength(100))),
  code: z.optional(z.string().check(z.minLength(1), z.maxLength(4000))),
  error: z.optional(z.string()),
  iss: z.optional(z.string()),
});

/** Not everything that is no sign-in is a reader's no (RFC 6749, 4.1.2.1). */
const ERRORS = new Map<string, HandOffError>([
  ["access_denied", "denied"],
  ["temporarily_unavailable", "unavailable"],
  ["server_error", "unavailable"],
]);

function answerOf(c: C): z.infer<typeof answer> | undefined {
  const given = c.req.queries();
  if (Object.keys(answer.shape).some((name) => (given[name]?.length ?? 0) > 1)) return undefined;
  return z.safeParse(answer, c.req.query()).data;
}

export function callbackHandler(deps: CallbackDeps) {
  const { db, now, randomId, log } = deps;

  const useless = ({ id }: Provider, reason: string) =>
    log({ level: "warn", message: "a provider's answer was of no use", method: id, reason });

  /** Who the provider says it is, or why nobody is believed to be. */
  async function identify(
    provider: Provider,
    { codeVerifier, nonce }: ProviderRequest,
    { code, error, iss }: z.infer<typeof answer>,
  ): Promise<Identity | HandOffError> {
    // RFC 9207: another provider's answer, to be sent on to this one.
    if (iss !== undefined && provider.issuer !== undefined && iss !== provider.issuer) return "failed";
    if (error !== undefined) {
      const meant = ERRORS.get(error) ?? "failed";
      // Anybody can write into their own address: only what looks like a code gets into the log.
      if (meant !== "denied") useless(provider, /^[a-z_]{1,60}$/.test(error) ? error : "an error");
      return meant;
    }
    if (code === undefined) return "failed";
    try {
      const redirectUri = `${deps.baseUrl}/api/auth/callback/${provider.id}`;
      return await provider.identify({ code, codeVerifier, nonce, redirectUri });
    } catch (failure) {
      const refused = failure instanceof ProviderRefused;
      if (!refused && !(failure instanceof ProviderUnavailable)) throw failure;
      useless(provider, failure.message);
      return refused ? "failed" : "unavailable";
    }
  }

  async function signIn(c: C, provider: Provider, identity: Identity): Promise<SignInOutcome | HandOffError> {
    const at = new Date(now());
    const caller = callerOf(c.req.raw.headers);
    const found = await readerOf(db, { ...caller, provider: provider.id, identity, at, randomId }, deps.auditInsert);
    if (found.kind !== "reader") return found.kind;
    return deps.completeSignIn(c, { userId: found.userId, method: provider.id, remember: true });
  }

  /** By a reader who is signed in, and asked for it on the Worker's page. */
  async function link(c: C, provider: Provider, identity: Identity, { userId, sessionId }: Asker): Promise<Response> {
    const { accountId } = identity;
    const at = new Date(now());
    const caller = callerOf(c.req.raw.headers);
    const asked = { ...caller, id: randomId(), provider: provider.id, accountId, userId, sessionId, at };
    const outcome = await linkAccount(db, asked, deps.auditInsert);
    if (outcome === "gone") return toAccountPage(c, accountFragment({ error: "expired" }));
    if (outcome === "taken") return toAccountPage(c, accountFragment({ error: "taken" }));
    if (outcome === "linked") deps.notify(userId, { kind: "method-linked", method: provider.name });
    return toAccountPage(c, accountFragment({ linked: provider.id }));
  }

  /** To the docs page that the reader came from, which is told why; without one to the Worker's own. */
  async function refuse(c: C, binding: string, flowId: string | null, why: HandOffError): Promise<Response> {
    const flow = flowId === null ? undefined : await endFlow(db, binding, flowId, now());
    if (flow) return toStored(c, withFragment(flow.returnTo, `${flow.id}!${why}`));
    return toAccountPage(c, accountFragment({ error: why }));
  }

  async function arrive(c: C, binding: string, flowId: string | null, outcome: SignInOutcome): Promise<Response> {
    switch (outcome.kind) {
      case "session": {
        const of = { sessionId: outcome.sessionId, userId: outcome.user.id, forget: false };
        const back = flowId === null ? undefined : await issueCode(db, { binding, flowId, of, now: now(), randomId });
        // Without the flow, which may have ended meanwhile, the reader is signed in on the Worker's page only.
        const arrived = back === undefined ? toAccountPage(c, "") : toStored(c, back);
        outcome.setCookies(arrived.headers);
        return arrived;
      }
      case "second-factor": {
        // The flow stays open: the page that asks goes on with it.
        const asked = toAccountPage(c, accountFragment({ "second-factor": "" }, flowId ?? undefined));
        outcome.setCookies(asked.headers);
        return asked;
      }
      case "blocked":
        return refuse(c, binding, flowId, "blocked");
      case "unverified":
        return refuse(c, binding, flowId, "unverified");
      case "unknown":
      case "not-given":
        // Deleted between one statement and the next.
        return refuse(c, binding, flowId, "failed");
    }
  }

  return async function callback(c: C): Promise<Response> {
    const provider = deps.providers.get(c.req.param("id") ?? "");
    if (!provider) return problem(c, "not-found");
    const said = answerOf(c);
    const binding = secretCookie(c.req.raw.headers.get("cookie"), FLOW_COOKIE);
    try {
      // Another browser's state is not found; neither is one that was redeemed before, or that nobody made.
      const request =
        said?.state !== undefined && binding !== undefined
          ? await endRequest(db, binding, said.state, now())
          : undefined;
      if (!said || !binding || !request) return toAccountPage(c, accountFragment({ error: "expired" }));
      const { flow } = request;
      // A state of one provider, brought to the callback of another.
      if (request.provider !== provider.id) return await refuse(c, binding, flow, "failed");
      const identity = await identify(provider, request, said);
      if (typeof identity === "string") return await refuse(c, binding, flow, identity);
      if (request.link) return await link(c, provider, identity, request.link);
      const outcome = await signIn(c, provider, identity);
      if (typeof outcome === "string") return await refuse(c, binding, flow, outcome);
      return await arrive(c, binding, flow, outcome);
    } catch (failure) {
      // A reader is looking at it: a page that says so, and no JSON.
      if (!isUnavailable(failure) && !c.get("request").databaseFailed) throw failure;
      return toAccountPage(c, accountFragment({ error: "unavailable" }));
    }
  };
}
