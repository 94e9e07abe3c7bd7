// Everything that is measured, in a process of its own: the database behind its Neon-compatible endpoint, and one
// workerd with all Workers in it. The process that sends the load does nothing else. Talks to its parent over IPC: says
// once where everything is, and ends when the parent goes.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateDrizzleJson, generateMigration } from "drizzle-kit/api";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { startNeonEndpoint } from "../../dev/neon/endpoint.ts";
import { testBackend } from "../../dev/neon/test-backend.ts";
import { bundle } from "./bundle.ts";
import { workerdOf } from "./cpu.ts";
import {
  AUTH_SECRET,
  BASE_URL,
  DOCS_ORIGIN,
  databaseUrl,
  INSPECTED,
  STOCK_DATABASE,
  type Stage,
  WORKERS,
  type WorkerName,
} from "./setting.ts";
import * as stockSchema from "./workers/stock-schema.ts";

const inspected = process.env[INSPECTED] !== undefined;
const SOCKET = { host: "127.0.0.1", port: 0 };

const dir = await mkdtemp(join(tmpdir(), "docent-bench-"));
const endpoint = await startNeonEndpoint({ port: 0, backend: testBackend() });
const address = `http://127.0.0.1:${endpoint.port}`;

/** In the place of our own tables: both have a table named "user". */
async function makeStockTables(): Promise<void> {
  const statements = await generateMigration(generateDrizzleJson({}), generateDrizzleJson(stockSchema));
  await endpoint.backend.run(STOCK_DATABASE, async (session) => {
    for (const text of ["drop schema public cascade", "create schema public", ...statements]) await session.query(text);
  });
}

const [{ scripts, compatibilityDate, compatibilityFlags }] = await Promise.all([
  bundle([...new Set(Object.values(WORKERS).map(({ script }) => script))], dir),
  makeStockTables(),
]);

const stillAt = Date.now();
const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    cf: false,
    ...(inspected && { inspectorPort: 0 }),
    workers: Object.entries(WORKERS).map(([name, { script, database, kv, bindings }]) => ({
      name,
      modules: true as const,
      script: scripts[script] ?? "",
      compatibilityDate,
      compatibilityFlags,
      kvNamespaces: { SESSIONS: kv },
      bindings: {
        DATABASE_URL: databaseUrl(database),
        DATABASE_ENDPOINT: `${address}/sql`,
        BASE_URL,
        AUTH_SECRET,
        DOCS_ORIGIN,
        STILL_AT: String(stillAt),
        ...bindings,
        ...(inspected && { SILENT: "yes" }),
      },
      unsafeDirectSockets: [SOCKET, { ...SOCKET, entrypoint: "Totals" }],
    })),
    // Read, and thrown away: what Workers log is part of what they cost.
    handleStructuredLogs: ({ level, message }) => {
      if (level === "error") console.error(message);
    },
  }),
);
await miniflare.ready;

const workers: Stage["workers"] = {};
for (const name of Object.keys(WORKERS) as WorkerName[]) {
  const at = async (entrypoint?: string) => (await miniflare.unsafeGetDirectURL(name, entrypoint)).origin;
  workers[name] = { url: await at(), totals: await at("Totals") };
}

process.once("disconnect", async () => {
  await miniflare.dispose();
  await endpoint.close();
  await rm(dir, { recursive: true, force: true });
  process.exit();
});
const inspector = inspected ? `http://${(await miniflare.getInspectorURL()).host}` : undefined;
const workerd = workerdOf(process.pid);
process.send?.({ database: address, stillAt, workerd, inspector, bundles: dir, workers } satisfies Stage);
