// Reads a data folder. The folder is always named by the caller: no data belongs in this repository.
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as z from "zod";
import { type Data, dataPage, learningPath, type Split } from "./data.ts";

/** SHA-256 in hexadecimal. */
export const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");

/** Reads `catalog.json` and whichever of `paths.dev.json` and `paths.heldout.json` the folder has. Throws on a malformed file. */
export function readData(folder: string): Data {
  const read = (file: string): unknown => {
    const full = join(folder, file);
    return existsSync(full) ? JSON.parse(readFileSync(full, "utf8")) : [];
  };
  const pages = z
    .array(dataPage)
    .parse(read("catalog.json"))
    .sort((a, b) => a.order - b.order);
  const paths = (split: Split) => z.array(learningPath).parse(read(`paths.${split}.json`));
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
