// A catalogue and experts' learning paths: the material the ranker is measured on, and its schema. Pure.
import * as z from "zod";
import { LEVELS } from "../../src/core/vocabulary.ts";

const strings = z.array(z.string());

/** Fields a data set may have beyond these are not the ranker's to use. */
export const dataPage = z.object({
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
export const learningPath = z.object({ id: z.string(), title: z.string(), pages: strings });

export type DataPage = z.infer<typeof dataPage>;
export type LearningPath = z.infer<typeof learningPath>;

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
