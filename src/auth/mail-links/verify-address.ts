// POST /api/auth/send-verification-email and /verify-email, in Better Auth's paths but not by Better Auth: its links
// are stateless, good until they are old, for whoever comes, and clean up nothing.
import { sql } from "drizzle-orm";
import type { Context } from "hono";
import * as z from "zod/mini";
import { ACCOUNT_BODY_BYTES } from "../../core/account.ts";
import { mailInput, verifyAddressInput } from "../../core/mail-links.ts";
import { user } from "../../db/schema/index.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { readJson } from "../../http/body.ts";
import { callerOf } from "../../http/caller.ts";
import { writtenLanguage } from "../../http/language.ts";
import { identifierOf, redeeming } from "../one-time-tokens.ts";
import { invalidToken, type MailLinkDeps, sendLink } from "./deps.ts";
import { findLink, lockAddress } from "./links.ts";
import { type MailboxProof, mailboxColumns, mailboxOutcome, provingMailbox } from "./prove-mailbox.ts";

type C = Context<AppEnv>;

const outcome = z.array(z.object({ userId: z.string(), ...mailboxOutcome }));

async function redeemVerification(deps: MailLinkDeps, secret: string, email: string, proof: MailboxProof) {
  const [, { rows }] = await deps.db.batch([
    deps.db.execute(lockAddress(email)),
    deps.db.execute(sql`
      with token as (${await redeeming("verify-address", secret, proof.at)}),
      reader as (
        select u.id, u.email_verified from ${user} u join token t on t.user_id = u.id and u.email = t.value::jsonb->>'email'),
      ${provingMailbox(proof, deps.auditInsert)}
      select id as "userId", ${mailboxColumns} from reader`),
  ]);
  return z.parse(outcome, rows)[0];
}

export function verifyAddressHandlers(deps: MailLinkDeps) {
  return {
    async send(c: C): Promise<Response> {
      const body = await readJson(c, mailInput, ACCOUNT_BODY_BYTES);
      if (!body.ok) return body.response;
      const { email, lang } = body.value;
      return sendLink(c, deps, {
        kind: "verify-address",
        for: "unverified",
        email: email.toLowerCase(),
        lang,
        mail: () => "verify-address",
      });
    },

    async redeem(c: C): Promise<Response> {
      const body = await readJson(c, verifyAddressInput, ACCOUNT_BODY_BYTES);
      if (!body.ok) return body.response;
      const { token: secret, password } = body.value;
      const { headers } = c.req.raw;
      const link = await findLink(deps.db, "verify-address", secret, deps.now());
      if (!link) return invalidToken(c);
      if (password !== undefined) {
        const hashes = (await deps.auth.$context).password;
        // Not used up: the reader may have mistyped it, or go on without.
        if (!link.hash || !(await hashes.verify({ hash: link.hash, password }))) {
          return c.json({ code: "INVALID_PASSWORD", message: "Invalid password" }, 400);
        }
      }
      const done = await redeemVerification(deps, secret, link.data.email, {
        ...callerOf(headers),
        at: new Date(deps.now()),
        identifier: await identifierOf("verify-address", secret),
        presentedToken: await deps.presentedToken(headers),
        presentedHash: password === undefined ? undefined : (link.hash ?? undefined),
        locale: writtenLanguage(headers, link.data.lang ?? undefined),
      });
      if (!done) return invalidToken(c);
      deps.onEnded(done.ended);
      if (done.isFirst) {
        await deps.onChanged(c, done.userId);
        deps.notify(done.userId, { kind: "address-verified" });
      }
      return c.json({ status: true, email: link.data.email, removed: done.removed });
    },
  };
}
