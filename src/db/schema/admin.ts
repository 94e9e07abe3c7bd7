// The table of the admin room: who did what to whose account.
import { check, index, jsonb, pgTable, uuid, varchar } from "drizzle-orm/pg-core";
import { AUTH_LIMITS } from "./auth.ts";
import { createdAndUpdated, id, jsonCheck } from "./columns.ts";

/** Bytes of an event's detail, as Postgres prints it. */
export const AUDIT_DETAIL_BYTES = 4_096;

/**
 * Outlives the reader. `user_id` and `actor_id` are not foreign keys: a cascade would delete the trail, and ON DELETE
 * SET NULL would make the events of one deleted reader indistinguishable from another's. With the user row gone the
 * id is a pseudonym, found nowhere else; whoever deletes a reader clears address and user agent in the same batch.
 */
export const auditEvent = pgTable(
  "audit_event",
  {
    id: id(),
    /** Whose account it was about; null for an event about no account. */
    userId: uuid("user_id"),
    /** Who acted; null for the system itself. */
    actorId: uuid("actor_id"),
    action: varchar("action", { length: 60 }).notNull(),
    ipAddress: varchar("ip_address", { length: AUTH_LIMITS.ipAddress }),
    userAgent: varchar("user_agent", { length: AUTH_LIMITS.userAgent }),
    /** Only what the admin room's list of details names: never an address, token or secret. */
    detail: jsonb("detail").$type<Record<string, string | number | boolean | null>>().notNull().default({}),
    ...createdAndUpdated(),
  },
  (table) => [
    // A reader's own trail, an administrator's, and the purge by age.
    index("audit_event_user_id_created_at").on(table.userId, table.createdAt),
    index("audit_event_actor_id_created_at").on(table.actorId, table.createdAt),
    index("audit_event_created_at").on(table.createdAt),
    check("audit_event_detail", jsonCheck(table.detail, "object", AUDIT_DETAIL_BYTES)),
  ],
);
