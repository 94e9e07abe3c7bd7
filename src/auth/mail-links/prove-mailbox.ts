// What follows from it that somebody reads an account's mail. Where nobody had shown that before, somebody else may
// have registered the address first, and waits for its owner to move in: every credential, factor and session that the
// prover has not just presented goes, in the statement that records the proof.
import { type SQL, sql } from "drizzle-orm";
import * as z from "zod/mini";
import type { Removed } from "../../core/mail-links.ts";
import type { AuditInsert } from "../../db/audit.ts";
import { account, passkey, session, twoFactor, user, verification } from "../../db/schema/index.ts";
import type { Caller } from "../../http/caller.ts";
import { timestamp } from "./links.ts";

export interface MailboxProof extends Caller {
  at: Date;
  /** The identifier of the row that is being redeemed by this very statement. */
  identifier: string;
  /** The token of the one session that the request brought; it presents its sign-in, and what that was made with. */
  presentedToken: string | undefined;
  /** The hash that the given password was right for. */
  presentedHash?: string | undefined;
  /** A reset: every session ends, and the password is replaced by the statement itself. */
  reset?: boolean;
  /** The account's new address, an expression; its mailbox is then the one that was proved. */
  newEmail?: SQL;
  /** The language of the page. */
  locale: string | null;
}

/**
 * Parts of a `with`, to follow one named `reader` that has the `id` and `email_verified` of the account, or no row.
 * `mailboxOutcome` reads what they did.
 */
export function provingMailbox(proof: MailboxProof, auditInsert: AuditInsert): SQL {
  const { at, identifier, presentedToken, presentedHash, reset, newEmail, ipAddress, userAgent } = proof;
  // Everything of a reader's that is up when the proof is the first; for a reset, sessions and promises always.
  const up = reset ? sql`reader` : sql`first`;
  const kept = reset
    ? sql`a.provider_id = 'credential'`
    : sql`case when a.provider_id = 'credential'
        then coalesce(a.password = ${presentedHash ?? null}::text, false) or exists (select from presented where method = 'password')
        else exists (select from presented where method = a.provider_id) end`;
  const event = { userId: sql`id`, actorId: sql`id`, at, ipAddress, userAgent };
  return sql`
    first as (select id from reader where not email_verified),
    presented as (
      select s.login_id, coalesce(s.method, 'password') as method from ${session} s join reader r on r.id = s.user_id
      where s.token = ${presentedToken ?? null}::varchar and s.scope = 'account' and s.expires_at > ${timestamp(at)}),
    proved as (
      update ${user} u set email_verified = true, updated_at = ${timestamp(at)},
        locale = coalesce(u.locale, ${proof.locale}::varchar),
        two_factor_enabled = u.two_factor_enabled and u.email_verified
        ${newEmail ? sql`, email = ${newEmail}` : sql``}
      where u.id in (select id from ${newEmail ? sql`reader` : sql`first`}) returning u.id),
    no_credentials as (
      delete from ${account} a using first f where a.user_id = f.id and not (${kept}) returning a.provider_id),
    no_passkeys as (
      delete from ${passkey} p using first f
      where p.user_id = f.id and not exists (select from presented where method = 'passkey') returning p.id),
    no_factor as (delete from ${twoFactor} t using first f where t.user_id = f.id returning t.id),
    no_sessions as (
      delete from ${session} s using ${up} f where s.user_id = f.id
        ${reset ? sql`` : sql`and s.login_id not in (select login_id from presented)`} returning s.token),
    no_promises as (
      delete from ${verification} v using ${newEmail ? sql`reader` : up} f
      where v.user_id = f.id and v.identifier <> ${identifier} returning v.id),
    noted_proof as (${auditInsert({ ...event, action: "address.verified" }, sql`first`)}),
    noted_removal as (${auditInsert(
      { ...event, action: "method.unlinked", detail: { cause: "unproven" } },
      sql`(select id from first where exists (select from no_credentials) or exists (select from no_passkeys)) removed`,
    )}),
    noted_end as (${auditInsert(
      { ...event, action: "sessions.ended", detail: { cause: reset ? "replaced" : "unproven" } },
      sql`(select id from reader where exists (select from no_sessions)) ended`,
    )})`;
}

/** What to select of them. */
export const mailboxColumns = sql`exists (select from first) as "isFirst",
  (select coalesce(jsonb_agg(token), '[]'::jsonb) from no_sessions) as ended,
  jsonb_build_object(
    'password', exists (select from no_credentials where provider_id = 'credential'),
    'methods', (select coalesce(jsonb_agg(provider_id order by provider_id), '[]'::jsonb) from no_credentials
      where provider_id <> 'credential'),
    'passkeys', (select count(*) from no_passkeys), 'secondFactor', exists (select from no_factor),
    'sessions', (select count(*) from no_sessions)) as removed`;

const removed: z.ZodMiniType<Removed> = z.object({
  password: z.boolean(),
  methods: z.array(z.string()),
  passkeys: z.number(),
  secondFactor: z.boolean(),
  sessions: z.number(),
});

export const mailboxOutcome = {
  /** Nobody had proved the address before. */
  isFirst: z.boolean(),
  /** The tokens of the sessions that were ended. */
  ended: z.array(z.string()),
  removed,
};
