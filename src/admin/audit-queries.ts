// Reads the audit trail of one account, page by page, the newest first. Who acted is for whoever asks to turn into words
// that may be seen: an administrator's address is for no reader.
import { and, desc, eq, sql } from "drizzle-orm";
import * as z from "zod/mini";
import { uuid } from "../core/primitives.ts";
import type { Database } from "../db/client.ts";
import { auditEvent } from "../db/schema/index.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";

const key = z.tuple([z.int(), uuid]);

const COLUMNS = {
  id: auditEvent.id,
  action: auditEvent.action,
  at: auditEvent.createdAt,
  actorId: auditEvent.actorId,
  ipAddress: auditEvent.ipAddress,
  userAgent: auditEvent.userAgent,
  detail: auditEvent.detail,
};

/** @returns undefined when the cursor is none of ours */
export async function findEvents(
  db: Database,
  userId: string,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
) {
  const after = cursor === undefined ? undefined : decodeCursor(cursor, key);
  if (cursor !== undefined && !after) return undefined;
  const rows = await db
    .select(COLUMNS)
    .from(auditEvent)
    .where(
      and(
        eq(auditEvent.userId, userId),
        after &&
          sql`(${auditEvent.createdAt}, ${auditEvent.id}) < (${new Date(after[0]).toISOString()}::timestamptz, ${after[1]}::uuid)`,
      ),
    )
    .orderBy(desc(auditEvent.createdAt), desc(auditEvent.id))
    .limit(limit + 1);
  const events = rows.slice(0, limit);
  const last = events.at(-1);
  return { events, next: last && rows.length > limit ? encodeCursor([last.at.getTime(), last.id]) : null };
}

/** Removes at most `limit` of the events that are older than `before`, the oldest first. @returns how many */
export async function purgeEvents(db: Database, before: Date, limit: number): Promise<number> {
  // By place and not by id: a planner that expects many rows would otherwise read the whole table to find them.
  const { rowCount } = await db.delete(auditEvent).where(sql`ctid = any(array(
    select ctid from ${auditEvent} where ${auditEvent.createdAt} < ${before.toISOString()}::timestamptz
    order by ${auditEvent.createdAt} limit ${limit}))`);
  return rowCount;
}
