// Passkeys, on the Worker's own pages. The paths are those of Better Auth's plugin; options are made by POST here, because
// a challenge is stored for them.
import { emptyInput, signInAnswer, statusAnswer } from "../account.ts";
import {
  authenticationOptions,
  deletePasskeyInput,
  listPasskeysAnswer,
  PASSKEY_BODY_BYTES,
  passkeyView,
  provePasskeyInput,
  registrationOptions,
  updatePasskeyAnswer,
  updatePasskeyInput,
  verifyAuthenticationInput,
  verifyRegistrationInput,
} from "../passkey.ts";
import { DEFAULT_BODY_BYTES } from "../primitives.ts";
import type { Operation, Route } from "./operation.ts";

const nothing = { schema: emptyInput, maxBytes: DEFAULT_BODY_BYTES, example: {} };
/** Each its own: a JSON schema validator takes an `id` for a schema's. */
const credential = (id: string) => ({ id, rawId: id, type: "public-key" });
const answer = (id: string) => ({
  ...credential(id),
  response: { clientDataJSON: "e30", authenticatorData: "AAAA", signature: "AAAA", userHandle: "AAAA" },
});

export const passkeyOperations = {
  "POST /api/auth/passkey/generate-authenticate-options": {
    id: "passkeySignInOptions",
    group: "passkeys",
    summary: "What the browser needs to ask for a passkey",
    origin: "own",
    caller: "anyone",
    body: nothing,
    wayIn: "passkey",
    limits: { address: "begin" },
    answer: authenticationOptions,
  },
  "POST /api/auth/passkey/verify-authentication": {
    id: "passkeySignIn",
    group: "passkeys",
    summary: "Sign in with what a passkey has signed; it counts as both factors",
    origin: "own",
    caller: "anyone",
    body: {
      schema: verifyAuthenticationInput,
      maxBytes: PASSKEY_BODY_BYTES,
      example: { response: answer("c2lnbi1pbg"), rememberMe: true },
    },
    wayIn: "passkey",
    limits: { address: "guess" },
    answer: signInAnswer,
    refusalStatuses: [401],
  },
  "POST /api/auth/passkey/generate-register-options": {
    id: "passkeyRegistrationOptions",
    group: "passkeys",
    summary: "What the browser needs to make a passkey; for a verified address",
    origin: "own",
    caller: "proved",
    body: nothing,
    wayIn: "passkey",
    limits: { address: "begin" },
    answer: registrationOptions,
  },
  "POST /api/auth/passkey/verify-registration": {
    id: "registerPasskey",
    group: "passkeys",
    summary: "Add the passkey that the browser has made",
    origin: "own",
    caller: "proved",
    body: {
      schema: verifyRegistrationInput,
      maxBytes: PASSKEY_BODY_BYTES,
      example: {
        response: {
          ...credential("bWFkZS11cA"),
          response: { clientDataJSON: "e30", attestationObject: "AAAA", transports: ["internal"] },
        },
        name: "Lena's phone",
      },
    },
    wayIn: "passkey",
    limits: { address: "guess" },
    answer: passkeyView,
    refusalStatuses: [400],
  },
  "GET /api/auth/passkey/list-user-passkeys": {
    id: "listPasskeys",
    group: "passkeys",
    summary: "The reader's passkeys, the oldest first",
    origin: "own",
    caller: "account",
    wayIn: "passkey",
    answer: listPasskeysAnswer,
  },
  "POST /api/auth/passkey/update-passkey": {
    id: "renamePasskey",
    group: "passkeys",
    summary: "Give a passkey another name",
    origin: "own",
    caller: "account",
    body: {
      schema: updatePasskeyInput,
      maxBytes: DEFAULT_BODY_BYTES,
      example: { id: "6d0b7a3c-42d5-4c3e-9f0c-54d6f6c0f1aa", name: "Lena's laptop" },
    },
    wayIn: "passkey",
    answer: updatePasskeyAnswer,
    refusalStatuses: [404],
  },
  "POST /api/auth/passkey/delete-passkey": {
    id: "deletePasskey",
    group: "passkeys",
    summary: "Take a passkey away, unless it is the last way in; other sessions end",
    origin: "own",
    caller: "proved",
    body: {
      schema: deletePasskeyInput,
      maxBytes: DEFAULT_BODY_BYTES,
      example: { id: "0ab5ec3e-1d7d-4514-a8a6-1399cafbc54e" },
    },
    wayIn: "passkey",
    limits: { address: "send" },
    answer: statusAnswer,
    refusalStatuses: [400],
  },
  "POST /api/auth/prove/passkey/options": {
    id: "passkeyProofOptions",
    group: "proofs",
    summary: "What the browser needs to ask for one of the reader's passkeys",
    origin: "own",
    caller: "account",
    body: nothing,
    wayIn: "passkey",
    limits: { address: "begin" },
    answer: authenticationOptions,
  },
  "POST /api/auth/prove/passkey": {
    id: "provePasskey",
    group: "proofs",
    summary: "Prove who is signed in with what a passkey has signed; it counts as both factors",
    origin: "own",
    caller: "account",
    body: { schema: provePasskeyInput, maxBytes: PASSKEY_BODY_BYTES, example: { response: answer("cHJvb2Y") } },
    wayIn: "passkey",
    limits: { address: "guess" },
    answer: statusAnswer,
    refusalStatuses: [401],
  },
} as const satisfies Record<Route, Operation>;
