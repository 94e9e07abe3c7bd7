// The one table of what can go wrong in our own routes, and its form on the wire: RFC 9457 problem details.
// Better Auth's routes keep Better Auth's shape. No entry says why inside the system something failed.
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** `title` is for people and constant per code; what differs from case to case goes into `detail`. */
export const PROBLEMS = {
  "invalid-json": { status: 400, title: "The body is not valid JSON." },
  "invalid-request": { status: 422, title: "The request does not have the form this route needs." },
  "body-too-large": { status: 413, title: "The body is larger than this route accepts." },
  "unsupported-media-type": { status: 415, title: "The body must be application/json." },
  unauthenticated: { status: 401, title: "Sign in to do this." },
  "invalid-token": { status: 401, title: "The token is missing or not valid for this site." },
  "forbidden-origin": { status: 403, title: "This route cannot be called from that origin." },
  forbidden: { status: 403, title: "You may not do this." },
  "not-found": { status: 404, title: "There is nothing here." },
  "unknown-site": { status: 404, title: "No docs site of that id is configured." },
  unavailable: { status: 503, title: "This cannot be answered right now. Try again in a moment." },
  misconfigured: { status: 503, title: "This deployment is not configured correctly." },
  internal: { status: 500, title: "Something went wrong on our side." },
} as const satisfies Record<string, { status: ContentfulStatusCode; title: string }>;
export type ProblemCode = keyof typeof PROBLEMS;

/** A place in the input and what is wrong there; `path` is like `hardwareSetup.devices[3]`. */
export interface InputMistake {
  path: string;
  message: string;
}

export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  code: ProblemCode;
  detail?: string;
  requestId: string;
  errors?: InputMistake[];
}

/** Seconds a client should wait after a 503. */
export const RETRY_AFTER_SECONDS = 5;

/** The body of a problem; `type` is a URN because the project owns no host to publish the table on. */
export function problemBody(
  code: ProblemCode,
  requestId: string,
  extra: { detail?: string; errors?: InputMistake[] } = {},
): ProblemBody {
  const { status, title } = PROBLEMS[code];
  return { type: `urn:docent:problem:${code}`, title, status, code, requestId, ...extra };
}

/** A problem as a response without a Hono context: for a Worker that cannot be built. */
export function problemResponse(code: ProblemCode, requestId: string, headers: HeadersInit = {}): Response {
  const response = new Response(JSON.stringify(problemBody(code, requestId)), {
    status: PROBLEMS[code].status,
    headers,
  });
  finish(response.headers, code);
  return response;
}

/** Answers with a problem. */
export function problem(
  c: Context,
  code: ProblemCode,
  extra: { detail?: string; errors?: InputMistake[] } = {},
): Response {
  const response = c.body(JSON.stringify(problemBody(code, c.get("requestId"), extra)), PROBLEMS[code].status);
  finish(response.headers, code);
  return response;
}

function finish(headers: Headers, code: ProblemCode): void {
  headers.set("Content-Type", "application/problem+json");
  headers.set("Cache-Control", "no-store");
  if (PROBLEMS[code].status === 503) headers.set("Retry-After", String(RETRY_AFTER_SECONDS));
}
