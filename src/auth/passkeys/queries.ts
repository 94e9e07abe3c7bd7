// The SQL of passkeys.
import { type SQL, sql } from "drizzle-orm";
import * as z from "zod/mini";
import { MAX_PASSKEYS } from "../../core/passkey.ts";
import type { AuditInsert } from "../../db/audit.ts";
import type { Database } from "../../db/client.ts";
import { passkey, session, user } from "../../db/schema/index.ts";
import type { Caller } from "../../http/caller.ts";
import { lockReader, type WaysIn, wayInRemains } from "../ways-in.ts";
import { usingUp } from "./challenges.ts";
import type { Authenticated, Registered, StoredPasskey } from "./relying-party.ts";

const timestamp = (at: Date) => sql`${at.toISOString()}::timestamptz`;

/** In the names of the wire; `p` is the row. */
const VIEW = sql`jsonb_build_object('id', p.id, 'name', p.name, 'createdAt', p.created_at, 'lastUsedAt', p.last_used_at,
  'deviceType', p.device_type, 'backedUp', p.backed_up)`;
const moment = z.nullable(
  z.pipe(
    z.string(),
    z.transform((text) => new Date(text).toISOString()),
  ),
);
const view = z.object({
  id: z.string(),
  name: z.nullable(z.string()),
  createdAt: moment,
  lastUsedAt: moment,
  deviceType: z.string(),
  backedUp: z.boolean(),
});

export async function listPasskeys(db: Database, userId: string) {
  const { rows } = await db.execute(sql`
    select coalesce(jsonb_agg(${VIEW} order by p.created_at, p.id), '[]'::jsonb) as list
    from ${passkey} p where p.user_id = ${userId}::uuid`);
  return z.parse(z.array(z.object({ list: z.array(view) })), rows)[0]?.list ?? [];
}

export interface NewPasskey extends Registered, Caller {
  id: string;
  userId: string;
  name: string | null;
  at: Date;
}

const outcome = z.object({ used: z.boolean(), added: z.nullable(view), verified: z.boolean() });

/** Uses the challenge up and stores what was registered for it, where the address is proved and there is room. */
export async function addPasskey(db: Database, identifier: string, next: NewPasskey, auditInsert: AuditInsert) {
  const { userId, at, ipAddress, userAgent } = next;
  const event = { action: "passkey.added", userId, actorId: userId, at, ipAddress, userAgent } as const;
  const [, { rows }] = await db.batch([
    // Of two at once the later sees what the earlier has added.
    lockReader(db, userId),
    db.execute(sql`
      with ${usingUp(identifier, userId, at)},
      added as (
        insert into ${passkey} (id, name, public_key, user_id, credential_id, counter, device_type, backed_up, transports,
          created_at, aaguid)
        select ${next.id}::uuid, ${next.name}::varchar, ${next.publicKey}, u.id, ${next.credentialId},
          ${next.counter}::bigint, ${next.deviceType}, ${next.backedUp}::boolean, ${next.transports.join(",")},
          ${timestamp(at)}, ${next.aaguid}
        from ${user} u where u.id = ${userId}::uuid and u.email_verified and exists (select from used)
          and (select count(*) from ${passkey} where user_id = ${userId}::uuid) < ${MAX_PASSKEYS}
        on conflict (credential_id) do nothing returning *),
      noted as (${auditInsert({ ...event, userId: sql`user_id`, actorId: sql`user_id` }, sql`added`)})
      select exists (select from used) as used, (select ${VIEW} from added p) as added,
        coalesce((select email_verified from ${user} where id = ${userId}::uuid), false) as verified`),
  ]);
  return z.parse(z.array(outcome), rows)[0];
}

const stored = z.object({
  id: z.string(),
  userId: z.string(),
  credentialId: z.string(),
  publicKey: z.string(),
  counter: z.coerce.number(),
});

export async function findPasskey(db: Database, credentialId: string): Promise<StoredPasskey | undefined> {
  const { rows } = await db.execute(sql`
    select p.id, p.user_id as "userId", p.credential_id as "credentialId", p.public_key as "publicKey", p.counter
    from ${passkey} p where p.credential_id = ${credentialId}`);
  return z.parse(z.array(stored), rows)[0];
}

/**
 * Items of a `with`, of which `name` has a row (`user_id`) when the challenge was still good and the passkey is still
 * there, with a counter that has not been seen: of two answers with one, the second is a copy's.
 */
export function usePasskey(
  name: "given" | "first",
  used: SQL,
  { id }: StoredPasskey,
  { counter, backedUp }: Authenticated,
  at: Date,
): SQL {
  return sql`${used}, ${sql.identifier(name)} as (
    update ${passkey} set counter = ${counter}::bigint, last_used_at = ${timestamp(at)},
      backed_up = ${backedUp}::boolean
    where id = ${id}::uuid and exists (select from used)
      and (counter < ${counter}::bigint or (counter = 0 and ${counter}::bigint = 0))
    returning user_id)`;
}

export interface PasskeyChange extends Caller {
  id: string;
  userId: string;
  at: Date;
}

/** @returns undefined when it is none of the reader's */
export async function renamePasskey(db: Database, change: PasskeyChange, name: string, auditInsert: AuditInsert) {
  const { id, userId, at, ipAddress, userAgent } = change;
  const event = { action: "passkey.renamed", userId, actorId: userId, at, ipAddress, userAgent } as const;
  const { rows } = await db.execute(sql`
    with renamed as (
      update ${passkey} set name = ${name} where id = ${id}::uuid and user_id = ${userId}::uuid returning *),
    noted as (${auditInsert(event, sql`renamed`)})
    select ${VIEW} as passkey from renamed p`);
  return z.parse(z.array(z.object({ passkey: view })), rows)[0]?.passkey;
}

const removal = z.object({ there: z.boolean(), removed: z.boolean(), ended: z.array(z.string()) });

/** Removes a passkey where another way in remains, and ends the sessions that did not come from this sign-in. */
export async function removePasskey(
  db: Database,
  { id, userId, at, ipAddress, userAgent }: PasskeyChange,
  { loginId, ways }: { loginId: string; ways: WaysIn },
  auditInsert: AuditInsert,
) {
  const event = { action: "passkey.removed", userId, actorId: userId, at, ipAddress, userAgent } as const;
  const [, { rows }] = await db.batch([
    lockReader(db, userId),
    db.execute(sql`
      with removed as (
        delete from ${passkey} where id = ${id}::uuid and user_id = ${userId}::uuid
          and ${wayInRemains(ways, userId, { passkeyId: id })} returning user_id),
      ended as (
        delete from ${session} s using removed
        where s.user_id = removed.user_id and s.login_id <> ${loginId}::uuid returning s.token),
      noted as (${auditInsert(event, sql`removed`)})
      select exists (select from ${passkey} where id = ${id}::uuid and user_id = ${userId}::uuid) as there,
        exists (select from removed) as removed, (select coalesce(jsonb_agg(token), '[]'::jsonb) from ended) as ended`),
  ]);
  return z.parse(z.array(removal), rows)[0];
}
