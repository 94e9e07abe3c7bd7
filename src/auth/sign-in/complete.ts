// Where every way in ends: an identity was proved, and what follows is a session, the question for a second factor, or
// a refusal. No other place decides that, so that no way in can forget the second factor or a ban.
import { generateRandomString } from "better-auth/crypto";
import type { SQL } from "drizzle-orm";
import type { Context } from "hono";
import type { AuditInsert } from "../../db/audit.ts";
import type { Database } from "../../db/client.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { callerOf } from "../../http/caller.ts";
import {
  expireSecondFactorCookie,
  setForgetfulCookie,
  setSecondFactorCookie,
  setSessionCookie,
} from "../../http/session-cookie.ts";
import { forgiving, type Tried } from "../attempts.ts";
import { mint, newSecret } from "../one-time-tokens.ts";
import { SESSION_SECONDS, SHORT_SESSION_SECONDS, TOKEN_LENGTH } from "../session-length.ts";
import { knownBrowserCookie, type Signer } from "./known-browser.ts";
import { type FirstStatements, type SignedInUser, startSession } from "./start-session.ts";

/** Seconds a reader has to give the second factor. */
export const SECOND_FACTOR_SECONDS = 600;

/** What has been proved, and how. */
export interface Proof {
  /** An expression where a statement of `first` finds the reader. */
  userId: string | SQL;
  /** `password`, `magic-link`, `passkey` or a provider's id. */
  method: string;
  /** A session of 30 days; of a day, and until the browser closes, without. */
  remember: boolean;
  /** What was given counts as a second factor too: the code itself, or a passkey that verified its user. */
  secondFactor?: boolean;
  /** What was counted before this try, and is forgiven because it succeeded. */
  tried?: readonly Tried[];
  /**
   * What is used up in the same statement: items of a `with`, the last of which is named `given`. Where it has no row
   * there is no session, and the outcome is `not-given`.
   */
  given?: SQL;
  /** What is done before, in the same transaction. */
  first?: FirstStatements;
}

export type SignInOutcome =
  | { kind: "session"; sessionId: string; token: string; user: SignedInUser; setCookies: (headers: Headers) => void }
  | { kind: "second-factor"; user: SignedInUser; setCookies: (headers: Headers) => void }
  | { kind: "blocked" }
  | { kind: "unverified"; user: SignedInUser }
  | { kind: "not-given" }
  | { kind: "unknown" };

export interface CompleteSignInDeps {
  db: Database;
  now: () => number;
  randomId: () => string;
  sign: Signer["sign"];
  auditInsert: AuditInsert;
  /** Nobody gets in with an address that was never proved. */
  needsVerifiedAddress: boolean;
}

export type CompleteSignIn = (c: Context<AppEnv>, proof: Proof) => Promise<SignInOutcome>;

export function completingSignIn(deps: CompleteSignInDeps): CompleteSignIn {
  const { db, now, randomId } = deps;

  /** The question for a second factor, in a cookie that is good for nothing else. */
  async function ask(proof: Proof, user: SignedInUser): Promise<SignInOutcome> {
    const secret = newSecret();
    const { method, remember } = proof;
    const userId = user.id;
    const [data, purpose] = [{ method, remember }, "second-factor" as const];
    await mint(db, { id: randomId(), purpose, secret, userId, data, now: now(), seconds: SECOND_FACTOR_SECONDS });
    const setCookies = (headers: Headers) => setSecondFactorCookie(headers, secret, SECOND_FACTOR_SECONDS);
    return { kind: "second-factor", user, setCookies };
  }

  return async function completeSignIn(c, proof) {
    const token = generateRandomString(TOKEN_LENGTH, "a-z", "A-Z", "0-9");
    const sessionId = randomId();
    const seconds = proof.remember ? SESSION_SECONDS : SHORT_SESSION_SECONDS;
    const started = await startSession(
      db,
      {
        ...callerOf(c.req.raw.headers),
        id: sessionId,
        token,
        loginId: randomId(),
        userId: proof.userId,
        at: new Date(now()),
        seconds,
        method: proof.method,
        secondFactor: proof.secondFactor ?? false,
        needsVerifiedAddress: deps.needsVerifiedAddress,
        forgiving: proof.tried?.length ? await forgiving(proof.tried) : undefined,
        given: proof.given,
        first: proof.first,
      },
      deps.auditInsert,
    );
    switch (started.kind) {
      case "unknown":
      case "not-given":
      case "blocked":
        return { kind: started.kind };
      case "unverified":
        return { kind: "unverified", user: started.user };
      case "second-factor":
        return ask(proof, started.user);
      case "session": {
        const signed = await deps.sign(token);
        const known = proof.remember ? await knownBrowserCookie(started.user.email, deps.sign) : undefined;
        const setCookies = (headers: Headers) => {
          setSessionCookie(headers, signed, proof.remember ? seconds : undefined);
          if (known === undefined) setForgetfulCookie(headers);
          else headers.append("Set-Cookie", known);
          expireSecondFactorCookie(headers, c.req.raw.headers);
        };
        return { kind: "session", sessionId, token, user: started.user, setCookies };
      }
    }
  };
}

/**
 * The outcome as Better Auth's sign-in routes say it: its official client reads `token`, `user`, `twoFactorRedirect`.
 * @param beside what else the route says of an identity that was proved
 */
export function answerOf(c: Context<AppEnv>, outcome: SignInOutcome, beside: object = {}): Response {
  switch (outcome.kind) {
    case "session": {
      const done = c.json({ redirect: false, token: outcome.sessionId, user: outcome.user, ...beside });
      outcome.setCookies(done.headers);
      return done;
    }
    case "second-factor": {
      const asked = c.json({ twoFactorRedirect: true, twoFactorMethods: ["totp"], ...beside });
      outcome.setCookies(asked.headers);
      return asked;
    }
    case "blocked":
      return c.json({ code: "ACCOUNT_BLOCKED", message: "This account cannot sign in." }, 403);
    case "unverified":
      return c.json({ code: "EMAIL_NOT_VERIFIED", message: "Email not verified" }, 403);
    case "unknown":
    case "not-given":
      return c.json({ code: "INVALID_EMAIL_OR_PASSWORD", message: "Invalid email or password" }, 401);
  }
}
