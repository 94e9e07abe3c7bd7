// One `npm start` at a time in a checkout: two processes in one PGlite folder would destroy it.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { errorCode } from "./loopback-server.ts";

export type Lock = { held: true; release(): void } | { held: false; pid: number };

/** Takes the lock, also one left by a process that is gone. */
export function takeLock(file: string, pid = process.pid): Lock {
  // Twice at most: a stale lock is removed once; if there is one again, somebody else was quicker.
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      writeFileSync(file, `${pid}\n`, { flag: "wx", mode: 0o600 });
      return { held: true, release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if (errorCode(error) !== "EEXIST") throw error;
    }
    const holder = holderOf(file);
    if (holder !== undefined && holder !== pid) return { held: false, pid: holder };
    rmSync(file, { force: true });
  }
  return { held: false, pid: holderOf(file) ?? 0 };
}

/** The process that holds the lock, if it is alive. */
export function holderOf(file: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  const pid = Number(text);
  return Number.isInteger(pid) && pid > 0 && isAlive(pid) ? pid : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process may not be signalled, but it is there.
    return errorCode(error) === "EPERM";
  }
}
