// The wire schemas of the second factor: Better Auth's paths and shapes, and less of what they take. There are no
// trusted devices, so `trustDevice` is no field.
import * as z from "zod/mini";
import { account } from "./account.ts";

/** Of an authenticator app. */
const totpCode = z.string().check(z.regex(/^\d{6}$/, "must be the six digits that your app shows"));
/** However it is typed, with room for spaces and hyphens. */
const backupCode = z.string().check(z.regex(/^[A-Za-z1-9 -]{16,40}$/, "must be one of your backup codes"));

/** Body of `POST /api/auth/two-factor/verify-totp`. */
export const verifyTotpInput = z.strictObject({ code: totpCode });

/** Body of `POST /api/auth/two-factor/verify-backup-code`. */
export const verifyBackupCodeInput = z.strictObject({ code: backupCode });

/** Where either will do. */
export const secondFactorCode = z
  .string()
  .check(
    z.regex(
      /^\d{6}$|^[A-Za-z1-9 -]{16,40}$/,
      "must be the six digits that your app shows, or one of your backup codes",
    ),
  );

export const enableTwoFactorAnswer = z.object({
  method: z.literal("totp"),
  /** To be scanned by an authenticator app, and shown nowhere again. */
  totpURI: z.string(),
  /** Each good once; shown nowhere again. */
  backupCodes: z.array(z.string()),
});

export const backupCodesAnswer = z.object({ status: z.boolean(), backupCodes: z.array(z.string()) });

export const verifyTwoFactorAnswer = z.object({
  token: z.string().check(z.describe("The session's id: no script ever sees a session token.")),
  user: account,
});
