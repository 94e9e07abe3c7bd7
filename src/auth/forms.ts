// What the routes that go to Better Auth accept.
import type * as z from "zod/mini";
import { updateUserInput } from "../core/account.ts";
import type { BetterAuthPath } from "./routes.ts";

export const FORMS = {
  "/update-user": updateUserInput,
} as const satisfies Record<BetterAuthPath, z.ZodMiniType>;
