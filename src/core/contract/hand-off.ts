// From the Worker's page back to the docs page, with a session of its own.
import { finishAnswer, finishInput, handOffAnswer, handOffInput } from "../hand-off.ts";
import { DEFAULT_BODY_BYTES } from "../primitives.ts";
import type { Operation, Route } from "./operation.ts";

const FLOW = "cGFnZS1tYWRlLWZsb3ctaWQ";

export const handOffOperations = {
  "POST /api/hand-off": {
    id: "redeemHandOff",
    group: "accounts",
    summary: "Turn the code that a docs page was opened with into a session of that page",
    origin: "docs",
    caller: "anyone",
    body: {
      schema: handOffInput,
      maxBytes: DEFAULT_BODY_BYTES,
      example: {
        flow: FLOW,
        code: "Y29kZS1vZi1hLWhhbmQtb2ZmLTAxMjM0NTY3ODktYWI",
        verifier: "dGhlLXZlcmlmaWVyLW9mLWEtaGFuZC1vZmYtMDEyMzQ",
        bearer: false,
      },
    },
    limits: { address: "guess" },
    answer: handOffAnswer,
    refusals: ["code-refused"],
  },
  "POST /api/hand-off/finish": {
    id: "finishHandOff",
    group: "accounts",
    summary: "Where a reader who signed in on the Worker's page goes back to, with a code",
    origin: "own",
    caller: "account",
    body: { schema: finishInput, maxBytes: DEFAULT_BODY_BYTES, example: { flow: FLOW } },
    limits: { address: "guess" },
    answer: finishAnswer,
    refusals: ["code-refused"],
  },
} as const satisfies Record<Route, Operation>;
