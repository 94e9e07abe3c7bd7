// What every statement that could leave a deployment without an administrator has in common: it waits its turn, and it
// counts only those who can act. Three rooms and the command line change roles, standing or rows of readers.
import { type SQL, sql } from "drizzle-orm";
import type { Database } from "./client.ts";

/** Any number, as long as it is this one everywhere. */
const LOCK = 6_021_994;

/**
 * The first statement of a batch that takes an administrator's rights away, or asks whether there is another: two
 * that come at once are done one after the other, and the second sees what the first has done. Held until the batch
 * has been committed.
 */
export const inTurn = (db: Database) => db.execute(sql`select pg_advisory_xact_lock(${LOCK}::bigint)`);

/** Is the reader of this table (or of its alias) an administrator who can act at that moment? */
export const isAdministrator = (alias: SQL, at: Date): SQL =>
  sql`(${alias}.role = 'admin' and ${alias}.is_active
    and (not ${alias}.banned or ${alias}.ban_expires <= ${at.toISOString()}::timestamptz))`;
