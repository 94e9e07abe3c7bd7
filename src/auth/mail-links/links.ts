// The links of mails: their rows and their addresses. One mechanism for all of them: a row of purpose, user and address,
// found by the hash of a secret, deleted by whatever uses it, and by a reset, a ban or a change of address.
import { sql } from "drizzle-orm";
import * as z from "zod/mini";
import type { LinkKind } from "../../core/mail-links.ts";
import type { Database } from "../../db/client.ts";
import { account, user, verification } from "../../db/schema/index.ts";
import { counting, type Tried, UNTIL, until, verdictOf } from "../attempts.ts";
import { identifierOf } from "../one-time-tokens.ts";

/** Mails of one kind to one address are counted together, whoever asks for them. */
export const mailTo = (kind: LinkKind, email: string): Tried => ({ what: "mail", who: `${kind}\n${email}` });

/** Seconds a link is good. */
export const LINK_SECONDS = {
  "verify-address": 24 * 3600,
  "magic-link": 15 * 60,
  "reset-password": 3600,
  "change-address": 24 * 3600,
  "confirm-address": 24 * 3600,
} as const satisfies Record<LinkKind, number>;

/** What a row knows beside its user. The address is the one that the mail went to, or that the account had then. */
export const linkData = z.object({
  email: z.string(),
  newEmail: z.optional(z.string()),
  remember: z.optional(z.boolean()),
  flow: z.optional(z.string()),
  lang: z.optional(z.nullable(z.string())),
});
export type LinkData = z.infer<typeof linkData>;

/** The configured address of the Worker and no other: a request's Host header may be anybody's. */
export const linkTo = (baseUrl: string, kind: LinkKind, secret: string): string =>
  `${baseUrl}/account#${kind}=${secret}`;

export const timestamp = (at: Date) => sql`${at.toISOString()}::timestamptz`;

/** Of a row of `user` named u: may this reader be signed in at that moment? */
export const inGoodStanding = (at: Date) =>
  sql`u.is_active and not (u.banned and (u.ban_expires is null or u.ban_expires > ${timestamp(at)}))`;

/** For whom a link is made: any address, one with an account, or one with an account that never proved it. */
export type LinkFor = "anybody" | "registered" | "unverified";

export interface NewLink {
  id: string;
  kind: LinkKind;
  secret: string;
  data: LinkData;
  for: LinkFor;
  now: number;
}

const madeRow = z.object({ until, made: z.boolean(), known: z.boolean(), locale: z.nullable(z.string()) });

/**
 * Makes a link for an address, in one statement, which is the same whether anybody has the address or not.
 * Counts it as a mail to that address, also to one that nobody has.
 * @returns whether there is a link to send, whether somebody has the address, and their language
 */
export async function makeLink(db: Database, link: NewLink) {
  const at = new Date(link.now);
  const expiresAt = new Date(link.now + LINK_SECONDS[link.kind] * 1000);
  const allowed = {
    anybody: sql`u.id is null or ${inGoodStanding(at)}`,
    registered: sql`u.id is not null and ${inGoodStanding(at)}`,
    unverified: sql`u.id is not null and not u.email_verified and ${inGoodStanding(at)}`,
  }[link.for];
  const { rows } = await db.execute(sql`
    with ${await counting([mailTo(link.kind, link.data.email)], link.now)},
    found as (select u.* from (select 1) one left join ${user} u on u.email = ${link.data.email}),
    made as (
      insert into ${verification} (id, identifier, value, user_id, expires_at, created_at, updated_at)
      select ${link.id}::uuid, ${await identifierOf(link.kind, link.secret)}, ${JSON.stringify(link.data)}, u.id,
        ${timestamp(expiresAt)}, ${timestamp(at)}, ${timestamp(at)}
      from found u where (${allowed}) and not exists (select from stopped) returning id)
    select ${UNTIL} as until, exists (select from made) as made, u.id is not null as known, u.locale from found u`);
  const [row] = z.parse(z.array(madeRow), rows);
  const { until: stoppedUntil = null, ...made } = row ?? { made: false, known: false, locale: null };
  return { ...made, verdict: verdictOf(stoppedUntil, link.now) };
}

/**
 * What a link is for and whose it is, without using it up: what must be known before it can be. For an account it is
 * found only while that account still has the address.
 */
export async function findLink(db: Database, kind: LinkKind, secret: string, now: number) {
  const [row] = await db
    .select({
      value: verification.value,
      tokenUserId: verification.userId,
      userId: user.id,
      emailVerified: user.emailVerified,
      twoFactorEnabled: user.twoFactorEnabled,
      hash: account.password,
    })
    .from(verification)
    .leftJoin(user, sql`${user.id} = ${verification.userId} and ${user.email} = ${verification.value}::jsonb->>'email'`)
    .leftJoin(account, sql`${account.userId} = ${user.id} and ${account.providerId} = 'credential'`)
    .where(
      sql`${verification.identifier} = ${await identifierOf(kind, secret)} and ${verification.expiresAt} > ${timestamp(new Date(now))}`,
    )
    .limit(1);
  if (!row || (row.tokenUserId !== null && row.userId === null)) return undefined;
  const data = z.safeParse(linkData, JSON.parse(row.value));
  return data.success ? { ...row, data: data.data } : undefined;
}

/**
 * The first statement of a batch that redeems: whatever else is being done to this account is waited for, and the next
 * statement then sees what it has left.
 */
export const lockAddress = (email: string) => sql`select id from ${user} where email = ${email} for update`;
