// A code becomes a session, in one statement: the code is used up whatever else is true; the session that it stands for
// is still there and its reader in good standing, or nothing is made; and the sessions that the browser brought end.
import { type SQL, sql } from "drizzle-orm";
import * as z from "zod/mini";
import { BEARER_SECONDS } from "../../core/hand-off.ts";
import type { Database } from "../../db/client.ts";
import { session, user, verification } from "../../db/schema/index.ts";
import type { Caller } from "../../http/caller.ts";
import { identifierOf } from "../one-time-tokens.ts";

export interface Redemption extends Caller {
  code: string;
  flowId: string;
  /** As the browser says it. */
  origin: string;
  /** Of the verifier that was sent. */
  challenge: string;
  at: Date;
  /** Of the session that is made. */
  id: string;
  token: string;
  /** A docs page's own, which has to bring it with every request; otherwise an account's, in a cookie. */
  asBearer: boolean;
  /** Sessions that the browser brought. */
  replaces: readonly string[];
}

const row = z.object({
  userId: z.nullable(z.string()),
  forget: z.nullable(z.boolean()),
  expiresAt: z.nullable(z.string()),
  ended: z.array(z.string()),
});

/**
 * The child has the sign-in's `login_id`, so that signing out ends both; its expiry, so that it is no longer than the
 * sign-in was given; and its proof, which is no younger for having travelled.
 */
export async function redeemCode(db: Database, next: Redemption) {
  // Seven days from now, and never longer than the sign-in.
  const bearerEnds = sql`${new Date(next.at.getTime() + BEARER_SECONDS * 1000).toISOString()}::timestamptz`;
  const asBearer = sql`${next.asBearer}::boolean`;
  const at = sql`${next.at.toISOString()}::timestamptz`;
  // As one parameter: the driver has no arrays of its own.
  const replaced: SQL = sql`select jsonb_array_elements_text(${JSON.stringify(next.replaces)}::jsonb)`;
  const { rows } = await db.execute(sql`
    with code as (
      delete from ${verification} where identifier = ${await identifierOf("hand-off", next.code)}
      returning value::jsonb as said, expires_at),
    good as (
      select said from code where expires_at > ${at} and said->>'id' = ${next.flowId}
        and said->>'origin' = ${next.origin} and said->>'challenge' = ${next.challenge}),
    parent as (
      select s.*, good.said from good join ${session} s on s.id = (good.said->>'sessionId')::uuid
        join ${user} u on u.id = s.user_id
      where s.expires_at > ${at} and u.is_active and (not u.banned or u.ban_expires <= ${at})
      -- A sign-out that is under way is waited for: nothing is made of a session that it ends.
      for update of s),
    made as (
      insert into ${session} (id, token, user_id, expires_at, ip_address, user_agent, last_accessed_at,
        authenticated_at, login_id, scope, origin, method, created_at, updated_at)
      select ${next.id}::uuid, ${next.token}, user_id,
        case when ${asBearer} then least(expires_at, ${bearerEnds}) else expires_at end, ${next.ipAddress}::varchar,
        ${next.userAgent}::varchar, ${at}, authenticated_at, login_id,
        case when ${asBearer} then 'docs' else 'account' end,
        case when ${asBearer} then ${next.origin}::varchar end, method, ${at}, ${at}
      from parent returning user_id, expires_at),
    ended as (
      delete from ${session} where token in (${replaced}) and exists (select from parent) returning token)
    select (select user_id from made) as "userId", (select (said->>'forget')::boolean from parent) as forget, (select to_jsonb(expires_at)#>>'{}' from made) as "expiresAt",
      (select coalesce(jsonb_agg(token), '[]'::jsonb) from ended) as ended`);
  const [found] = z.parse(z.array(row), rows);
  if (!found?.expiresAt || !found.userId) return undefined;
  return {
    userId: found.userId,
    expiresAt: new Date(found.expiresAt),
    forget: found.forget ?? false,
    ended: found.ended,
  };
}
