// Two starts in one checkout never meet in one database folder.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { holderOf, takeLock } from "../../dev/lock.ts";
import { scratchFolder } from "./scratch-folder.ts";

/** A process that is there (our parent) and one that was. */
const ALIVE = process.ppid;
const gone = () => spawnSync(process.execPath, ["--version"]).pid;

test("a lock that is held says by whom, until it is released", () => {
  const file = join(scratchFolder(), "lock");
  const first = takeLock(file, ALIVE);
  expect(takeLock(file)).toEqual({ held: false, pid: ALIVE });
  expect(holderOf(file)).toBe(ALIVE);
  if (first.held) first.release();
  expect(existsSync(file)).toBe(false);
  expect(takeLock(file)).toMatchObject({ held: true });
});

test.each([
  ["of a process that is gone", () => `${gone()}\n`],
  ["without a number", () => "nobody\n"],
  ["of an earlier process with our own number", () => `${process.pid}\n`],
])("a lock %s is taken over", (_, text) => {
  const file = join(scratchFolder(), "lock");
  writeFileSync(file, text());
  expect(takeLock(file)).toMatchObject({ held: true });
  expect(readFileSync(file, "utf8")).toBe(`${process.pid}\n`);
});

test("a folder that cannot be written to is an error, not a lock", () => {
  expect(() => takeLock(join(scratchFolder(), "missing", "lock"))).toThrow("ENOENT");
});
