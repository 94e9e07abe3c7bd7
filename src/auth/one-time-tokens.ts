// Single-use secrets: of mail links, of a second factor that is still to be asked for, of a hand-off. A secret is known
// to whoever was given it and to nobody else: what is stored is its hash, together with what it is for, so that one
// made for one purpose is nothing for another.
import { and, eq, gt, type SQL, sql } from "drizzle-orm";
import * as z from "zod/mini";
import type { Database } from "../db/client.ts";
import { verification } from "../db/schema/index.ts";

/** What a secret is for. Each purpose has a file that mints and redeems it. */
export const PURPOSES = [
  "second-factor",
  "verify-address",
  "magic-link",
  "reset-password",
  "change-address",
  "confirm-address",
  "delete-account",
  "step-up-code",
  "flow",
  "provider-state",
  "hand-off",
  "passkey-registration",
  "passkey-sign-in",
  "passkey-proof",
] as const;
export type Purpose = (typeof PURPOSES)[number];

/** 256 bits. */
const SECRET_BYTES = 32;

export function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** What is stored in a secret's place. */
export async function identifierOf(purpose: Purpose, secret: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${purpose}\n${secret}`));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export interface NewToken {
  id: string;
  purpose: Purpose;
  secret: string;
  /** Whose it is: deleted with the reader, and by whatever ends what was promised to them. */
  userId: string | null;
  /** What is to be known when it is redeemed. */
  data: object;
  now: number;
  /** How long it is good, in seconds. */
  seconds: number;
}

/** The insert, to be run alone or in a batch. */
export async function mint(db: Database, token: NewToken) {
  const at = new Date(token.now);
  return db.insert(verification).values({
    id: token.id,
    identifier: await identifierOf(token.purpose, token.secret),
    value: JSON.stringify(token.data),
    userId: token.userId,
    expiresAt: new Date(token.now + token.seconds * 1000),
    createdAt: at,
    updatedAt: at,
  });
}

/**
 * The insert as an expression, to stand in a `with`.
 * @param value an SQL expression of a text, where the statement itself finds what is to be known
 * @param from a table expression: nothing is stored where it has no row
 */
export async function minting(
  token: Omit<NewToken, "data">,
  { value, from }: { value: SQL; from?: SQL },
): Promise<SQL> {
  const at = sql`${new Date(token.now).toISOString()}::timestamptz`;
  const expiresAt = sql`${new Date(token.now + token.seconds * 1000).toISOString()}::timestamptz`;
  return sql`insert into ${verification} (id, identifier, value, user_id, expires_at, created_at, updated_at)
    select ${token.id}::uuid, ${await identifierOf(token.purpose, token.secret)}, ${value}, ${token.userId}::uuid,
      ${expiresAt}, ${at}, ${at} ${from ? sql`from ${from}` : sql``}`;
}

function parsed<T>(schema: z.ZodMiniType<T>, row: { value: string; userId: string | null } | undefined) {
  if (!row) return undefined;
  const data = z.safeParse(schema, JSON.parse(row.value));
  return data.success ? { data: data.data, userId: row.userId } : undefined;
}

/** What a secret was made for, without using it up. @returns undefined when it is unknown, used or too old */
export async function find<T>(db: Database, purpose: Purpose, secret: string, now: number, schema: z.ZodMiniType<T>) {
  const [row] = await db
    .select({ value: verification.value, userId: verification.userId })
    .from(verification)
    .where(
      and(eq(verification.identifier, await identifierOf(purpose, secret)), gt(verification.expiresAt, new Date(now))),
    );
  return parsed(schema, row);
}

/** Uses a secret up: of two who come at once, one gets it. @returns undefined when it is unknown, used or too old */
export async function redeem<T>(db: Database, purpose: Purpose, secret: string, now: number, schema: z.ZodMiniType<T>) {
  const [row] = await db
    .delete(verification)
    .where(eq(verification.identifier, await identifierOf(purpose, secret)))
    .returning({ value: verification.value, userId: verification.userId, expiresAt: verification.expiresAt });
  return row && row.expiresAt.getTime() > now ? parsed(schema, row) : undefined;
}

/** For a statement that redeems in a `with`: the rows of one secret, deleted. */
export async function redeeming(purpose: Purpose, secret: string, now: Date) {
  const identifier = await identifierOf(purpose, secret);
  return sql`delete from ${verification} where identifier = ${identifier} and expires_at > ${now.toISOString()}::timestamptz
    returning value, user_id`;
}
