// The routes of the session room: who is this, the reader's list of sessions, and every way to end one.
// Those under /api/auth replace Better Auth's of the same path and keep its shape, so that its official client works
// against them. Wherever it would show a token, there is the session's id. When Postgres cannot be asked, nothing has
// ended: the error handler says 503, and no cookie goes.
import type { Context } from "hono";
import { emptyInput, revokeSessionInput } from "../core/account.ts";
import type { Database } from "../db/client.ts";
import type { AppEnv, CurrentSession } from "../http/app-env.ts";
import { readJson } from "../http/body.ts";
import { problem } from "../http/problem.ts";
import { expireCookies, expireSessionCookie } from "../http/session-cookie.ts";
import { endLogin, endSession, endSessions, listSessions } from "./queries.ts";
import { OUTAGE_HEADER } from "./require-reader.ts";
import type { Resolution, SessionResolver } from "./resolver.ts";

type C = Context<AppEnv>;

const iso = (time: number | Date) => new Date(time).toISOString();

/** The body of `GET /api/session`. */
function describe(session: CurrentSession) {
  const { background, skillLevel, operatingSystem } = session;
  return {
    session: {
      id: session.id,
      scope: session.scope,
      createdAt: iso(session.createdAt),
      expiresAt: iso(session.expiresAt),
      authenticatedAt: iso(session.authenticatedAt),
    },
    reader: {
      id: session.userId,
      role: session.role,
      emailVerified: session.emailVerified,
      twoFactorEnabled: session.twoFactorEnabled,
      skillLevel,
      operatingSystem,
      background,
    },
  };
}

/**
 * The bodies of `GET /api/session`, as text. A session that is answered from memory is the same object each time, and
 * nothing changes it; with the object goes its text.
 */
const bodies = new WeakMap<CurrentSession, string>();

function bodyOf(session: CurrentSession): string {
  const known = bodies.get(session);
  if (known !== undefined) return known;
  const body = JSON.stringify(describe(session));
  bodies.set(session, body);
  return body;
}

/** Better Auth's shape. During an outage the address and the name are not known: `""`. */
function describeForBetterAuth({ session, account }: Extract<Resolution, { kind: "session" }>) {
  return {
    session: {
      id: session.id,
      token: session.id,
      userId: session.userId,
      expiresAt: iso(session.expiresAt),
      createdAt: iso(session.createdAt),
      updatedAt: iso(account?.sessionUpdatedAt ?? session.createdAt),
      ipAddress: account?.ipAddress ?? null,
      userAgent: account?.userAgent ?? null,
    },
    user: {
      id: session.userId,
      email: account?.email ?? "",
      emailVerified: session.emailVerified,
      name: account?.name ?? "",
      image: account?.image ?? null,
      createdAt: iso(account?.userCreatedAt ?? session.createdAt),
      updatedAt: iso(account?.userUpdatedAt ?? session.createdAt),
      role: session.role,
      twoFactorEnabled: session.twoFactorEnabled,
      skillLevel: session.skillLevel,
      operatingSystem: session.operatingSystem,
    },
  };
}

export function sessionHandlers(deps: { db: Database; resolver: SessionResolver; now: () => number }) {
  const { db, resolver, now } = deps;
  /** Also of one that an earlier try has ended, whose answer was lost: then no row is left that says which it was. */
  const revoked = (userId: string, tokens: readonly string[]) => {
    resolver.ended(tokens);
    resolver.doubt(userId);
  };
  /** An answer that says which tier it came from. */
  const answer = (c: C, body: string, { tier }: Extract<Resolution, { kind: "session" }>) =>
    c.body(body, 200, {
      "Content-Type": "application/json",
      "Server-Timing": `session;desc="${tier}"`,
      ...(tier === "outage" && { [OUTAGE_HEADER]: "unverified" }),
    });
  return {
    /** `GET /api/session`: 200 with `{session: null}` for nobody, 401 for a credential that is not good. */
    async whoIsThis(c: C): Promise<Response> {
      const found = await resolver.resolve(c.req.raw.headers, c.get("request"));
      if (found.kind === "none") return c.json({ session: null });
      if (found.kind === "unavailable") return problem(c, "unavailable");
      if (found.kind === "session") return answer(c, bodyOf(found.session), found);
      const refusal = problem(c, "unauthenticated");
      expireSessionCookie(refusal.headers);
      return refusal;
    },

    /** `GET /api/auth/get-session`: null for nobody, as Better Auth says it. */
    async getSession(c: C): Promise<Response> {
      const found = await resolver.resolve(c.req.raw.headers, c.get("request"), { account: true });
      if (found.kind === "unavailable") return problem(c, "unavailable");
      if (found.kind === "session") return answer(c, JSON.stringify(describeForBetterAuth(found)), found);
      const nobody = c.json(null);
      if (found.kind === "refused") expireSessionCookie(nobody.headers);
      return nobody;
    },

    /** `GET /api/auth/list-sessions`, at any age of the session. */
    async list(c: C): Promise<Response> {
      const current = c.get("session");
      const rows = await listSessions(db, current.userId, new Date(now()));
      return c.json(rows.map((row) => ({ ...row, token: row.id, current: row.id === current.id })));
    },

    /** `POST /api/auth/revoke-session` with `{token: <session id>}`; an id that is not the reader's ends nothing. */
    async revoke(c: C): Promise<Response> {
      const body = await readJson(c, revokeSessionInput);
      if (!body.ok) return body.response;
      const current = c.get("session");
      const id = body.value.token.toLowerCase();
      revoked(current.userId, await endSession(db, current.userId, id));
      const done = c.json({ status: true });
      if (id === current.id) expireSessionCookie(done.headers);
      return done;
    },

    /** `POST /api/auth/revoke-sessions`: all of them, this one too. */
    async revokeAll(c: C): Promise<Response> {
      const body = await readJson(c, emptyInput);
      if (!body.ok) return body.response;
      const { userId } = c.get("session");
      revoked(userId, await endSessions(db, userId));
      const done = c.json({ status: true });
      expireSessionCookie(done.headers);
      return done;
    },

    /** `POST /api/auth/revoke-other-sessions`: all that did not come from this one's sign-in. */
    async revokeOthers(c: C): Promise<Response> {
      const body = await readJson(c, emptyInput);
      if (!body.ok) return body.response;
      const { userId, loginId } = c.get("session");
      revoked(userId, await endSessions(db, userId, loginId));
      return c.json({ status: true });
    },

    /**
     * `POST /api/auth/sign-out`: ends every session of the same sign-in, then removes the cookie in both forms.
     * A second call, or one without a good credential, succeeds as well.
     */
    async signOut(c: C): Promise<Response> {
      const body = await readJson(c, emptyInput);
      if (!body.ok) return body.response;
      for (const { token } of await resolver.verified(c.req.raw.headers)) {
        const ended = await endLogin(db, token);
        resolver.ended(ended.includes(token) ? ended : [...ended, token]);
      }
      const done = c.json({ success: true });
      expireCookies(done.headers, c.req.raw.headers);
      return done;
    },
  };
}
