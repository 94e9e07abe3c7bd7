// Docent as src/index.ts builds it, but for its clock, which decides what its caches may answer:
//   running   as in production
//   still     one moment for ever: what is in memory stays there
//   skipping  each request is 10 s earlier or later than the one before, so that memory never holds (it forgets after
//             10 s, and what comes from the future) and KV always does
// `npm run bench:profile` leaves parts out to see what they cost: log lines (SILENT), writes to KV (UNWRITTEN).
import { env, waitUntil } from "cloudflare:workers";
import { defineConfig } from "../../../src/core/define-config.ts";
import { createWorker } from "../../../src/worker.ts";
import { countedKv, noted } from "./counted.ts";

export { Totals } from "./counted.ts";

const MEMORY_MS = 10_000;
/** Pauses pass ten times faster: the second tombstone comes before the next measurement begins, not in the middle. */
const HASTE = 10;

const config = defineConfig({ sites: [{ id: "course", name: "Course", origins: [String(env.DOCS_ORIGIN)] }] });
const still = Number(env.STILL_AT);
let requests = 0;
const clocks: Record<string, () => number> = {
  running: () => Date.now(),
  still: () => still,
  skipping: () => still + MEMORY_MS * (1 + (requests % 2)),
};

// Configured as a deployment is, not as a contributor's copy, which checks more: only the address of Neon differs.
const { DATABASE_ENDPOINT: endpoint, ...bindings } = env;
const kv = countedKv(env.SESSIONS);
const SESSIONS = env.UNWRITTEN ? { ...kv, put: async () => {} } : kv;
const worker = createWorker({ ...bindings, SESSIONS }, config, {
  now: clocks[String(env.CLOCK)] ?? (() => Date.now()),
  randomId: () => crypto.randomUUID(),
  fetch: (_neon, init) => fetch(String(endpoint), init),
  waitUntil: (work) => waitUntil(noted(work)),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms / HASTE)),
  log: env.SILENT ? () => {} : (line) => console.log(JSON.stringify(line)),
});

export default {
  fetch(request) {
    requests += 1;
    return worker.fetch(request);
  },
} satisfies ExportedHandler;
