// One JSON line per request: id, route pattern, status, tier, counts. Never a path, a query string, an address or a name.
import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import type { AppEnv } from "./app-env.ts";
import { newRequestContext, requestContext } from "./request-context.ts";

export interface AccessLogLine {
  level: "info" | "error";
  message: "request";
  id: string;
  method: string;
  route: string;
  status: number;
  ms: number;
  tier?: string;
  sql: number;
  kv: number;
}

/** The first middleware: gives the request its id and its context, and logs it when the answer is ready. */
export function accessLog(deps: { now: () => number; randomId: () => string; log: (line: object) => void }) {
  return createMiddleware<AppEnv>(async function accessLogged(c, next) {
    const started = deps.now();
    const request = newRequestContext(deps.randomId());
    c.set("requestId", request.id);
    c.set("request", request);
    await requestContext.run(request, next);
    // Not `c.header`, which copies an answer that is already there.
    c.res.headers.set("X-Request-Id", request.id);
    const line: AccessLogLine = {
      level: c.res.status >= 500 ? "error" : "info",
      message: "request",
      id: request.id,
      method: c.req.method,
      route: c.get("route") ?? routePath(c, -1),
      status: c.res.status,
      ms: deps.now() - started,
      ...(request.tier && { tier: request.tier }),
      sql: request.sql,
      kv: request.kv,
    };
    deps.log(line);
  });
}
