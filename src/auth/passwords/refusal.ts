// How a route says that a new password is not taken, with Better Auth's code for it.
import type { Context } from "hono";
import type { AppEnv } from "../../http/app-env.ts";
import { type PasswordReason, REASONS } from "./rules.ts";

export const passwordRefused = (c: Context<AppEnv>, reason: PasswordReason): Response =>
  c.json({ code: "PASSWORD_COMPROMISED", message: REASONS[reason], requestId: c.get("requestId") }, 400);
