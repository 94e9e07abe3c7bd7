// The routes of administrators. Who they are, and how fresh the proof is, the middleware has asked Postgres; each change
// asks once more in the statement that makes it.
import { sql } from "drizzle-orm";
import type { Context } from "hono";
import { banInput, readerInput, revokeInput, roleInput, userQuery, usersQuery } from "../core/admin.ts";
import type { Database } from "../db/client.ts";
import { user } from "../db/schema/index.ts";
import type { AppEnv } from "../http/app-env.ts";
import { readJson, readQuery } from "../http/body.ts";
import { callerOf } from "../http/caller.ts";
import { problem } from "../http/problem.ts";
import { auditInsert } from "./audit.ts";
import { badCursor } from "./audit-handlers.ts";
import { type Actor, activate, ban, type Changed, deactivate, revokeSessions, setRole, unban } from "./change-users.ts";
import { findUser, findUsers } from "./find-users.ts";

type C = Context<AppEnv>;

export interface AdminDeps {
  db: Database;
  now: () => number;
  /** What caches hold of this reader is not used any more, and these sessions have ended. */
  onChanged: (userId: string, ended: readonly string[]) => void;
  /** Everything stored about a reader, and the note that it was handed out; undefined when there is no such reader. */
  exportOf: (userId: string, note: ReturnType<typeof auditInsert>) => Promise<object | undefined>;
  /** Deletes a reader: for an administrator, who must still be one. */
  deleteReader: (userId: string, by: Actor) => Promise<"deleted" | "forbidden" | "not-found">;
}

export function adminHandlers(deps: AdminDeps) {
  const { db, now } = deps;
  const actorOf = (c: C): Actor => ({ ...callerOf(c.req.raw.headers), id: c.get("session").userId });
  const to = (c: C, userId: string) => ({ actor: actorOf(c), userId: userId.toLowerCase(), at: new Date(now()) });

  function answer(c: C, changed: Changed): Response {
    switch (changed.kind) {
      case "changed":
        deps.onChanged(changed.user.id, changed.ended);
        return c.json({ user: changed.user });
      case "refused":
        return problem(c, "address-unverified");
      default:
        return problem(c, changed.kind);
    }
  }

  /** A change that says everything by naming a reader. */
  const simple = (change: (db: Database, to: { actor: Actor; userId: string; at: Date }) => Promise<Changed>) =>
    async function changeReader(c: C): Promise<Response> {
      const body = await readJson(c, readerInput);
      if (!body.ok) return body.response;
      return answer(c, await change(db, to(c, body.value.userId)));
    };

  return {
    async list(c: C): Promise<Response> {
      const query = readQuery(c, usersQuery);
      if (!query.ok) return query.response;
      const found = await findUsers(db, query.value.query ?? "", query.value);
      return found ? c.json(found) : badCursor(c);
    },

    async read(c: C): Promise<Response> {
      const query = readQuery(c, userQuery);
      if (!query.ok) return query.response;
      const found = await findUser(db, query.value.id.toLowerCase(), new Date(now()));
      return found ? c.json(found) : problem(c, "not-found", { detail: "No reader has that id." });
    },

    async setRole(c: C): Promise<Response> {
      const body = await readJson(c, roleInput);
      if (!body.ok) return body.response;
      return answer(c, await setRole(db, to(c, body.value.userId), body.value.role));
    },

    async ban(c: C): Promise<Response> {
      const body = await readJson(c, banInput);
      if (!body.ok) return body.response;
      const { userId, reason, until } = body.value;
      if (until !== undefined && Date.parse(until) <= now()) {
        return problem(c, "invalid-request", { errors: [{ path: "until", message: "is over already" }] });
      }
      return answer(c, await ban(db, to(c, userId), reason, until === undefined ? null : new Date(until)));
    },

    unban: simple(unban),
    deactivate: simple(deactivate),
    activate: simple(activate),

    async revokeSessions(c: C): Promise<Response> {
      const body = await readJson(c, revokeInput);
      if (!body.ok) return body.response;
      const { userId, sessionId } = body.value;
      const done = await revokeSessions(db, to(c, userId), sessionId?.toLowerCase());
      if (done.kind !== "ended") return problem(c, done.kind);
      deps.onChanged(userId.toLowerCase(), done.tokens);
      return c.json({ ended: done.tokens.length });
    },

    async exportUser(c: C): Promise<Response> {
      const body = await readJson(c, readerInput);
      if (!body.ok) return body.response;
      const { actor, userId, at } = to(c, body.value.userId);
      const { id: actorId, ipAddress, userAgent } = actor;
      const event = { action: "account.exported", userId, actorId, at, ipAddress, userAgent } as const;
      const note = auditInsert(event, sql`${user} where id = ${userId}::uuid`);
      const found = await deps.exportOf(userId, note);
      return found ? c.json(found) : problem(c, "not-found", { detail: "No reader has that id." });
    },

    async deleteUser(c: C): Promise<Response> {
      const body = await readJson(c, readerInput);
      if (!body.ok) return body.response;
      const { actor, userId } = to(c, body.value.userId);
      if (actor.id === userId) return problem(c, "own-account");
      const done = await deps.deleteReader(userId, actor);
      return done === "deleted" ? c.json({ status: true }) : problem(c, done);
    },
  };
}
