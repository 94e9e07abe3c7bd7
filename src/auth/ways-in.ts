// Which ways in a reader would still have. Whatever takes one away asks here, in the statement that does it, so that
// no account is ever left with none.
import { eq, type SQL, sql } from "drizzle-orm";
import type { Database } from "../db/client.ts";
import { account, passkey, user } from "../db/schema/index.ts";

/** What this deployment offers. A way in that is switched off is no way in. */
export interface WaysIn {
  password: boolean;
  passkey: boolean;
  /** Also needs an address that was proved: a link to any other would be somebody else's. */
  magicLink: boolean;
  /** The ids of the providers that are switched on. */
  providers: readonly string[];
}

/**
 * The first statement of a batch whose second asks `wayInRemains`: of two removals at once, the later waits here and
 * then sees what the earlier has left. In one statement both would see the other's way in as it was before.
 */
export function lockReader(db: Database, userId: string) {
  return db.select({ id: user.id }).from(user).where(eq(user.id, userId)).for("update");
}

/**
 * A condition: without what is named, this reader can still get in.
 * @param without what is about to go; of accounts a `select` of their ids
 */
export function wayInRemains(ways: WaysIn, userId: string, without: { accounts?: SQL; passkeyId?: string } = {}): SQL {
  const providers = sql`array(select jsonb_array_elements_text(${JSON.stringify(ways.providers)}::jsonb))`;
  return sql`(
    exists (select from ${account} a where a.user_id = ${userId}::uuid
      ${without.accounts ? sql`and a.id not in (${without.accounts})` : sql``}
      and case when a.provider_id = 'credential' then ${ways.password}::boolean and a.password is not null
        else a.provider_id = any(${providers}) end)
    or ${ways.passkey}::boolean and exists (select from ${passkey} p where p.user_id = ${userId}::uuid
      and p.id is distinct from ${without.passkeyId ?? null}::uuid)
    or ${ways.magicLink}::boolean and exists (select from ${user} u where u.id = ${userId}::uuid and u.email_verified))`;
}
