// Where a function of a bundle comes from, by the source map that wrangler writes beside it.
import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { join, relative } from "node:path";
import * as z from "zod";
import type { Locate } from "./profile-parts.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const sourceMap = z.object({
  version: z.number(),
  sources: z.array(z.string()),
  names: z.array(z.string()),
  mappings: z.string(),
});

/** @param path of the source map */
export function locator(path: string): Locate {
  const { version, ...read } = sourceMap.parse(JSON.parse(readFileSync(path, "utf8")));
  const map = new SourceMap({ ...read, version, file: "", sourcesContent: [], sourceRoot: "" });
  return (line, column) => {
    const entry = map.findEntry(line, column);
    if (!("originalSource" in entry) || !entry.originalSource) return undefined;
    const source = relative(ROOT, join(path, "..", entry.originalSource));
    const [, inPackage] = source.split(/^.*node_modules\//);
    // drizzle's own map, which the bundler follows, names sources that lie beside its package.
    return inPackage?.replace(/^src\//, "drizzle-orm/") ?? source;
  };
}
