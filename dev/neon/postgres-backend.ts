// A real Postgres server behind the endpoint, through `pg`: the one database that was named, or a clone per name for
// tests, which is where races between requests are real.
import { randomBytes } from "node:crypto";
import pg from "pg";
import { type Backend, DATABASE_NAME, RAW_TEXT, resetSession, type Session, unknownDatabase } from "./backend.ts";

/** Sessions per database; Postgres allows 100 in all by default. */
const POOL_SIZE = 10;

interface Pool {
  run<Result>(work: (session: Session) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

function openPool(connectionString: string): Pool {
  const pool = new pg.Pool({
    connectionString,
    types: RAW_TEXT,
    max: POOL_SIZE,
    allowExitOnIdle: true,
    // Neon's sessions are in UTC; a server of one's own is in the zone of its machine.
    options: "-c timezone=UTC",
  });
  // An idle session that the server ended: the pool replaces it.
  pool.on("error", () => {});
  return {
    async run(work) {
      const client = await pool.connect();
      let broken = true;
      try {
        return await work(client);
      } finally {
        await resetSession(client).then(
          () => {
            broken = false;
          },
          () => {},
        );
        client.release(broken);
      }
    },
    close: () => pool.end(),
  };
}

/** `database` at the endpoint is the database that the connection string names. */
export function realPostgres(options: { connectionString: string; database: string }): Backend {
  const pool = openPool(options.connectionString);
  return {
    async run(database, work) {
      if (database !== options.database) throw unknownDatabase(database);
      return pool.run(work);
    },
    drop: () => Promise.resolve(),
    close: () => pool.close(),
  };
}

/**
 * Databases for tests: each name becomes a database of its own on that server, made from one that `prepare` filled.
 * All of them, and nothing else, are dropped at the end. The role needs CREATEDB.
 */
export function clonedPostgres(options: {
  connectionString: string;
  prepare(session: Session): Promise<void>;
}): Backend {
  const server = openPool(options.connectionString);
  // Two test runs on one server, and whatever else lives there, never meet.
  const prefix = `docent_test_${randomBytes(4).toString("hex")}_`;
  const template = `${prefix}template`;
  const pools = new Map<string, Promise<Pool>>();
  let prepared: Promise<void> | undefined;
  // CREATE DATABASE refuses a template that another CREATE DATABASE is copying.
  let turn: Promise<unknown> = Promise.resolve();

  const statement = (text: string) => server.run((session) => session.query(text));
  const poolOf = (name: string) => {
    const url = new URL(options.connectionString);
    url.pathname = `/${name}`;
    return openPool(url.href);
  };

  async function prepare(): Promise<void> {
    await statement(`create database ${pg.escapeIdentifier(template)}`);
    const pool = poolOf(template);
    try {
      await pool.run(options.prepare);
    } finally {
      // A database with sessions cannot be a template.
      await pool.close();
    }
  }

  function clone(database: string): Promise<Pool> {
    const known = pools.get(database);
    if (known) return known;
    prepared ??= prepare();
    const made = Promise.all([prepared, turn]).then(async () => {
      const name = pg.escapeIdentifier(prefix + database);
      await statement(`create database ${name} template ${pg.escapeIdentifier(template)}`);
      return poolOf(prefix + database);
    });
    turn = made.catch(() => {});
    pools.set(database, made);
    return made;
  }

  async function drop(database: string): Promise<void> {
    const pool = pools.get(database);
    if (!pool) return;
    pools.delete(database);
    await (await pool).close();
    await statement(`drop database if exists ${pg.escapeIdentifier(prefix + database)} with (force)`);
  }

  return {
    async run(database, work) {
      if (!DATABASE_NAME.test(database)) throw unknownDatabase(database);
      return (await clone(database)).run(work);
    },
    drop,
    async close() {
      for (const database of [...pools.keys()]) await drop(database);
      if (prepared) await statement(`drop database if exists ${pg.escapeIdentifier(template)}`);
      await server.close();
    },
  };
}
