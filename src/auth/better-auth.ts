// Better Auth, built once per Worker. It talks to Postgres and to nothing else: no secondary storage, no cookie cache
// (a revoked session would go on answering). Which of its endpoints can be reached is decided in routes.ts.

import { APIError } from "better-auth/api";
import { betterAuth } from "better-auth/minimal";
import { eq } from "drizzle-orm";
import { PASSWORD_LIMITS } from "../core/account.ts";
import { type MaySignIn, maySignIn } from "../core/standing.ts";
import type { Database } from "../db/client.ts";
import { AUTH_LIMITS, user } from "../db/schema/index.ts";
import { requestContext } from "../http/request-context.ts";
import { COOKIE_PREFIX } from "../http/session-cookie.ts";
import { authAdapter } from "./adapter.ts";
import { SESSION_SECONDS, SHORT_SESSION_SECONDS } from "./session-length.ts";

export interface AuthDeps {
  db: Database;
  baseUrl: string;
  docsOrigins: ReadonlySet<string>;
  secret: string;
  passwordEnabled: boolean;
  now: () => number;
  randomId: () => string;
  waitUntil: (work: Promise<unknown>) => void;
}

/** A column that only the server writes. */
const serverOnly = <T extends "string" | "boolean" | "date">(type: T, returned = false) =>
  ({ type, required: false, input: false, returned }) as const;

async function mayHaveSession(db: Database, userId: string, now: number): Promise<MaySignIn> {
  const known = requestContext.getStore()?.maySignIn.get(userId);
  if (known !== undefined) return known;
  const { isActive, banned, banExpires, twoFactorEnabled } = user;
  const [row] = await db
    .select({ isActive, banned, banExpires, twoFactorEnabled })
    .from(user)
    .where(eq(user.id, userId));
  return row ? maySignIn(row, now) : "no";
}

/** A session that Better Auth makes: for whom it may not, or not yet, be made. */
const refusals = {
  no: { code: "ACCOUNT_BLOCKED", message: "This account cannot sign in." },
  "with a second factor": { code: "SECOND_FACTOR_REQUIRED", message: "This account has a second factor." },
};

export function createAuth(deps: AuthDeps) {
  const { now, randomId } = deps;
  return betterAuth({
    appName: "Docent",
    baseURL: deps.baseUrl,
    basePath: "/api/auth",
    secret: deps.secret,
    trustedOrigins: [deps.baseUrl, ...deps.docsOrigins],
    database: authAdapter(deps.db, now),
    emailAndPassword: {
      enabled: deps.passwordEnabled,
      minPasswordLength: PASSWORD_LIMITS.min,
      maxPasswordLength: PASSWORD_LIMITS.max,
    },
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
    databaseHooks: {
      user: {
        create: {
          before: async (row) => {
            const id = randomId();
            requestContext.getStore()?.maySignIn.set(id, "yes");
            return { data: { ...row, id, lastLoginAt: new Date(now()) } };
          },
        },
      },
      session: {
        create: {
          before: async (row) => {
            const at = now();
            const may = await mayHaveSession(deps.db, row.userId, at);
            if (may !== "yes") throw new APIError("FORBIDDEN", refusals[may]);
            const short = row.expiresAt.getTime() - at < SESSION_SECONDS * 500;
            const id = randomId();
            requestContext.getStore()?.sessionIds.set(row.token, id);
            return {
              data: {
                ...row,
                id,
                createdAt: new Date(at),
                updatedAt: new Date(at),
                expiresAt: new Date(at + (short ? SHORT_SESSION_SECONDS : SESSION_SECONDS) * 1000),
                userAgent: row.userAgent ? row.userAgent.slice(0, AUTH_LIMITS.userAgent) : null,
                ipAddress: row.ipAddress || null,
                lastAccessedAt: new Date(at),
                impersonatedBy: null,
                authenticatedAt: new Date(at),
                loginId: randomId(),
                scope: "account",
                origin: null,
                // Nothing else than a sign-up comes this way.
                method: "password",
              },
            };
          },
        },
      },
    },
    advanced: {
      // `useSecureCookies` would put `__Secure-` in front of our `__Host-`.
      useSecureCookies: false,
      cookiePrefix: COOKIE_PREFIX,
      defaultCookieAttributes: { secure: true, httpOnly: true, sameSite: "lax", path: "/" },
      ipAddress: { ipAddressHeaders: ["cf-connecting-ip"] },
      database: { generateId: () => randomId(), joins: true },
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
