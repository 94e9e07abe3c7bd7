// Middleware for routes that need a reader. 401 means "who are you?"; an outage is 503 and touches no cookie.
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../http/app-env.ts";
import { problem } from "../http/problem.ts";
import { expireSessionCookie } from "../http/session-cookie.ts";
import type { SessionResolver } from "./resolver.ts";

/** Names an answer given from a cache while Postgres is down. */
export const OUTAGE_HEADER = "Docent-Session";

export interface RequireReaderOptions {
  /** Only Postgres may say so: for what a session that was just revoked must not do. */
  authoritative?: boolean;
  /** Refuse a bearer's session, whose rights are those of a docs page. */
  account?: boolean;
  /** Refuse a session whose credential was proved longer ago than this, in milliseconds: step-up. */
  provedWithinMs?: number;
  /** Refuse whoever has fewer rights: a moderator sees reports, an administrator changes accounts. */
  atLeast?: "moderator" | "admin";
}

const RANK = { user: 0, moderator: 1, admin: 2 };

export function requireReader(resolver: SessionResolver, now: () => number, options: RequireReaderOptions = {}) {
  return createMiddleware<AppEnv>(async function requireReader(c, next) {
    const found = await resolver.resolve(c.req.raw.headers, c.get("request"), {
      authoritative: options.authoritative ?? false,
      // What a cache remembers is enough to say who it is, and for nothing else.
      refuseOutage: true,
    });
    switch (found.kind) {
      case "none":
        return problem(c, "unauthenticated");
      case "refused": {
        const refusal = problem(c, "unauthenticated");
        expireSessionCookie(refusal.headers);
        return refusal;
      }
      case "unavailable":
        return problem(c, "unavailable");
      case "session":
        if (options.account && found.session.scope !== "account") return problem(c, "forbidden");
        if (RANK[found.session.role] < RANK[options.atLeast ?? "user"]) return problem(c, "forbidden");
        if (options.provedWithinMs !== undefined && now() - found.session.authenticatedAt >= options.provedWithinMs) {
          return problem(c, "step-up-required");
        }
        c.set("session", found.session);
        c.set("signed", found.signed);
        return next();
    }
  });
}
