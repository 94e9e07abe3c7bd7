// Catalogues and readers for the ranker's tests: by hand, and at random from a seed.
import { type Background, EMPTY_BACKGROUND } from "../../src/core/background.ts";
import type { CataloguePage } from "../../src/core/catalogue.ts";
import { prepare, type RankerOptions } from "../../src/core/ranker/prepare.ts";
import { type RankOptions, rank, score } from "../../src/core/ranker/rank.ts";
import type { ReaderState } from "../../src/core/ranker/reader.ts";
import type { ReadingProgress } from "../../src/core/reading-progress.ts";
import { LEVELS, OPERATING_SYSTEMS } from "../../src/core/vocabulary.ts";
import { page as plainPage } from "../harness/page.ts";

export const NOW = new Date("2026-06-01T12:00:00Z");
const HOUR = 3_600_000;

/** A page about nothing, with a path and a title of its own. */
export const page = (pageKey: string, fields: Partial<CataloguePage> = {}): CataloguePage =>
  plainPage(`/${pageKey}`, { pageKey, title: `Title ${pageKey}`, contentHash: `hash of ${pageKey}`, ...fields });

/** Pages at the places in which they are given. */
export const inOrder = (...pages: CataloguePage[]): CataloguePage[] =>
  pages.map((one, position) => ({ ...one, position }));

/** What a reader did with a page, so many hours ago; completed unless said otherwise. */
export function read(pageKey: string, hoursAgo = 1, fields: Partial<ReadingProgress> = {}): ReadingProgress {
  const at = new Date(NOW.getTime() - hoursAgo * HOUR).toISOString();
  return {
    pageKey,
    percent: 100,
    openedAt: at,
    completedAt: at,
    savedAt: null,
    dismissedAt: null,
    feedback: null,
    seenHash: `hash of ${pageKey}`,
    ...fields,
  };
}

export const reader = (
  background: Partial<Background> | null = null,
  progress: readonly ReadingProgress[] = [],
): ReaderState => ({ background: background && { ...EMPTY_BACKGROUND, ...background }, progress });

type Options = Partial<RankOptions> & RankerOptions;

export const recommend = (pages: readonly CataloguePage[], who: ReaderState = reader(), options: Options = {}) =>
  rank(prepare(pages, options), who, { now: NOW, limit: 10, ...options });

export const keysOf = (pages: readonly CataloguePage[], who: ReaderState = reader(), options: Options = {}): string[] =>
  recommend(pages, who, options).map((one) => one.pageKey);

/** What each part adds to a page's score. The page must be a candidate. */
export function partsFor(pages: readonly CataloguePage[], pageKey: string, who = reader(), options: Options = {}) {
  const { ranked } = score(prepare(pages, options), who, { now: NOW, limit: 10, ...options });
  const found = ranked.find((one) => one.page.page.pageKey === pageKey);
  if (!found) throw new Error(`${pageKey} is no candidate; candidates: ${ranked.map((one) => one.page.page.pageKey)}`);
  return found.parts;
}

/** Uniform numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const WORDS = "robot arm camera lidar map motor control learn simulate deploy plan grasp signal sensor wheel".split(
  " ",
);
const TAGS = ["lidar", "slam", "ROS2", "ros 2", "vision", "control", "rl", "docker", "grasping", "Everything"];
const SECTIONS = ["Basics", "Perception", "Control", "Learning"];
const LANGUAGES = ["python", "cpp", "C++", "rust", "bash"];
const TOOLS = ["docker", "git", "gazebo", "ros 2"];
const HARDWARE = ["jetson", "Jetson Orin", "raspberry pi 5", "gpu", "robot arm"];
const DOMAINS = ["robotics", "perception", "slam", "education", "control"];

export interface RandomWorld {
  pages: CataloguePage[];
  reader: ReaderState;
  current: string | undefined;
}

/** A catalogue of 2 to 30 pages, well kept or not, and a reader of it. */
export function randomWorld(seed: number): RandomWorld {
  const random = randomFrom(seed);
  const chance = (probability: number): boolean => random() < probability;
  const below = (limit: number): number => Math.floor(random() * limit);
  const one = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  const some = <T>(from: readonly T[], most: number): T[] => Array.from({ length: below(most + 1) }, () => one(from));
  const text = (most: number): string => some(WORDS, most).join(" ");

  const keys = Array.from({ length: 2 + below(29) }, (_, at) => `p${at}`);
  const sorted = chance(0.6);
  const pages = keys.map((key, at) =>
    page(key, {
      title: `${key} ${text(4)}`,
      summary: text(12),
      categories: chance(0.8)
        ? [
            sorted ? (SECTIONS[Math.floor((at * SECTIONS.length) / keys.length)] ?? "") : one(SECTIONS),
            ...some(TAGS, 1),
          ]
        : [],
      tags: some(TAGS, 4),
      level: chance(0.7) ? one(LEVELS) : null,
      operatingSystems: chance(0.5) ? some([...OPERATING_SYSTEMS, "Ubuntu 24.04"], 3) : [],
      languages: some(LANGUAGES, 2),
      tools: some(TOOLS, 2),
      hardware: chance(0.3) ? some(HARDWARE, 2) : [],
      prerequisites: chance(0.5) ? some([...keys, "unknown"], 3) : [],
      position: chance(0.9) ? at : 0,
    }),
  );
  const progress = some(keys, 8).map((key) =>
    read(key, below(50), {
      ...(chance(0.3) && { completedAt: null, percent: below(101) }),
      ...(chance(0.1) && { seenHash: "an older text" }),
      ...(chance(0.1) && { dismissedAt: NOW.toISOString() }),
      ...(chance(0.2) && { feedback: one(["too-easy", "too-hard", "not-for-me"] as const) }),
    }),
  );
  const background: Background | null = chance(0.25)
    ? null
    : {
        ...EMPTY_BACKGROUND,
        experienceLevel: chance(0.7) ? one(LEVELS) : null,
        primaryDomain: chance(0.5) ? one(DOMAINS) : null,
        programmingLanguages: some(LANGUAGES, 2),
        softwareTools: some(TOOLS, 2),
        hardwareSetup: {
          ...(chance(0.6) && { operatingSystem: one(OPERATING_SYSTEMS) }),
          ...(chance(0.5) && { devices: some(HARDWARE, 2) }),
          ...(chance(0.2) && { gpu: "RTX 4070" }),
        },
      };
  const unique = [...new Map(progress.map((entry) => [entry.pageKey, entry])).values()];
  const current = chance(0.3) ? one(keys) : undefined;
  const preferredCategories = chance(0.5) ? some([...TAGS, ...SECTIONS, "unknown"], 3) : [];
  return { pages, reader: { background, progress: unique, preferredCategories }, current };
}
