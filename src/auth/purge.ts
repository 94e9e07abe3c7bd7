// Expired verifications are only removed when presented: this removes the rest.
import { lt } from "drizzle-orm";
import type { Database } from "../db/client.ts";
import { verification } from "../db/schema/index.ts";

/** @returns how many were removed */
export async function purgeExpiredVerifications(db: Database, now: Date): Promise<number> {
  const rows = await db.delete(verification).where(lt(verification.expiresAt, now)).returning({ id: verification.id });
  return rows.length;
}
