// Applies `migrations/` to a database, each file in one transaction: a migration that fails leaves nothing behind.
// The bookkeeping is drizzle's own table, so drizzle's tools agree on what is applied. Drizzle's migrator for Neon over
// HTTP is not used: it sends every statement by itself and records them at the end, so that a failure in the middle
// leaves a half-applied file which the next run trips over.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readMigrationFiles } from "drizzle-orm/migrator";
import * as z from "zod";

/** Where migrations go. The statements of one call run in one transaction, in order; the answer has the rows of each. */
export type MigrationTarget = (
  statements: { text: string; params?: string[] }[],
) => Promise<Record<string, unknown>[][]>;

export type MigrationOutcome =
  /** `applied` names those of now, like `0000_init`; `total` counts all there are. */
  | { kind: "applied"; applied: string[]; total: number }
  /** A file was edited after it had been applied: the database no longer is what the files say. */
  | { kind: "changed"; name: string };

/** Two deploys at once wait for each other on this Postgres advisory lock. Any fixed number does. */
const LOCK = { text: "select pg_advisory_xact_lock(7306086823)" };
const TABLE = "drizzle.__drizzle_migrations";

const journal = z.object({ entries: z.array(z.object({ when: z.number(), tag: z.string() })) });

/**
 * Applies what is missing, in the order of generation.
 * @throws the database's error when a migration fails; everything before it stays applied, nothing of it does.
 */
export async function applyMigrations(target: MigrationTarget, folder: string): Promise<MigrationOutcome> {
  const files = readMigrationFiles({ migrationsFolder: folder });
  const { entries } = journal.parse(JSON.parse(readFileSync(join(folder, "meta", "_journal.json"), "utf8")));
  await target([
    LOCK,
    { text: "create schema if not exists drizzle" },
    { text: `create table if not exists ${TABLE} (id serial primary key, hash text not null, created_at bigint)` },
    // Whoever comes second with the same migration fails as a whole, even where the lock is not honoured.
    { text: `create unique index if not exists __drizzle_migrations_once on ${TABLE} (created_at)` },
  ]);

  const applied: string[] = [];
  for (const file of files) {
    const name = entries.find((entry) => entry.when === file.folderMillis)?.tag ?? String(file.folderMillis);
    const known = await hashOf(target, file.folderMillis);
    if (known !== undefined) {
      if (known !== file.hash) return { kind: "changed", name };
      continue;
    }
    try {
      await target([
        LOCK,
        {
          text: `insert into ${TABLE} (hash, created_at) values ($1, $2)`,
          params: [file.hash, String(file.folderMillis)],
        },
        ...file.sql.filter((text) => text.trim() !== "").map((text) => ({ text })),
      ]);
      applied.push(name);
    } catch (error) {
      // Another deploy applied it while this one waited for the lock.
      if ((await hashOf(target, file.folderMillis)) !== file.hash) throw error;
    }
  }
  return { kind: "applied", applied, total: files.length };
}

async function hashOf(target: MigrationTarget, millis: number): Promise<string | undefined> {
  const [rows] = await target([{ text: `select hash from ${TABLE} where created_at = $1`, params: [String(millis)] }]);
  const hash = rows?.[0]?.hash;
  return typeof hash === "string" ? hash : undefined;
}
