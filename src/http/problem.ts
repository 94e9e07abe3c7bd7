// The one table of what can go wrong in our own routes, and its form on the wire: RFC 9457 problem details.
// Better Auth's routes keep Better Auth's shape. No entry says why inside the system something failed.
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { ProblemBody, ProblemCode } from "../core/problem.ts";

/** `title` is for people and constant per code; what differs from case to case goes into `detail`. */
export const PROBLEMS = {
  "invalid-json": { status: 400, title: "The body is not valid JSON." },
  "invalid-request": { status: 422, title: "The request does not have the form this route needs." },
  "body-too-large": { status: 413, title: "The body is larger than this route accepts." },
  "unsupported-media-type": { status: 415, title: "The body must be application/json." },
  unauthenticated: { status: 401, title: "Sign in to do this." },
  "invalid-token": { status: 401, title: "The token is missing or not valid for this site." },
  "forbidden-origin": { status: 403, title: "This route cannot be called from that origin." },
  "step-up-required": { status: 403, title: "Sign in again to do this: your last proof is more than ten minutes old." },
  forbidden: { status: 403, title: "You may not do this." },
  "code-refused": { status: 403, title: "This code or flow is used up, too old, or another page's." },
  "own-account": { status: 409, title: "An administrator cannot do this to their own account." },
  "address-unverified": { status: 409, title: "Nobody has proved that the address of this account is theirs." },
  "not-found": { status: 404, title: "There is nothing here." },
  "method-not-allowed": { status: 405, title: "This route cannot be called with that method." },
  "unknown-site": { status: 404, title: "No docs site of that id is configured." },
  "catalogue-incomplete": { status: 409, title: "Pages are listed that are neither stored nor sent." },
  "catalogue-too-large": { status: 413, title: "The catalogue would be larger than a site's may be." },
  "too-many-requests": { status: 429, title: "Too many tries. Wait before the next one." },
  "captcha-required": { status: 429, title: "Too many tries. Solve the challenge, or wait before the next one." },
  "captcha-failed": { status: 403, title: "The challenge was not solved. Solve it to do this." },
  unavailable: { status: 503, title: "This cannot be answered right now. Try again in a moment." },
  misconfigured: { status: 503, title: "This deployment is not configured correctly." },
  internal: { status: 500, title: "Something went wrong on our side." },
} as const satisfies Record<ProblemCode, { status: ContentfulStatusCode; title: string }>;

/** Seconds a client should wait after a 503. */
export const RETRY_AFTER_SECONDS = 5;

/**
 * Answers with a problem; `type` is a URN because the project owns no host to publish the table on.
 * @param extra `retryAfter`: seconds until it is worth trying again
 */
export function problem(
  c: Context,
  code: ProblemCode,
  { retryAfter, ...extra }: Pick<ProblemBody, "detail" | "errors" | "missing"> & { retryAfter?: number } = {},
): Response {
  const { status, title } = PROBLEMS[code];
  // What a handler has already said about the answer it meant to give is not true of this one.
  for (const name of ["Cache-Control", "ETag"]) c.header(name, undefined);
  const wait = retryAfter ?? (status === 503 ? RETRY_AFTER_SECONDS : undefined);
  const requestId: string = c.get("requestId");
  const body: ProblemBody = { type: `urn:docent:problem:${code}`, title, status, code, requestId, ...extra };
  return c.body(JSON.stringify(body), status, {
    "Content-Type": "application/problem+json",
    "Cache-Control": "no-store",
    ...(wait !== undefined && { "Retry-After": String(Math.max(1, Math.ceil(wait))) }),
  });
}
