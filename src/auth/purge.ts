// Expired verifications are only removed when presented: this removes the rest.
import { sql } from "drizzle-orm";
import type { Database } from "../db/client.ts";
import { verification } from "../db/schema/index.ts";

/** Removes at most `limit`, those that expired first. @returns how many were removed */
export async function purgeExpiredVerifications(db: Database, now: Date, limit: number): Promise<number> {
  // By place and not by id: a planner that expects many rows would otherwise read the whole table to find them.
  const { rowCount } = await db.delete(verification).where(sql`ctid = any(array(
    select ctid from ${verification} where ${verification.expiresAt} < ${now.toISOString()}::timestamptz
    order by ${verification.expiresAt} limit ${limit}))`);
  return rowCount;
}
