// Headers every private answer carries, whatever route made it.
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "./app-env.ts";

/**
 * Private JSON is never stored, never sniffed, and never embedded. `cross-origin` resource policy, because docs pages
 * on other sites read it with CORS; without CORS a page gets nothing but an opaque answer, and `nosniff` with a JSON
 * type keeps even that out of scripts and styles.
 */
export const securityHeaders = createMiddleware<AppEnv>(async function securityHeaders(c, next) {
  await next();
  const headers = c.res.headers;
  if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Cross-Origin-Resource-Policy", "cross-origin");
  headers.set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'");
  headers.set("Referrer-Policy", "no-referrer");
  // Two years. Over plain HTTP, on a contributor's machine, it must not be said (RFC 6797, 7.2).
  if (c.req.url.startsWith("https:")) {
    headers.set("Strict-Transport-Security", "max-age=63072000; includeSubDomains");
  }
});
