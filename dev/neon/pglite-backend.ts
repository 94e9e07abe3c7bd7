// Postgres inside this process: one persistent database for development, or a clone of a prepared one per name for tests.
// PGlite has a single connection, so requests to one database run one after the other.
import { PGlite } from "@electric-sql/pglite";
import { createPgConfig } from "@electric-sql/pglite/node-postgres";
import pg from "pg";
import { type Backend, DATABASE_NAME, RAW_TEXT, resetSession, type Session, unknownDatabase } from "./backend.ts";

interface Opened {
  run<Result>(work: (session: Session) => Promise<Result>): Promise<Result>;
  dump(): Promise<Blob>;
  close(): Promise<void>;
}

async function open(options: { dataDir?: string; loadDataDir?: Blob }): Promise<Opened> {
  const pglite = await PGlite.create(options);
  const client = new pg.Client({ ...createPgConfig(pglite), types: RAW_TEXT });
  // The query under way is rejected with the same error; without a listener it would also end the process.
  client.on("error", () => {});
  await client.connect();
  return {
    run: (work) =>
      pglite.runExclusive(async () => {
        try {
          return await work(client);
        } finally {
          await resetSession(client);
        }
      }),
    dump: () => pglite.dumpDataDir("none"),
    // Not client.end(): PGlite's connection drops its listeners first, and the promise would never settle.
    close: () => pglite.close(),
  };
}

/** One database that survives restarts. Only one process may have the folder open: nothing here locks it. */
export async function persistentPglite(options: { dataDir: string; database: string }): Promise<Backend> {
  const opened = await open({ dataDir: options.dataDir });
  return {
    async run(database, work) {
      if (database !== options.database) throw unknownDatabase(database);
      return opened.run(work);
    },
    drop: () => Promise.resolve(),
    close: () => opened.close(),
  };
}

/**
 * Databases for tests, in memory: each name is a clone of one that `prepare` filled, made when it is first asked for.
 * A clone takes about 200 MB until it is dropped.
 */
export function clonedPglite(options: { prepare(session: Session): Promise<void> }): Backend {
  const clones = new Map<string, Promise<Opened>>();
  let template: Promise<Blob> | undefined;

  async function makeTemplate(): Promise<Blob> {
    const opened = await open({});
    try {
      await opened.run(options.prepare);
      return await opened.dump();
    } finally {
      await opened.close();
    }
  }

  function clone(database: string): Promise<Opened> {
    const known = clones.get(database);
    if (known) return known;
    template ??= makeTemplate();
    const made = template.then((loadDataDir) => open({ loadDataDir }));
    clones.set(database, made);
    return made;
  }

  async function drop(database: string): Promise<void> {
    const opened = clones.get(database);
    clones.delete(database);
    await (await opened)?.close();
  }

  return {
    async run(database, work) {
      if (!DATABASE_NAME.test(database)) throw unknownDatabase(database);
      return (await clone(database)).run(work);
    },
    drop,
    close: async () => void (await Promise.all([...clones.keys()].map(drop))),
  };
}
