// How much a Worker's bundle does when it starts, as the number of calls of its functions: the same on every machine
// with the same Node, unlike its milliseconds. A process of its own, so that nothing has been called before.
// Prints the number. Usage: `node bench/startup-calls.ts <bundle>`.
import { Session } from "node:inspector/promises";
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";

const BASE_URL = "http://localhost:8787";

// What the runtime would hand to the Worker: enough for it to be built as in development.
const env = {
  SESSIONS: { getWithMetadata: () => {} },
  DATABASE_URL: "postgres://docent:docent@localhost/docent",
  BASE_URL,
  AUTH_SECRET: "development-secret-of-the-size-report",
};
const runtime = `data:text/javascript,${encodeURIComponent(
  `export const env = globalThis[Symbol.for("docent env")]; export const waitUntil = () => {};`,
)}`;
Object.assign(globalThis, { [Symbol.for("docent env")]: env });
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "cloudflare:workers" ? { url: runtime, shortCircuit: true } : next(specifier, context),
});

const [file = ""] = process.argv.slice(2);
const { href } = pathToFileURL(file);
const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
const { default: worker } = (await import(href)) as { default: { fetch: (request: Request) => Promise<Response> } };
const { result } = await session.post("Profiler.takePreciseCoverage");
const functions = result.find(({ url }) => url === href)?.functions ?? [];
const calls = functions.reduce((sum, { ranges }) => sum + (ranges[0]?.count ?? 0), 0);

const answer = await worker.fetch(new Request(`${BASE_URL}/healthz`));
if (answer.status !== 200) throw new Error("docent.config.ts is not one for this machine: the Worker was not built.");
process.stdout.write(`${calls}\n`);
