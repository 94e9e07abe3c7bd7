// `npm run migrate` as a deployment runs it, against an empty database.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type NeonEndpoint, startNeonEndpoint } from "../../dev/neon/endpoint.ts";
import { clonedPglite } from "../../dev/neon/pglite-backend.ts";
import { urlOf } from "./neon-endpoint.ts";

const script = join(import.meta.dirname, "..", "..", "dev", "migrate.ts");
let endpoint: NeonEndpoint;

beforeAll(async () => {
  endpoint = await startNeonEndpoint({ port: 0, backend: clonedPglite({ prepare: async () => {} }) });
});
afterAll(() => endpoint.close());

function migrate(env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [script], { env: { ...process.env, ...env } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, output })));
}

test("it says where it migrates and what it applied, and the second time that nothing is left", async () => {
  const env = {
    DATABASE_URL: urlOf("live").replace("docent:docent", "docent:geheim"),
    DATABASE_ENDPOINT: endpoint.url,
  };
  const first = await migrate(env);
  expect(first.output).toContain(`Migrating live on ${endpoint.url} (DATABASE_URL from the environment)`);
  expect(first.output).toContain("applied 0000_");
  expect(first.code, first.output).toBe(0);
  expect(first.output).not.toContain("geheim");

  const second = await migrate(env);
  expect(second.output).toMatch(/up to date \(\d+ applied before\)/);
  expect(second.code).toBe(0);
});

test("a failure is told and ends with another code, so that nothing is deployed", async () => {
  endpoint.faults.add({ effect: "sql-error", matching: "create table", code: "53100", database: "full" });
  const outcome = await migrate({ DATABASE_URL: urlOf("full"), DATABASE_ENDPOINT: endpoint.url });
  expect(outcome.output).toContain("injected fault");
  expect(outcome.output).toContain("Nothing of the failed migration was kept");
  expect(outcome.code).toBe(1);
});

test("an endpoint on another machine is refused: the statements would go to a stranger", async () => {
  const outcome = await migrate({ DATABASE_URL: urlOf("live"), DATABASE_ENDPOINT: "http://localhost.example/sql" });
  expect(outcome.output).toContain("DATABASE_ENDPOINT is for an endpoint on this machine only");
  expect(outcome.code).toBe(1);
});

test("what is no connection string is refused", async () => {
  const outcome = await migrate({ DATABASE_URL: "nonsense", DATABASE_ENDPOINT: "" });
  expect(outcome.output).toContain("needs DATABASE_URL");
  expect(outcome.code).toBe(1);
});
