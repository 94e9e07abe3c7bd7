// POST /api/auth/change-password, in Better Auth's shape but not by Better Auth: over a driver without transactions
// its change can stop halfway, with every session gone and the old password still good, and two changes at once with
// the same old password would both succeed. Here it is one statement: all of it or nothing, and once.
import { generateRandomString } from "better-auth/crypto";
import { and, eq, sql } from "drizzle-orm";
import type { Context } from "hono";
import * as z from "zod/mini";
import { ACCOUNT_BODY_BYTES, changePasswordInput } from "../core/account.ts";
import type { Notify } from "../core/mail.ts";
import type { AuditInsert } from "../db/audit.ts";
import type { Database } from "../db/client.ts";
import { account, session, user } from "../db/schema/index.ts";
import type { AppEnv } from "../http/app-env.ts";
import { readJson } from "../http/body.ts";
import { type Caller, callerOf } from "../http/caller.ts";
import { problem } from "../http/problem.ts";
import { asksToBeForgotten, expireSessionCookie, setSessionCookie } from "../http/session-cookie.ts";
import { ACCOUNT_COLUMNS } from "./account-columns.ts";
import { countStatement, forgiving, type Tried, verdictOfRows } from "./attempts.ts";
import type { Auth } from "./better-auth.ts";
import { passwordRefused } from "./passwords/refusal.ts";
import type { JudgePassword } from "./passwords/rules.ts";
import { TOKEN_LENGTH } from "./session-length.ts";

/** Counts the try and looks the password up, in one round trip. */
async function findCredential(db: Database, userId: string, tried: readonly Tried[], now: number) {
  const [counted, [found]] = await db.batch([
    db.execute(await countStatement(tried, now)),
    db
      .select({
        hash: account.password,
        user: ACCOUNT_COLUMNS,
      })
      .from(user)
      .leftJoin(account, and(eq(account.userId, user.id), eq(account.providerId, "credential")))
      .where(eq(user.id, userId))
      .limit(1),
  ]);
  return { verdict: verdictOfRows(counted.rows, now), found };
}

interface PasswordChange extends Caller {
  userId: string;
  oldHash: string;
  newHash: string;
  at: Date;
  /** What is forgiven, because the old password was right. */
  tried: readonly Tried[];
  /** The session that replaces all others; without it the others stay. */
  replacement?: { id: string; token: string; loginId: string; replaces: string };
}

const outcome = z.array(z.object({ changed: z.number(), made: z.number(), ended: z.array(z.string()) }));

/**
 * Sets the new hash only where the old one still stands, ends the reader's sessions, and makes the one that goes on:
 * with the expiry of the one it replaces (30 days from the sign-in, whatever happens), and a proof as of now; for whoever
 * has a second factor only with the proof that it had: a password alone must not open what takes the factor away.
 * @returns the ended tokens and whether a session goes on (it does not when the current one was ended in the
 *   meantime), or undefined when the password was changed by somebody else in the meantime
 */
async function changeHash(db: Database, change: PasswordChange, auditInsert: AuditInsert) {
  const { userId, oldHash, newHash, replacement } = change;
  const at = change.at.toISOString();
  const next = replacement
    ? sql`, ended as (delete from ${session} s using changed where s.user_id = changed.user_id returning s.*),
      made as (
        insert into ${session} (id, token, user_id, expires_at, ip_address, user_agent, last_accessed_at,
          authenticated_at, login_id, scope, method, created_at, updated_at)
        select ${replacement.id}::uuid, ${replacement.token}, e.user_id, e.expires_at, e.ip_address, e.user_agent,
          ${at}::timestamptz, case when u.two_factor_enabled then e.authenticated_at else ${at}::timestamptz end,
          ${replacement.loginId}::uuid, 'account', 'password', ${at}::timestamptz, ${at}::timestamptz
        from ended e join ${user} u on u.id = e.user_id where e.id = ${replacement.replaces}::uuid returning id)`
    : sql`, ended as (select null::text as token where false), made as (select null::uuid as id where false)`;
  const { ipAddress, userAgent } = change;
  const event = { action: "password.changed", userId, actorId: userId, at: change.at, ipAddress, userAgent } as const;
  const result = await db.execute(sql`
    with changed as (
      update ${account} set password = ${newHash}, updated_at = ${at}::timestamptz
      where user_id = ${userId}::uuid and provider_id = 'credential' and password = ${oldHash} returning user_id)
    ${next}, forgiven as (${await forgiving(change.tried)}),
    noted as (${auditInsert(event, sql`changed`)})
    select (select count(*)::int from changed) as changed, (select count(*)::int from made) as made,
      (select coalesce(jsonb_agg(token), '[]'::jsonb) from ended) as ended`);
  const [row] = z.parse(outcome, result.rows);
  return row && row.changed > 0 ? { ended: row.ended, goesOn: row.made > 0 } : undefined;
}

export interface ChangePasswordDeps {
  auth: Auth;
  db: Database;
  now: () => number;
  randomId: () => string;
  sign: (token: string) => Promise<string>;
  judgePassword: JudgePassword;
  auditInsert: AuditInsert;
  /** These sessions have ended. */
  onEnded: (tokens: readonly string[]) => void;
  notify: Notify;
}

export function changePasswordHandler(deps: ChangePasswordDeps) {
  const { db } = deps;
  return async function changePassword(c: Context<AppEnv>): Promise<Response> {
    const body = await readJson(c, changePasswordInput, ACCOUNT_BODY_BYTES);
    if (!body.ok) return body.response;
    const { currentPassword, newPassword, revokeOtherSessions } = body.value;
    const current = c.get("session");
    const { password } = await deps.auth.$context;
    const tried: Tried[] = [{ what: "proof", who: current.userId }];
    const { verdict, found } = await findCredential(db, current.userId, tried, deps.now());
    if (!verdict.ok) return problem(c, "too-many-requests", { retryAfter: verdict.retryAfter });
    if (!found?.hash)
      return c.json({ code: "CREDENTIAL_ACCOUNT_NOT_FOUND", message: "Credential account not found" }, 400);
    const wrong = () => c.json({ code: "INVALID_PASSWORD", message: "Invalid password" }, 400);
    if (!(await password.verify({ hash: found.hash, password: currentPassword }))) return wrong();
    const reason = await deps.judgePassword(newPassword, found.user.email);
    if (reason) return passwordRefused(c, reason);

    const replacement = {
      id: deps.randomId(),
      token: generateRandomString(TOKEN_LENGTH, "a-z", "A-Z", "0-9"),
      loginId: deps.randomId(),
      replaces: current.id,
    };
    const change = {
      ...callerOf(c.req.raw.headers),
      userId: current.userId,
      oldHash: found.hash,
      newHash: await password.hash(newPassword),
      tried,
      at: new Date(deps.now()),
      ...(revokeOtherSessions && { replacement }),
    };
    const changed = await changeHash(db, change, deps.auditInsert);
    if (!changed) return wrong();
    deps.onEnded(changed.ended);
    deps.notify(current.userId, { kind: "password-changed" });
    const done = c.json({ token: changed.goesOn ? replacement.id : null, user: found.user });
    if (changed.goesOn) {
      const lasts = asksToBeForgotten(c.req.raw.headers.get("cookie"))
        ? undefined
        : (current.expiresAt - deps.now()) / 1000;
      setSessionCookie(done.headers, await deps.sign(replacement.token), lasts);
    } else if (revokeOtherSessions) expireSessionCookie(done.headers);
    return done;
  };
}
