// What an administrator does to somebody else's account: each change is one statement that asks once more who acts, does
// it, ends what it must end, and writes the trail. Nobody changes their own account here. So there always is another
// administrator than the one who is changed: the one who acts.
import { type SQL, sql } from "drizzle-orm";
import * as z from "zod/mini";
import { adminUser } from "../core/admin.ts";
import type { AuditAction } from "../core/audit.ts";
import { inTurn, isAdministrator } from "../db/administrators.ts";
import type { Database } from "../db/client.ts";
import { session, user, verification } from "../db/schema/index.ts";
import type { Caller } from "../http/caller.ts";
import { auditInsert } from "./audit.ts";

export interface Actor extends Caller {
  id: string;
}

interface Change {
  actor: Actor;
  userId: string;
  at: Date;
  /** Assignments to columns of `user`. */
  set: SQL;
  /** Must hold for the reader, who is called `u`. */
  condition?: SQL;
  /** Ends every session, and every secret that was promised and not redeemed yet. */
  signsOut?: true;
  event: {
    action: AuditAction;
    detail?: SQL;
    /** Written only where something is different from before: of the row `changed`. */
    where: SQL;
  };
}

export type Changed =
  | { kind: "changed"; user: z.infer<typeof adminUser>; ended: string[] }
  /** The one who asks is no administrator any more. */
  | { kind: "forbidden" }
  | { kind: "own-account" }
  | { kind: "not-found" }
  /** The condition does not hold. */
  | { kind: "refused" };

const outcome = z.object({
  acts: z.boolean(),
  there: z.boolean(),
  user: z.nullable(adminUser),
  ended: z.array(z.string()),
});

/** As `Date` prints a moment: jsonb would print it as Postgres does. */
const iso = (column: SQL) => sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

async function change(db: Database, { actor, userId, at, set, condition, signsOut, event }: Change): Promise<Changed> {
  if (actor.id === userId) return { kind: "own-account" };
  const [, { rows }] = await db.batch([
    inTurn(db),
    db.execute(sql`
      with actor as (
        select id from ${user} a where id = ${actor.id}::uuid and ${isAdministrator(sql`a`, at)}),
      target as (select id, role, banned, is_active from ${user} where id = ${userId}::uuid),
      changed as (
        update ${user} u set ${set}, updated_at = ${at.toISOString()}::timestamptz
        from target t where u.id = t.id and exists (select from actor) and ${condition ?? sql`true`}
        returning u.*, t.role as was_role, t.banned as was_banned, t.is_active as was_active),
      ended as (
        delete from ${session} where ${signsOut ? sql`user_id in (select id from changed)` : sql`false`}
        returning token),
      forgotten as (
        delete from ${verification} where ${signsOut ? sql`user_id in (select id from changed)` : sql`false`}),
      noted as (${auditInsert(
        {
          action: event.action,
          userId: sql`id`,
          actorId: actor.id,
          at,
          ipAddress: actor.ipAddress,
          userAgent: actor.userAgent,
          ...(event.detail && { detail: event.detail }),
        },
        sql`changed where ${event.where}`,
      )})
      select exists (select from actor) as acts, exists (select from target) as there,
        (select coalesce(jsonb_agg(token), '[]') from ended) as ended,
        (select jsonb_build_object('id', id, 'email', email, 'emailVerified', email_verified, 'name', name, 'role', role,
          'isActive', is_active, 'banned', banned, 'banExpires', ${iso(sql`ban_expires`)}, 'banReason', ban_reason,
          'twoFactorEnabled', two_factor_enabled, 'image', image, 'locale', locale,
          'createdAt', ${iso(sql`created_at`)}, 'updatedAt', ${iso(sql`updated_at`)},
          'lastLoginAt', ${iso(sql`last_login_at`)}) from changed) as "user"`),
  ]);
  const [row] = z.parse(z.array(outcome), rows);
  if (!row?.acts) return { kind: "forbidden" };
  if (row.user) return { kind: "changed", user: row.user, ended: row.ended };
  return { kind: row.there ? "refused" : "not-found" };
}

interface To {
  actor: Actor;
  userId: string;
  at: Date;
}

/** Refused for an address that nobody has proved, unless the role is taken away. */
export const setRole = (db: Database, to: To, role: "user" | "moderator" | "admin") =>
  change(db, {
    ...to,
    set: sql`role = ${role}`,
    condition: role === "user" ? sql`true` : sql`u.email_verified`,
    event: {
      action: "role.changed",
      detail: sql`jsonb_build_object('role', role, 'previousRole', was_role)`,
      where: sql`role <> was_role`,
    },
  });

/** The reason is in no event: the reader sees those. */
export const ban = (db: Database, to: To, reason: string, until: Date | null) =>
  change(db, {
    ...to,
    set: sql`banned = true, ban_reason = ${reason}, ban_expires = ${until?.toISOString() ?? null}::timestamptz`,
    signsOut: true,
    event: {
      action: "account.banned",
      ...(until && { detail: sql`jsonb_build_object('until', ${until.toISOString()}::text)` }),
      where: sql`true`,
    },
  });

export const unban = (db: Database, to: To) =>
  change(db, {
    ...to,
    set: sql`banned = false, ban_reason = null, ban_expires = null`,
    event: { action: "account.unbanned", where: sql`was_banned` },
  });

export const deactivate = (db: Database, to: To) =>
  change(db, {
    ...to,
    set: sql`is_active = false`,
    signsOut: true,
    event: { action: "account.deactivated", where: sql`was_active` },
  });

export const activate = (db: Database, to: To) =>
  change(db, {
    ...to,
    set: sql`is_active = true`,
    event: { action: "account.activated", where: sql`not was_active` },
  });

const ended = z.object({ acts: z.boolean(), there: z.boolean(), ended: z.array(z.string()) });

/**
 * Ends all sessions of a reader, or one; an id of another reader's ends nothing.
 * @returns the ended tokens
 */
export async function revokeSessions(db: Database, { actor, userId, at }: To, sessionId?: string) {
  const { rows } = await db.execute(sql`
    with actor as (select id from ${user} a where id = ${actor.id}::uuid and ${isAdministrator(sql`a`, at)}),
    target as (select id from ${user} where id = ${userId}::uuid),
    ended as (
      delete from ${session} where user_id = ${userId}::uuid and exists (select from actor)
        ${sessionId === undefined ? sql`` : sql`and id = ${sessionId}::uuid`} returning token),
    noted as (${auditInsert(
      {
        action: sessionId === undefined ? "sessions.ended" : "session.ended",
        userId,
        actorId: actor.id,
        at,
        ipAddress: actor.ipAddress,
        userAgent: actor.userAgent,
        detail: sql`jsonb_build_object('count', n)`,
      },
      sql`(select count(*)::int as n from ended) counted where n > 0`,
    )})
    select exists (select from actor) as acts, exists (select from target) as there,
      (select coalesce(jsonb_agg(token), '[]') from ended) as ended`);
  const [row] = z.parse(z.array(ended), rows);
  if (!row?.acts) return { kind: "forbidden" } as const;
  return row.there ? ({ kind: "ended", tokens: row.ended } as const) : ({ kind: "not-found" } as const);
}
