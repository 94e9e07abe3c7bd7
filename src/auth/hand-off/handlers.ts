// The two ends of a hand-off. `finish`, on the Worker's page, turns the flow that this browser has open into an address
// with a code; `redeem`, on the docs page, turns the code into a session of that page.
import { generateRandomString } from "better-auth/crypto";
import type { Context } from "hono";
import { finishInput, handOffInput } from "../../core/hand-off.ts";
import type { Database } from "../../db/client.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { readJson } from "../../http/body.ts";
import { callerOf } from "../../http/caller.ts";
import { problem } from "../../http/problem.ts";
import {
  asksToBeForgotten,
  FLOW_COOKIE,
  secretCookie,
  sessionCookieValues,
  setForgetfulCookie,
  setSessionCookie,
} from "../../http/session-cookie.ts";
import { TOKEN_LENGTH } from "../session-length.ts";
import { issueCode } from "./flows.ts";
import { redeemCode } from "./redeem-code.ts";

type C = Context<AppEnv>;

/** As the page made its challenge (RFC 7636, S256). */
export async function challengeOf(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const base64 = btoa(String.fromCharCode(...new Uint8Array(digest)));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export interface HandOffDeps {
  db: Database;
  now: () => number;
  randomId: () => string;
  docsOrigins: ReadonlySet<string>;
  sign: (token: string, carrier?: "cookie" | "bearer") => Promise<string>;
  /** The tokens of a request's session cookies whose signature is ours. */
  presentedTokens: (headers: Headers) => Promise<readonly string[]>;
  onEnded: (tokens: readonly string[]) => void;
}

export function handOffHandlers(deps: HandOffDeps) {
  const { db, now, randomId } = deps;
  return {
    /** `POST /api/hand-off/finish`, by a reader who has just signed in on the Worker's page. */
    async finish(c: C): Promise<Response> {
      const body = await readJson(c, finishInput);
      if (!body.ok) return body.response;
      const cookies = c.req.raw.headers.get("cookie");
      const binding = secretCookie(cookies, FLOW_COOKIE);
      const { id: sessionId, userId } = c.get("session");
      const of = { sessionId, userId, forget: asksToBeForgotten(cookies) };
      // In a browser that did not begin the flow nothing is found: whoever opened a mail elsewhere is signed in there.
      const location = binding && (await issueCode(db, { binding, flowId: body.value.flow, of, now: now(), randomId }));
      return location ? c.json({ location }) : problem(c, "code-refused");
    },

    /** `POST /api/hand-off`, by the docs page that began the flow. */
    async redeem(c: C): Promise<Response> {
      const body = await readJson(c, handOffInput);
      if (!body.ok) return body.response;
      const { flow, code, verifier, bearer } = body.value;
      const { headers } = c.req.raw;
      const token = generateRandomString(TOKEN_LENGTH, "a-z", "A-Z", "0-9");
      const at = now();
      const origin = headers.get("origin") ?? "";
      // Only a docs page's, and only where no cookie was kept: nothing turns a cookie into a bearer.
      const asBearer =
        bearer === true && deps.docsOrigins.has(origin) && sessionCookieValues(headers.get("cookie")).length === 0;
      const made = await redeemCode(db, {
        ...callerOf(headers),
        code,
        flowId: flow,
        origin,
        challenge: await challengeOf(verifier),
        at: new Date(at),
        id: randomId(),
        token,
        asBearer,
        replaces: await deps.presentedTokens(headers),
      });
      if (!made) return problem(c, "code-refused");
      deps.onEnded(made.ended);
      const said = { userId: made.userId, expiresAt: made.expiresAt.toISOString() };
      if (asBearer) return c.json({ ...said, bearer: await deps.sign(token, "bearer") });
      const done = c.json(said);
      setSessionCookie(
        done.headers,
        await deps.sign(token),
        made.forget ? undefined : (made.expiresAt.getTime() - at) / 1000,
      );
      if (made.forget) setForgetfulCookie(done.headers);
      return done;
    },
  };
}
