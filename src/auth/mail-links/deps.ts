// What the handlers of mailed links are given, and what they all do. Types, and answers.
import type { Context } from "hono";
import type { LinkMail, Notify, SendMail } from "../../core/mail.ts";
import type { LinkKind } from "../../core/mail-links.ts";
import type { AuditInsert } from "../../db/audit.ts";
import type { Database } from "../../db/client.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { writtenLanguage } from "../../http/language.ts";
import { problem } from "../../http/problem.ts";
import type { Auth } from "../better-auth.ts";
import { newSecret } from "../one-time-tokens.ts";
import type { JudgePassword } from "../passwords/rules.ts";
import type { SecondFactor } from "../second-factor/check.ts";
import type { CompleteSignIn } from "../sign-in/complete.ts";
import { LINK_SECONDS, type LinkData, type LinkFor, linkTo, makeLink } from "./links.ts";

export interface MailLinkDeps {
  auth: Auth;
  db: Database;
  now: () => number;
  randomId: () => string;
  baseUrl: string;
  auditInsert: AuditInsert;
  completeSignIn: CompleteSignIn;
  sendMail: SendMail;
  notify: Notify;
  /** The name of the docs site that a page of this origin belongs to. */
  siteNameOf: (origin: string | undefined) => string | undefined;
  /** The token of the session that a request brought; undefined for none, and for two. No I/O. */
  presentedToken: (headers: Headers) => Promise<string | undefined>;
  /** These sessions have ended. */
  onEnded: (tokens: readonly string[]) => void;
  /** What caches hold of this reader is outdated. */
  onChanged: (c: Context<AppEnv>, userId: string) => Promise<void>;
  judgePassword: JudgePassword;
  /** Is this code of the reader's right? Uses it up: a mailbox alone must not open an account that asks for one. */
  secondFactor: Pick<SecondFactor, "check">;
}

type C = Context<AppEnv>;

/** Better Auth's words for a link that is unknown, used or too old; it says the same of all three. */
export const invalidToken = (c: C): Response => c.json({ code: "INVALID_TOKEN", message: "Invalid token" }, 400);

export interface Asked {
  kind: LinkKind;
  for: LinkFor;
  email: string;
  lang: string | undefined;
  data?: Partial<LinkData>;
  /** Which mail it is, by whether somebody has the address. */
  mail: (known: boolean) => LinkMail["kind"];
  /** Told to an address that somebody has, where no link was made for it. */
  otherwise?: (to: { email: string; locale: string | null; siteName?: string }) => void;
}

/**
 * Answers: makes a link for an address and sends it after the response. What is done before it is one statement, and what is
 * answered is the same, whoever has the address.
 */
export async function sendLink(c: C, deps: MailLinkDeps, asked: Asked): Promise<Response> {
  const { headers } = c.req.raw;
  const secret = newSecret();
  const data: LinkData = { ...asked.data, email: asked.email, lang: writtenLanguage(headers, asked.lang) };
  const made = await makeLink(deps.db, {
    id: deps.randomId(),
    kind: asked.kind,
    secret,
    data,
    for: asked.for,
    now: deps.now(),
  });
  if (!made.verdict.ok) return problem(c, "too-many-requests", { retryAfter: made.verdict.retryAfter });
  const siteName = deps.siteNameOf(headers.get("origin") ?? undefined);
  const locale = writtenLanguage(headers, asked.lang, made.locale);
  const to = { email: asked.email, locale, ...(siteName !== undefined && { siteName }) };
  if (made.made) {
    const url = linkTo(deps.baseUrl, asked.kind, secret);
    deps.sendMail(to, { kind: asked.mail(made.known), url, minutes: LINK_SECONDS[asked.kind] / 60 });
  } else if (made.known) asked.otherwise?.(to);
  return c.json({ status: true });
}
