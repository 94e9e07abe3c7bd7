// The machine and the versions that a bench ran on.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import type { Circumstances } from "./report.ts";

function versionOf(name: string): string {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  for (const folder of folders) {
    try {
      const text = readFileSync(join(folder, name, "package.json"), "utf8");
      return `${name} ${z.object({ version: z.string() }).parse(JSON.parse(text)).version}`;
    } catch {
      // In one of the next folders.
    }
  }
  return name;
}

export function circumstances(): Circumstances {
  const names = ["workerd", "better-auth", "hono", "drizzle-orm", "@neondatabase/serverless", "jose"];
  return {
    machine: `${cpus()[0]?.model.trim() ?? "unknown CPU"}, ${availableParallelism()} cores, ${process.platform}`,
    versions: names.map(versionOf).join(", "),
    date: new Date().toISOString().slice(0, 10),
  };
}
