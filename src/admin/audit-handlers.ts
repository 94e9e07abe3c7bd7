// The audit trail over HTTP: a reader's own, and any account's for administrators. A reader learns that an administrator
// acted, never which, nor from where.
import type { Context } from "hono";
import { adminAuditQuery, auditQuery } from "../core/admin.ts";
import type { Database } from "../db/client.ts";
import type { AppEnv } from "../http/app-env.ts";
import { readQuery } from "../http/body.ts";
import { problem } from "../http/problem.ts";
import { findEvents } from "./audit-queries.ts";

type C = Context<AppEnv>;

export const badCursor = (c: C): Response =>
  problem(c, "invalid-request", { errors: [{ path: "query.cursor", message: "is not one that an answer has said" }] });

export function auditHandlers({ db }: { db: Database }) {
  return {
    /** `GET /api/audit` */
    async own(c: C): Promise<Response> {
      const query = readQuery(c, auditQuery);
      if (!query.ok) return query.response;
      const { userId } = c.get("session");
      const found = await findEvents(db, userId, query.value);
      if (!found) return badCursor(c);
      const events = found.events.map(({ actorId, ipAddress, userAgent, ...event }) => {
        if (actorId === userId) return { ...event, by: "you", ipAddress, userAgent };
        return { ...event, by: actorId === null ? "system" : "administrator", ipAddress: null, userAgent: null };
      });
      return c.json({ events, next: found.next });
    },

    /** `GET /api/admin/audit`: of a deleted account as well, whose id a receipt or a list still has. */
    async of(c: C): Promise<Response> {
      const query = readQuery(c, adminAuditQuery);
      if (!query.ok) return query.response;
      const found = await findEvents(db, query.value.id.toLowerCase(), query.value);
      if (!found) return badCursor(c);
      const events = found.events.map((event) => ({
        ...event,
        by:
          event.actorId === null
            ? "system"
            : event.actorId === query.value.id.toLowerCase()
              ? "reader"
              : "administrator",
      }));
      return c.json({ events, next: found.next });
    },
  };
}
