// The SQL of linked providers: who is linked, to link, and to unlink without locking anybody out.
import { sql } from "drizzle-orm";
import * as z from "zod/mini";
import type { AuditInsert } from "../../db/audit.ts";
import type { Database } from "../../db/client.ts";
import { account, session, user } from "../../db/schema/index.ts";
import type { Caller } from "../../http/caller.ts";
import { lockReader, type WaysIn, wayInRemains } from "../ways-in.ts";

export async function listAccounts(db: Database, userId: string) {
  const { id, providerId, accountId, createdAt, updatedAt } = account;
  return db
    .select({ id, providerId, accountId, userId: account.userId, createdAt, updatedAt })
    .from(account)
    .where(sql`${account.userId} = ${userId}::uuid`)
    .orderBy(account.createdAt, account.id)
    .limit(100);
}

export interface Link extends Caller {
  id: string;
  provider: string;
  accountId: string;
  userId: string;
  /** The session that asked for it, which must still be there. */
  sessionId: string;
  at: Date;
}

/** `taken`: it opens another account. `gone`: whoever asked is not signed in any more. */
export type Linked = "linked" | "already" | "taken" | "gone";

const linkRow = z.object({ made: z.boolean(), asker: z.boolean(), owner: z.nullable(z.string()) });

export async function linkAccount(db: Database, link: Link, auditInsert: AuditInsert): Promise<Linked> {
  const at = sql`${link.at.toISOString()}::timestamptz`;
  const { rows } = await db.execute(sql`
    with asker as (
      select u.id from ${session} s join ${user} u on u.id = s.user_id
      where s.id = ${link.sessionId}::uuid and s.user_id = ${link.userId}::uuid and s.expires_at > ${at}
        and u.email_verified and u.is_active and (not u.banned or u.ban_expires <= ${at})
      for share of s),
    made as (
      insert into ${account} (id, user_id, provider_id, account_id, created_at, updated_at)
      select ${link.id}::uuid, id, ${link.provider}, ${link.accountId}, ${at}, ${at} from asker
      on conflict (provider_id, account_id) do nothing returning user_id),
    noted as (${auditInsert(
      {
        action: "method.linked",
        userId: sql`user_id`,
        actorId: sql`user_id`,
        at: link.at,
        ipAddress: link.ipAddress,
        userAgent: link.userAgent,
        detail: { method: link.provider },
      },
      sql`made`,
    )})
    select exists (select from made) as made, exists (select from asker) as asker,
      (select user_id from ${account} where provider_id = ${link.provider} and account_id = ${link.accountId}) as owner`);
  const [row] = z.parse(z.array(linkRow), rows);
  if (!row?.asker) return "gone";
  if (row.made) return "linked";
  return row.owner === link.userId ? "already" : "taken";
}

export interface Unlink extends Caller {
  userId: string;
  /** Of the sign-in that goes on. */
  loginId: string;
  /** Of the row, and not the reader's id at the provider. */
  id: string;
  ways: WaysIn;
  at: Date;
}

const unlinkRow = z.object({
  /** The provider of the link; null where the reader has no such link. */
  found: z.nullable(z.string()),
  /** The same, where it was taken away. */
  gone: z.nullable(z.string()),
  ended: z.array(z.string()),
});

/**
 * Two who unlink the last two ways at once must not both succeed: the reader's row is locked first, in a statement of its
 * own, so that the second one sees what the first has left. The sessions that came in that way end, but for the one that
 * asks.
 */
export async function unlinkAccount(db: Database, unlink: Unlink, auditInsert: AuditInsert) {
  const { userId, id, ways } = unlink;
  const [, { rows }] = await db.batch([
    lockReader(db, userId),
    db.execute(sql`
      with target as (
        -- A password is no link: it is changed and not unlinked.
        select id, provider_id from ${account}
        where id = ${id}::uuid and user_id = ${userId}::uuid and provider_id <> 'credential'),
      gone as (
        delete from ${account} where id in (select id from target) and ${wayInRemains(ways, userId, { accounts: sql`select id from target` })}
        returning user_id, provider_id),
      ended as (
        delete from ${session} s using gone where s.user_id = gone.user_id and s.method = gone.provider_id
          and s.login_id <> ${unlink.loginId}::uuid returning s.token),
      noted as (${auditInsert(
        {
          action: "method.unlinked",
          userId: sql`user_id`,
          actorId: sql`user_id`,
          at: unlink.at,
          ipAddress: unlink.ipAddress,
          userAgent: unlink.userAgent,
          detail: sql`jsonb_build_object('method', provider_id)`,
        },
        sql`gone`,
      )})
      select (select provider_id from target) as found, (select provider_id from gone) as gone,
        (select coalesce(jsonb_agg(token), '[]'::jsonb) from ended) as ended`),
  ]);
  const [row] = z.parse(z.array(unlinkRow), rows);
  return row ?? { found: null, gone: null, ended: [] };
}
