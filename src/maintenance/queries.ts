// The SQL of the maintenance room: one named function per question.
import { sql } from "drizzle-orm";
import * as z from "zod/mini";
import type { Database } from "../db/client.ts";
import { sqlState } from "../db/unavailable.ts";

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const UNDEFINED_TABLE = "42P01";

const row = z.object({ when: z.coerce.number() });

/** When each migration that was applied had been generated; nothing in a database that was never migrated. */
export async function findAppliedMigrations(db: Database): Promise<Set<number>> {
  try {
    const { rows } = await db.execute(sql`select created_at as "when" from drizzle.__drizzle_migrations`);
    return new Set(z.parse(z.array(row), rows).map(({ when }) => when));
  } catch (error) {
    if (sqlState(error) === UNDEFINED_TABLE) return new Set();
    throw error;
  }
}
