// What the routes that go to Better Auth accept. Strict: a field that is not named here is refused with its name, so
// that neither a role nor a redirect can ride along.
import * as z from "zod/mini";
import { storableText } from "../core/background.ts";
import type { BetterAuthPath } from "./routes.ts";

/** Characters. Any Unicode, no composition rules (NIST SP 800-63B, 3.1.1.2). */
export const PASSWORD_LIMITS = { min: 8, max: 128 } as const;

const email = storableText(255, 3).check(z.email("must be an e-mail address"));
/** No control characters: a name ends up in mail headers. */
const name = storableText(255).check(z.regex(/^\P{Cc}*$/u, "must not contain control characters"));
const picture = z
  .url()
  .check(z.maxLength(512), z.regex(/^https:\/\//, "must be an https address"), z.regex(/^[^\s"'<>\\]*$/));
const newPassword = storableText(PASSWORD_LIMITS.max, PASSWORD_LIMITS.min);
/** A wrong password is for Better Auth to refuse; this only bounds what is hashed. */
const anyPassword = storableText(PASSWORD_LIMITS.max);

/** Not for Better Auth: see change-password.ts. */
export const changePasswordForm = z.strictObject({
  currentPassword: anyPassword,
  newPassword,
  /** Whoever knew the old password may still be signed in. */
  revokeOtherSessions: z._default(z.boolean(), true),
});

export const FORMS = {
  "/sign-up/email": z.strictObject({
    email,
    password: newPassword,
    name: z._default(name, ""),
    image: z.optional(picture),
    rememberMe: z.optional(z.boolean()),
  }),
  "/sign-in/email": z.strictObject({ email, password: anyPassword, rememberMe: z.optional(z.boolean()) }),
  "/update-user": z
    .strictObject({ name: z.optional(name), image: z.optional(z.nullable(picture)) })
    .check(z.refine((body) => Object.keys(body).length > 0, "must name at least one field")),
} as const satisfies Record<BetterAuthPath, z.ZodMiniType>;
