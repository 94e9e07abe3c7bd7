// What a refused code is told, in Better Auth's words: its official client knows them.
import type { Context } from "hono";

export const noQuestion = (c: Context): Response =>
  c.json({ code: "INVALID_TWO_FACTOR_COOKIE", message: "Sign in first: there is no question open here." }, 401);

export const wrongCode = (c: Context, kind: "app" | "backup"): Response =>
  kind === "app"
    ? c.json({ code: "INVALID_CODE", message: "Invalid code" }, 401)
    : c.json({ code: "INVALID_BACKUP_CODE", message: "Invalid backup code" }, 401);

export const tooManyTries = (c: Context): Response =>
  c.json({ code: "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE", message: "Too many wrong codes. Sign in again." }, 400);

/** @param until null: only a backup code helps */
export function hasToWait(c: Context, until: Date | null, now: number): Response {
  if (until !== null) c.header("Retry-After", String(Math.max(1, Math.ceil((until.getTime() - now) / 1000))));
  const message = "Too many wrong codes. Wait, or use a backup code.";
  return c.json({ code: "ACCOUNT_TEMPORARILY_LOCKED", message }, 429);
}
