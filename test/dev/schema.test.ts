// The tables in TypeScript and the migrations that make them are the same thing, and keep the rules that hold for
// every table. What single constraints refuse is in schema-constraints.test.ts.
import { readFile } from "node:fs/promises";
import { PGlite, type Transaction } from "@electric-sql/pglite";
import { generateDrizzleJson, generateMigration } from "drizzle-kit/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as schema from "../../src/db/schema/index.ts";
import { migratedDatabase, seenAfter, structureOf } from "./migrated-database.ts";

let migrated: PGlite;
let fromSchema: PGlite;

beforeAll(async () => {
  migrated = await migratedDatabase();
  fromSchema = new PGlite();
  for (const statement of await generateMigration(generateDrizzleJson({}), generateDrizzleJson(schema))) {
    await fromSchema.exec(statement);
  }
});

afterAll(async () => {
  await migrated.close();
  await fromSchema.close();
});

async function lastSnapshot(): Promise<ReturnType<typeof generateDrizzleJson>> {
  const meta = new URL("../../migrations/meta/", import.meta.url);
  const journal = JSON.parse(await readFile(new URL("_journal.json", meta), "utf8"));
  const tag = journal.entries.at(-1).tag;
  return JSON.parse(await readFile(new URL(`${tag.slice(0, 4)}_snapshot.json`, meta), "utf8"));
}

describe("the migrations", () => {
  it("make exactly the tables of the schema", async () => {
    expect(await structureOf(migrated)).toEqual(await structureOf(fromSchema));
  });

  it("make all fifteen tables", async () => {
    const { rows } = await migrated.query("select tablename from pg_tables where schemaname = 'public' order by 1");
    expect(rows.map((row) => (row as { tablename: string }).tablename)).toEqual([
      "account",
      "attempt",
      "audit_event",
      "background_information",
      "catalogue",
      "jwks",
      "page",
      "passkey",
      "personalization_profile",
      "profile",
      "reading_progress",
      "session",
      "two_factor",
      "user",
      "verification",
    ]);
  });

  it("leave `npm run migrations` nothing to write", async () => {
    expect(await generateMigration(await lastSnapshot(), generateDrizzleJson(schema))).toEqual([]);
  });

  it("are found wanting when the schema has a column that they lack", async () => {
    const current = generateDrizzleJson(schema);
    const later = structuredClone(current);
    const columns = later.tables["public.jwks"]?.columns ?? {};
    columns.note = { name: "note", type: "text", primaryKey: false, notNull: false };
    const statements = await generateMigration(await lastSnapshot(), later);
    expect(statements).toEqual(['ALTER TABLE "jwks" ADD COLUMN "note" text;']);
    const structure = await seenAfter(fromSchema, statements.join(";"), structureOf);
    const before = await structureOf(migrated);
    expect(structure.filter((line) => !before.includes(line))).toEqual(["column jwks.note text"]);
  });

  it.each([
    ["a column", 'alter table "page" drop column "summary"'],
    ["a column's length", 'alter table "user" alter column "name" type varchar(256)'],
    ["a column's default", 'alter table "user" alter column "role" set default \'admin\''],
    ["whether null is allowed", 'alter table "session" alter column "login_id" drop not null'],
    ["a check", 'alter table "user" drop constraint "user_email_lower_case"'],
    ["what a deletion takes along", swapForeignKey("on delete no action")],
    ["an index", 'drop index "session_expires_at"'],
    ["a unique constraint", 'alter table "account" drop constraint "account_provider_id_account_id"'],
  ])("are found wanting when they differ in %s", async (_what, change) => {
    expect(await seenAfter(migrated, change, structureOf)).not.toEqual(await structureOf(fromSchema));
  });
});

function swapForeignKey(action: string): string {
  return `alter table "session" drop constraint "session_user_id_user_id_fk", add constraint "session_user_id_user_id_fk"
    foreign key ("user_id") references "user" ("id") ${action}`;
}

describe("every table", () => {
  const unindexedForeignKeys = async (pg: PGlite | Transaction) => {
    // An index helps a foreign key when it leads with the key's column and covers every row.
    const { rows } = await pg.query<{ name: string }>(`
      select conname as name from pg_constraint f where contype = 'f' and not exists (
        select from pg_index i where i.indrelid = f.conrelid and i.indkey[0] = f.conkey[1] and i.indpred is null)`);
    return rows.map((row) => row.name);
  };

  it("indexes its foreign keys", async () => {
    const { rows } = await migrated.query("select from pg_constraint where contype = 'f'");
    expect(rows.length).toBeGreaterThan(0);
    expect(await unindexedForeignKeys(migrated)).toEqual([]);
    expect(await seenAfter(migrated, 'drop index "session_user_id"', unindexedForeignKeys)).toEqual([
      "session_user_id_user_id_fk",
    ]);
  });

  const computedDefaults = async (pg: PGlite | Transaction) => {
    const { rows } = await pg.query<{ name: string; value: string }>(`
      select adrelid::regclass || '.' || attname as name, pg_get_expr(adbin, adrelid) as value
      from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum
        join pg_class c on c.oid = adrelid where relnamespace = 'public'::regnamespace`);
    expect(rows.length).toBeGreaterThan(0);
    return rows.filter((row) => !/^(true|false|\d+|'[^']*'::[a-z ]+)$/.test(row.value)).map((row) => row.name);
  };

  it("takes ids and times from the application: no default is computed by SQL", async () => {
    expect(await computedDefaults(migrated)).toEqual([]);
    for (const [column, value] of [
      ["created_at", "now()"],
      ["id", "gen_random_uuid()"],
    ]) {
      const change = `alter table "page" alter column "${column}" set default ${value}`;
      expect(await seenAfter(migrated, change, computedDefaults)).toEqual([`page.${column}`]);
    }
  });

  it("stores times with their zone, to the millisecond", async () => {
    const { rows } = await migrated.query<{ type: string }>(`
      select distinct format_type(atttypid, atttypmod) as type from pg_attribute join pg_class c on c.oid = attrelid
      where relkind = 'r' and relnamespace = 'public'::regnamespace and attnum > 0
        and format_type(atttypid, null) ~ '^(time|date|interval)'`);
    expect(rows).toEqual([{ type: "timestamp(3) with time zone" }]);
  });

  it("has a native uuid wherever a column is an id of ours", async () => {
    const { rows } = await migrated.query<{ name: string; type: string }>(`
      select table_name || '.' || column_name as name, data_type as type from information_schema.columns
      where table_schema = 'public' and (column_name in ('id', 'user_id', 'actor_id', 'login_id', 'impersonated_by'))`);
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.filter((row) => row.type !== "uuid")).toEqual([]);
  });
});
