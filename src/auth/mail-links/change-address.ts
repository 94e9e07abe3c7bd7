// POST /api/auth/change-email and /confirm-email-change. An account moves to another address when both have confirmed
// it: the old one, because a stolen session must not carry an account off; the new one, by a reader who is signed in to
// the account, because whoever only reads that mail may be somebody who is to be given an account that is not theirs.
import { type SQL, sql } from "drizzle-orm";
import type { Context } from "hono";
import * as z from "zod/mini";
import { ACCOUNT_BODY_BYTES } from "../../core/account.ts";
import { changeEmailInput, redeemInput } from "../../core/mail-links.ts";
import { session, user, verification } from "../../db/schema/index.ts";
import { violatedConstraint } from "../../db/unavailable.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { readJson } from "../../http/body.ts";
import { callerOf } from "../../http/caller.ts";
import { writtenLanguage } from "../../http/language.ts";
import { problem } from "../../http/problem.ts";
import { counting, UNTIL, until, verdictOf } from "../attempts.ts";
import { identifierOf, newSecret } from "../one-time-tokens.ts";
import { ADDRESS_TAKEN } from "../sign-in/sign-up.ts";
import { invalidToken, type MailLinkDeps } from "./deps.ts";
import { LINK_SECONDS, linkTo, lockAddress, mailTo, timestamp } from "./links.ts";
import { type MailboxProof, mailboxColumns, mailboxOutcome, provingMailbox } from "./prove-mailbox.ts";

type C = Context<AppEnv>;

/**
 * What is read here of a side's row. It also has `newEmail`, `other` (the other side's row; null where nobody has to
 * confirm there) and `confirmed` (the other side was used), which only statements look at.
 */
const side = z.object({ email: z.string() });

const asked = z.array(
  z.object({ until, email: z.string(), verified: z.boolean(), taken: z.boolean(), locale: z.nullable(z.string()) }),
);

interface Change {
  userId: string;
  newEmail: string;
  ids: { old: string; new: string };
  secrets: { old: string; new: string };
  at: Date;
}

/**
 * Makes both links, in one statement; a change that was asked for before is none any more. An old address that nobody
 * has proved gets none: whoever reads it has nothing to say about the account.
 */
async function makeChange({ db }: Pick<MailLinkDeps, "db">, change: Change) {
  const { userId, newEmail, ids, secrets, at } = change;
  const expiresAt = new Date(at.getTime() + LINK_SECONDS["change-address"] * 1000);
  const row = async (kind: "change-address" | "confirm-address", id: string, secret: string, other: SQL, when: SQL) => {
    const value = sql`jsonb_build_object('email', email, 'newEmail', ${newEmail}::text, 'other', ${other}, 'confirmed', false)::text`;
    return sql`insert into ${verification} (id, identifier, value, user_id, expires_at, created_at, updated_at)
      select ${id}::uuid, ${await identifierOf(kind, secret)}, ${value}, id, ${timestamp(expiresAt)}, ${timestamp(at)}, ${timestamp(at)}
      from reader where not exists (select from taken) and not exists (select from stopped) and ${when}`;
  };
  const { rows } = await db.execute(sql`
    with ${await counting([mailTo("confirm-address", newEmail), { what: "mail", who: userId }], at.getTime())},
    reader as (select * from ${user} where id = ${userId}::uuid),
    taken as (select from ${user} where email = ${newEmail}),
    earlier as (
      delete from ${verification} where user_id = ${userId}::uuid and value like '%"newEmail"%' and not exists (select from stopped) returning id),
    old_side as (${await row("change-address", ids.old, secrets.old, sql`${ids.new}::text`, sql`email_verified`)}),
    new_side as (${await row(
      "confirm-address",
      ids.new,
      secrets.new,
      sql`case when email_verified then ${ids.old}::text end`,
      sql`true`,
    )})
    select ${UNTIL} as until, email, email_verified as verified, locale, exists (select from taken) as taken from reader`);
  return z.parse(asked, rows)[0];
}

const confirmed = z.array(
  z.object({
    /** Of the account, where the link was good. */
    userId: z.nullable(z.string()),
    /** The link is good, and was to be confirmed by a reader who is signed in to the account. */
    signInFirst: z.boolean(),
    oldEmail: z.nullable(z.string()),
    newEmail: z.nullable(z.string()),
    locale: z.nullable(z.string()),
    changed: z.boolean(),
    ...mailboxOutcome,
  }),
);

interface Confirmation {
  old: string;
  new: string;
  email: string;
  proof: MailboxProof;
}

/** Uses one side up. When the other was used before it, or need not be, the account moves. */
async function confirmSide(deps: MailLinkDeps, { proof, ...identifiers }: Confirmation) {
  const { at, presentedToken, ipAddress, userAgent } = proof;
  const [, { rows }] = await deps.db.batch([
    deps.db.execute(lockAddress(identifiers.email)),
    deps.db.execute(sql`
      with given as (
        select v.id, v.user_id, v.value::jsonb as said, v.identifier = ${identifiers.new} as is_new, u.email, u.locale
        from ${verification} v join ${user} u on u.id = v.user_id and u.email = v.value::jsonb->>'email'
        where v.identifier in (${identifiers.old}, ${identifiers.new}) and v.expires_at > ${timestamp(at)}),
      allowed as (
        select * from given g where not is_new or exists (
          select from ${session} s where s.token = ${presentedToken ?? null}::varchar and s.user_id = g.user_id
            and s.scope = 'account' and s.expires_at > ${timestamp(at)})),
      used as (delete from ${verification} v using allowed g where v.id = g.id returning v.id),
      complete as (
        select g.* from allowed g join used on used.id = g.id
        where g.said->>'other' is null or (g.said->>'confirmed')::boolean),
      marked as (
        update ${verification} v set value = jsonb_set(v.value::jsonb, '{confirmed}', 'true')::text
        from allowed g join used on used.id = g.id
        where v.id = (g.said->>'other')::uuid and v.user_id = g.user_id and not exists (select from complete)
        returning v.id),
      reader as (select u.id, u.email_verified from ${user} u join complete c on c.user_id = u.id),
      noted_change as (${deps.auditInsert(
        { action: "address.changed", userId: sql`id`, actorId: sql`id`, at, ipAddress, userAgent },
        sql`reader`,
      )}),
      ${provingMailbox({ ...proof, newEmail: sql`(select said->>'newEmail' from complete)` }, deps.auditInsert)}
      select (select user_id from allowed) as "userId", exists (select from given) and not exists (select from allowed) as "signInFirst",
        (select email from given) as "oldEmail", (select said->>'newEmail' from given) as "newEmail",
        (select locale from given) as locale, exists (select from reader) as changed, ${mailboxColumns}`),
  ]);
  return z.parse(confirmed, rows)[0];
}

async function sideOf(deps: MailLinkDeps, identifiers: { old: string; new: string }) {
  const { rows } = await deps.db.execute(
    sql`select identifier, value from ${verification} where identifier in (${identifiers.old}, ${identifiers.new})
      and expires_at > ${timestamp(new Date(deps.now()))}`,
  );
  const [row] = z.parse(z.array(z.object({ identifier: z.string(), value: z.string() })), rows);
  const said = row && z.safeParse(side, JSON.parse(row.value));
  return row && said?.success ? { identifier: row.identifier, email: said.data.email } : undefined;
}

export function changeAddressHandlers(deps: MailLinkDeps) {
  const { now, randomId, baseUrl } = deps;
  const taken = (c: C) => c.json(ADDRESS_TAKEN, 422);
  return {
    /** By a reader who has just proved who they are. Whether somebody has the new address is not said here. */
    async ask(c: C): Promise<Response> {
      const body = await readJson(c, changeEmailInput, ACCOUNT_BODY_BYTES);
      if (!body.ok) return body.response;
      const { headers } = c.req.raw;
      const newEmail = body.value.newEmail.toLowerCase();
      const secrets = { old: newSecret(), new: newSecret() };
      const made = await makeChange(deps, {
        userId: c.get("session").userId,
        newEmail,
        ids: { old: randomId(), new: randomId() },
        secrets,
        at: new Date(now()),
      });
      const verdict = verdictOf(made?.until ?? null, now());
      if (!verdict.ok) return problem(c, "too-many-requests", { retryAfter: verdict.retryAfter });
      if (made?.email === newEmail) return c.json({ code: "EMAIL_IS_THE_SAME", message: "Email is the same" }, 400);
      if (made) {
        const locale = writtenLanguage(headers, body.value.lang, made.locale);
        const minutes = LINK_SECONDS["change-address"] / 60;
        const confirm = linkTo(baseUrl, "confirm-address", secrets.new);
        const change = linkTo(baseUrl, "change-address", secrets.old);
        if (made.taken) deps.sendMail({ email: newEmail, locale }, { kind: "account-exists" });
        else {
          const address = made.email;
          deps.sendMail({ email: newEmail, locale }, { kind: "confirm-address", url: confirm, minutes, address });
          if (made.verified) {
            const old = { email: made.email, locale };
            deps.sendMail(old, { kind: "confirm-change", url: change, minutes, address: newEmail });
          }
        }
      }
      return c.json({ status: true });
    },

    async confirm(c: C): Promise<Response> {
      const body = await readJson(c, redeemInput, ACCOUNT_BODY_BYTES);
      if (!body.ok) return body.response;
      const { headers } = c.req.raw;
      const { token: secret } = body.value;
      const identifiers = {
        old: await identifierOf("change-address", secret),
        new: await identifierOf("confirm-address", secret),
      };
      const given = await sideOf(deps, identifiers);
      if (!given) return invalidToken(c);
      let done: Awaited<ReturnType<typeof confirmSide>>;
      try {
        done = await confirmSide(deps, {
          ...identifiers,
          email: given.email,
          proof: {
            ...callerOf(headers),
            at: new Date(now()),
            identifier: given.identifier,
            presentedToken: await deps.presentedToken(headers),
            locale: writtenLanguage(headers),
          },
        });
      } catch (error) {
        // Somebody else has signed up with it meanwhile. Nothing was used up; it comes to nothing when it is too old.
        if (violatedConstraint(error) !== "user_email_unique") throw error;
        return taken(c);
      }
      if (done?.signInFirst) {
        return c.json({ code: "SIGN_IN_FIRST", message: "Sign in to the account that is to have this address." }, 403);
      }
      if (!done?.userId) return invalidToken(c);
      if (done.changed && done.oldEmail !== null && done.newEmail !== null) {
        deps.onEnded(done.ended);
        await deps.onChanged(c, done.userId);
        for (const email of [done.oldEmail, done.newEmail]) {
          deps.sendMail({ email, locale: done.locale }, { kind: "address-changed", address: done.newEmail });
        }
      }
      return c.json({ status: true, changed: done.changed });
    },
  };
}
