// Runs the Worker under `wrangler dev`, with the variables made for this machine and no others.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseEnv } from "node:util";
import { type Program, startProgram } from "./processes.ts";
import type { StateFolder } from "./state-folder.ts";

export interface WorkerOptions {
  root: string;
  state: StateFolder;
  port: number;
  /** It ran before: its log goes on. */
  again?: boolean;
  onLine(line: string): void;
}

export function startWorker({ root, state, port, again = false, onLine }: WorkerOptions): Program {
  const wrangler = join(createRequire(import.meta.url).resolve("wrangler/package.json"), "..", "bin", "wrangler.js");
  return startProgram({
    command: process.execPath,
    args: [
      wrangler,
      "dev",
      "--local",
      "--port",
      String(port),
      // Any free one: 9229 is for whoever debugs.
      "--inspector-port",
      "0",
      // With it, wrangler does not read .dev.vars, where a real database may be named.
      "--env-file",
      state.workerVars,
      "--persist-to",
      state.wrangler,
      "--show-interactive-dev-session=false",
    ],
    cwd: root,
    env: workerEnvironment(process.env, root, state),
    logFile: state.workerLog,
    append: again,
    onLine,
  });
}

/** Nothing of wrangler's asks a question, sends statistics, needs the network, or reads the contributor's own account. */
export function workerEnvironment(env: NodeJS.ProcessEnv, root: string, state: StateFolder): NodeJS.ProcessEnv {
  const { CLOUDFLARE_ENV: _environment, FORCE_COLOR: _color, ...rest } = env;
  return {
    ...rest,
    // The build step runs `npm run build`, which must find the Node that the project pins.
    PATH: [join(root, "node_modules", ".bin"), env.PATH].join(delimiter),
    NO_COLOR: "1",
    // Which ways in the build may offer: those that the Worker's own variables switch on.
    DOCENT_SECRETS: secretNames(state.workerVars),
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    CLOUDFLARE_INCLUDE_PROCESS_ENV: "false",
    CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV: "true",
    WRANGLER_HIDE_BANNER: "true",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_NO_SKILLS_UPDATE_PROMPTS: "true",
    WRANGLER_LOG_PATH: join(state.wrangler, "logs"),
    WRANGLER_REGISTRY_PATH: join(state.wrangler, "registry"),
    WRANGLER_CACHE_DIR: join(state.wrangler, "cache"),
  };
}

/** Names of what is set; "none" sets nothing. */
function secretNames(file: string): string {
  const vars = existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {};
  return Object.keys(vars)
    .filter((name) => vars[name] && vars[name] !== "none")
    .join();
}

/** Milliseconds between two questions, for one answer, and in all: a first build on a slow machine takes a while. */
const INTERVAL = 200;
const ONE_ANSWER = 10_000;
const LONGEST = 120_000;

/** Waits until the Worker answers with its database; otherwise says why it does not. */
export async function workerReady(
  worker: Program,
  options: { url: string; secret: string; signal: AbortSignal },
): Promise<{ ready: true } | { ready: false; reason: string }> {
  const deadline = AbortSignal.any([options.signal, AbortSignal.timeout(LONGEST)]);
  const ended = worker.ended.then((how) => ({ ready: false as const, reason: `wrangler dev ${how}` }));
  let last = "nothing answered";
  const asking = async () => {
    while (!deadline.aborted) {
      try {
        const response = await fetch(`${options.url}/readyz`, {
          headers: { authorization: `Bearer ${options.secret}` },
          // While wrangler rebuilds it holds requests back, and may lose one.
          signal: AbortSignal.any([deadline, AbortSignal.timeout(ONE_ANSWER)]),
        });
        if (response.ok) return { ready: true as const };
        last = `it answered ${response.status}: ${await response.text()}`;
      } catch {
        // Not listening yet, or not answering.
      }
      await wait(INTERVAL, undefined, { signal: deadline }).catch(() => {});
    }
    return { ready: false as const, reason: options.signal.aborted ? "it was stopped" : last };
  };
  return Promise.race([ended, asking()]);
}
