// Better Auth's routes keep Better Auth's shape, also where our own checks refuse before it is asked: its official
// client reads `code` and `message`.
import { createMiddleware } from "hono/factory";
import type { ProblemBody, ProblemCode } from "../core/problem.ts";
import type { AppEnv } from "../http/app-env.ts";

/** Codes for which Better Auth has a name of its own; the others are ours in its spelling. */
const NAMES: Partial<Record<ProblemCode, string>> = {
  unauthenticated: "UNAUTHORIZED",
  "forbidden-origin": "INVALID_ORIGIN",
  "invalid-request": "VALIDATION_ERROR",
  unavailable: "SERVICE_UNAVAILABLE",
  internal: "INTERNAL_SERVER_ERROR",
};

/** Turns problem details into `{code, message, requestId, errors?}`; status and headers stay. */
export const inBetterAuthShape = createMiddleware<AppEnv>(async function inBetterAuthShape(c, next) {
  await next();
  if (c.res.headers.get("content-type") !== "application/problem+json") return;
  const { code, title, detail, requestId, errors } = await c.res.json<ProblemBody>();
  const first = errors?.[0];
  const message = detail ?? (first ? `${title} ${first.path}: ${first.message}` : title);
  const headers = new Headers(c.res.headers);
  headers.set("Content-Type", "application/json");
  const name = NAMES[code] ?? code.toUpperCase().replaceAll("-", "_");
  const response = new Response(JSON.stringify({ code: name, message, requestId, ...(errors && { errors }) }), {
    status: c.res.status,
    headers,
  });
  c.res = undefined;
  c.res = response;
});
