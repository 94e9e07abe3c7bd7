// Reads a folder with a catalogue and experts' learning paths, the material the ranker is measured on.
// The folder is always given by the caller: no data belongs in this repository.
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as z from "zod";
import { LEVELS } from "../../src/core/vocabulary.ts";

const strings = z.array(z.string());

/** Fields a data set may have beyond these are not the ranker's to use. */
const page = z.object({
  path: z.string(),
  title: z.string(),
  summary: z.string(),
  categories: strings,
  tags: strings,
  level: z.nullable(z.enum(LEVELS)).catch(null),
  operatingSystems: strings.default([]),
  languages: strings.default([]),
  tools: strings.default([]),
  hardware: strings.default([]),
  prerequisites: strings,
  minutes: z.nullable(z.number()).default(null),
  order: z.number(),
});
const path = z.object({ id: z.string(), title: z.string(), pages: strings });

export type DataPage = z.infer<typeof page>;
export type LearningPath = z.infer<typeof path>;

export const SPLITS = ["dev", "heldout"] as const;
export type Split = (typeof SPLITS)[number];

export interface Data {
  name: string;
  /** In the site's order. */
  pages: readonly DataPage[];
  /** Paths of the pages, in the site's order. */
  ids: readonly string[];
  /** Index of each page in the site's order. */
  place: ReadonlyMap<string, number>;
  /** Pages with at least one prerequisite only. */
  prerequisites: ReadonlyMap<string, ReadonlySet<string>>;
  paths: Readonly<Record<Split, readonly LearningPath[]>>;
  /** Breaks ties, so that no ranking profits from the site's order by accident. */
  hash: ReadonlyMap<string, string>;
}

/** SHA-256 in hexadecimal. */
export const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");

/** Reads `catalog.json` and whichever of `paths.dev.json` and `paths.heldout.json` the folder has. Throws on a malformed file. */
export function readData(folder: string): Data {
  const read = (file: string): unknown => {
    const full = join(folder, file);
    return existsSync(full) ? JSON.parse(readFileSync(full, "utf8")) : [];
  };
  const pages = z
    .array(page)
    .parse(read("catalog.json"))
    .sort((a, b) => a.order - b.order);
  const paths = (split: Split) => z.array(path).parse(read(`paths.${split}.json`));
  const ids = pages.map((one) => one.path);
  return {
    name: basename(folder),
    pages,
    ids,
    place: new Map(ids.map((id, index) => [id, index])),
    prerequisites: new Map(
      pages.filter((one) => one.prerequisites.length > 0).map((one) => [one.path, new Set(one.prerequisites)]),
    ),
    paths: { dev: paths("dev"), heldout: paths("heldout") },
    hash: new Map(ids.map((id) => [id, sha256(id)])),
  };
}
