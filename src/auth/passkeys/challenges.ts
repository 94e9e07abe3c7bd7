// The SQL of challenges: what an authenticator signs, good once.
import { sql } from "drizzle-orm";
import * as z from "zod/mini";
import type { Database } from "../../db/client.ts";
import { passkey, user, verification } from "../../db/schema/index.ts";

export interface NewChallenge {
  id: string;
  identifier: string;
  /** Whose it is; null where that will turn out. */
  userId: string | null;
  at: Date;
  expiresAt: Date;
}

const timestamp = (at: Date) => sql`${at.toISOString()}::timestamptz`;

const storing = ({ id, identifier, userId, at, expiresAt }: NewChallenge) => sql`
  insert into ${verification} (id, identifier, value, user_id, expires_at, created_at, updated_at)
  values (${id}::uuid, ${identifier}, '{}', ${userId}::uuid, ${timestamp(expiresAt)}, ${timestamp(at)}, ${timestamp(at)})`;

const owner = z.object({
  email: z.string(),
  name: z.string(),
  descriptors: z.array(z.object({ id: z.string(), type: z.literal("public-key"), transports: z.array(z.string()) })),
});

/** Stores a challenge for a reader. @returns what their options are made from; undefined when they are gone */
export async function challengeReader(db: Database, challenge: NewChallenge) {
  const { rows } = await db.execute(sql`
    with stored as (${storing(challenge)})
    select u.email, u.name, (select coalesce(jsonb_agg(jsonb_build_object('id', p.credential_id, 'type', 'public-key',
        'transports', array_remove(string_to_array(coalesce(p.transports, ''), ','), ''))), '[]'::jsonb)
      from ${passkey} p where p.user_id = u.id) as descriptors
    from ${user} u where u.id = ${challenge.userId}::uuid`);
  return z.parse(z.array(owner), rows)[0];
}

/** Stores a challenge for whoever it will turn out to be. */
export async function challengeAnybody(db: Database, challenge: NewChallenge): Promise<void> {
  await db.execute(storing(challenge));
}

/** An item of a `with`, `used`: the challenge, used up. @param userId whose it must be, where it was somebody's */
export const usingUp = (identifier: string, userId: string | null, at: Date) => sql`used as (
  delete from ${verification} where identifier = ${identifier} and expires_at > ${timestamp(at)}
    and user_id is not distinct from ${userId}::uuid returning id)`;
