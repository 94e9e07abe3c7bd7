// A program that `npm start` runs beside itself: its output in a log file, its end noticed, its whole family stopped.
import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, openSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";

export interface ProgramOptions {
  command: string;
  args: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  logFile: string;
  /** Keeps what is in the log already. */
  append?: boolean;
  /** Every line of its output, as it comes. */
  onLine(line: string): void;
}

export interface Program {
  /** Settles when it is gone, with how it ended in words. */
  ended: Promise<string>;
  /** The last lines of its output, oldest first. */
  lastLines(): string[];
  /** Asks it to end, and makes it end after a while. Settles when it is gone. */
  stop(): Promise<void>;
}

const KEPT_LINES = 20;
/** Milliseconds a program has to end by itself. */
const PATIENCE = 5_000;
/** Milliseconds its children have after it is gone. */
const ORPHAN_PATIENCE = 1_000;

export function startProgram(options: ProgramOptions): Program {
  const lines: string[] = [];
  // Opened here and now: a stream opens its file later, when a program that failed at once is long gone, and an error
  // then has nobody to catch it. A line that cannot be written is lost to the log only.
  const log = createWriteStream(options.logFile, { fd: openSync(options.logFile, options.append ? "a" : "w", 0o600) });
  log.on("error", () => {});
  // A group of its own: Ctrl-C in the terminal then reaches only us, and one signal reaches all its children.
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  // However this process ends, it leaves nothing running.
  process.once("exit", () => signalGroup(child, "SIGKILL"));
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      log.write(`${line}\n`);
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      options.onLine(line);
    });
  }
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(`could not be started: ${error.message}`));
    // A family without its head has no use, and holds the output open.
    child.once("exit", () => setTimeout(() => signalGroup(child, "SIGKILL"), ORPHAN_PATIENCE).unref());
    // "close" and not "exit": by then the last lines are here.
    child.once("close", (code, signal) => {
      log.end();
      resolve(signal ? `was ended by ${signal}` : `ended with code ${code}`);
    });
  });
  return {
    ended,
    lastLines: () => [...lines],
    async stop() {
      signalGroup(child, "SIGTERM");
      const patience = new AbortController();
      const gone = ended.then(() => patience.abort());
      await wait(PATIENCE, undefined, { signal: patience.signal }).then(
        () => signalGroup(child, "SIGKILL"),
        () => {},
      );
      await gone;
      // A child that outlived it.
      signalGroup(child, "SIGKILL");
    },
  };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    // Windows has no process groups.
    if (process.platform === "win32") child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // Everyone is gone already.
  }
}
