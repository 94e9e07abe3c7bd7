// Where every proof of identity ends: the session that asked is marked as proved now, and nothing else. Its children
// keep the proof of the sign-in: a docs page gets no more rights because its reader is on the account page.
//
// Whoever has a second factor gives it with the proof: otherwise a password or an open mailbox would be enough to take
// the second factor away. A passkey that has verified its user counts as both.
import { type SQL, sql } from "drizzle-orm";
import type { Context } from "hono";
import * as z from "zod/mini";
import type { AuditInsert } from "../../db/audit.ts";
import type { Database } from "../../db/client.ts";
import { session } from "../../db/schema/index.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { callerOf } from "../../http/caller.ts";
import { forgiving, type Tried } from "../attempts.ts";
import type { SecondFactor } from "../second-factor/check.ts";
import type { Factor } from "../second-factor/queries.ts";
import { hasToWait, wrongCode } from "../second-factor/refusals.ts";

type C = Context<AppEnv>;

export interface ProofDeps {
  db: Database;
  now: () => number;
  auditInsert: AuditInsert;
  secondFactor: SecondFactor;
  /** What caches hold of this reader is outdated. */
  onChanged: (c: C) => Promise<void>;
}

export interface Given {
  method: "password" | "passkey" | "mail-code";
  /** Items of a `with`, of which `first` has a row (`user_id`) when what was given first holds. */
  first: SQL;
  /** The second factor that is asked for beside it, if any, and what was given. */
  factor: Factor | null;
  code: string | undefined;
  /** What was counted before, and is forgiven. */
  tried: readonly Tried[];
  /** The answer when what was given first does not hold. */
  refused: () => Response;
}

const outcome = z.object({ first: z.boolean(), taken: z.boolean(), proved: z.boolean() });

export function prover({ db, now, auditInsert, secondFactor, onChanged }: ProofDeps) {
  const secondFactorRequired = (c: C): Response =>
    c.json({ code: "SECOND_FACTOR_REQUIRED", message: "Give a code of your second factor as well." }, 403);

  /** Marks the session, in the statement that uses up what was given. */
  async function mark(c: C, { method, first, tried }: Given, taking: SQL | undefined) {
    const { id, userId } = c.get("session");
    const at = new Date(now());
    const time = sql`${at.toISOString()}::timestamptz`;
    const caller = callerOf(c.req.raw.headers);
    const event = { action: "identity.proved", userId, actorId: userId, at, ...caller, detail: { method } } as const;
    const holds = taking ? sql`exists (select from taken)` : sql`exists (select from first)`;
    const { rows } = await db.execute(sql`
      with ${first}${taking ? sql`, ${taking}` : sql``},
      proved as (
        update ${session} set authenticated_at = ${time}, updated_at = ${time}
        where id = ${id}::uuid and user_id = ${userId}::uuid and ${holds} returning id),
      noted as (${auditInsert(event, sql`proved`)})
      ${tried.length > 0 ? sql`, forgiven as (${await forgiving(tried)})` : sql``}
      select exists (select from first) as first, ${taking ? sql`exists (select from taken)` : sql`true`} as taken,
        exists (select from proved) as proved`);
    return z.parse(z.array(outcome), rows)[0];
  }

  return {
    secondFactorRequired,

    async by(c: C, given: Given): Promise<Response> {
      const { factor, code } = given;
      const { userId } = c.get("session");
      let taking: SQL | undefined;
      const refusedCode = async (counted: Factor, wrong: string) => {
        const failure = await secondFactor.failed(counted, wrong);
        if (failure.kind === "waits") return hasToWait(c, failure.lockedUntil, now());
        return wrongCode(c, /^\d{6}$/.test(wrong) ? "app" : "backup");
      };
      if (factor) {
        if (code === undefined) return secondFactorRequired(c);
        const weighed = await secondFactor.weigh(userId, factor, code, callerOf(c.req.raw.headers));
        if (weighed.kind === "waits") return hasToWait(c, weighed.until, now());
        if (weighed.kind === "wrong") return refusedCode(factor, code);
        // A code is not used up beside a proof that does not hold.
        taking = weighed.taking(sql`exists (select from first)`);
      }
      const done = await mark(c, given, taking);
      if (!done?.first) return given.refused();
      if (!done.taken && factor && code !== undefined) return refusedCode(factor, code);
      if (factor && code !== undefined) secondFactor.taken(userId, code);
      // The session has ended meanwhile: signed out elsewhere.
      if (!done.proved) return c.json({ code: "UNAUTHORIZED", message: "Sign in to do this." }, 401);
      await onChanged(c);
      return c.json({ status: true });
    },
  };
}
