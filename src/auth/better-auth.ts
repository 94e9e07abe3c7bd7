// Better Auth, built once per Worker. It talks to Postgres and to nothing else: no secondary storage, no cookie cache
// (a revoked session would go on answering). It makes no account and no session: which of its endpoints can be reached is
// decided in routes.ts.

import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { betterAuth } from "better-auth/minimal";
import type { Database } from "../db/client.ts";
import * as schema from "../db/schema/index.ts";
import { COOKIE_PREFIX } from "../http/session-cookie.ts";
import { SESSION_SECONDS } from "./session-length.ts";

export interface AuthDeps {
  db: Database;
  baseUrl: string;
  docsOrigins: ReadonlySet<string>;
  secret: string;
  waitUntil: (work: Promise<unknown>) => void;
}

/** A column that only the server writes. */
const serverOnly = <T extends "string" | "boolean" | "date">(type: T, returned = false) =>
  ({ type, required: false, input: false, returned }) as const;

export function createAuth(deps: AuthDeps) {
  return betterAuth({
    appName: "Docent",
    baseURL: deps.baseUrl,
    basePath: "/api/auth",
    secret: deps.secret,
    trustedOrigins: [deps.baseUrl, ...deps.docsOrigins],
    // Nothing that it is let do is more than one write.
    database: drizzleAdapter(deps.db, { provider: "pg", schema, transaction: false }),
    session: {
      expiresIn: SESSION_SECONDS,
      disableSessionRefresh: true,
      cookieCache: { enabled: false },
      additionalFields: {
        lastAccessedAt: serverOnly("date"),
        impersonatedBy: serverOnly("string"),
        authenticatedAt: serverOnly("date"),
        loginId: serverOnly("string"),
        scope: serverOnly("string"),
        origin: serverOnly("string"),
        method: serverOnly("string"),
      },
    },
    user: {
      additionalFields: {
        role: serverOnly("string", true),
        isActive: serverOnly("boolean"),
        banned: serverOnly("boolean"),
        banReason: serverOnly("string"),
        banExpires: serverOnly("date"),
        lastLoginAt: serverOnly("date"),
        twoFactorEnabled: serverOnly("boolean", true),
        locale: serverOnly("string"),
        inactiveWarnedAt: serverOnly("date"),
        skillLevel: serverOnly("string", true),
        operatingSystem: serverOnly("string", true),
        subscriptionStatus: serverOnly("string"),
        stripeCustomerId: serverOnly("string"),
      },
    },
    account: {
      encryptOAuthTokens: true,
      accountLinking: { trustedProviders: [] },
    },
    advanced: {
      // `useSecureCookies` would put `__Secure-` in front of our `__Host-`.
      useSecureCookies: false,
      cookiePrefix: COOKIE_PREFIX,
      defaultCookieAttributes: { secure: true, httpOnly: true, sameSite: "lax", path: "/" },
      ipAddress: { ipAddressHeaders: ["cf-connecting-ip"] },
      database: { joins: true },
      // Better Auth switches the check off where NODE_ENV is "test".
      disableOriginCheck: false,
      disableCSRFCheck: false,
      backgroundTasks: { handler: deps.waitUntil },
    },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    // Otherwise its router prints errors with everything in them; ours says what a log may know.
    onAPIError: { throw: true },
    // Its messages hold addresses, and drizzle's hold the parameters of a failed query.
    logger: { disabled: true },
  });
}
export type Auth = ReturnType<typeof createAuth>;
