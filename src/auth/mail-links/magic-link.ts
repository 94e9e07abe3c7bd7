// Signing in by a mailed link: POST /api/auth/sign-in/magic-link asks for one, /magic-link/verify redeems it. An address
// that nobody has gets a link too, and an account only when it is redeemed. Better Auth's plugin redeems by a GET, which
// a mail scanner makes.
import { type SQL, sql } from "drizzle-orm";
import type { Context } from "hono";
import * as z from "zod/mini";
import { ACCOUNT_BODY_BYTES } from "../../core/account.ts";
import { magicLinkInput, redeemInput } from "../../core/mail-links.ts";
import { user, verification } from "../../db/schema/index.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { readJson } from "../../http/body.ts";
import { callerOf } from "../../http/caller.ts";
import { writtenLanguage } from "../../http/language.ts";
import { identifierOf, newSecret, redeeming as redeemingToken } from "../one-time-tokens.ts";
import { answerOf } from "../sign-in/complete.ts";
import { invalidToken, type MailLinkDeps, sendLink } from "./deps.ts";
import { findLink, lockAddress, timestamp } from "./links.ts";
import { type MailboxProof, mailboxColumns, mailboxOutcome, provingMailbox } from "./prove-mailbox.ts";

type C = Context<AppEnv>;

const redemption = z.array(z.object({ userId: z.string(), ...mailboxOutcome }));
type Redeemed = z.infer<typeof redemption>[number];

/**
 * Finds the account of the address, proved, or makes it, and leaves a mark for the statement that makes the session: a row
 * that is gone when the transaction is done. A link that was for an account is for no other.
 */
async function redeeming(deps: MailLinkDeps, secret: string, proof: MailboxProof, mark: string): Promise<SQL> {
  const { at, ipAddress, userAgent } = proof;
  return sql`
    with token as (${await redeemingToken("magic-link", secret, at)}),
    known as (
      select u.id, u.email_verified from ${user} u join token t on u.email = t.value::jsonb->>'email'
      where t.user_id is null or t.user_id = u.id),
    created as (
      insert into ${user} (id, email, email_verified, name, locale, last_login_at, created_at, updated_at)
      select ${deps.randomId()}::uuid, t.value::jsonb->>'email', true, '', ${proof.locale}::varchar, ${timestamp(at)},
        ${timestamp(at)}, ${timestamp(at)}
      from token t where t.user_id is null and not exists (select from known)
      on conflict (email) do nothing returning id),
    reader as (select id, email_verified from known union all select id, true from created),
    marked as (
      insert into ${verification} (id, identifier, value, user_id, expires_at, created_at, updated_at)
      select ${deps.randomId()}::uuid, ${mark}, '{}', id, ${timestamp(at)}, ${timestamp(at)}, ${timestamp(at)} from reader),
    noted_account as (${deps.auditInsert(
      {
        action: "account.created",
        userId: sql`id`,
        actorId: sql`id`,
        at,
        ipAddress,
        userAgent,
        detail: { method: "magic-link" },
      },
      sql`created`,
    )}),
    ${provingMailbox(proof, deps.auditInsert)}
    select id as "userId", ${mailboxColumns} from reader`;
}

export function magicLinkHandlers(deps: MailLinkDeps) {
  return {
    async send(c: C): Promise<Response> {
      const body = await readJson(c, magicLinkInput, ACCOUNT_BODY_BYTES);
      if (!body.ok) return body.response;
      const { email, lang, rememberMe, flow } = body.value;
      return sendLink(c, deps, {
        kind: "magic-link",
        for: "anybody",
        email: email.toLowerCase(),
        lang,
        data: { remember: rememberMe !== false, ...(flow !== undefined && { flow }) },
        mail: (known) => (known ? "magic-link" : "magic-link-sign-up"),
      });
    },

    async redeem(c: C): Promise<Response> {
      const body = await readJson(c, redeemInput, ACCOUNT_BODY_BYTES);
      if (!body.ok) return body.response;
      const { token: secret } = body.value;
      const { headers } = c.req.raw;
      const link = await findLink(deps.db, "magic-link", secret, deps.now());
      if (!link) return invalidToken(c);
      const { email, remember = true, flow = null, lang } = link.data;
      const proof = {
        ...callerOf(headers),
        at: new Date(deps.now()),
        identifier: await identifierOf("magic-link", secret),
        presentedToken: await deps.presentedToken(headers),
        locale: writtenLanguage(headers, lang ?? undefined),
      };
      const mark = await identifierOf("magic-link", newSecret());
      let redeemed: Redeemed | undefined;
      const outcome = await deps.completeSignIn(c, {
        userId: sql`(select user_id from ${verification} where identifier = ${mark})`,
        method: "magic-link",
        remember,
        first: {
          statements: [lockAddress(email), await redeeming(deps, secret, proof, mark)],
          read: ([, rows]) => {
            [redeemed] = z.parse(redemption, rows);
          },
        },
        given: sql`given as (delete from ${verification} where identifier = ${mark} returning id)`,
      });
      if (!redeemed) return invalidToken(c);
      const { userId, removed } = redeemed;
      deps.onEnded(redeemed.ended);
      if (redeemed.isFirst) {
        await deps.onChanged(c, userId);
        deps.notify(userId, { kind: "address-verified" });
      }
      return answerOf(c, outcome, { removed, flow });
    },
  };
}
