// Accounts that nobody uses: those whose address was never proved, and those that nobody has come back to after a
// warning. Never one with a role, nor one that is banned or switched off: its reader cannot come back, and a ban would end
// with the row. Each removal is one statement that looks once more at every row it takes, so that a reader who signs in at
// the same moment stays. Their sessions end without a word to KV: what it knows of one that nobody used for a day is too old
// to be believed, and its writes are few.
import { type SQL, sql } from "drizzle-orm";
import * as z from "zod/mini";
import type { Database } from "../db/client.ts";
import { session, user } from "../db/schema/index.ts";
import { type Trail, whatFollows } from "./delete-account.ts";

const DAY_MS = 86_400_000;

const time = (at: Date) => sql`${at.toISOString()}::timestamptz`;
const daysBefore = (now: Date, days: number) => new Date(now.getTime() - days * DAY_MS);

/** Of the reader `u`: an ordinary one, who could sign in. */
const isOrdinary = (now: Date) =>
  sql`(u.role = 'user' and u.is_active and (not u.banned or u.ban_expires <= ${time(now)}))`;
/**
 * Nobody has signed in to it, or read with a session of it, since then. Not as "there is no session that": Postgres would
 * look through all sessions to find those few readers, and so it looks up each reader's.
 */
const isUnusedSince = (then: Date) => sql`(coalesce(u.last_login_at, u.created_at) < ${time(then)}
  and coalesce((select max(coalesce(s.last_accessed_at, s.created_at)) from ${session} s where s.user_id = u.id),
    '-infinity') < ${time(then)})`;

const removed = z.array(z.object({ count: z.number() }));

async function remove(
  db: Database,
  now: Date,
  trail: Trail,
  { candidates, condition, cause }: { candidates: SQL; condition: SQL; cause: "inactive" | "unverified" },
): Promise<number> {
  const { rows } = await db.execute(sql`
    with gone as (
      delete from ${user} u where u.id = any(array(${candidates})) and ${condition} returning u.id),
      ${whatFollows(trail, now, { actorId: null, cause })}
    select count(*)::int as count from gone`);
  const [row] = z.parse(removed, rows);
  return row?.count ?? 0;
}

/** Removes at most `limit` accounts whose address was never proved, and that nobody has used for so many days. */
export function purgeUnverified(db: Database, now: Date, days: number, limit: number, trail: Trail): Promise<number> {
  const then = daysBefore(now, days);
  const condition = sql`not u.email_verified and u.created_at < ${time(then)} and ${isOrdinary(now)}
    and ${isUnusedSince(then)}`;
  const candidates = sql`select u.id from ${user} u where ${condition} order by u.created_at limit ${limit}`;
  return remove(db, now, trail, { candidates, condition, cause: "unverified" });
}

export interface Inactivity {
  /** Days without use after which an account is deleted. */
  deleteAfter: number;
  /** Days before that at which its reader is warned. */
  warn: number;
}

/** By when they last signed in; rows in which that is missing by when they were made. */
const longestUnused = (now: Date, before: Date, warned: SQL, limit: number) => {
  const condition = sql`${isOrdinary(now)} and ${isUnusedSince(before)} and ${warned}`;
  return {
    condition,
    candidates: sql`
      (select u.id from ${user} u where u.last_login_at < ${time(before)} and ${condition}
        order by u.last_login_at limit ${limit})
      union all
      (select u.id from ${user} u where u.last_login_at is null and u.created_at < ${time(before)} and ${condition}
        order by u.created_at limit ${limit})
      limit ${limit}`,
  };
};

const claimed = z.array(z.object({ id: z.string(), email: z.string(), locale: z.nullable(z.string()) }));

/**
 * Milliseconds. A warning that is on its way is a time that far ahead: it lets nobody be deleted, no other run sends it
 * too, and where nothing came of it a later run tries again. Only what was handed to the mail transport becomes a time
 * that a deletion is counted from.
 */
const UNDER_WAY_MS = 100 * 365 * DAY_MS;
/** Milliseconds after which a run that has not said what came of it is over. */
const RUN_MS = DAY_MS / 2;

/**
 * Warns at most `limit` readers, each once.
 * @param send says whether the mail was taken
 * @returns how many were warned
 */
export async function warnInactive(
  db: Database,
  now: Date,
  { deleteAfter, warn }: Inactivity,
  limit: number,
  send: (to: { email: string; locale: string | null }, deletedAt: number) => Promise<boolean>,
): Promise<number> {
  const claim = new Date(now.getTime() + UNDER_WAY_MS);
  const isDue = sql`(u.inactive_warned_at is null or (u.inactive_warned_at > ${time(now)}
    and u.inactive_warned_at <= ${time(new Date(claim.getTime() - RUN_MS))}))`;
  const { candidates, condition } = longestUnused(now, daysBefore(now, deleteAfter - warn), isDue, limit);
  const { rows } = await db.execute(sql`
    update ${user} u set inactive_warned_at = ${time(claim)}
    where u.id = any(array(${candidates})) and ${condition} returning u.id, u.email, u.locale`);
  const readers = z.parse(claimed, rows);
  if (readers.length === 0) return 0;
  const deletedAt = now.getTime() + warn * DAY_MS;
  const taken = await Promise.all(readers.map(async ({ id, ...to }) => ((await send(to, deletedAt)) ? [id] : [])));
  const ids = taken.flat();
  // Whoever has signed in meanwhile is not being warned any more.
  await db.execute(sql`
    update ${user} u set inactive_warned_at = ${time(now)}
    where u.id = any(array(select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)::uuid))
      and u.inactive_warned_at = ${time(claim)}`);
  return ids.length;
}

/** Removes at most `limit` accounts whose readers were warned long enough ago and have not come back. */
export function purgeInactive(
  db: Database,
  now: Date,
  { deleteAfter, warn }: Inactivity,
  limit: number,
  trail: Trail,
): Promise<number> {
  const isOver = sql`u.inactive_warned_at <= ${time(daysBefore(now, warn))}`;
  const { candidates, condition } = longestUnused(now, daysBefore(now, deleteAfter), isOver, limit);
  return remove(db, now, trail, { candidates, condition, cause: "inactive" });
}

/** Readers that are deleted in one statement: their progress can be hundreds of rows each. */
const ACCOUNTS_AT_ONCE = 200;

export interface RetentionDeps extends Trail {
  db: Database;
  /** Removes events of the audit trail that are older than that. */
  purgeEvents: (before: Date, limit: number) => Promise<number>;
  /** Undefined where no mail can be sent: nobody can prove an address then, or be warned, and no account is deleted. */
  warn: ((to: { email: string; locale: string | null }, deletedAt: number) => Promise<boolean>) | undefined;
}

interface Retention {
  auditDays: number;
  deleteUnverifiedAfterDays: number | null;
  deleteInactiveAfterDays: number | null;
  warnDays: number;
}

/** What the scheduled handler does about accounts and their trail. */
export function retentionChores(config: Retention, deps: RetentionDeps) {
  const { db, warn } = deps;
  const { auditDays, deleteUnverifiedAfterDays: unverified, deleteInactiveAfterDays: inactive, warnDays } = config;
  const inactivity = inactive === null ? undefined : { deleteAfter: inactive, warn: warnDays };
  return [
    { name: "old events", run: (now: Date, limit: number) => deps.purgeEvents(daysBefore(now, auditDays), limit) },
    ...(warn && unverified !== null
      ? [
          {
            name: "accounts never verified",
            rows: ACCOUNTS_AT_ONCE,
            run: (now: Date, limit: number) => purgeUnverified(db, now, unverified, limit, deps),
          },
        ]
      : []),
    ...(warn && inactivity
      ? [
          {
            name: "inactive accounts",
            rows: ACCOUNTS_AT_ONCE,
            run: (now: Date, limit: number) => purgeInactive(db, now, inactivity, limit, deps),
          },
          {
            name: "warnings of inactive accounts",
            counts: "warned" as const,
            mails: true as const,
            run: (now: Date, limit: number) => warnInactive(db, now, inactivity, limit, warn),
          },
        ]
      : []),
  ];
}
