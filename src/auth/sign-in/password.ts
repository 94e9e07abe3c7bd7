// POST /api/auth/sign-in/email, in Better Auth's shape but not by Better Auth: its own makes the session first and asks
// for a second factor later, in several statements that may stop halfway.
import { sql } from "drizzle-orm";
import type { Context } from "hono";
import * as z from "zod/mini";
import { ACCOUNT_BODY_BYTES, signInInput } from "../../core/account.ts";
import type { Database } from "../../db/client.ts";
import { account, user } from "../../db/schema/index.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { readJson } from "../../http/body.ts";
import { callerOf } from "../../http/caller.ts";
import { networkOf } from "../../http/network.ts";
import { problem } from "../../http/problem.ts";
import { counting, type Tried, UNTIL, until, verdictOf } from "../attempts.ts";
import type { Auth } from "../better-auth.ts";
import { CAPTCHA_HEADER, type Captcha } from "../captcha.ts";
import { answerOf, type CompleteSignIn } from "./complete.ts";
import { knownBrowser, type Signer } from "./known-browser.ts";

/**
 * What a try counts against. One network is stopped long before it can use up what all the others have together, and a
 * browser that is known has tries of its own: nobody is kept out of their account by what strangers do.
 */
async function triesOf(headers: Headers, email: string, { verify, captcha }: PasswordSignInDeps): Promise<Tried[]> {
  // A challenge can be solved once: each further try costs one. When it cannot be checked, the limit holds as without.
  if (captcha.on && headers.has(CAPTCHA_HEADER) && (await captcha.judge(headers)) === "solved") return [];
  const browser = await knownBrowser(headers.get("cookie"), email, verify);
  if (browser !== undefined) return [{ what: "password-here", who: `${email}\nbrowser ${browser}` }];
  return [
    { what: "password-here", who: `${email}\nnetwork ${networkOf(callerOf(headers).ipAddress)}` },
    { what: "password-anywhere", who: email },
  ];
}

const row = z.object({
  until,
  found: z.nullable(z.object({ userId: z.string(), hash: z.nullable(z.string()) })),
});

/** Counts the try and looks the password up, in one statement. */
async function findCredential(db: Database, email: string, tried: readonly Tried[], now: number) {
  const { rows } = await db.execute(sql`
    with ${await counting(tried, now)}
    select ${UNTIL} as until, (select jsonb_build_object('userId', u.id, 'hash', a.password)
      from ${user} u join ${account} a on a.user_id = u.id and a.provider_id = 'credential'
      where u.email = ${email}) as found`);
  const [read] = z.parse(z.array(row), rows);
  return { verdict: verdictOf(read?.until ?? null, now), found: read?.found };
}

export interface PasswordSignInDeps {
  auth: Auth;
  db: Database;
  now: () => number;
  verify: Signer["verify"];
  captcha: Captcha;
  completeSignIn: CompleteSignIn;
}

export function passwordSignInHandler(deps: PasswordSignInDeps) {
  const { auth, db, now, captcha, completeSignIn } = deps;
  return async function signIn(c: Context<AppEnv>): Promise<Response> {
    const body = await readJson(c, signInInput, ACCOUNT_BODY_BYTES);
    if (!body.ok) return body.response;
    const { password, rememberMe } = body.value;
    const email = body.value.email.toLowerCase();
    const tried = await triesOf(c.req.raw.headers, email, deps);
    const { verdict, found } = await findCredential(db, email, tried, now());
    // Before the password is looked at: a right one is answered like a wrong one.
    if (!verdict.ok)
      return problem(c, captcha.on ? "captcha-required" : "too-many-requests", { retryAfter: verdict.retryAfter });
    const hashes = (await auth.$context).password;
    if (!found?.hash) {
      // As much work as for an address that somebody has: how long it takes must not tell.
      await hashes.hash(password);
      return answerOf(c, { kind: "unknown" });
    }
    if (!(await hashes.verify({ hash: found.hash, password }))) return answerOf(c, { kind: "unknown" });
    const proof = { userId: found.userId, method: "password", remember: rememberMe !== false, tried };
    return answerOf(c, await completeSignIn(c, proof));
  };
}
