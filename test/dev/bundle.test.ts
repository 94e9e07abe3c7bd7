// What is deployed holds nothing of a contributor's machine: no fault injection, no local database, no ready-made
// reader. Built as a deployment is, and searched.
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SEED_READERS } from "../../dev/readers.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const out = mkdtempSync(join(tmpdir(), "docent-bundle-"));
const deployed = new Map<string, string>();

function collect(dir: string): void {
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.endsWith(".map")) continue;
    const path = join(entry.parentPath, entry.name);
    deployed.set(path, readFileSync(path, "utf8"));
  }
}

beforeAll(async () => {
  const wrangler = join(ROOT, "node_modules", ".bin", "wrangler");
  const env = {
    ...process.env,
    WRANGLER_SEND_METRICS: "false",
    PATH: `${join(ROOT, "node_modules", ".bin")}:${process.env.PATH}`,
  };
  await promisify(execFile)(wrangler, ["deploy", "--dry-run", "--outdir", out], { cwd: ROOT, env });
  collect(out);
  collect(join(ROOT, "dist", "assets"));
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** Where the deployment says something, by the name of the file. */
const saying = (text: string) => [...deployed].filter(([, content]) => content.includes(text)).map(([path]) => path);

test("the deployment was found: it has the Worker and what browsers load", () => {
  expect(saying("/api/background").length).toBeGreaterThanOrEqual(2);
});

test.each([
  "injected fault",
  "sql-error",
  "pglite",
  "PGlite",
  "DOCENT_DEV_POSTGRES",
  "DOCENT_TEST_POSTGRES",
  "docent_development",
  ...SEED_READERS.flatMap(({ email, password }) => [email, password]),
])("the deployment does not hold %j", (text) => {
  expect(saying(text)).toEqual([]);
});
