// What the routes that go to Better Auth accept.
import type * as z from "zod/mini";
import { signUpInput, updateUserInput } from "../core/account.ts";
import type { BetterAuthPath } from "./routes.ts";

export const FORMS = {
  "/sign-up/email": signUpInput,
  "/update-user": updateUserInput,
} as const satisfies Record<BetterAuthPath, z.ZodMiniType>;
