// A write that a cookie authenticates must be JSON: `text/plain` and forms are what any page can send without asking.
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "./app-env.ts";
import { isJson } from "./body.ts";
import { problem } from "./problem.ts";

export const requireJson = createMiddleware<AppEnv>(async function requireJson(c, next) {
  if (!isJson(c.req.header("content-type"))) return problem(c, "unsupported-media-type");
  return next();
});
