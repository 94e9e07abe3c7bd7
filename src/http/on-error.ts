// The last resort for what a handler did not expect. The client learns the request's id and nothing else; the log
// gets what is needed to find the fault and nothing a reader typed.
import type { ErrorHandler } from "hono";
import type { AppEnv } from "./app-env.ts";
import { problem } from "./problem.ts";

export type ErrorLog = (line: object) => void;

/** Stack frames without the message: drizzle's messages hold the parameters of the failed statement. */
function framesOf(error: Error): string[] {
  return (error.stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8);
}

export interface OnErrorDeps {
  log: ErrorLog;
  /** Did this fail because Postgres could not be asked? */
  isUnavailable: (error: unknown) => boolean;
  /** The SQLSTATE of a refused statement. */
  sqlState: (error: unknown) => string | undefined;
}

export function onError(deps: OnErrorDeps): ErrorHandler<AppEnv> {
  return (error, c) => {
    if (deps.isUnavailable(error)) return problem(c, "unavailable");
    const code = deps.sqlState(error);
    deps.log({
      level: "error",
      message: "unexpected error",
      id: c.get("requestId"),
      error: error.name,
      ...(code && { sqlState: code }),
      stack: framesOf(error),
    });
    // There, a failed statement is always "we cannot tell": Better Auth itself would make it "not signed in".
    const unknown = c.get("request").databaseFailed && c.req.path.startsWith("/api/auth/");
    return problem(c, unknown ? "unavailable" : "internal");
  };
}
