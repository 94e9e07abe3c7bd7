// Where a reader's mail goes.
import { eq } from "drizzle-orm";
import type { Database } from "../db/client.ts";
import { user } from "../db/schema/index.ts";

/** @returns undefined for a reader who is gone */
export async function findRecipient(db: Database, userId: string) {
  const [row] = await db.select({ email: user.email, locale: user.locale }).from(user).where(eq(user.id, userId));
  return row;
}
