// Makes a session, in one statement that also asks whether it may be made: whatever proved the reader's identity, a
// banned reader gets none, and a reader with a second factor none before it was given.
import { type SQL, sql } from "drizzle-orm";
import * as z from "zod/mini";
import type { AuditInsert } from "../../db/audit.ts";
import type { Database } from "../../db/client.ts";
import { session, user } from "../../db/schema/index.ts";
import type { Caller } from "../../http/caller.ts";

export interface NewSession extends Caller {
  id: string;
  token: string;
  loginId: string;
  /** An expression where a statement before it finds the reader. */
  userId: string | SQL;
  /** When the credential was proved, and the session begins. */
  at: Date;
  seconds: number;
  /** `password`, `magic-link`, `passkey` or a provider's id. */
  method: string;
  /** A second factor was given, or what was given counts as both. */
  secondFactor: boolean;
  /** An address that nobody has proved is not enough. */
  needsVerifiedAddress: boolean;
  /** A statement that forgets the tries before this one. */
  forgiving: SQL | undefined;
  /** @see Proof */
  given?: SQL | undefined;
  /** @see Proof */
  first?: FirstStatements | undefined;
}

/** What is done before it, in the same transaction: all of it, or there is no session. */
export interface FirstStatements {
  statements: readonly SQL[];
  /** Told the rows of each. */
  read: (rows: readonly unknown[]) => void;
}

/** Runs a statement after others, as one batch. @returns its rows */
async function runAfter(db: Database, first: FirstStatements | undefined, statement: SQL): Promise<unknown> {
  const [head, ...rest] = first?.statements ?? [];
  if (!first || !head) return (await db.execute(statement)).rows;
  const results = await db.batch([db.execute(head), ...rest.map((one) => db.execute(one)), db.execute(statement)]);
  const rows = results.map((result) => result.rows);
  first.read(rows.slice(0, -1));
  return rows.at(-1);
}

const moment = z.pipe(
  z.string(),
  z.transform((text) => new Date(text)),
);

/** A reader as a statement shows one, in the names of Better Auth's answers; `u` is the row. */
export const USER_JSON = sql`jsonb_build_object('id', u.id, 'email', u.email, 'emailVerified', u.email_verified,
  'name', u.name, 'image', u.image, 'createdAt', u.created_at, 'updatedAt', u.updated_at, 'role', u.role,
  'twoFactorEnabled', u.two_factor_enabled, 'skillLevel', u.skill_level, 'operatingSystem', u.operating_system)`;
export const userOfRow = z.object({
  id: z.string(),
  email: z.string(),
  emailVerified: z.boolean(),
  name: z.string(),
  image: z.nullable(z.string()),
  createdAt: moment,
  updatedAt: moment,
  role: z.enum(["user", "moderator", "admin"]),
  twoFactorEnabled: z.boolean(),
  skillLevel: z.nullable(z.string()),
  operatingSystem: z.nullable(z.string()),
});
const row = z.object({
  made: z.number(),
  given: z.number(),
  standing: z.enum(["good", "inactive", "banned"]),
  user: userOfRow,
});
export type SignedInUser = z.infer<typeof userOfRow>;

export type Started =
  | { kind: "session" | "second-factor" | "unverified" | "blocked"; user: SignedInUser }
  /** What was to be given in the same statement was not taken. */
  | { kind: "not-given" }
  /** Deleted in the meantime. */
  | { kind: "unknown" };

/** Locks the reader's row: a second factor or a ban that comes at the same time finds the session, or prevents it. */
export async function startSession(db: Database, next: NewSession, auditInsert: AuditInsert): Promise<Started> {
  const at = sql`${next.at.toISOString()}::timestamptz`;
  const expiresAt = sql`${new Date(next.at.getTime() + next.seconds * 1000).toISOString()}::timestamptz`;
  const rows = await runAfter(
    db,
    next.first,
    sql`
    with ${next.given ? sql`${next.given}, ` : sql``}reader as (
      select u.*, case when not is_active then 'inactive'
        when banned and (ban_expires is null or ban_expires > ${at}) then 'banned' else 'good' end as standing
      from ${user} u where id = ${next.userId}::uuid for no key update),
    made as (
      insert into ${session} (id, token, user_id, expires_at, ip_address, user_agent, last_accessed_at, authenticated_at,
        login_id, scope, method, created_at, updated_at)
      select ${next.id}::uuid, ${next.token}, id, ${expiresAt}, ${next.ipAddress}::varchar, ${next.userAgent}::varchar,
        ${at}, ${at}, ${next.loginId}::uuid, 'account', ${next.method}::varchar, ${at}, ${at}
      from reader where standing = 'good' and (${next.secondFactor}::boolean or not two_factor_enabled)
        and (email_verified or not ${next.needsVerifiedAddress}::boolean)
        ${next.given ? sql`and exists (select from given)` : sql``}
      returning user_id),
    seen as (
      update ${user} set last_login_at = ${at}, inactive_warned_at = null where id in (select user_id from made)),
    noted as (${auditInsert(
      {
        action: "session.created",
        userId: sql`user_id`,
        actorId: sql`user_id`,
        at: next.at,
        ipAddress: next.ipAddress,
        userAgent: next.userAgent,
        detail: { method: next.method },
      },
      sql`made`,
    )})${next.forgiving ? sql`, forgiven as (${next.forgiving})` : sql``}
    select (select count(*)::int from made) as made, standing, ${USER_JSON} as user,
      ${next.given ? sql`(select count(*)::int from given)` : sql`1`} as given
    from reader u`,
  );
  const [found] = z.parse(z.array(row), rows);
  if (!found) return { kind: "unknown" };
  if (found.given === 0) return { kind: "not-given" };
  if (found.made > 0) return { kind: "session", user: found.user };
  if (found.standing !== "good") return { kind: "blocked", user: found.user };
  if (next.needsVerifiedAddress && !found.user.emailVerified) return { kind: "unverified", user: found.user };
  return { kind: "second-factor", user: found.user };
}
