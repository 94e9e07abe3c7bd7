// The providers that a reader can sign in with beside everything else.
import { statusAnswer } from "../account.ts";
import { linkSocialAnswer, linkSocialInput, listAccountsAnswer, unlinkAccountInput } from "../linked-accounts.ts";
import { DEFAULT_BODY_BYTES } from "../primitives.ts";
import type { Operation, Route } from "./operation.ts";

export const linkedAccountOperations = {
  "GET /api/auth/list-accounts": {
    id: "listAccounts",
    group: "accounts",
    summary: "The reader's password and linked providers",
    origin: "own",
    caller: "account",
    answer: listAccountsAnswer,
  },
  "POST /api/auth/link-social": {
    id: "linkProvider",
    group: "accounts",
    summary: "The address to go to, to link a provider",
    origin: "own",
    caller: "proved",
    body: { schema: linkSocialInput, maxBytes: DEFAULT_BODY_BYTES, example: { provider: "github" } },
    wayIn: "provider",
    limits: { address: "begin" },
    answer: linkSocialAnswer,
  },
  "POST /api/auth/unlink-account": {
    id: "unlinkProvider",
    group: "accounts",
    summary: "Unlink a provider, unless the reader has no other way in",
    origin: "own",
    caller: "proved",
    body: {
      schema: unlinkAccountInput,
      maxBytes: DEFAULT_BODY_BYTES,
      example: { accountId: "0ab5ec3e-1d7d-4514-a8a6-1399cafbc54e" },
    },
    limits: { address: "send" },
    answer: statusAnswer,
    refusalStatuses: [400],
  },
} as const satisfies Record<Route, Operation>;
