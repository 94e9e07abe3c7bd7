// `npm run size`: how large the Worker's bundle is and how long it takes to start. Exits 1 when the bundle is over
// its limit. Start-up is measured on this machine's CPU: compare it with itself.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import * as z from "zod";

/** Kibibytes, gzipped, for the Worker without passkeys. */
const LIMIT_KIB = 320;
/** Cloudflare refuses a Worker that takes longer to start, in milliseconds. */
const CLOUDFLARE_STARTUP_MS = 1000;

const run = promisify(execFile);

const profile = z.object({
  nodes: z.array(z.object({ id: z.number(), callFrame: z.object({ functionName: z.string() }) })),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});

/** Milliseconds in which JavaScript ran; V8 names the rest "(idle)" and "(program)". */
function activeMs(json: unknown): number {
  const { nodes, samples, timeDeltas } = profile.parse(json);
  const waiting = new Set(
    nodes.filter((node) => ["(idle)", "(program)"].includes(node.callFrame.functionName)).map((node) => node.id),
  );
  const micros = samples.reduce((sum, node, at) => sum + (waiting.has(node) ? 0 : (timeDeltas[at] ?? 0)), 0);
  return micros / 1000;
}

async function measure(dir: string) {
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", NO_COLOR: "1" };
  await run("wrangler", ["deploy", "--dry-run", "--outdir", dir], { env });
  const bundle = await readFile(join(dir, "index.js"));
  const startup = join(dir, "startup.cpuprofile");
  await run("wrangler", ["check", "startup", "--outfile", startup], { env });
  return {
    kib: gzipSync(bundle, { level: 9 }).byteLength / 1024,
    ms: activeMs(JSON.parse(await readFile(startup, "utf8"))),
  };
}

const dir = await mkdtemp(join(tmpdir(), "docent-size-"));
try {
  const { kib, ms } = await measure(dir);
  console.log(`Worker bundle   ${kib.toFixed(1)} KiB gzipped of ${LIMIT_KIB}`);
  console.log(`Start-up        ${ms.toFixed(0)} ms of CPU on this machine, of Cloudflare's ${CLOUDFLARE_STARTUP_MS}`);
  if (kib > LIMIT_KIB) {
    console.error(`The bundle is over its limit of ${LIMIT_KIB} KiB.`);
    process.exitCode = 1;
  }
} finally {
  await rm(dir, { recursive: true, force: true });
}
