// The first gate in front of whatever can be guessed or sends something: so many requests per route and client address.
// It is asked before any look-up, so that a flood costs no I/O. Cloudflare counts per location and approximately: what
// must hold exactly is counted per account, in Postgres.
import type { MiddlewareHandler } from "hono";
import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import { ADDRESS_LIMITS, type AddressLimit } from "../core/limits.ts";
import type { AppEnv } from "./app-env.ts";
import { callerOf } from "./caller.ts";
import { networkOf } from "./network.ts";
import { problem } from "./problem.ts";

export type RateLimits = Record<AddressLimit, MiddlewareHandler<AppEnv>>;

/** One middleware for each kind of limit; each route that it is mounted on has counts of its own. */
export function rateLimits(
  limiters: Readonly<Record<AddressLimit, RateLimit>>,
  log: (line: object) => void,
): RateLimits {
  const limited = (kind: AddressLimit) =>
    createMiddleware<AppEnv>(async function rateLimited(c, next) {
      const key = `${routePath(c)}\n${networkOf(callerOf(c.req.raw.headers).ipAddress)}`;
      try {
        const { success } = await limiters[kind].limit({ key });
        if (!success) return problem(c, "too-many-requests", { retryAfter: ADDRESS_LIMITS[kind].seconds });
      } catch (error) {
        // Readers must not be kept out because nobody could count them; accounts are guarded by Postgres.
        log({
          level: "error",
          message: "rate limit not counted",
          id: c.get("requestId"),
          error: error instanceof Error ? error.name : "unknown",
        });
      }
      return next();
    });
  return { guess: limited("guess"), send: limited("send"), begin: limited("begin") };
}
