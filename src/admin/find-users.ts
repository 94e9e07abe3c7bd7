// The reads of administrators: readers by how an address or a name begins, and one reader with all that an administrator
// may see of them. Never a token, a hash or a secret.
import { and, asc, count, desc, eq, gt, type SQL, sql } from "drizzle-orm";
import * as z from "zod/mini";
import { storableText } from "../core/background.ts";
import { uuid } from "../core/primitives.ts";
import type { Database } from "../db/client.ts";
import { account, passkey, session, user } from "../db/schema/index.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";

const SUMMARY = {
  id: user.id,
  email: user.email,
  emailVerified: user.emailVerified,
  name: user.name,
  role: user.role,
  isActive: user.isActive,
  banned: user.banned,
  banExpires: user.banExpires,
  twoFactorEnabled: user.twoFactorEnabled,
  createdAt: user.createdAt,
  lastLoginAt: user.lastLoginAt,
};
const WHOLE = {
  ...SUMMARY,
  banReason: user.banReason,
  image: user.image,
  locale: user.locale,
  updatedAt: user.updatedAt,
};

/** Which part of the answer the last row was in, its key there, its id. */
const searchKey = z.tuple([z.literal([0, 1]), storableText(600), uuid]);
const newestKey = z.tuple([z.int(), uuid]);
const NO_ID = "00000000-0000-0000-0000-000000000000";

interface Page {
  cursor?: string | undefined;
  limit: number;
}

/** One row more than was asked for says that there is a next page. */
function pageOf<Row>(rows: Row[], limit: number, keyOf: (row: Row) => (string | number)[]) {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { shown, next: last !== undefined && rows.length > limit ? encodeCursor(keyOf(last)) : null };
}

async function newest(db: Database, { cursor, limit }: Page) {
  const after = cursor === undefined ? undefined : decodeCursor(cursor, newestKey);
  if (cursor !== undefined && !after) return undefined;
  const [at, id] = after ?? [];
  const rows = await db
    .select(SUMMARY)
    .from(user)
    .where(
      at === undefined || id === undefined
        ? undefined
        : sql`(${user.createdAt}, ${user.id}) < (${new Date(at).toISOString()}::timestamptz, ${id}::uuid)`,
    )
    .orderBy(desc(user.createdAt), desc(user.id))
    .limit(limit + 1);
  const { shown, next } = pageOf(rows, limit, (row) => [row.createdAt.getTime(), row.id]);
  return { users: shown, next };
}

/** The two keys, in the collation of their indexes: in another, what begins with a text is not what lies between two. */
const ADDRESS = sql`(${user.email} collate "C")`;
const NAME = sql`(lower(${user.name}) collate "C")`;
/** The last character that there is. */
const LAST = sql`chr(1114111)`;

const beginsWith = (key: SQL, prefix: string) =>
  and(sql`${key} >= lower(${prefix}::text)`, sql`${key} < lower(${prefix}::text) || ${LAST}`);
const isAfter = (key: SQL, after: readonly [string, string] | undefined) =>
  after && sql`(${key}, ${user.id}) > (${after[0]}::text, ${after[1]}::uuid)`;

/** First those whose address begins so, in its order, then those whose name does; each once. */
async function search(db: Database, prefix: string, { cursor, limit }: Page) {
  const after = cursor === undefined ? undefined : decodeCursor(cursor, searchKey);
  if (cursor !== undefined && !after) return undefined;
  const [part, key, id] = after ?? [0, "", NO_ID];
  const keyed = (number: number, expression: SQL) =>
    ({ ...SUMMARY, part: sql<number>`${number}::int`.as("part"), key: sql<string>`${expression}`.as("key") }) as const;
  const byAddress = db
    .select(keyed(0, ADDRESS))
    .from(user)
    .where(and(beginsWith(ADDRESS, prefix), part === 1 ? sql`false` : isAfter(ADDRESS, after && [key, id])))
    .orderBy(ADDRESS, asc(user.id))
    .limit(limit + 1);
  const byName = db
    .select(keyed(1, NAME))
    .from(user)
    .where(
      and(
        beginsWith(NAME, prefix),
        sql`not coalesce(${beginsWith(ADDRESS, prefix)}, false)`,
        part === 1 ? isAfter(NAME, [key, id]) : undefined,
      ),
    )
    .orderBy(NAME, asc(user.id))
    .limit(limit + 1);
  const found = byAddress.unionAll(byName).as("found");
  const rows = await db
    .select()
    .from(found)
    .orderBy(found.part, found.key, found.id)
    .limit(limit + 1);
  const { shown, next } = pageOf(rows, limit, (row) => [row.part, row.key, row.id]);
  return { users: shown.map(({ part: _, key: __, ...row }) => row), next };
}

/** @returns undefined when the cursor is none of ours */
export async function findUsers(db: Database, query: string, page: Page) {
  const prefix = query.trim();
  if (prefix === "") return newest(db, page);
  if (z.safeParse(uuid, prefix.toLowerCase()).success) {
    const users = await db.select(SUMMARY).from(user).where(eq(user.id, prefix.toLowerCase()));
    return { users, next: null };
  }
  return search(db, prefix, page);
}

/** One reader as administrators see them, with what belongs to the account; of one moment. */
export async function findUser(db: Database, id: string, now: Date) {
  const [users, methods, passkeys, sessions] = await db.batch([
    db.select(WHOLE).from(user).where(eq(user.id, id)),
    db
      .select({ provider: account.providerId, createdAt: account.createdAt })
      .from(account)
      .where(eq(account.userId, id))
      .orderBy(account.createdAt, account.id),
    db.select({ count: count() }).from(passkey).where(eq(passkey.userId, id)),
    db
      .select({
        id: session.id,
        scope: session.scope,
        method: session.method,
        origin: session.origin,
        createdAt: session.createdAt,
        expiresAt: session.expiresAt,
        lastAccessedAt: session.lastAccessedAt,
        ipAddress: session.ipAddress,
        userAgent: session.userAgent,
      })
      .from(session)
      .where(and(eq(session.userId, id), gt(session.expiresAt, now)))
      .orderBy(desc(sql`coalesce(${session.lastAccessedAt}, ${session.createdAt})`), session.id)
      .limit(100),
  ]);
  const [found] = users;
  return found && { user: found, methods, passkeys: passkeys[0]?.count ?? 0, sessions };
}
