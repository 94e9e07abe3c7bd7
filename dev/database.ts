// The database of `npm start` behind the Neon-compatible endpoint: PGlite in `.docent/`, or the Postgres that
// DOCENT_DEV_POSTGRES names. DATABASE_URL is never read: it may be production.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { claim } from "./marker.ts";
import { sessionTarget } from "./migration-targets.ts";
import { applyMigrations, type MigrationOutcome } from "./migrations.ts";
import type { Backend, Session } from "./neon/backend.ts";
import { type NeonEndpoint, startNeonEndpoint } from "./neon/endpoint.ts";
import { persistentPglite } from "./neon/pglite-backend.ts";
import { realPostgres } from "./neon/postgres-backend.ts";
import { DATABASE } from "./secrets.ts";
import type { StateFolder } from "./state-folder.ts";
import { messageOf } from "./terminal.ts";

export interface DatabaseOptions {
  state: Pick<StateFolder, "pglite" | "pgliteMark">;
  /** A connection string; without it, PGlite. */
  postgres: string | undefined;
  port: number;
}

export interface DevelopmentDatabase {
  endpoint: NeonEndpoint;
  /** What it is, for people; never a password. */
  description: string;
  run<Result>(work: (session: Session) => Promise<Result>): Promise<Result>;
}

/** Opens the database, or says why it cannot or must not be used. */
export async function openDatabase(options: DatabaseOptions): Promise<DevelopmentDatabase | { refused: string }> {
  const { postgres, state, port } = options;
  if (postgres !== undefined && !/^postgres(ql)?:\/\/[^/]+\/./.test(postgres)) {
    return { refused: "DOCENT_DEV_POSTGRES must name a database, like postgres://me:secret@localhost:5432/docent_dev" };
  }
  const description = postgres === undefined ? "PGlite in .docent/pglite" : describe(postgres);
  const foreign = `${description} is not empty and was not made by \`npm start\`, so it is left alone.`;
  if (postgres === undefined) {
    // The mark comes first: a folder whose making was interrupted is ours as well.
    if (!existsSync(state.pglite)) writeFileSync(state.pgliteMark, "Made by `npm start`.\n");
    if (!existsSync(state.pgliteMark)) return { refused: `${foreign} Move the folder away.` };
  }

  let backend: Backend | undefined;
  try {
    backend =
      postgres === undefined
        ? await persistentPglite({ dataDir: state.pglite, database: DATABASE })
        : realPostgres({ connectionString: postgres, database: DATABASE });
    const opened = backend;
    if ((await opened.run(DATABASE, claim)) === "foreign") {
      await opened.close();
      return { refused: `${foreign} Name an empty database.` };
    }
    const endpoint = await startNeonEndpoint({ port, backend: opened });
    return { endpoint, description, run: (work) => opened.run(DATABASE, work) };
  } catch (error) {
    await backend?.close();
    const remedy = postgres === undefined ? "`npm run reset` starts from empty." : "Is DOCENT_DEV_POSTGRES right?";
    return { refused: `${description} cannot be used: ${messageOf(error)}. ${remedy}` };
  }
}

export function migrate(database: DevelopmentDatabase, root: string): Promise<MigrationOutcome> {
  return database.run((session) => applyMigrations(sessionTarget(session), join(root, "migrations")));
}

/** Host and database of a connection string. */
export function describe(connectionString: string): string {
  const { host, pathname } = new URL(connectionString);
  return `Postgres "${pathname.slice(1)}" on ${host || "localhost"}`;
}
