// POST /api/auth/prove/password: the password again, and a code of the second factor from whoever has one.
import { sql } from "drizzle-orm";
import type { Context } from "hono";
import * as z from "zod/mini";
import { ACCOUNT_BODY_BYTES } from "../../core/account.ts";
import { provePasswordInput } from "../../core/proof.ts";
import type { Database } from "../../db/client.ts";
import { account, twoFactor, user } from "../../db/schema/index.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { readJson } from "../../http/body.ts";
import { problem } from "../../http/problem.ts";
import { counting, type Tried, UNTIL, until, verdictOf } from "../attempts.ts";
import type { Auth } from "../better-auth.ts";
import { FACTOR, factorRow } from "../second-factor/queries.ts";
import { type ProofDeps, prover } from "./prover.ts";

const row = z.object({ until, hash: z.nullable(z.string()), factor: z.nullable(factorRow) });

/** Counts the try, and reads what it is compared with, in one statement. */
async function findCredential(db: Database, userId: string, tried: readonly Tried[], now: number) {
  const { rows } = await db.execute(sql`
    with ${await counting(tried, now)}
    select ${UNTIL} as until, a.password as hash, ${FACTOR} from ${user} u
    left join ${account} a on a.user_id = u.id and a.provider_id = 'credential'
    left join ${twoFactor} t on t.user_id = u.id and t.verified where u.id = ${userId}::uuid`);
  return z.parse(z.array(row), rows)[0];
}

export function provePasswordHandler(deps: ProofDeps & { auth: Auth }) {
  const { db, now } = deps;
  const prove = prover(deps);
  return async function provePassword(c: Context<AppEnv>): Promise<Response> {
    const body = await readJson(c, provePasswordInput, ACCOUNT_BODY_BYTES);
    if (!body.ok) return body.response;
    const { userId } = c.get("session");
    const tried: Tried[] = [{ what: "proof", who: userId }];
    const found = await findCredential(db, userId, tried, now());
    const verdict = verdictOf(found?.until ?? null, now());
    if (!verdict.ok) return problem(c, "too-many-requests", { retryAfter: verdict.retryAfter });
    if (!found?.hash)
      return c.json({ code: "CREDENTIAL_ACCOUNT_NOT_FOUND", message: "Credential account not found" }, 400);
    const { hash, factor } = found;
    const wrong = () => c.json({ code: "INVALID_PASSWORD", message: "Invalid password" }, 400);
    // Only then the password: who has no code learns nothing about it.
    if (factor && body.value.secondFactor === undefined) return prove.secondFactorRequired(c);
    const { password } = await deps.auth.$context;
    if (!(await password.verify({ hash, password: body.value.password }))) return wrong();
    return prove.by(c, {
      method: "password",
      // Not one that was changed in the meantime.
      first: sql`first as (select user_id from ${account} where user_id = ${userId}::uuid
        and provider_id = 'credential' and password = ${hash})`,
      factor,
      code: body.value.secondFactor,
      tried,
      refused: wrong,
    });
  };
}
