// Writes the audit trail: one row per event, in the statement that does what the event says.
import { is, SQL, sql } from "drizzle-orm";
import type { AuditEvent, AuditInsert, Pseudonymise } from "../db/audit.ts";
import { AUTH_LIMITS, auditEvent } from "../db/schema/index.ts";

const uuidOf = (value: string | SQL | null) => (typeof value === "string" ? sql`${value}::uuid` : (value ?? sql`null`));

/** @see AuditInsert */
export const auditInsert: AuditInsert = (event: AuditEvent, from?: SQL) => {
  const at = sql`${event.at.toISOString()}::timestamptz`;
  const detail = is(event.detail, SQL) ? event.detail : sql`${JSON.stringify(event.detail ?? {})}::jsonb`;
  const userAgent = event.userAgent?.slice(0, AUTH_LIMITS.userAgent) ?? null;
  // The id is made by Postgres because the statement decides how many events there are; it decides nothing by it.
  return sql`insert into ${auditEvent} (id, user_id, actor_id, action, ip_address, user_agent, detail, created_at, updated_at)
    select gen_random_uuid(), ${uuidOf(event.userId)}, ${uuidOf(event.actorId)}, ${event.action}::varchar,
      ${event.ipAddress ?? null}::varchar, ${userAgent}::varchar, ${detail}, ${at}, ${at}
    ${from ? sql`from ${from}` : sql``}`;
};

/** @see Pseudonymise The ids stay, and mean nobody any more. */
export const pseudonymise: Pseudonymise = (gone, at) =>
  sql`update ${auditEvent} set ip_address = null, user_agent = null, updated_at = ${at.toISOString()}::timestamptz
    where ${auditEvent.id} in (
      select e.id from ${gone} join ${auditEvent} e on e.user_id = gone.id
      union select e.id from ${gone} join ${auditEvent} e on e.actor_id = gone.id)`;
