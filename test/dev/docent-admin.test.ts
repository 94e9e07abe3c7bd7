// `docent admin` as an owner runs it, against a migrated database: the first administrator, and nobody by mistake.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type NeonEndpoint, startNeonEndpoint } from "../../dev/neon/endpoint.ts";
import { testBackend } from "../../dev/neon/test-backend.ts";
import { urlOf } from "./neon-endpoint.ts";
import { scratchFolder } from "./scratch-folder.ts";

const script = join(import.meta.dirname, "..", "..", "cli", "docent.ts");
const backend = testBackend();
let endpoint: NeonEndpoint;

beforeAll(async () => {
  endpoint = await startNeonEndpoint({ port: 0, backend });
});
afterAll(() => endpoint.close());

interface Done {
  code: number | null;
  output: string;
}

function docent(args: string[], { env = {}, cwd = scratchFolder() }: { env?: NodeJS.ProcessEnv; cwd?: string } = {}) {
  const child = spawn(process.execPath, [script, ...args], { cwd, env: { ...process.env, DATABASE_URL: "", ...env } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  return new Promise<Done>((resolve) => child.once("close", (code) => resolve({ code, output })));
}

/** A database with these readers, and the command that means it. */
async function withReaders(name: string, readers: Record<string, string>) {
  const query = (text: string, values: unknown[] = []) =>
    backend.run(name, async (session) => (await session.query<Record<string, unknown>>(text, values)).rows);
  for (const [email, columns] of Object.entries(readers)) {
    await query(
      `insert into "user" (id, email, created_at, updated_at) values (gen_random_uuid(), $1, '2026-01-01', '2026-01-01')`,
      [email],
    );
    if (columns) await query(`update "user" set ${columns} where email = $1`, [email]);
  }
  const env = { DATABASE_URL: urlOf(name).replace("docent:docent", "docent:geheim"), DATABASE_ENDPOINT: endpoint.url };
  const roles = async () =>
    Object.fromEntries((await query(`select email, role from "user"`)).map(({ email, role }) => [email, role]));
  const events = async () =>
    (
      await query(`select action, email, actor_id, detail from audit_event e left join "user" u on u.id = e.user_id`)
    ).map(({ action, email, actor_id, detail }) => [action, email, actor_id, JSON.parse(String(detail))]);
  return { env, roles, events, admin: (...args: string[]) => docent(["admin", ...args], { env }) };
}

describe("docent admin", () => {
  test("makes the reader an administrator, says of which database, and notes that the system did it", async () => {
    const { admin, roles, events } = await withReaders("first", {
      "lena@example.test": "email_verified = true",
      "omar@example.test": "email_verified = true",
    });
    const done = await admin("Lena@Example.test");
    expect(done.output).toContain("Lena@Example.test is an administrator of first on ");
    expect(done.output).not.toContain("geheim");
    expect(done.code).toBe(0);
    expect(await roles()).toEqual({ "lena@example.test": "admin", "omar@example.test": "user" });
    const detail = { role: "admin", previousRole: "user" };
    expect(await events()).toEqual([["role.changed", "lena@example.test", null, detail]]);

    const again = await admin("lena@example.test");
    expect([again.code, again.output]).toEqual([0, expect.stringContaining("already; nothing was changed")]);
    expect(await events()).toHaveLength(1);
  });

  test("refuses where there is one already, until it is told that another is meant", async () => {
    const { admin, roles } = await withReaders("another", {
      "lena@example.test": "email_verified = true, role = 'admin', banned = true",
      "omar@example.test": "email_verified = true",
    });
    const refused = await admin("omar@example.test");
    expect([refused.code, refused.output]).toEqual([1, expect.stringContaining("give --another")]);
    expect(await roles()).toMatchObject({ "omar@example.test": "user" });
    expect((await admin("omar@example.test", "--another")).code).toBe(0);
    expect(await roles()).toEqual({ "lena@example.test": "admin", "omar@example.test": "admin" });
  });

  test("refuses an address that is nobody's, unproved or blocked, says why, and changes nothing", async () => {
    const { admin, roles, events } = await withReaders("refused", {
      "unproved@example.test": "",
      "banned@example.test": "email_verified = true, banned = true",
      "off@example.test": "email_verified = true, is_active = false",
    });
    const before = await roles();
    for (const [email, why] of [
      ["nobody@example.test", "Nobody has signed up with nobody@example.test"],
      ["unproved@example.test", "nobody has proved that the address is theirs"],
      ["banned@example.test", "is banned or deactivated"],
      ["off@example.test", "is banned or deactivated"],
    ] as const) {
      const refused = await admin(email, "--another");
      expect([refused.code, refused.output]).toEqual([1, expect.stringContaining(why)]);
    }
    expect(await roles()).toEqual(before);
    expect(await events()).toEqual([]);
  });

  test("of two that come at once where there is none yet, makes one", async () => {
    const { admin, roles } = await withReaders("at-once", {
      "lena@example.test": "email_verified = true",
      "omar@example.test": "email_verified = true",
    });
    const done = await Promise.all([admin("lena@example.test"), admin("omar@example.test")]);
    expect(done.map(({ code }) => code).sort()).toEqual([0, 1]);
    expect(Object.values(await roles()).sort()).toEqual(["admin", "user"]);
  });

  test("finds the database of `npm start` with --local, and of a deployment in .dev.vars, and mixes neither", async () => {
    const { env, roles } = await withReaders("local", { "lena@example.test": "email_verified = true" });
    const cwd = scratchFolder();
    const local = await docent(["admin", "lena@example.test", "--local"], { cwd, env });
    expect([local.code, local.output]).toEqual([1, expect.stringContaining("no database of `npm start` here")]);
    const none = await docent(["admin", "lena@example.test"], { cwd });
    expect([none.code, none.output]).toEqual([1, expect.stringContaining("Set DATABASE_URL")]);
    const vars = `DATABASE_URL='${env.DATABASE_URL}'\nDATABASE_ENDPOINT='${env.DATABASE_ENDPOINT}'\n`;
    writeFileSync(join(cwd, ".dev.vars"), vars);
    expect((await docent(["admin", "lena@example.test"], { cwd })).output).toContain("(from .dev.vars)");
    mkdirSync(join(cwd, ".docent"));
    writeFileSync(join(cwd, ".docent", "dev.vars"), vars);
    const found = await docent(["admin", "lena@example.test", "--local"], { cwd });
    expect([found.code, found.output]).toEqual([0, expect.stringContaining("(from npm start)")]);
    expect(await roles()).toEqual({ "lena@example.test": "admin" });
  });

  test("says that a database cannot be reached or was not migrated, without a stack trace", async () => {
    const { env, admin } = await withReaders("broken", {});
    endpoint.faults.add({ effect: "drop", matching: "pg_advisory", database: "broken", times: 1 });
    const down = await admin("lena@example.test");
    expect([down.code, down.output]).toEqual([1, expect.stringMatching(/^broken on .* does not answer\.\n$/)]);
    const stranger = await docent(["admin", "lena@example.test"], {
      env: { ...env, DATABASE_ENDPOINT: "http://localhost.example/sql" },
    });
    expect([stranger.code, stranger.output]).toEqual([1, expect.stringContaining("on this machine only")]);
    endpoint.faults.add({ effect: "sql-error", matching: "pg_advisory", code: "42P01", database: "broken", times: 1 });
    const empty = await admin("lena@example.test");
    expect([empty.code, empty.output]).toEqual([1, expect.stringContaining("is it migrated?")]);
  });
});

test("docent says what there is, and fails on what there is not", async () => {
  const help = await docent(["--help"]);
  expect([help.code, help.output]).toEqual([0, expect.stringContaining("admin [options] <email>")]);
  for (const args of [["wizard"], ["admin"], ["admin", "a@example.test", "b@example.test"]]) {
    expect((await docent(args)).code, args.join(" ")).not.toBe(0);
  }
});
