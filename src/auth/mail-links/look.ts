// POST /api/auth/mail-links/look: for whom is this link? Uses nothing up. Only whoever has the secret is told, and they
// read that person's mail; the page asks "sign in as …?" with it, so that nobody is signed in as somebody else unawares.
import type { Context } from "hono";
import { lookInput } from "../../core/mail-links.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { readJson } from "../../http/body.ts";
import { invalidToken, type MailLinkDeps } from "./deps.ts";
import { findLink } from "./links.ts";

export function lookHandler({ db, now }: Pick<MailLinkDeps, "db" | "now">) {
  return async function look(c: Context<AppEnv>): Promise<Response> {
    const body = await readJson(c, lookInput);
    if (!body.ok) return body.response;
    const { kind, token } = body.value;
    const link = await findLink(db, kind, token, now());
    if (!link) return invalidToken(c);
    const { email, newEmail = null, flow = null } = link.data;
    const secondFactor = kind === "reset-password" && link.twoFactorEnabled === true && link.emailVerified === true;
    return c.json({ kind, email, newEmail, secondFactor, flow });
  };
}
