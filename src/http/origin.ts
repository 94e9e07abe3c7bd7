// Who is calling, by `Origin`: one exact list decides CORS, the Origin check and the form of the cookie.
import type { Context, MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "./app-env.ts";
import { problem } from "./problem.ts";

export interface Origins {
  /** The Worker's own origin. */
  own: string;
  /** Every configured docs origin, exactly. */
  docs: ReadonlySet<string>;
}

/** `none` is a request without the header (not a browser, or a browser's same-origin GET or navigation). */
export type OriginClass = "own" | "docs" | "none" | "unlisted";

/** Pure. `Origin: null` (sandboxed frames, redirects) is an origin nobody can vouch for: unlisted. */
export function classifyOrigin(origin: string | undefined, origins: Origins): OriginClass {
  if (origin === undefined) return "none";
  if (origin === origins.own) return "own";
  return origins.docs.has(origin) ? "docs" : "unlisted";
}

/**
 * Does the session cookie of this answer have to be the partitioned form? Only for a fetch with CORS from a
 * configured docs origin on another site; a navigation always gets the Lax form.
 */
export function isCrossSiteDocsFetch(headers: Headers, origins: Origins): boolean {
  return (
    classifyOrigin(headers.get("origin") ?? undefined, origins) === "docs" &&
    headers.get("sec-fetch-site") === "cross-site" &&
    headers.get("sec-fetch-mode") === "cors"
  );
}

/** What a page may read of an answer beside its body. */
const EXPOSED = ["ETag", "Retry-After", "Server-Timing", "Docent-Session"];

/**
 * CORS with credentials for the listed origins and nobody else. `Vary: Origin` is on every answer, also to callers
 * without the header, so that no cache hands one origin's answer to another.
 */
export function corsForListedOrigins(origins: Origins): MiddlewareHandler<AppEnv> {
  // Hono's answers preflights only: before a handler it prepares a response of its own, which is then copied together
  // with the handler's, header by header; a third of what a cached answer cost was that.
  const preflight = cors({
    origin: (origin) => origin,
    credentials: true,
    allowMethods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    allowHeaders: ["Content-Type", "If-None-Match", "Authorization", "X-Captcha-Response"],
    exposeHeaders: EXPOSED,
    maxAge: 7200,
  });
  const exposed = EXPOSED.join(",");
  return createMiddleware<AppEnv>(async function corsForListed(c, next) {
    const origin = c.req.header("origin");
    const kind = classifyOrigin(origin, origins);
    const listed = origin !== undefined && (kind === "own" || kind === "docs");
    if (c.req.method === "OPTIONS") {
      const answer = (listed && (await preflight(c, next))) || c.body(null, 204);
      varyByOrigin(answer.headers);
      return answer;
    }
    await next();
    const { headers } = c.res;
    if (listed) {
      headers.set("Access-Control-Allow-Origin", origin);
      headers.set("Access-Control-Allow-Credentials", "true");
      headers.set("Access-Control-Expose-Headers", exposed);
    }
    varyByOrigin(headers);
    return undefined;
  });
}

function varyByOrigin(headers: Headers): void {
  const vary = headers.get("vary");
  if (vary === null) headers.set("Vary", "Origin");
  else if (!vary.toLowerCase().split(/,\s*/).includes("origin")) headers.append("Vary", "Origin");
}

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/** True when the request may have come from the Worker's own pages, or from no browser at all. */
function mayBeOwn(c: Context, kind: OriginClass): boolean {
  if (kind === "own") return true;
  if (kind !== "none" || !SAFE_METHODS.has(c.req.method)) return false;
  const site = c.req.header("sec-fetch-site");
  return site === undefined || site === "same-origin" || site === "none";
}

/**
 * The Origin check for a cookie-authenticated route. A write needs a listed `Origin`; missing or `null` is refused.
 * `own` routes hold what a script on a docs page must not reach: docs pages run third-party scripts.
 */
export function allowOrigins(origins: Origins, allowed: "docs" | "own"): MiddlewareHandler<AppEnv> {
  return createMiddleware<AppEnv>(async function checkOrigin(c, next) {
    const kind = classifyOrigin(c.req.header("origin"), origins);
    const accepted =
      allowed === "own"
        ? mayBeOwn(c, kind)
        : kind === "own" || kind === "docs" || (kind === "none" && SAFE_METHODS.has(c.req.method));
    if (!accepted) return problem(c, "forbidden-origin");
    return next();
  });
}
