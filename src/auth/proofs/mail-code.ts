// A proof by mail, for whoever has neither password nor passkey: six digits to the verified address, good for ten
// minutes, once, in the session that asked for them, and for five tries. What is stored is their hash together with the
// session's id. Each mail makes the one before worth nothing, and mails are limited: so are all tries together.
import { sql } from "drizzle-orm";
import type { Context } from "hono";
import * as z from "zod/mini";
import { ACCOUNT_BODY_BYTES, emptyInput } from "../../core/account.ts";
import type { SendMail } from "../../core/mail.ts";
import { proveMailCodeInput } from "../../core/proof.ts";
import type { Database } from "../../db/client.ts";
import { user, verification } from "../../db/schema/index.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { readJson } from "../../http/body.ts";
import { problem } from "../../http/problem.ts";
import { counting, UNTIL, until, verdictOf } from "../attempts.ts";
import { identifierOf } from "../one-time-tokens.ts";
import { findFactor } from "../second-factor/queries.ts";
import { lockReader } from "../ways-in.ts";
import { type ProofDeps, prover } from "./prover.ts";

const MINUTES = 10;
const TRIES = 5;

/** Every one of the million equally often: the last few thousand of the range would favour some. */
function newCode(): string {
  const limit = Math.floor(2 ** 32 / 1_000_000) * 1_000_000;
  const [drawn = limit] = crypto.getRandomValues(new Uint32Array(1));
  return drawn < limit ? String(drawn % 1_000_000).padStart(6, "0") : newCode();
}

/** What is stored in a code's place. */
export const mailCodeHash = (sessionId: string, code: string) => identifierOf("step-up-code", `${sessionId}\n${code}`);

const sent = z.object({
  until,
  email: z.string(),
  emailVerified: z.boolean(),
  locale: z.nullable(z.string()),
});

export interface MailCodeDeps extends ProofDeps {
  randomId: () => string;
  sendMail: SendMail;
}

/** Stores a code in the place of the one before, where the address is proved and the limit allows it. */
async function store(
  db: Database,
  { randomId }: MailCodeDeps,
  userId: string,
  sessionId: string,
  code: string,
  now: number,
) {
  const at = sql`${new Date(now).toISOString()}::timestamptz`;
  const expires = sql`${new Date(now + MINUTES * 60_000).toISOString()}::timestamptz`;
  const identifier = await identifierOf("step-up-code", sessionId);
  const value = JSON.stringify({ code: await mailCodeHash(sessionId, code), tries: 0 });
  const tried = [{ what: "mail", who: `${userId}\nproof-code` }] as const;
  const reader = sql`select id from ${user} where id = ${userId}::uuid and email_verified and not exists (select from stopped)`;
  const [, { rows }] = await db.batch([
    lockReader(db, userId),
    db.execute(sql`
      with ${await counting(tried, now)}, reader as (${reader}),
      replaced as (delete from ${verification} v using reader where v.identifier = ${identifier}),
      stored as (insert into ${verification} (id, identifier, value, user_id, expires_at, created_at, updated_at)
        select ${randomId()}::uuid, ${identifier}, ${value}, id, ${expires}, ${at}, ${at} from reader)
      select ${UNTIL} as until, email, email_verified as "emailVerified", locale from ${user}
      where id = ${userId}::uuid`),
  ]);
  return z.parse(z.array(sent), rows)[0];
}

export function mailCodeHandlers(deps: MailCodeDeps) {
  const { db, now } = deps;
  const prove = prover(deps);
  return {
    /** `POST /api/auth/prove/mail-code/send`. */
    async send(c: Context<AppEnv>): Promise<Response> {
      const body = await readJson(c, emptyInput);
      if (!body.ok) return body.response;
      const { id, userId } = c.get("session");
      const code = newCode();
      const found = await store(db, deps, userId, id, code, now());
      const verdict = verdictOf(found?.until ?? null, now());
      if (!verdict.ok) return problem(c, "too-many-requests", { retryAfter: verdict.retryAfter });
      if (!found?.emailVerified) {
        return c.json({ code: "EMAIL_NOT_VERIFIED", message: "Verify your address first." }, 403);
      }
      deps.sendMail({ email: found.email, locale: found.locale }, { kind: "proof-code", code, minutes: MINUTES });
      return c.json({ status: true });
    },

    /** `POST /api/auth/prove/mail-code`. */
    async prove(c: Context<AppEnv>): Promise<Response> {
      const body = await readJson(c, proveMailCodeInput, ACCOUNT_BODY_BYTES);
      if (!body.ok) return body.response;
      const { id, userId } = c.get("session");
      const identifier = await identifierOf("step-up-code", id);
      const hash = await mailCodeHash(id, body.value.code);
      const at = sql`${new Date(now()).toISOString()}::timestamptz`;
      // A `case`, so that a value of another purpose is never read as this. A right code leaves no tries.
      const tries = sql`case when identifier = ${identifier} then (value::jsonb ->> 'tries')::int else ${TRIES} end`;
      const right = sql`(value::jsonb ->> 'code') = ${hash}`;
      return prove.by(c, {
        method: "mail-code",
        first: sql`tried as (
            update ${verification} set value = (value::jsonb || jsonb_build_object('tries',
              case when ${right} then ${TRIES}::int else ${tries} + 1 end))::text
            where identifier = ${identifier} and user_id = ${userId}::uuid and expires_at > ${at} and ${tries} < ${TRIES}
            returning user_id, ${right} as is_right),
          first as (select user_id from tried where is_right)`,
        factor: (await findFactor(db, userId)) ?? null,
        code: body.value.secondFactor,
        tried: [],
        refused: () => c.json({ code: "INVALID_CODE", message: "Invalid code" }, 401),
      });
    },
  };
}
