// POST /api/auth/sign-up/email, in Better Auth's shape but not by Better Auth: here the account, its session, their events
// and the link that proves the address are one statement, which is the same whether somebody has the address or not.
import { generateRandomString } from "better-auth/crypto";
import { type SQL, sql } from "drizzle-orm";
import type { Context } from "hono";
import * as z from "zod/mini";
import { ACCOUNT_BODY_BYTES, signUpInput } from "../../core/account.ts";
import type { SendMail } from "../../core/mail.ts";
import type { AuditInsert } from "../../db/audit.ts";
import type { Database } from "../../db/client.ts";
import { account, session, user, verification } from "../../db/schema/index.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { readJson } from "../../http/body.ts";
import { callerOf } from "../../http/caller.ts";
import { writtenLanguage } from "../../http/language.ts";
import { setForgetfulCookie, setSessionCookie } from "../../http/session-cookie.ts";
import { counting } from "../attempts.ts";
import type { Auth } from "../better-auth.ts";
import { LINK_SECONDS, linkTo, timestamp } from "../mail-links/links.ts";
import { identifierOf, newSecret } from "../one-time-tokens.ts";
import { passwordRefused } from "../passwords/refusal.ts";
import type { JudgePassword } from "../passwords/rules.ts";
import { SESSION_SECONDS, SHORT_SESSION_SECONDS, TOKEN_LENGTH } from "../session-length.ts";
import type { Signer } from "./known-browser.ts";

export interface SignUpDeps {
  auth: Auth;
  db: Database;
  now: () => number;
  randomId: () => string;
  sign: Signer["sign"];
  baseUrl: string;
  auditInsert: AuditInsert;
  judgePassword: JudgePassword;
  sendMail: SendMail;
  /** The name of the docs site that a page of this origin belongs to. */
  siteNameOf: (origin: string | undefined) => string | undefined;
  /** Can mail be sent? */
  mail: boolean;
  /** Nobody is signed in before the address is proved; nor is told whether somebody has it. */
  needsVerifiedAddress: boolean;
}

type NewAccount = z.infer<typeof signUpInput> & {
  userId: string;
  hash: string;
  sessionId: string;
  token: string;
  seconds: number;
  secret: string;
  locale: string | null;
  at: Date;
};

const outcome = z.array(z.object({ made: z.boolean(), mayMail: z.boolean() }));

async function insertAccount(deps: SignUpDeps, next: NewAccount, headers: Headers) {
  const { at, userId, email } = next;
  const time = timestamp(at);
  const expiresAt = timestamp(new Date(at.getTime() + next.seconds * 1000));
  const linkEnds = timestamp(new Date(at.getTime() + LINK_SECONDS["verify-address"] * 1000));
  const caller = callerOf(headers);
  const event = { userId: sql`user_id`, actorId: sql`user_id`, at, ...caller, detail: { method: "password" } };
  const none: SQL = sql`select null::uuid as user_id where false`;
  // Only there may somebody else be mailed, again and again: an address that is taken.
  const counted = await counting([{ what: "mail", who: `sign-up\n${email}` }], at.getTime());
  const { rows } = await deps.db.execute(sql`
    with ${deps.needsVerifiedAddress ? sql`${counted}, ` : sql``}made as (
      insert into ${user} (id, email, name, image, locale, last_login_at, created_at, updated_at)
      values (${userId}::uuid, ${email}, ${next.name}, ${next.image ?? null}::varchar, ${next.locale}::varchar, ${time}, ${time}, ${time})
      on conflict (email) do nothing returning id as user_id),
    credential as (
      insert into ${account} (id, user_id, provider_id, account_id, password, created_at, updated_at)
      select ${deps.randomId()}::uuid, user_id, 'credential', user_id::text, ${next.hash}, ${time}, ${time} from made),
    opened as (${
      deps.needsVerifiedAddress
        ? none
        : sql`insert into ${session} (id, token, user_id, expires_at, ip_address, user_agent, last_accessed_at,
            authenticated_at, login_id, scope, method, created_at, updated_at)
          select ${next.sessionId}::uuid, ${next.token}, user_id, ${expiresAt}, ${caller.ipAddress}::varchar,
            ${caller.userAgent}::varchar, ${time}, ${time}, ${deps.randomId()}::uuid, 'account', 'password', ${time}, ${time}
          from made returning user_id`
    }),
    link as (${
      deps.mail
        ? sql`insert into ${verification} (id, identifier, value, user_id, expires_at, created_at, updated_at)
          select ${deps.randomId()}::uuid, ${await identifierOf("verify-address", next.secret)},
            ${JSON.stringify({ email, lang: next.locale })}, user_id, ${linkEnds}, ${time}, ${time} from made`
        : none
    }),
    noted_account as (${deps.auditInsert({ ...event, action: "account.created" }, sql`made`)}),
    noted_session as (${deps.auditInsert({ ...event, action: "session.created" }, sql`opened`)})
    select exists (select from made) as made, ${
      deps.needsVerifiedAddress ? sql`not exists (select from stopped)` : sql`true`
    } as "mayMail"`);
  return z.parse(outcome, rows)[0];
}

/** Better Auth's words. */
export const ADDRESS_TAKEN = {
  code: "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL",
  message: "User already exists. Use another email.",
};

/** What everybody who signs up has. */
const NEW = {
  emailVerified: false,
  role: "user",
  twoFactorEnabled: false,
  skillLevel: null,
  operatingSystem: null,
} as const;

export function signUpHandler(deps: SignUpDeps) {
  return async function signUp(c: Context<AppEnv>): Promise<Response> {
    const body = await readJson(c, signUpInput, ACCOUNT_BODY_BYTES);
    if (!body.ok) return body.response;
    const { headers } = c.req.raw;
    const email = body.value.email.toLowerCase();
    const reason = await deps.judgePassword(body.value.password, email);
    if (reason) return passwordRefused(c, reason);
    const remember = body.value.rememberMe !== false;
    const [userId, sessionId] = [deps.randomId(), deps.randomId()];
    const token = generateRandomString(TOKEN_LENGTH, "a-z", "A-Z", "0-9");
    const seconds = remember ? SESSION_SECONDS : SHORT_SESSION_SECONDS;
    const secret = newSecret();
    const locale = writtenLanguage(headers, body.value.lang);
    const at = new Date(deps.now());
    const hash = await (await deps.auth.$context).password.hash(body.value.password);
    const next = { ...body.value, email, userId, hash, sessionId, token, seconds, secret, locale, at };
    const done = await insertAccount(deps, next, headers);
    if (!done?.made && !deps.needsVerifiedAddress) return c.json(ADDRESS_TAKEN, 422);

    const siteName = deps.siteNameOf(headers.get("origin") ?? undefined);
    const to = { email, locale, ...(siteName !== undefined && { siteName }) };
    if (done?.made) {
      const [url, minutes] = [linkTo(deps.baseUrl, "verify-address", secret), LINK_SECONDS["verify-address"] / 60];
      deps.sendMail(to, { kind: "verify-address", url, minutes });
    } else if (done?.mayMail) deps.sendMail(to, { kind: "account-exists" });

    const { name, image = null } = body.value;
    const time = at.toISOString();
    // The same whether an account was made or not: where addresses are proved first, the answer must not tell.
    const shown = { id: userId, email, name, image, createdAt: time, updatedAt: time, ...NEW };
    if (deps.needsVerifiedAddress) return c.json({ token: null, user: shown });
    const answer = c.json({ token: sessionId, user: shown });
    setSessionCookie(answer.headers, await deps.sign(token), remember ? seconds : undefined);
    if (!remember) setForgetfulCookie(answer.headers);
    return answer;
  };
}
