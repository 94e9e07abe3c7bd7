// Deletes a reader: the row, by its foreign keys everything that is theirs, and what in the audit trail would tell who
// they were, in one statement. POST /api/auth/delete-user is for the reader; administrators and the daily chores are
// given the same way of doing it.
import { type SQL, sql } from "drizzle-orm";
import type { Context } from "hono";
import * as z from "zod/mini";
import { emptyInput } from "../core/account.ts";
import { inTurn, isAdministrator } from "../db/administrators.ts";
import type { AuditInsert, Pseudonymise } from "../db/audit.ts";
import type { Database } from "../db/client.ts";
import { session, user } from "../db/schema/index.ts";
import type { AppEnv } from "../http/app-env.ts";
import { readJson } from "../http/body.ts";
import type { Caller } from "../http/caller.ts";
import { expireCookies } from "../http/session-cookie.ts";

export interface Trail {
  auditInsert: AuditInsert;
  pseudonymise: Pseudonymise;
}

/** To whom the receipt goes. */
export interface DeletedReader {
  id: string;
  email: string;
  locale: string | null;
}

const outcome = z.object({
  acts: z.boolean(),
  role: z.nullable(z.string()),
  reader: z.nullable(z.object({ id: z.string(), email: z.string(), locale: z.nullable(z.string()) })),
  ended: z.array(z.string()),
});

export type Deletion =
  | { kind: "deleted"; reader: DeletedReader; ended: string[] }
  /** There is no other administrator who can act. */
  | { kind: "last-administrator" }
  /** The administrator who asks is none any more. */
  | { kind: "forbidden" }
  | { kind: "not-found" };

/** @param by the administrator who does it, with where from; without it the reader themselves */
export async function deleteReader(
  db: Database,
  { userId, by, at }: { userId: string; by?: Caller & { id: string }; at: Date },
  { auditInsert, pseudonymise }: Trail,
): Promise<Deletion> {
  const may = by
    ? sql`u.id <> ${by.id}::uuid and exists (select from actor)`
    : sql`(u.role <> 'admin' or exists (
        select from ${user} o where o.id <> u.id and ${isAdministrator(sql`o`, at)}))`;
  const [, { rows }] = await db.batch([
    inTurn(db),
    db.execute(sql`
      with actor as (select id from ${user} a where ${
        by ? sql`id = ${by.id}::uuid and ${isAdministrator(sql`a`, at)}` : sql`id = ${userId}::uuid`
      }),
      gone as (delete from ${user} u where id = ${userId}::uuid and ${may} returning id, email, locale),
      ${whatFollows({ auditInsert, pseudonymise }, at, { actorId: by?.id ?? sql`id`, ...(by && { caller: by }) })}
      select exists (select from actor) as acts, (select role from ${user} where id = ${userId}::uuid) as role,
        (select jsonb_build_object('id', id, 'email', email, 'locale', locale) from gone) as reader,
        (select coalesce(jsonb_agg(token), '[]') from ended) as ended`),
  ]);
  const [row] = z.parse(z.array(outcome), rows);
  if (row?.reader) return { kind: "deleted", reader: row.reader, ended: row.ended };
  if (by && !row?.acts) return { kind: "forbidden" };
  return { kind: row?.role === "admin" ? "last-administrator" : "not-found" };
}

/** What goes with the readers of `gone`, in the same statement; `ended` has their sessions' tokens. */
export function whatFollows(
  { auditInsert, pseudonymise }: Trail,
  at: Date,
  { actorId, caller, cause }: { actorId: string | SQL | null; caller?: Caller; cause?: "inactive" | "unverified" },
): SQL {
  return sql`
    ended as (delete from ${session} where user_id in (select id from gone) returning token),
    pseudonymised as (${pseudonymise(sql`gone`, at)}),
    noted as (${auditInsert(
      {
        action: "account.deleted",
        userId: sql`id`,
        actorId,
        at,
        // Of an administrator; of the reader nothing is kept that tells who they were.
        ...(caller && { ipAddress: caller.ipAddress, userAgent: caller.userAgent }),
        ...(cause && { detail: { cause } }),
      },
      sql`gone`,
    )})`;
}

export interface DeleteAccountDeps extends Trail {
  db: Database;
  now: () => number;
  /** These sessions have ended, and nothing that is known of the reader holds. */
  onEnded: (userId: string, tokens: readonly string[]) => void;
  /** After the response. */
  sendReceipt: (to: Pick<DeletedReader, "email" | "locale">) => void;
}

export function deleteAccountHandlers(deps: DeleteAccountDeps) {
  const { db, now } = deps;
  const did = (deletion: Extract<Deletion, { kind: "deleted" }>) => {
    deps.onEnded(deletion.reader.id, deletion.ended);
    deps.sendReceipt(deletion.reader);
  };
  return {
    /** `POST /api/auth/delete-user`, in Better Auth's shape. The proof that the middleware asks for is all it takes. */
    async deleteOwn(c: Context<AppEnv>): Promise<Response> {
      const body = await readJson(c, emptyInput);
      if (!body.ok) return body.response;
      const { userId } = c.get("session");
      const done = await deleteReader(db, { userId, at: new Date(now()) }, deps);
      if (done.kind === "last-administrator") {
        const message = "Nobody else is an administrator: make somebody one first.";
        return c.json({ code: "LAST_ADMINISTRATOR", message }, 409);
      }
      // Of two at once, the second finds nothing left to do: the account is deleted, as was asked.
      if (done.kind === "deleted") did(done);
      const answer = c.json({ success: true, message: "User deleted" });
      expireCookies(answer.headers, c.req.raw.headers);
      return answer;
    },

    /** For an administrator, of somebody else. */
    async deleteFor(userId: string, by: Caller & { id: string }): Promise<"deleted" | "forbidden" | "not-found"> {
      const done = await deleteReader(db, { userId, by, at: new Date(now()) }, deps);
      if (done.kind === "deleted") did(done);
      // Whoever acts is another administrator.
      return done.kind === "last-administrator" ? "forbidden" : done.kind;
    },
  };
}
