// What the ready-made readers of `npm start` see first: the real ranker on the real course. Properties a person would
// name on looking at the lists, not the lists themselves, so that a new page does not break them.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { buildDemo } from "../../dev/demo/build.ts";
import { SEED_READERS } from "../../dev/readers.ts";
import { background, EMPTY_BACKGROUND } from "../../src/core/background.ts";
import type { CataloguePage } from "../../src/core/catalogue.ts";
import { prepare, type RankerIndex } from "../../src/core/ranker/prepare.ts";
import { rank } from "../../src/core/ranker/rank.ts";
import type { Recommendation } from "../../src/core/recommendation.ts";

/** Pages on the first screen of the demo. */
const LIMIT = 4;
const NOW = new Date("2026-03-02T09:00:00Z");

let pages: readonly CataloguePage[];
let index: RankerIndex;

beforeAll(async () => {
  const outDir = await mkdtemp(join(tmpdir(), "docent-readers-"));
  ({ pages } = (await buildDemo({ workerUrl: "http://localhost:8787", outDir })).catalogue);
  await rm(outDir, { recursive: true });
  index = prepare(pages);
});

const pagePath = () => pages.find((page) => page.lang === "ur")?.path;

function listOf(name: string, current?: string, lang?: string): Recommendation[] {
  const reader = SEED_READERS.find((one) => one.name === name);
  if (!reader) throw new Error(`there is no ready-made reader "${name}"`);
  const answers = reader.background && z.parse(background, { ...EMPTY_BACKGROUND, ...reader.background });
  return rank(index, { background: answers, progress: [], lang }, { now: NOW, limit: LIMIT, current });
}

const pageOf = ({ path }: Recommendation): CataloguePage => {
  const found = pages.find((page) => page.path === path);
  if (!found) throw new Error(`${path} is not in the catalogue`);
  return found;
};
const pagesFor = (name: string): CataloguePage[] => listOf(name).map(pageOf);
const reasonsFor = (name: string): string =>
  listOf(name)
    .flatMap(({ reasons }) => reasons.map(({ text }) => text))
    .join("\n");

describe.each(SEED_READERS)("$name ($about)", ({ name, background: answers }) => {
  test("sees a full list, in English, of pages for their own system", () => {
    const list = pagesFor(name);
    expect(list).toHaveLength(LIMIT);
    const system = answers?.hardwareSetup?.operatingSystem;
    for (const page of list) {
      expect(page.lang).toBe("en");
      if (system) expect(page.operatingSystems, page.path).toContain(system);
    }
  });

  test("is told at least one reason for each page, if they answered anything", () => {
    if (answers) for (const { reasons, path } of listOf(name)) expect(reasons.length, path).toBeGreaterThan(0);
  });
});

describe("the first pages", () => {
  test("of Ada begin at the beginning, in Python, and ask for nothing she has not read", () => {
    const list = pagesFor("Ada");
    expect(list[0]).toMatchObject({ level: "beginner", prerequisites: [] });
    expect(Math.min(...pages.map((page) => page.position))).toBe(list[0]?.position);
    expect(list.map((page) => page.level)).toEqual(list.map(() => "beginner"));
    for (const page of list) expect(page.languages, page.path).toContain("python");
    // Where something comes first, it is on the list too, and before.
    const seen = new Set<string>();
    for (const page of list) {
      expect([...seen], page.path).toEqual(expect.arrayContaining(page.prerequisites));
      seen.add(page.pageKey);
    }
    expect(reasonsFor("Ada")).toMatch(/beginner/);
  });

  test("of Grace are advanced, begin with her Jetson, and use C++ somewhere", () => {
    const list = pagesFor("Grace");
    expect(list[0]).toMatchObject({ categories: ["Deployment"], level: "advanced", hardware: ["jetson orin"] });
    expect(list.filter((page) => page.level === "advanced" || page.level === "expert").length).toBeGreaterThanOrEqual(
      3,
    );
    expect(list.flatMap((page) => page.languages)).toContain("c++");
    expect(reasonsFor("Grace")).toMatch(/Jetson Orin, which you have/);
  });

  test("of Omar begin with simulation on his Mac, and are neither for beginners only nor beyond him", () => {
    const list = pagesFor("Omar");
    expect(list[0]).toMatchObject({ categories: ["Modelling and simulation"], level: "intermediate" });
    expect(list[0]?.tools).toContain("mujoco");
    expect(list.filter((page) => page.level === "intermediate").length).toBeGreaterThanOrEqual(2);
    expect(list.map((page) => page.level)).not.toContain("expert");
    expect(reasonsFor("Omar")).toMatch(/macOS/);
    expect(reasonsFor("Omar")).toMatch(/simulation/);
  });

  test("of a reader who said nothing are the first of the course", () => {
    const list = pagesFor("Admin");
    expect(list.map((page) => page.level)).toEqual(list.map(() => "beginner"));
    expect(new Set(list.map((page) => page.categories[0]))).toEqual(new Set(["ROS 2 foundations"]));
  });

  test("of two readers have at most one page in common, and never the first", () => {
    const names = ["Ada", "Grace", "Omar"];
    for (const [at, one] of names.entries()) {
      for (const other of names.slice(at + 1)) {
        const [a, b] = [pagesFor(one), pagesFor(other)];
        expect(a[0]?.pageKey).not.toBe(b[0]?.pageKey);
        expect(
          a.filter((page) => b.includes(page)).map((page) => page.path).length,
          `${one}, ${other}`,
        ).toBeLessThanOrEqual(1);
      }
    }
  });

  test.each([
    ["a page", pagePath],
    ["the index", () => "/ur/"],
  ])("on %s in Urdu are in Urdu", (_, current) => {
    for (const { name } of SEED_READERS) {
      const list = listOf(name, current(), "ur");
      expect(list.length, name).toBeGreaterThanOrEqual(3);
      for (const { path } of list) expect(path).toMatch(/^\/ur\//);
    }
  });
});
