// POST /api/auth/request-password-reset and /reset-password, in Better Auth's shape. A reset is one statement: it sets
// the password, ends every session and every other promise to the reader, and proves the mailbox. The caller names no
// address to come back to.
import { sql } from "drizzle-orm";
import type { Context } from "hono";
import * as z from "zod/mini";
import { ACCOUNT_BODY_BYTES } from "../../core/account.ts";
import { mailInput, resetPasswordInput } from "../../core/mail-links.ts";
import { account, user } from "../../db/schema/index.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { readJson } from "../../http/body.ts";
import { callerOf } from "../../http/caller.ts";
import { writtenLanguage } from "../../http/language.ts";
import { identifierOf, redeeming } from "../one-time-tokens.ts";
import { passwordRefused } from "../passwords/refusal.ts";
import { hasToWait, wrongCode } from "../second-factor/refusals.ts";
import { invalidToken, type MailLinkDeps, sendLink } from "./deps.ts";
import { findLink, inGoodStanding, lockAddress, timestamp } from "./links.ts";
import { type MailboxProof, mailboxColumns, mailboxOutcome, provingMailbox } from "./prove-mailbox.ts";

type C = Context<AppEnv>;

const outcome = z.array(z.object({ userId: z.string(), ...mailboxOutcome }));

interface Reset extends MailboxProof {
  secret: string;
  email: string;
  hash: string;
  /** A code of the second factor was right. */
  factorGiven: boolean;
}

async function redeemReset(deps: MailLinkDeps, { secret, email, hash, factorGiven, ...proof }: Reset) {
  const { at, ipAddress, userAgent } = proof;
  const [, { rows }] = await deps.db.batch([
    deps.db.execute(lockAddress(email)),
    deps.db.execute(sql`
      with token as (${await redeeming("reset-password", secret, at)}),
      reader as (
        select u.id, u.email_verified from ${user} u join token t on t.user_id = u.id and u.email = t.value::jsonb->>'email'
        -- A factor of an address that nobody had proved is not the prover's, and goes.
        where ${inGoodStanding(at)} and (not u.two_factor_enabled or not u.email_verified or ${factorGiven}::boolean)),
      changed as (
        insert into ${account} (id, user_id, provider_id, account_id, password, created_at, updated_at)
        select ${deps.randomId()}::uuid, id, 'credential', id::text, ${hash}, ${timestamp(at)}, ${timestamp(at)} from reader
        on conflict (provider_id, account_id) do update set password = excluded.password, updated_at = excluded.updated_at
        returning user_id as id),
      noted_reset as (${deps.auditInsert(
        { action: "password.reset", userId: sql`id`, actorId: sql`id`, at, ipAddress, userAgent },
        sql`changed`,
      )}),
      ${provingMailbox(proof, deps.auditInsert)}
      select id as "userId", ${mailboxColumns} from reader`),
  ]);
  return z.parse(outcome, rows)[0];
}

export function resetPasswordHandlers(deps: MailLinkDeps) {
  return {
    async send(c: C): Promise<Response> {
      const body = await readJson(c, mailInput, ACCOUNT_BODY_BYTES);
      if (!body.ok) return body.response;
      const { email, lang } = body.value;
      return sendLink(c, deps, {
        kind: "reset-password",
        for: "registered",
        email: email.toLowerCase(),
        lang,
        mail: () => "reset-password",
      });
    },

    async redeem(c: C): Promise<Response> {
      const body = await readJson(c, resetPasswordInput, ACCOUNT_BODY_BYTES);
      if (!body.ok) return body.response;
      const { token: secret, newPassword, code } = body.value;
      const { headers } = c.req.raw;
      const link = await findLink(deps.db, "reset-password", secret, deps.now());
      if (!link?.userId) return invalidToken(c);
      const reason = await deps.judgePassword(newPassword, link.data.email);
      if (reason) return passwordRefused(c, reason);
      let factorGiven = false;
      const needsFactor = link.twoFactorEnabled === true && link.emailVerified === true;
      if (needsFactor) {
        if (code === undefined) {
          return c.json({ code: "SECOND_FACTOR_REQUIRED", message: "This account has a second factor." }, 403);
        }
        const checked = await deps.secondFactor.check(link.userId, code, callerOf(headers));
        if (checked.kind === "waits") return hasToWait(c, checked.until, deps.now());
        if (checked.kind === "wrong") return wrongCode(c, "app");
        factorGiven = checked.kind === "right";
      }
      const done = await redeemReset(deps, {
        ...callerOf(headers),
        secret,
        email: link.data.email,
        hash: await (await deps.auth.$context).password.hash(newPassword),
        factorGiven,
        at: new Date(deps.now()),
        identifier: await identifierOf("reset-password", secret),
        presentedToken: undefined,
        reset: true,
        locale: writtenLanguage(headers, link.data.lang ?? undefined),
      });
      if (!done) return invalidToken(c);
      deps.onEnded(done.ended);
      await deps.onChanged(c, done.userId);
      deps.notify(done.userId, { kind: "password-reset" });
      return c.json({ status: true, removed: done.removed });
    },
  };
}
