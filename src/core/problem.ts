// How our own routes say that they refuse: RFC 9457 problem details. Better Auth's routes keep Better Auth's shape
// (see account.ts).
import * as z from "zod/mini";

/** What can go wrong, for programs. The Worker's table gives each its status and title. */
export const PROBLEM_CODES = [
  "invalid-json",
  "invalid-request",
  "body-too-large",
  "unsupported-media-type",
  "unauthenticated",
  "invalid-token",
  "forbidden-origin",
  "step-up-required",
  "forbidden",
  "code-refused",
  "own-account",
  "address-unverified",
  "not-found",
  "method-not-allowed",
  "unknown-site",
  "catalogue-incomplete",
  "catalogue-too-large",
  "too-many-requests",
  "captcha-required",
  "captcha-failed",
  "unavailable",
  "misconfigured",
  "internal",
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** A place in the input and what is wrong there; `path` is like `hardwareSetup.devices[3]`. */
export const inputMistake = z.object({ path: z.string(), message: z.string() });
export type InputMistake = z.infer<typeof inputMistake>;

export const problemBody = z.object({
  type: z.string(),
  /** For people, and constant per code. */
  title: z.string(),
  status: z.number(),
  code: z.enum(PROBLEM_CODES),
  /** What differs from case to case. */
  detail: z.optional(z.string()),
  /** Also in the header `X-Request-Id` and in the log. */
  requestId: z.string(),
  errors: z.optional(z.array(inputMistake)),
  /** `catalogue-incomplete`: the paths of all pages that must be sent in full. */
  missing: z.optional(z.array(z.string())),
});
export type ProblemBody = z.infer<typeof problemBody>;
