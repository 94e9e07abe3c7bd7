// How often somebody has tried lately, exactly and for all locations together: what the `attempt` table holds. A try is
// counted before it is made, in one atomic statement, so that many at once are not more than the limit; a try that
// succeeds is forgiven. For an address that nobody has it counts the same, and stores only a hash.
import { type SQL, sql } from "drizzle-orm";
import * as z from "zod/mini";
import { ACCOUNT_LIMITS, type AccountLimit } from "../core/limits.ts";
import type { Database } from "../db/client.ts";
import { attempt } from "../db/schema/index.ts";

/** What is counted, and for whom: an address in lower case, or a reader's id. */
export interface Tried {
  what: AccountLimit;
  who: string;
}

export type Verdict =
  | { ok: true }
  | {
      ok: false;
      /** Seconds until the count begins anew. */
      retryAfter: number;
    };

async function keyOf({ what, who }: Tried): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${what}\n${who}`));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const time = (at: number) => sql`${new Date(at).toISOString()}::timestamptz`;

/**
 * Table expressions for a `with`, without the word. The last, `stopped`, has a row with `until` when the try may not
 * be made. Each of `tried` is counted only when those before it let the try pass: one network that goes on and on after
 * it was stopped does not use up what is there for everybody.
 */
export async function counting(tried: readonly Tried[], now: number): Promise<SQL> {
  const at = time(now);
  if (tried.length === 0) return sql`stopped as (select null::timestamptz as until where false)`;
  const steps = await Promise.all(
    tried.map(async (one, index) => {
      const name = sql.identifier(`counted_${index}`);
      const { count, seconds } = ACCOUNT_LIMITS[one.what];
      const before = sql.identifier(`counted_${index - 1}`);
      const condition = index === 0 ? sql`` : sql` from ${before} where not stopped`;
      const counted = sql`${name} as (
        insert into ${attempt} as a (key, count, expires_at, created_at, updated_at)
        select ${await keyOf(one)}, 1, ${time(now + seconds * 1000)}, ${at}, ${at}${condition}
        on conflict (key) do update set updated_at = excluded.updated_at,
          count = case when a.expires_at <= ${at} then 1 else least(a.count, ${count}) + 1 end,
          expires_at = case when a.expires_at <= ${at} then excluded.expires_at else a.expires_at end
        returning expires_at, count > ${count} as stopped)`;
      return { name, counted };
    }),
  );
  const all = sql.join(
    steps.map(({ name }) => sql`select expires_at from ${name} where stopped`),
    sql` union all `,
  );
  return sql`${sql.join(
    steps.map(({ counted }) => counted),
    sql`, `,
  )}, stopped as (select max(expires_at) as until from (${all}) as s having count(*) > 0)`;
}

/** For the columns of a statement that counts. */
export const UNTIL = sql`(select until from stopped)`;
/** Of its row. */
export const until = z.nullable(z.string());

export const verdictOf = (stoppedUntil: z.infer<typeof until>, now: number): Verdict =>
  stoppedUntil === null ? { ok: true } : { ok: false, retryAfter: (Date.parse(stoppedUntil) - now) / 1000 };

/** A statement that counts one try at each and does nothing else: to stand in a batch, in front of a look-up. */
export const countStatement = async (tried: readonly Tried[], now: number): Promise<SQL> =>
  sql`with ${await counting(tried, now)} select ${UNTIL} as until`;

/** What that statement's rows say. */
export function verdictOfRows(rows: unknown, now: number): Verdict {
  const [row] = z.parse(z.array(z.object({ until })), rows);
  return verdictOf(row?.until ?? null, now);
}

/** Counts one try at each. To be asked before the try: with `ok: false` it must not be made. */
export async function countAttempt(db: Database, tried: readonly Tried[], now: number): Promise<Verdict> {
  return verdictOfRows((await db.execute(await countStatement(tried, now))).rows, now);
}

/**
 * Forgets the tries that came before one that succeeded: a statement, to be run, put in a batch, or in a `with`. Locks
 * in the order in which they were counted, so that of two at once neither waits for the other in a circle.
 */
export async function forgiving(tried: readonly Tried[]): Promise<SQL> {
  const keys = await Promise.all(tried.map(keyOf));
  const order = sql.join(
    keys.map((key, index) => sql`when ${key} then ${sql.raw(String(index))}`),
    sql` `,
  );
  return sql`delete from ${attempt} where key in (
    select key from ${attempt} where key in ${keys} order by case key ${order} end for update)`;
}

/** Removes at most `limit` counts that are over, the oldest first. @returns how many were removed */
export async function purgeExpiredAttempts(db: Database, now: Date, limit: number): Promise<number> {
  // By place and not by key: a planner that expects many rows would otherwise read the whole table to find them.
  const { rowCount } = await db.delete(attempt).where(sql`ctid = any(array(
    select ctid from ${attempt} where ${attempt.expiresAt} < ${now.toISOString()}::timestamptz
    order by ${attempt.expiresAt} limit ${limit}))`);
  return rowCount;
}
