// POST /api/auth/set-password: a password for an account that has none, because it came by a link or a provider. One
// that has one changes it, and says the old one.
import { and, eq, sql } from "drizzle-orm";
import type { Context } from "hono";
import { ACCOUNT_BODY_BYTES } from "../core/account.ts";
import type { Notify } from "../core/mail.ts";
import { setPasswordInput } from "../core/mail-links.ts";
import type { AuditInsert } from "../db/audit.ts";
import type { Database } from "../db/client.ts";
import { account, user } from "../db/schema/index.ts";
import type { AppEnv } from "../http/app-env.ts";
import { readJson } from "../http/body.ts";
import { callerOf } from "../http/caller.ts";
import type { Auth } from "./better-auth.ts";
import { passwordRefused } from "./passwords/refusal.ts";
import type { JudgePassword } from "./passwords/rules.ts";

export interface SetPasswordDeps {
  auth: Auth;
  db: Database;
  now: () => number;
  randomId: () => string;
  auditInsert: AuditInsert;
  judgePassword: JudgePassword;
  notify: Notify;
}

export function setPasswordHandler(deps: SetPasswordDeps) {
  return async function setPassword(c: Context<AppEnv>): Promise<Response> {
    const body = await readJson(c, setPasswordInput, ACCOUNT_BODY_BYTES);
    if (!body.ok) return body.response;
    const { userId } = c.get("session");
    const [reader] = await deps.db
      .select({ email: user.email, has: account.id })
      .from(user)
      .leftJoin(account, and(eq(account.userId, user.id), eq(account.providerId, "credential")))
      .where(eq(user.id, userId));
    const alreadySet = () => c.json({ code: "PASSWORD_ALREADY_SET", message: "User already has a password set" }, 400);
    if (reader?.has) return alreadySet();
    const reason = await deps.judgePassword(body.value.newPassword, reader?.email ?? "");
    if (reason) return passwordRefused(c, reason);
    const hash = await (await deps.auth.$context).password.hash(body.value.newPassword);
    const at = new Date(deps.now());
    const time = sql`${at.toISOString()}::timestamptz`;
    const event = { action: "password.set", userId, actorId: userId, at, ...callerOf(c.req.raw.headers) } as const;
    const { rows } = await deps.db.execute(sql`
      with made as (
        insert into ${account} (id, user_id, provider_id, account_id, password, created_at, updated_at)
        values (${deps.randomId()}::uuid, ${userId}::uuid, 'credential', ${userId}, ${hash}, ${time}, ${time})
        on conflict (provider_id, account_id) do nothing returning user_id),
      noted as (${deps.auditInsert(event, sql`made`)})
      select user_id from made`);
    if (rows.length === 0) return alreadySet();
    deps.notify(userId, { kind: "password-set" });
    return c.json({ status: true });
  };
}
