// The databases of the test-suite: PGlite, or a real Postgres server when DOCENT_TEST_POSTGRES names one.
import { join } from "node:path";
import { sessionTarget } from "../migration-targets.ts";
import { applyMigrations } from "../migrations.ts";
import type { Backend } from "./backend.ts";
import { clonedPglite } from "./pglite-backend.ts";
import { clonedPostgres } from "./postgres-backend.ts";

/**
 * Each database name becomes a fresh, migrated database of its own when it is first used.
 * @param connectionString a server on which the role may create databases, like `postgres://me:secret@localhost/postgres`
 */
export function testBackend(connectionString = process.env.DOCENT_TEST_POSTGRES): Backend {
  const prepare = async (session: Parameters<typeof sessionTarget>[0]) => {
    const outcome = await applyMigrations(sessionTarget(session), join(import.meta.dirname, "..", "..", "migrations"));
    if (outcome.kind === "changed") throw new Error(`migration ${outcome.name} changed while it was being applied`);
  };
  return connectionString ? clonedPostgres({ connectionString, prepare }) : clonedPglite({ prepare });
}
