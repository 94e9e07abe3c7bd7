// POST /api/auth/sign-in/email, in Better Auth's shape but not by Better Auth: its own makes the session first and asks
// for a second factor later, in several statements that may stop halfway.
import { and, eq } from "drizzle-orm";
import type { Context } from "hono";
import { ACCOUNT_BODY_BYTES, signInInput } from "../../core/account.ts";
import type { Database } from "../../db/client.ts";
import { account, user } from "../../db/schema/index.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { readJson } from "../../http/body.ts";
import type { Auth } from "../better-auth.ts";
import { answerOf, type CompleteSignIn } from "./complete.ts";

async function findCredential(db: Database, email: string) {
  const [row] = await db
    .select({ userId: user.id, hash: account.password })
    .from(user)
    .innerJoin(account, and(eq(account.userId, user.id), eq(account.providerId, "credential")))
    .where(eq(user.email, email))
    .limit(1);
  return row;
}

export interface PasswordSignInDeps {
  auth: Auth;
  db: Database;
  completeSignIn: CompleteSignIn;
}

export function passwordSignInHandler({ auth, db, completeSignIn }: PasswordSignInDeps) {
  return async function signIn(c: Context<AppEnv>): Promise<Response> {
    const body = await readJson(c, signInInput, ACCOUNT_BODY_BYTES);
    if (!body.ok) return body.response;
    const { password, rememberMe } = body.value;
    const hashes = (await auth.$context).password;
    const found = await findCredential(db, body.value.email.toLowerCase());
    if (!found?.hash) {
      // As much work as for an address that somebody has: how long it takes must not tell.
      await hashes.hash(password);
      return answerOf(c, { kind: "unknown" });
    }
    if (!(await hashes.verify({ hash: found.hash, password }))) return answerOf(c, { kind: "unknown" });
    const proof = { userId: found.userId, method: "password", remember: rememberMe !== false };
    return answerOf(c, await completeSignIn(c, proof));
  };
}
