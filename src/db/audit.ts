// How a room puts an event into the audit trail, in the statement that does what the event says. Types only: the trail
// is the admin room's, and `worker.ts` hands its way of writing to whoever needs it.
import type { SQL } from "drizzle-orm";
import type { AuditAction, AuditDetail } from "../core/audit.ts";

export interface AuditEvent {
  action: AuditAction;
  /** Whose account it is about; an expression where a statement finds it. */
  userId: string | SQL | null;
  /** Who acted; null for the system itself. */
  actorId: string | SQL | null;
  at: Date;
  ipAddress?: string | null;
  userAgent?: string | null;
  /** An expression where a statement finds it: `jsonb` of the same form. */
  detail?: AuditDetail | SQL;
}

/**
 * `insert into audit_event …`, to be run or to stand in a `with`.
 * @param from a table expression: one event for each of its rows, and none where it has none; without it one event
 */
export type AuditInsert = (event: AuditEvent, from?: SQL) => SQL;

/**
 * `update audit_event …`, to stand in a `with`: takes what tells who they were from the events of readers who are deleted
 * in the same statement.
 * @param gone a table expression with the readers' `id`
 */
export type Pseudonymise = (gone: SQL, at: Date) => SQL;
