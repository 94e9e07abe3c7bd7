// The third rung: the credential of a docs page whose browser keeps no cookie of the Worker's. How it is presented, and
// where it is never looked at.
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "./app-env.ts";
import { problem } from "./problem.ts";

/** The signed credential; undefined where there is none, or the header is of another scheme, like a proxy's `Basic`. */
export function bearerOf(headers: Headers): string | undefined {
  const [, credential] = /^Bearer +(\S+)$/i.exec(headers.get("authorization") ?? "") ?? [];
  return credential;
}

/** Under /api/auth: who is this, and sign me out. Nothing of an account is a docs page's to change. */
const ALLOWED = new Set(["/api/auth/get-session", "/api/auth/sign-out"]);

export const refuseBearer = createMiddleware<AppEnv>(async function refuseBearer(c, next) {
  if (c.req.header("authorization") !== undefined && bearerOf(c.req.raw.headers) && !ALLOWED.has(c.req.path)) {
    return problem(c, "forbidden");
  }
  return next();
});
