// Migrations applied over HTTP, as a deployment does: all or nothing, once, in spite of a second deployment.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { httpTarget, sessionTarget } from "../../dev/migration-targets.ts";
import { applyMigrations } from "../../dev/migrations.ts";
import { describeEndpoint, driver, type Opened, rejection, urlOf } from "./neon-endpoint.ts";

const scratch = mkdtempSync(join(tmpdir(), "docent-migrations-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A folder as drizzle-kit writes it. */
function folderOf(files: Record<string, { when: number; sql: string }>): string {
  const folder = mkdtempSync(join(scratch, "folder-"));
  mkdirSync(join(folder, "meta"));
  const entries = Object.entries(files).map(([tag, { when }], idx) => ({ idx, when, tag, breakpoints: true }));
  writeFileSync(
    join(folder, "meta", "_journal.json"),
    JSON.stringify({ version: "7", dialect: "postgresql", entries }),
  );
  for (const [tag, { sql }] of Object.entries(files)) writeFileSync(join(folder, `${tag}.sql`), sql);
  return folder;
}

const BREAK = "\n--> statement-breakpoint\n";
const first = { when: 1000, sql: `create table a (id int);${BREAK}create table b (id int);` };
const second = { when: 2000, sql: "alter table a add column name text;" };

describeEndpoint("migrations", (opened) => {
  const target = (database: string, { endpoint }: Opened = opened) => httpTarget(urlOf(database), endpoint.url);
  const tables = async (database: string) =>
    (
      await driver(opened, database)`select table_name as name from information_schema.tables
        where table_schema = 'public' and table_name <> 'robot' order by 1`
    ).rows.map((row) => row.name);

  test("only what is missing is applied", async () => {
    expect(await applyMigrations(target("missing"), folderOf({ first }))).toEqual({
      kind: "applied",
      applied: ["first"],
      total: 1,
    });
    const both = folderOf({ first, second });
    expect(await applyMigrations(target("missing"), both)).toMatchObject({ applied: ["second"], total: 2 });
    expect(await applyMigrations(target("missing"), both)).toMatchObject({ applied: [], total: 2 });
  });

  test("a migration that arrives late, generated before one already applied, is not skipped", async () => {
    await applyMigrations(target("late"), folderOf({ second: { when: 2000, sql: "create table late (id int);" } }));
    const outcome = await applyMigrations(
      target("late"),
      folderOf({ first, second: { when: 2000, sql: "create table late (id int);" } }),
    );
    expect(outcome).toMatchObject({ applied: ["first"] });
    expect(await tables("late")).toEqual(["a", "b", "late"]);
  });

  test("a migration that fails in the middle leaves nothing, and runs again when it is mended", async () => {
    const broken = { when: 2000, sql: `create table c (id int);${BREAK}create table a (id int);` };
    const error = await rejection(applyMigrations(target("broken"), folderOf({ first, broken })));
    expect(error).toMatchObject({ code: "42P07", message: 'relation "a" already exists' });
    expect(await tables("broken")).toEqual(["a", "b"]);
    const mended = { when: 2000, sql: "create table c (id int);" };
    expect(await applyMigrations(target("broken"), folderOf({ first, broken: mended }))).toMatchObject({
      applied: ["broken"],
    });
    expect(await tables("broken")).toEqual(["a", "b", "c"]);
  });

  test("on a session of its own, too, the failure is told as Postgres told it", async () => {
    const broken = { when: 1000, sql: `create table c (id int);${BREAK}selec 1;` };
    const outcome = opened.endpoint.backend.run("session", (session) =>
      applyMigrations(sessionTarget(session), folderOf({ broken })),
    );
    expect(await rejection(outcome)).toMatchObject({ code: "42601" });
    expect(await tables("session")).toEqual([]);
  });

  test("a file that was edited after it was applied is named and nothing is done", async () => {
    await applyMigrations(target("edited"), folderOf({ first }));
    const edited = folderOf({ first: { when: 1000, sql: "create table other (id int);" }, second });
    expect(await applyMigrations(target("edited"), edited)).toEqual({ kind: "changed", name: "first" });
    expect(await tables("edited")).toEqual(["a", "b"]);
  });

  test("deployments at the same moment apply each migration once", async () => {
    const folder = folderOf({ first, second });
    const outcomes = await Promise.all([1, 2, 3].map(() => applyMigrations(target("race"), folder)));
    expect(
      outcomes.flatMap((outcome) => (outcome.kind === "applied" ? outcome.applied : [outcome.name])).sort(),
    ).toEqual(["first", "second"]);
    const { rows } = await driver(opened, "race")`select created_at::int as at from drizzle.__drizzle_migrations
      order by 1`;
    expect(rows).toEqual([{ at: 1000 }, { at: 2000 }]);
  });
});
