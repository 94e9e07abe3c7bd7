// Proofs of identity of a reader who is signed in: each opens the routes whose caller must be `proved`, for ten minutes,
// in the session that gave it.
import { ACCOUNT_BODY_BYTES, emptyInput, statusAnswer } from "../account.ts";
import { DEFAULT_BODY_BYTES } from "../primitives.ts";
import { proveMailCodeInput, provePasswordInput } from "../proof.ts";
import type { Operation, Route } from "./operation.ts";

const nothing = { schema: emptyInput, maxBytes: DEFAULT_BODY_BYTES, example: {} };

export const proofOperations = {
  "POST /api/auth/prove/password": {
    id: "provePassword",
    group: "proofs",
    summary: "Give the password again; with a second factor, a code as well",
    origin: "own",
    caller: "account",
    body: {
      schema: provePasswordInput,
      maxBytes: ACCOUNT_BODY_BYTES,
      example: { password: "correct horse battery", secondFactor: "123456" },
    },
    wayIn: "password",
    limits: { address: "guess", account: ["proof"] },
    answer: statusAnswer,
    refusalStatuses: [400, 401],
  },
  "POST /api/auth/prove/mail-code/send": {
    id: "sendMailCode",
    group: "proofs",
    summary: "Have six digits mailed to the verified address",
    origin: "own",
    caller: "account",
    body: nothing,
    wayIn: "mail",
    limits: { address: "send", account: ["mail"] },
    answer: statusAnswer,
  },
  "POST /api/auth/prove/mail-code": {
    id: "proveMailCode",
    group: "proofs",
    summary: "Give the six digits of the mail; with a second factor, a code of it as well",
    origin: "own",
    caller: "account",
    body: {
      schema: proveMailCodeInput,
      maxBytes: ACCOUNT_BODY_BYTES,
      example: { code: "123456", secondFactor: "123456" },
    },
    wayIn: "mail",
    limits: { address: "guess" },
    answer: statusAnswer,
    refusalStatuses: [401],
  },
} as const satisfies Record<Route, Operation>;
