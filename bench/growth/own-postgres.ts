// A Postgres server of one's own for as long as a measurement takes: its data in a folder that is removed afterwards.
import { execFile, execFileSync, spawn } from "node:child_process";
import { globSync } from "node:fs";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface OwnPostgres {
  /** Like `postgres://docent@127.0.0.1:5499/postgres`, for a role that may do everything. */
  connectionString: string;
  stop(): Promise<void>;
}

/** Settings that make a fill fast; the rest is as Postgres ships. Nothing here has to survive a power cut. */
const SETTINGS = ["fsync=off", "max_wal_size=8GB", "shared_buffers=1GB", "listen_addresses=127.0.0.1"];

/** Debian's packages keep them here, by version. Elsewhere they are on the PATH. */
function findPrograms(): string {
  const version = (path: string) => Number(/\/(\d+)\/bin$/.exec(path)?.[1]);
  return globSync("/usr/lib/postgresql/*/bin").sort((a, b) => version(b) - version(a))[0] ?? "";
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Postgres refuses to run as root: there it runs as the user that its package made. */
function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

/** @throws when there is no Postgres on this machine, or it does not start */
export async function startOwnPostgres(): Promise<OwnPostgres> {
  const bin = findPrograms();
  const program = (name: string) => (bin === "" ? name : join(bin, name));
  const folder = await mkdtemp(join(tmpdir(), "docent-postgres-"));
  const as = unprivileged();
  if (as.uid !== undefined && as.gid !== undefined) await chown(folder, as.uid, as.gid);
  const data = join(folder, "data");
  await run(program("initdb"), ["-D", data, "-U", "docent", "--auth=trust"], { ...as, cwd: folder });
  const port = await freePort();
  const options = [...SETTINGS, `port=${port}`, `unix_socket_directories=${folder}`].flatMap((one) => ["-c", one]);
  const server = spawn(program("postgres"), ["-D", data, ...options], { ...as, cwd: folder, stdio: "ignore" });
  const ended = new Promise<void>((resolve) => server.on("exit", () => resolve()));
  const stop = async () => {
    server.kill("SIGINT");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const isReady = () =>
    run(program("pg_isready"), ["-h", "127.0.0.1", "-p", String(port)]).then(
      () => true,
      () => false,
    );
  for (let attempt = 0; !(await isReady()); attempt += 1) {
    if (attempt < 100 && server.exitCode === null) await wait(100);
    else {
      await stop();
      throw new Error("Postgres did not start within ten seconds");
    }
  }
  return { connectionString: `postgres://docent@127.0.0.1:${port}/postgres`, stop };
}
