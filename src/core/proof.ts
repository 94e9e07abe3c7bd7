// The wire schemas of a proof of identity: what a reader who is signed in gives again before an account is changed.
import * as z from "zod/mini";
import { anyPassword } from "./account.ts";
import { secondFactorCode } from "./second-factor.ts";

/** Needed by whoever has a second factor. */
const secondFactor = z.optional(secondFactorCode);

/** Body of `POST /api/auth/prove/password`. */
export const provePasswordInput = z.strictObject({ password: anyPassword, secondFactor });

/** Body of `POST /api/auth/prove/mail-code`. */
export const proveMailCodeInput = z.strictObject({
  code: z.string().check(z.regex(/^\d{6}$/, "must be the six digits that were mailed to you")),
  secondFactor,
});
