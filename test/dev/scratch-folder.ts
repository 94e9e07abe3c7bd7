// A folder for one test, gone afterwards.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "docent-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
