// The second factor: asked for at the end of every way in, and set up on the Worker's own page.
import { ACCOUNT_BODY_BYTES, emptyInput, statusAnswer } from "../account.ts";
import { DEFAULT_BODY_BYTES } from "../primitives.ts";
import {
  backupCodesAnswer,
  enableTwoFactorAnswer,
  verifyBackupCodeInput,
  verifyTotpInput,
  verifyTwoFactorAnswer,
} from "../second-factor.ts";
import type { Operation, Route } from "./operation.ts";

const nothing = { schema: emptyInput, maxBytes: DEFAULT_BODY_BYTES, example: {} };

export const secondFactorOperations = {
  "POST /api/auth/two-factor/verify-totp": {
    id: "verifyTotp",
    group: "second-factor",
    summary: "Answer a sign-in's question with a code of the app; or, signed in, confirm a new second factor",
    origin: "docs",
    caller: "anyone",
    body: { schema: verifyTotpInput, maxBytes: ACCOUNT_BODY_BYTES, example: { code: "123456" } },
    limits: { address: "guess" },
    answer: verifyTwoFactorAnswer,
    refusalStatuses: [401, 429],
  },
  "POST /api/auth/two-factor/verify-backup-code": {
    id: "verifyBackupCode",
    group: "second-factor",
    summary: "Answer a sign-in's question with a backup code, which is used up",
    origin: "docs",
    caller: "anyone",
    body: { schema: verifyBackupCodeInput, maxBytes: ACCOUNT_BODY_BYTES, example: { code: "abcd-efgh-jkmn-pqrs" } },
    limits: { address: "guess" },
    answer: verifyTwoFactorAnswer,
    refusalStatuses: [401],
  },
  "POST /api/auth/two-factor/enable": {
    id: "enableTwoFactor",
    group: "second-factor",
    summary: "A secret for an app, and backup codes; good once they were confirmed with a code",
    origin: "own",
    caller: "proved",
    body: nothing,
    answer: enableTwoFactorAnswer,
  },
  "POST /api/auth/two-factor/generate-backup-codes": {
    id: "newBackupCodes",
    group: "second-factor",
    summary: "New backup codes instead of the old ones; other sessions end",
    origin: "own",
    caller: "proved",
    body: nothing,
    limits: { address: "send" },
    answer: backupCodesAnswer,
  },
  "POST /api/auth/two-factor/disable": {
    id: "disableTwoFactor",
    group: "second-factor",
    summary: "Ask for no second factor any more; other sessions end",
    origin: "own",
    caller: "proved",
    body: nothing,
    limits: { address: "send" },
    answer: statusAnswer,
  },
} as const satisfies Record<Route, Operation>;
