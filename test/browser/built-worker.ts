// The Worker as it is deployed, in workerd, without what `wrangler dev` puts in front of it: its proxy is a workerd of
// its own, and when both give up the same idle connection at once (after five seconds), `wrangler dev` exits and every
// later request is refused (workers-sdk #14926). Nothing is rebuilt here either, whatever is saved meanwhile.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parseEnv, promisify } from "node:util";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4WorkerOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions as workerOptions } from "wrangler";
import * as z from "zod";
import type { StateFolder } from "../../dev/state-folder.ts";
import { workerEnvironment } from "../../dev/worker-process.ts";
import ownersConfig from "../../docent.config.ts";
import type { DocentConfigInput } from "../../src/core/define-config.ts";

const KEPT_LINES = 40;

export interface BuiltWorker {
  /** The last lines it printed, oldest first. */
  lastLines(): string[];
  stop(): Promise<void>;
}

export interface BuiltWorkerOptions {
  root: string;
  state: StateFolder;
  port: number;
  /** With a certificate of its own making. */
  https?: boolean;
  /** Keys of the owner's configuration that differ from `docent.config.ts`. */
  config?: Partial<DocentConfigInput>;
}

/** @throws with what the build printed when it fails, or the system's error when the port cannot be had */
export async function startBuiltWorker({
  root,
  state,
  port,
  https = false,
  config,
}: BuiltWorkerOptions): Promise<BuiltWorker> {
  const script = await readFile(join(await bundle(root, state, config), "index.js"), "utf8");
  const { workerOptions: fromToml } = workerOptions(join(root, "wrangler.toml"));
  const vars = z.record(z.string(), z.json()).parse({
    ...z.looseObject({}).parse(fromToml.bindings),
    ...parseEnv(await readFile(state.workerVars, "utf8")),
    ...(https && { BASE_URL: `https://localhost:${port}` }),
  });
  const lines: string[] = [];
  const keep = (text: string) => {
    lines.push(...text.trimEnd().split("\n"));
    lines.splice(0, lines.length - KEPT_LINES);
  };
  const worker: V4WorkerOptions = {
    ...fromToml,
    name: "docent",
    modules: [{ type: "ESModule", path: "index.js", contents: script }],
    bindings: vars,
  };
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      workers: [worker],
      // "localhost" to a browser is both 127.0.0.1 and ::1; whoever is refused at one asks the other.
      host: "127.0.0.1",
      port,
      ...(https && { https: true }),
      cf: false,
      log: new Log(LogLevel.NONE),
      logRequests: false,
      handleStructuredLogs: ({ message }) => keep(String(message)),
    }),
  );
  try {
    await miniflare.ready;
  } catch (error) {
    await miniflare.dispose();
    throw error;
  }
  return { lastLines: () => [...lines], stop: () => miniflare.dispose() };
}

/** Builds the assets and the Worker as a deployment does. Returns the folder of the Worker's code. */
async function bundle(
  root: string,
  state: StateFolder,
  config: Partial<DocentConfigInput> | undefined,
): Promise<string> {
  const folder = await mkdtemp(join(state.folder, "bundle-"));
  const wrangler = join(createRequire(import.meta.url).resolve("wrangler/package.json"), "..", "bin", "wrangler.js");
  const entry = config && (await entryWith(root, state, config));
  const args = [
    wrangler,
    "deploy",
    ...(entry ? [entry, "--config", join(root, "wrangler.toml")] : []),
    "--dry-run",
    "--outdir",
    folder,
  ];
  await promisify(execFile)(process.execPath, args, { cwd: root, env: workerEnvironment(process.env, root, state) });
  return folder;
}

/** The Worker's entry with another configuration, in a file of its own. Returns its path; the code is bundled as `index.js`. */
async function entryWith(root: string, state: StateFolder, config: Partial<DocentConfigInput>): Promise<string> {
  const entry = join(state.folder, "index.ts");
  const code = await readFile(join(root, "src", "index.ts"), "utf8");
  const configLine = 'import config from "../docent.config.ts";';
  if (!code.includes(configLine)) throw new Error("src/index.ts takes its configuration from elsewhere");
  await writeFile(
    entry,
    code
      .replace(configLine, `const config = ${JSON.stringify({ ...ownersConfig, ...config })};`)
      .replace('"./worker.ts"', JSON.stringify(join(root, "src", "worker.ts"))),
  );
  return entry;
}
