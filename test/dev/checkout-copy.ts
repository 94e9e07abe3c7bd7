// A copy of the checkout in which `npm start` runs on free ports, beside whatever else runs on this machine.
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const CHECKOUT = join(import.meta.dirname, "..", "..");
const NOT_COPIED = new Set(["node_modules", ".git", ".docent", ".wrangler", "dist"]);
/** The last thing `npm start` says when everything is there. */
export const UP = "Ctrl-C stops everything";

async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return String(typeof address === "object" ? address?.port : "");
}

export interface Started {
  process: ChildProcess;
  output: () => string;
  /** It said that everything is there. */
  up: Promise<void>;
  /** The exit code. */
  ended: Promise<number | null>;
  stop: () => Promise<void>;
}

export class CheckoutCopy {
  readonly root = mkdtempSync(join(tmpdir(), "docent-start-"));
  /** By the variable that `npm start` reads. */
  readonly ports: Readonly<Record<string, string>>;

  private constructor(ports: Record<string, string>) {
    this.ports = ports;
    cpSync(CHECKOUT, this.root, { recursive: true, filter: (source) => !NOT_COPIED.has(basename(source)) });
    symlinkSync(join(CHECKOUT, "node_modules"), join(this.root, "node_modules"), "junction");
  }

  static async make(): Promise<CheckoutCopy> {
    const names = ["WORKER", "DOCS", "DOCS_CROSS_SITE", "MAILBOX", "DATABASE"];
    const ports = await Promise.all(names.map(async (name) => [`DOCENT_PORT_${name}`, await freePort()]));
    return new CheckoutCopy(Object.fromEntries(ports));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  start(command = process.execPath, args = ["dev/start.ts"], env: Record<string, string> = {}): Started {
    const child = spawn(command, args, {
      cwd: this.root,
      env: { ...process.env, ...this.ports, NO_COLOR: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const isUp = Promise.withResolvers<void>();
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        output += text;
        if (output.includes(UP)) isUp.resolve();
      });
    }
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    const stop = async () => {
      child.kill("SIGTERM");
      await ended;
    };
    return { process: child, output: () => output, up: isUp.promise, ended, stop };
  }

  url(name: string, path = "/", host = "localhost"): string {
    return `http://${host}:${this.ports[`DOCENT_PORT_${name}`]}${path}`;
  }
}

/** Waits until it says that it is up; fails with what it said when it ends instead. */
export async function up(started: Started): Promise<void> {
  const ended = started.ended.then((code) => {
    throw new Error(`it ended with ${code}:\n${started.output()}`);
  });
  await Promise.race([ended, started.up]);
}
