// What the routes that go to Better Auth accept.
import type * as z from "zod/mini";
import { signInInput, signUpInput, updateUserInput } from "../core/account.ts";
import type { BetterAuthPath } from "./routes.ts";

export const FORMS = {
  "/sign-up/email": signUpInput,
  "/sign-in/email": signInInput,
  "/update-user": updateUserInput,
} as const satisfies Record<BetterAuthPath, z.ZodMiniType>;
