// The Worker as it is deployed, in workerd, without what `wrangler dev` puts in front of it: its proxy is a workerd of
// its own, and when both give up the same idle connection at once (after five seconds), `wrangler dev` exits and every
// later request is refused (workers-sdk #14926). Nothing is rebuilt here either, whatever is saved meanwhile.
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
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
  config?: Partial<DocentConfigInput> | undefined;
}

/** @throws with what the build printed when it fails, or the system's error when the port cannot be had */
export async function startBuiltWorker({
  root: project,
  state,
  port,
  https = false,
  config,
}: BuiltWorkerOptions): Promise<BuiltWorker> {
  const root = config === undefined ? project : await copyWith(config, project, state);
  const script = await readFile(join(await bundle(root, state), "index.js"), "utf8");
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

/** What a deployment is built from, with another configuration: the build reads the file that stands beside it. */
async function copyWith(config: Partial<DocentConfigInput>, project: string, state: StateFolder): Promise<string> {
  const root = await mkdtemp(join(state.folder, "project-"));
  for (const part of ["src", "web", "migrations", "wrangler.toml", "package.json", "tsconfig.base.json"]) {
    await cp(join(project, part), join(root, part), { recursive: true });
  }
  await symlink(join(project, "node_modules"), join(root, "node_modules"));
  await writeFile(
    join(root, "docent.config.ts"),
    `export default ${JSON.stringify({ ...ownersConfig, ...config })};\n`,
  );
  return root;
}

/** Builds the assets and the Worker as a deployment does. Returns the folder of the Worker's code. */
async function bundle(root: string, state: StateFolder): Promise<string> {
  const folder = await mkdtemp(join(state.folder, "bundle-"));
  const wrangler = join(createRequire(import.meta.url).resolve("wrangler/package.json"), "..", "bin", "wrangler.js");
  const args = [wrangler, "deploy", "--dry-run", "--outdir", folder];
  await promisify(execFile)(process.execPath, args, { cwd: root, env: workerEnvironment(process.env, root, state) });
  return folder;
}
