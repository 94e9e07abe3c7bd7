// Whose account a provider's identity opens. The provider's id of the reader decides, and nothing else: an address never
// links, for whoever registered it first here need not be the one who has it there. A new reader is made only with an
// address that the provider has verified and nobody has here.
import { sql } from "drizzle-orm";
import * as z from "zod/mini";
import type { AuditInsert } from "../../db/audit.ts";
import type { Database } from "../../db/client.ts";
import { account, user } from "../../db/schema/index.ts";
import { violatedConstraint } from "../../db/unavailable.ts";
import type { Caller } from "../../http/caller.ts";
import type { Identity } from "./provider.ts";

export type ReaderOf =
  | { kind: "reader"; userId: string }
  /** The address is somebody's already, and the provider not linked to them. */
  | { kind: "registered" }
  /** The provider gives no address, or has not verified it: then nobody is made by it. */
  | { kind: "unverified" };

const row = z.object({ known: z.nullable(z.string()), made: z.nullable(z.string()), taken: z.boolean() });

export interface NewReader extends Caller {
  provider: string;
  identity: Identity;
  at: Date;
  randomId: () => string;
}

async function findOrMake(db: Database, given: NewReader, auditInsert: AuditInsert) {
  const { provider, identity, randomId } = given;
  const at = sql`${given.at.toISOString()}::timestamptz`;
  const { rows } = await db.execute(sql`
    with known as (
      select user_id from ${account} where provider_id = ${provider} and account_id = ${identity.accountId}),
    taken as (select id from ${user} where email = ${identity.email}::varchar),
    made as (
      insert into ${user} (id, email, email_verified, name, image, created_at, updated_at)
      select ${randomId()}::uuid, ${identity.email}::varchar, true, ${identity.name}::varchar,
        ${identity.image}::varchar, ${at}, ${at}
      where ${identity.emailVerified}::boolean and not exists (select from known) and not exists (select from taken)
      on conflict (email) do nothing returning id),
    linked as (
      insert into ${account} (id, user_id, provider_id, account_id, created_at, updated_at)
      select ${randomId()}::uuid, id, ${provider}, ${identity.accountId}, ${at}, ${at} from made),
    noted as (${auditInsert(
      {
        action: "account.created",
        userId: sql`id`,
        actorId: sql`id`,
        at: given.at,
        ipAddress: given.ipAddress,
        userAgent: given.userAgent,
        detail: { method: provider },
      },
      sql`made`,
    )})
    select (select user_id from known) as known, (select id from made) as made, exists (select from taken) as taken`);
  return z.parse(z.array(row), rows)[0];
}

/** Two callbacks of a new reader can come at once: the one that is late finds, the second time, what the other made. */
const TRIES = 2;

export async function readerOf(db: Database, given: NewReader, auditInsert: AuditInsert): Promise<ReaderOf> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const found = await findOrMake(db, given, auditInsert);
      const userId = found?.known ?? found?.made;
      if (userId) return { kind: "reader", userId };
      if (!given.identity.emailVerified) return { kind: "unverified" };
      if (found?.taken || attempt === TRIES) return { kind: "registered" };
    } catch (error) {
      if (violatedConstraint(error) !== "account_provider_id_account_id" || attempt === TRIES) throw error;
    }
  }
}
