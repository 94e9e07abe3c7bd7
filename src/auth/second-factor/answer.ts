// POST /api/auth/two-factor/verify-totp and verify-backup-code, where they answer the question that a sign-in has left
// open: whichever way in it was, here it ends. The question is used up by the right answer, in the statement that
// makes the session, or by the fifth wrong one.
import type { Context, Next } from "hono";
import { ACCOUNT_BODY_BYTES } from "../../core/account.ts";
import { verifyBackupCodeInput, verifyTotpInput } from "../../core/second-factor.ts";
import type { Database } from "../../db/client.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { readJson } from "../../http/body.ts";
import { callerOf } from "../../http/caller.ts";
import {
  cookieValues,
  expireSecondFactorCookie,
  SECOND_FACTOR_COOKIE,
  SESSION_COOKIE,
} from "../../http/session-cookie.ts";
import { identifierOf } from "../one-time-tokens.ts";
import { answerOf, type CompleteSignIn } from "../sign-in/complete.ts";
import type { SecondFactor } from "./check.ts";
import { answerQuestion, findQuestion, TRIES } from "./queries.ts";
import { hasToWait, noQuestion, tooManyTries, wrongCode } from "./refusals.ts";

type C = Context<AppEnv>;

/** A browser holds at most two: its own, and one in a docs page's partition. */
const MAX_QUESTIONS = 2;

export interface AnswerDeps {
  db: Database;
  now: () => number;
  secondFactor: SecondFactor;
  completeSignIn: CompleteSignIn;
}

export function answerHandlers({ db, now, secondFactor, completeSignIn }: AnswerDeps) {
  const secretsOf = (c: C) => cookieValues(c.req.header("cookie") ?? null, SECOND_FACTOR_COOKIE);

  async function answer(c: C, code: string, kind: "app" | "backup"): Promise<Response> {
    const at = new Date(now());
    const secrets = secretsOf(c).slice(0, MAX_QUESTIONS);
    const identifiers = await Promise.all(secrets.map((secret) => identifierOf("second-factor", secret)));
    const question = identifiers.length > 0 ? await findQuestion(db, identifiers, at) : undefined;
    const closed = (response: Response) => {
      expireSecondFactorCookie(response.headers, c.req.raw.headers);
      return response;
    };
    // Also when the second factor was taken away meanwhile: what the question asks for is not there.
    if (!question?.factor) return closed(noQuestion(c));
    const { identifier, userId, value, factor } = question;
    const weighed = await secondFactor.weigh(userId, factor, code, callerOf(c.req.raw.headers));
    if (weighed.kind === "waits") return hasToWait(c, weighed.until, at.getTime());
    if (weighed.kind === "right") {
      const { taking } = weighed;
      const given = answerQuestion(taking(), identifier, at);
      const outcome = await completeSignIn(c, { userId, ...value, secondFactor: true, given });
      if (outcome.kind !== "not-given") secondFactor.taken(userId, code);
      if (outcome.kind === "session") {
        const done = c.json({ token: outcome.sessionId, user: outcome.user });
        outcome.setCookies(done.headers);
        return done;
      }
      if (outcome.kind !== "not-given") return closed(answerOf(c, outcome));
    }
    const failure = await secondFactor.failed(factor, code, identifier);
    if (failure.tries === null || failure.tries >= TRIES) return closed(tooManyTries(c));
    return failure.kind === "waits" ? hasToWait(c, failure.lockedUntil, at.getTime()) : wrongCode(c, kind);
  }

  return {
    /** Hands on what is no answer: a reader who is signed in and confirms a new second factor. */
    async answerTotp(c: C, next: Next): Promise<Response | undefined> {
      if (secretsOf(c).length === 0) {
        if (cookieValues(c.req.header("cookie") ?? null, SESSION_COOKIE).length === 0) return noQuestion(c);
        await next();
        return undefined;
      }
      const body = await readJson(c, verifyTotpInput, ACCOUNT_BODY_BYTES);
      return body.ok ? answer(c, body.value.code, "app") : body.response;
    },

    async answerBackupCode(c: C): Promise<Response> {
      const body = await readJson(c, verifyBackupCodeInput, ACCOUNT_BODY_BYTES);
      return body.ok ? answer(c, body.value.code, "backup") : body.response;
    },
  };
}
