// The SQL of the session room: one named function per question, plain rows back.
import { and, desc, eq, gt, inArray, lt, ne, or, sql } from "drizzle-orm";
import type { Database } from "../db/client.ts";
import { backgroundInformation, session, user } from "../db/schema/index.ts";
import { BACKGROUND_COLUMNS } from "../db/selections.ts";

/** What Better Auth's answers show about a reader and a session, and no cache may hold. */
export interface AccountDetails {
  email: string;
  name: string;
  image: string | null;
  userCreatedAt: Date;
  userUpdatedAt: Date;
  sessionUpdatedAt: Date;
  ipAddress: string | null;
  userAgent: string | null;
}

const SESSION_AND_USER = {
  session: {
    id: session.id,
    userId: session.userId,
    loginId: session.loginId,
    scope: session.scope,
    origin: session.origin,
    expiresAt: session.expiresAt,
    createdAt: session.createdAt,
    updatedAt: session.updatedAt,
    authenticatedAt: session.authenticatedAt,
    lastAccessedAt: session.lastAccessedAt,
    ipAddress: session.ipAddress,
    userAgent: session.userAgent,
  },
  user: {
    email: user.email,
    emailVerified: user.emailVerified,
    name: user.name,
    image: user.image,
    role: user.role,
    isActive: user.isActive,
    banned: user.banned,
    banExpires: user.banExpires,
    twoFactorEnabled: user.twoFactorEnabled,
    skillLevel: user.skillLevel,
    operatingSystem: user.operatingSystem,
    createdAt: user.createdAt,
    updatedAt: user.updatedAt,
  },
  background: BACKGROUND_COLUMNS,
};

/** Its text is put together once per client: doing so for each look-up took a fifth of the Worker's time for it. */
function preparedFind(db: Database) {
  return db
    .select(SESSION_AND_USER)
    .from(session)
    .innerJoin(user, eq(user.id, session.userId))
    .leftJoin(backgroundInformation, eq(backgroundInformation.userId, user.id))
    .where(eq(session.token, sql.placeholder("token")))
    .limit(1)
    .prepare("find_session");
}
const prepared = new WeakMap<Database, ReturnType<typeof preparedFind>>();

/** The session of a token with its reader, whether or not it may still be used: that is for `verdict` to say. */
export async function findSession(db: Database, token: string) {
  const find = prepared.get(db) ?? preparedFind(db);
  prepared.set(db, find);
  const [row] = await find.execute({ token });
  return row;
}
export type SessionRow = NonNullable<Awaited<ReturnType<typeof findSession>>>;

/** Notes that a session is in use; at most once an hour, also when two isolates do it at once. */
export async function touchSession(db: Database, id: string, now: Date, notSince: Date): Promise<void> {
  await db
    .update(session)
    .set({ lastAccessedAt: now })
    .where(and(eq(session.id, id), or(sql`${session.lastAccessedAt} is null`, lt(session.lastAccessedAt, notSince))));
}

/** The reader's sessions that have not expired, the most recently used first. */
export async function listSessions(db: Database, userId: string, now: Date) {
  return db
    .select({
      id: session.id,
      userId: session.userId,
      scope: session.scope,
      origin: session.origin,
      expiresAt: session.expiresAt,
      createdAt: session.createdAt,
      updatedAt: session.updatedAt,
      lastAccessedAt: session.lastAccessedAt,
      ipAddress: session.ipAddress,
      userAgent: session.userAgent,
    })
    .from(session)
    .where(and(eq(session.userId, userId), gt(session.expiresAt, now)))
    .orderBy(desc(sql`coalesce(${session.lastAccessedAt}, ${session.createdAt})`), session.id)
    .limit(100);
}

/** Ends every session that came from the same sign-in as this token's. @returns the tokens that were ended */
export async function endLogin(db: Database, token: string): Promise<string[]> {
  const login = db.select({ loginId: session.loginId }).from(session).where(eq(session.token, token));
  const rows = await db.delete(session).where(inArray(session.loginId, login)).returning({ token: session.token });
  return rows.map((row) => row.token);
}

/** Ends one session, only if it is the reader's own. @returns the tokens that were ended */
export async function endSession(db: Database, userId: string, id: string): Promise<string[]> {
  const rows = await db
    .delete(session)
    .where(and(eq(session.id, id), eq(session.userId, userId)))
    .returning({ token: session.token });
  return rows.map((row) => row.token);
}

/** Ends the reader's sessions, all of them or all that did not come from one sign-in. @returns the ended tokens */
export async function endSessions(db: Database, userId: string, exceptLogin?: string): Promise<string[]> {
  const rows = await db
    .delete(session)
    .where(and(eq(session.userId, userId), exceptLogin ? ne(session.loginId, exceptLogin) : undefined))
    .returning({ token: session.token });
  return rows.map((row) => row.token);
}

/** Removes at most `limit` of the sessions that have expired, the oldest first. @returns how many */
export async function purgeExpiredSessions(db: Database, now: Date, limit: number): Promise<number> {
  // By place and not by id: a planner that expects many rows would otherwise read the whole table to find them.
  const { rowCount } = await db.delete(session).where(sql`ctid = any(array(
    select ctid from ${session} where ${session.expiresAt} < ${now.toISOString()}::timestamptz
    order by ${session.expiresAt} limit ${limit}))`);
  return rowCount;
}
