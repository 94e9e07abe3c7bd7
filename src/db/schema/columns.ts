// What the columns and checks of every table have in common. No table is defined here.
import { type AnyColumn, type SQL, sql } from "drizzle-orm";
import { jsonb, timestamp, uuid } from "drizzle-orm/pg-core";

/** Native `uuid`, always made by the application: a row's children can be written in the same batch. */
export const id = () => uuid("id").primaryKey();

/**
 * A moment in UTC. Milliseconds, because that is what a JavaScript date holds: with Postgres's microseconds, a row
 * touched by hand with `now()` would come back as another value than the one stored, and comparing would fail.
 * No default anywhere: SQL never decides by its own clock, so that tests and retries decide by the same one.
 */
export const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: "date" });

export const createdAndUpdated = () => ({
  createdAt: moment("created_at").notNull(),
  updatedAt: moment("updated_at").notNull(),
});

/** A jsonb list of strings, empty by default. Give it a `jsonCheck` too. */
export const stringList = (name: string) => jsonb(name).$type<string[]>().notNull().default([]);

/** The column holds one of `values`, or null where it may. Literals, because a CHECK takes no parameters. */
export function oneOf(column: AnyColumn, values: readonly string[]): SQL {
  return sql`${column} in (${sql.raw(values.map((value) => `'${value.replaceAll("'", "''")}'`).join(", "))})`;
}

/**
 * The last guard on a jsonb column: its kind, and at most `maxBytes` of UTF-8 as Postgres prints it. Its contents are
 * the wire schema's concern; `maxBytes` is never below what that schema lets through, or valid input would fail here.
 */
export function jsonCheck(column: AnyColumn, kind: "array" | "object", maxBytes: number): SQL {
  const limit = sql.raw(String(maxBytes));
  return sql`jsonb_typeof(${column}) = ${sql.raw(`'${kind}'`)} and octet_length(${column}::text) <= ${limit}`;
}
