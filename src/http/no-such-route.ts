// What answers where no route does: 405 with `Allow` (RFC 9110, 15.5.6) when the path has other methods, else 404.
import type { Hono, NotFoundHandler } from "hono";
import type { AppEnv } from "./app-env.ts";
import { problem } from "./problem.ts";

/** Asks `app` at each request, so it can be installed before the routes. */
export function noSuchRoute(app: Hono<AppEnv>): NotFoundHandler<AppEnv> {
  return (c) => {
    // Middleware is mounted for all methods and is no route.
    const methods = new Set(
      app.routes.filter(({ method, path }) => method !== "ALL" && path === c.req.path).map(({ method }) => method),
    );
    if (methods.size === 0) return problem(c, "not-found");
    c.set("route", c.req.path);
    const allow = [...methods].flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
    c.header("Allow", [...allow, "OPTIONS"].join(", "));
    return problem(c, "method-not-allowed");
  };
}
