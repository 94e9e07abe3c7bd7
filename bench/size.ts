// `npm run size`: how large the Worker's bundle is, with passkeys and without, and what it does when it starts. Exits 1
// when a bundle is over its limit, or when one of the two has grown by more than 5 % over size.json; `npm run size -- --record` writes that file.
// The milliseconds of the start-up are only printed: they differ from machine to machine, and from one minute to the
// next on a busy one. The number of calls does not.
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import * as z from "zod";

/** Kibibytes, gzipped: for the Worker without passkeys, and with every feature. */
const LIMIT_KIB = { withoutPasskeys: 320, complete: 420 };
/** Cloudflare refuses a Worker that takes longer to start, in milliseconds. */
const CLOUDFLARE_STARTUP_MS = 1000;
/** How much larger than recorded something may be before it has to be recorded anew, on purpose. */
const MAY_GROW = 1.05;

const ROOT = join(import.meta.dirname, "..");
const RECORD = join(import.meta.dirname, "size.json");
const STARTUP_CALLS = join(import.meta.dirname, "startup-calls.ts");

/** `bundleKiB`: gzipped. `startupCalls`: of functions of the bundle, until it can answer. */
const recorded = z.object({ bundleKiB: z.number(), startupCalls: z.number() });

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
  const { stdout } = await run(process.execPath, [STARTUP_CALLS, join(dir, "index.js")]);
  return {
    kib: gzipSync(bundle, { level: 9 }).byteLength / 1024,
    calls: Number(stdout.trim().split("\n").at(-1)),
    ms: activeMs(JSON.parse(await readFile(startup, "utf8"))),
  };
}

/** In the place of the passkeys' room. */
const EMPTY_ROOM: Record<string, string> = {
  "ceremonies.ts": "export const ceremonyHandlers = () => ({});",
  "settings.ts": "export const passkeySettings = () => ({});",
  "relying-party.ts": "export const relyingParty = () => ({});",
};

/** Kibibytes of the same Worker with that room empty: a copy beside the original, so that the packages are found. */
async function withoutPasskeys(out: string): Promise<number> {
  const copy = await mkdtemp(join(ROOT, ".size-"));
  try {
    for (const part of ["src", "migrations", "docent.config.ts", "package.json"]) {
      await cp(join(ROOT, part), join(copy, part), { recursive: true });
    }
    for (const [file, text] of Object.entries(EMPTY_ROOM)) {
      await writeFile(join(copy, "src", "auth", "passkeys", file), text);
    }
    const config = await readFile(join(ROOT, "wrangler.toml"), "utf8");
    // The assets are built and measured by themselves.
    await writeFile(join(copy, "wrangler.toml"), config.replaceAll(/^\[(build|assets)\]\n(?:[^[\n].*\n)*/gm, ""));
    const env = { ...process.env, WRANGLER_SEND_METRICS: "false", NO_COLOR: "1" };
    await run("wrangler", ["deploy", "--dry-run", "--outdir", out], { env, cwd: copy });
    return gzipSync(await readFile(join(out, "index.js")), { level: 9 }).byteLength / 1024;
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}

function compare(what: string, now: number, then: number): void {
  if (now <= then * MAY_GROW) return;
  const percent = ((now / then - 1) * 100).toFixed(1);
  fail(`${what} ${percent} % over what is recorded. If it is worth it: npm run size -- --record`);
}

const dir = await mkdtemp(join(tmpdir(), "docent-size-"));
try {
  const { kib, calls, ms } = await measure(dir);
  const bareKib = await withoutPasskeys(join(dir, "without-passkeys"));
  if (process.argv.includes("--record")) {
    const record = { bundleKiB: Number(kib.toFixed(1)), startupCalls: calls };
    await writeFile(RECORD, `${JSON.stringify(record, null, 2)}\n`);
  }
  const then = recorded.parse(JSON.parse(await readFile(RECORD, "utf8")));
  console.log(`Worker bundle   ${kib.toFixed(1)} KiB gzipped of ${LIMIT_KIB.complete}, recorded ${then.bundleKiB}`);
  console.log(`without passkeys ${bareKib.toFixed(1)} KiB gzipped of ${LIMIT_KIB.withoutPasskeys}`);
  console.log(`Start-up        ${calls} calls, recorded ${then.startupCalls}`);
  console.log(`                ${ms.toFixed(0)} ms of CPU on this machine, of Cloudflare's ${CLOUDFLARE_STARTUP_MS}`);
  if (kib > LIMIT_KIB.complete) fail(`The bundle is over its limit of ${LIMIT_KIB.complete} KiB.`);
  if (bareKib > LIMIT_KIB.withoutPasskeys) {
    fail(`The bundle without passkeys is over its limit of ${LIMIT_KIB.withoutPasskeys} KiB.`);
  }
  compare("The bundle is", kib, then.bundleKiB);
  compare("The start-up is", calls, then.startupCalls);
} finally {
  await rm(dir, { recursive: true, force: true });
}
