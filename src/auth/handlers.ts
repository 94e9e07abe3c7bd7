// In front of Better Auth's handler: what may go in, and what must not come out.
import type { Context } from "hono";
import { ACCOUNT_BODY_BYTES } from "../core/account.ts";
import type { AppEnv } from "../http/app-env.ts";
import { readJson } from "../http/body.ts";
import { problem } from "../http/problem.ts";
import { SESSION_COOKIE } from "../http/session-cookie.ts";
import type { Auth } from "./better-auth.ts";
import { FORMS } from "./forms.ts";
import type { BetterAuthPath } from "./routes.ts";

type C = Context<AppEnv>;

/**
 * Every string that is a session token becomes the session's id, wherever it stands: no script ever sees a token.
 */
function withoutTokens(value: unknown, ids: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") return ids.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => withoutTokens(item, ids));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutTokens(item, ids)]));
}

async function readObject(response: Response): Promise<unknown> {
  try {
    return JSON.parse(await response.text());
  } catch {
    return undefined;
  }
}

export interface AuthHandlerDeps {
  auth: Auth;
  log: (line: object) => void;
  /** What caches hold of this reader is outdated. */
  onChanged: (c: C) => Promise<void>;
}

export function authHandlers(deps: AuthHandlerDeps) {
  /** Passes a checked body to Better Auth. An outage is 503 without cookies, whatever Better Auth made of it. */
  async function forward(c: C, path: BetterAuthPath, form: object, signed?: string): Promise<Response> {
    const url = new URL(`/api/auth${path}`, c.req.url);
    const headers = new Headers(c.req.raw.headers);
    headers.delete("content-length");
    // Better Auth reads cookies its own way: it gets the one that was resolved, or none, and never picks another.
    headers.delete("cookie");
    if (signed !== undefined) headers.set("cookie", `${SESSION_COOKIE}=${encodeURIComponent(signed)}`);
    const request = new Request(url, { method: "POST", headers, body: JSON.stringify(form) });
    const context = c.get("request");
    let answer: Response;
    try {
      answer = await deps.auth.handler(request);
    } catch (error) {
      if (context.databaseFailed) return problem(c, "unavailable");
      throw error;
    }
    if (context.databaseFailed) return problem(c, "unavailable");
    if (answer.status >= 500) {
      deps.log({ level: "error", message: "Better Auth failed", id: context.id, status: answer.status });
      return problem(c, "internal");
    }
    const body = withoutTokens(await readObject(answer), context.sessionIds);
    // A refusal has no session: one that Better Auth had already set is of a row that was never written.
    if (!answer.ok) return c.json(body ?? null, refusalStatus(answer.status));
    const response = c.json(body ?? null);
    for (const cookie of answer.headers.getSetCookie()) response.headers.append("Set-Cookie", cookie);
    return response;
  }

  return {
    async updateUser(c: C): Promise<Response> {
      const body = await readJson(c, FORMS["/update-user"], ACCOUNT_BODY_BYTES);
      if (!body.ok) return body.response;
      const response = await forward(c, "/update-user", body.value, c.get("signed"));
      if (response.ok) await deps.onChanged(c);
      return response;
    },
  };
}

/** Better Auth's refusals, as far as they are about the request. */
function refusalStatus(status: number): 400 | 401 | 403 | 404 | 409 | 422 | 429 {
  return status === 401 || status === 403 || status === 404 || status === 409 || status === 422 || status === 429
    ? status
    : 400;
}
