// Development touches a database that it made itself, and no other: not to migrate, not to seed, not to reset.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { type DevelopmentDatabase, migrate, openDatabase } from "../../dev/database.ts";
import { removeState } from "../../dev/remove-state.ts";
import { makeStateFolder, type StateFolder, stateFolder } from "../../dev/state-folder.ts";
import { scratchFolder } from "./scratch-folder.ts";

const server = process.env.DOCENT_TEST_POSTGRES;
const root = join(import.meta.dirname, "..", "..");

function folder(): StateFolder {
  const state = stateFolder(scratchFolder());
  makeStateFolder(state);
  return state;
}

type Outcome = Awaited<ReturnType<typeof openDatabase>>;

function opened(outcome: Outcome): DevelopmentDatabase {
  if ("refused" in outcome) throw new Error(outcome.refused);
  return outcome;
}

const refusalOf = (outcome: object) => ("refused" in outcome ? outcome.refused : "it was not refused");

const names = (database: DevelopmentDatabase, text: string) =>
  database.run(async (session) => (await session.query(text)).rows.map((row) => row.name));

test.each(["nonsense", "http://localhost/docent", "postgres://localhost", "postgres://localhost/"])(
  "DOCENT_DEV_POSTGRES=%s is refused with what it should be",
  async (postgres) => {
    const outcome = await openDatabase({ state: folder(), postgres, port: 0 });
    expect(refusalOf(outcome)).toContain("DOCENT_DEV_POSTGRES must name a database");
  },
);

test("a server that is not there is a message without the password", async () => {
  const postgres = "postgres://me:secret@127.0.0.1:1/docent_dev";
  const refusal = refusalOf(await openDatabase({ state: folder(), postgres, port: 0 }));
  expect(refusal).toContain('Postgres "docent_dev" on 127.0.0.1:1 cannot be used: connect ECONNREFUSED');
  expect(refusal).not.toContain("secret");
});

describe("PGlite", () => {
  test("a new folder is filled, found again, and removed by a reset", async () => {
    const state = folder();
    const first = opened(await openDatabase({ state, postgres: undefined, port: 0 }));
    expect(await migrate(first, root)).toMatchObject({ kind: "applied" });
    await first.run((session) => session.query("create table kept (id int)"));
    await first.endpoint.close();

    const second = opened(await openDatabase({ state, postgres: undefined, port: 0 }));
    expect(await migrate(second, root)).toMatchObject({ applied: [] });
    expect(await names(second, "select to_regclass('kept') as name")).toEqual(["kept"]);
    await second.endpoint.close();

    const outcome = await removeState({ state, postgres: undefined });
    expect(outcome).toEqual({ removed: [".docent/pglite", ".docent/pglite-made-here"] });
    expect(existsSync(state.folder)).toBe(false);
  });

  test("a folder that was damaged is told with the remedy", async () => {
    const state = folder();
    mkdirSync(state.pglite);
    writeFileSync(state.pgliteMark, "");
    writeFileSync(join(state.pglite, "PG_VERSION"), "17");
    expect(refusalOf(await openDatabase({ state, postgres: undefined, port: 0 }))).toContain("`npm run reset`");
    expect(await removeState({ state, postgres: undefined })).toHaveProperty("removed");
  });

  test("a folder that somebody else made is neither opened nor removed", async () => {
    const state = folder();
    mkdirSync(state.pglite);
    writeFileSync(join(state.pglite, "PG_VERSION"), "17");
    expect(refusalOf(await openDatabase({ state, postgres: undefined, port: 0 }))).toContain("left alone");
    expect(refusalOf(await removeState({ state, postgres: undefined }))).toContain("left alone");
    expect(readdirSync(state.pglite)).toEqual(["PG_VERSION"]);
  });

  test("a reset removes what npm start makes and leaves the rest", async () => {
    const state = folder();
    mkdirSync(join(state.wrangler, "v3"), { recursive: true });
    writeFileSync(state.workerVars, "");
    writeFileSync(join(state.folder, "notes.txt"), "mine");
    expect(await removeState({ state, postgres: undefined })).toEqual({
      removed: [".docent/dev.vars", ".docent/wrangler"],
    });
    expect(readdirSync(state.folder)).toEqual(["notes.txt"]);
    expect(await removeState({ state, postgres: undefined })).toEqual({ removed: [] });
  });

  test("a reset while npm start is running is refused", async () => {
    const state = folder();
    writeFileSync(state.workerVars, "");
    writeFileSync(state.lock, `${process.ppid}\n`);
    expect(refusalOf(await removeState({ state, postgres: undefined }))).toContain(`process ${process.ppid}`);
    expect(existsSync(state.workerVars)).toBe(true);
  });
});

describe.skipIf(!server)("a Postgres server", () => {
  /** An empty database of this test's own on that server. */
  async function emptyDatabase(): Promise<{ url: string; query: (text: string) => Promise<unknown[]> }> {
    const name = `docent_test_marker_${crypto.randomUUID().slice(0, 8)}`;
    const admin = new pg.Client({ connectionString: server });
    await admin.connect();
    await admin.query(`create database ${name}`);
    onTestFinished(async () => {
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    });
    const url = new URL(server ?? "");
    url.pathname = `/${name}`;
    return {
      url: url.href,
      async query(text) {
        const client = new pg.Client({ connectionString: url.href });
        await client.connect();
        try {
          return (await client.query(text)).rows;
        } finally {
          await client.end();
        }
      },
    };
  }

  test("an empty database is claimed, found again, and emptied by a reset", async () => {
    const state = folder();
    const { url: postgres, query } = await emptyDatabase();
    const first = opened(await openDatabase({ state, postgres, port: 0 }));
    expect(first.description).toMatch(/^Postgres "docent_test_marker_\w+" on 127\.0\.0\.1:\d+$/);
    await migrate(first, root);
    await first.endpoint.close();
    const second = opened(await openDatabase({ state, postgres, port: 0 }));
    expect(await migrate(second, root)).toMatchObject({ applied: [] });
    await second.endpoint.close();

    expect(await removeState({ state, postgres })).toMatchObject({
      removed: [expect.stringMatching(/^everything in Postgres "docent_test_marker/)],
    });
    expect(await query("select 1 from pg_class where relnamespace = 'public'::regnamespace")).toEqual([]);
    expect(await query("select 1 from pg_namespace where nspname in ('drizzle', 'docent_development')")).toEqual([]);
  });

  test.each([
    ["a table", "create table customers (id int)"],
    ["a function", "create function f() returns int language sql as 'select 1'"],
    ["a schema", "create schema shop"],
    ["a type", "create type mood as enum ('fine')"],
  ])("a database that holds %s of somebody else is neither migrated nor emptied", async (_, sql) => {
    const state = folder();
    const { url: postgres, query } = await emptyDatabase();
    await query(sql);
    expect(refusalOf(await openDatabase({ state, postgres, port: 0 }))).toContain("Name an empty database");
    expect(refusalOf(await removeState({ state, postgres }))).toContain("left alone");
    expect(await query("select 1 from pg_namespace where nspname in ('drizzle', 'docent_development')")).toEqual([]);
    await expect(query(sql)).rejects.toThrow("already exists");
  });
});
