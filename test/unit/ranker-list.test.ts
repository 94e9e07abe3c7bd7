// The list as a whole: the first page a newcomer sees, variety, and that the same question has the same answer.
import { describe, expect, it } from "vitest";
import { prepare } from "../../src/core/ranker/prepare.ts";
import { rank } from "../../src/core/ranker/rank.ts";
import { recommendation } from "../../src/core/recommendation.ts";
import { inOrder, keysOf, NOW, page, randomFrom, randomWorld, read, reader, recommend } from "./ranker-world.ts";

const COURSE = inOrder(
  page("what", { title: "What is physical AI?", level: "beginner", categories: ["Start"] }),
  page("setup-windows", {
    title: "Set up Windows",
    level: "beginner",
    categories: ["Start"],
    operatingSystems: ["windows"],
  }),
  page("setup-linux", {
    title: "Set up Linux",
    level: "beginner",
    categories: ["Start"],
    operatingSystems: ["ubuntu"],
  }),
  page("topics", {
    title: "Topics in Python",
    level: "beginner",
    categories: ["ROS 2"],
    languages: ["python"],
    prerequisites: ["what"],
  }),
  page("vision", { title: "Vision", level: "intermediate", categories: ["Perception"], languages: ["python", "c++"] }),
  page("realtime", { title: "Real-time control", level: "advanced", categories: ["Control"], languages: ["c++"] }),
  page("jetson", {
    title: "Deploy on a Jetson",
    level: "advanced",
    categories: ["Deployment"],
    hardware: ["jetson orin"],
  }),
  page("research", { title: "Open problems", level: "expert", categories: ["Learning"] }),
);

describe("the first list of a newcomer", () => {
  it("begins at the beginning for a beginner on Linux who knows Python", () => {
    const who = reader({
      experienceLevel: "beginner",
      programmingLanguages: ["python"],
      hardwareSetup: { operatingSystem: "linux" },
    });
    expect(keysOf(COURSE, who, { limit: 3 })).toEqual(["setup-linux", "what", "topics"]);
  });

  it("begins with the advanced pages for an expert of C++ with a Jetson", () => {
    const who = reader({
      experienceLevel: "advanced",
      programmingLanguages: ["c++"],
      hardwareSetup: { operatingSystem: "linux", devices: ["Jetson Orin"] },
    });
    expect(keysOf(COURSE, who, { limit: 2 }).sort()).toEqual(["jetson", "realtime"]);
    expect(keysOf(COURSE, who).at(-1)).toBe("setup-windows");
  });

  it("goes through the site in its order, from easiest, without prerequisites, for somebody unknown", () => {
    expect(keysOf(COURSE)).toEqual([
      "what",
      "setup-windows",
      "setup-linux",
      "topics",
      "vision",
      "realtime",
      "jetson",
      "research",
    ]);
  });
});

describe("a list", () => {
  it("is empty for an empty catalogue", () => {
    expect(recommend([])).toEqual([]);
  });

  it("is empty for a reader who has read everything", () => {
    expect(keysOf(inOrder(page("a"), page("b")), reader(null, [read("a"), read("b")]))).toEqual([]);
  });

  it.each([0, 1, 3, 8, 100])("has at most %i pages when so many are asked for", (limit) => {
    expect(recommend(COURSE, reader(), { limit })).toHaveLength(Math.min(limit, COURSE.length));
  });

  it("varies: a page like the one above it gives way to one a little less relevant", () => {
    const seen = page("seen", { title: "lidar camera", tags: ["sensors"] });
    const twin = { title: "lidar scans filters", tags: ["sensors"] };
    const pages = inOrder(
      seen,
      page("twin", twin),
      page("twin-2", twin),
      page("other", { title: "camera lenses", tags: ["optics"] }),
      ...Array.from({ length: 10 }, (_, at) => page(`filler-${at}`, { title: `word${at}`, tags: [`tag${at}`] })),
    );
    const who = reader(null, [read("seen")]);
    const list = recommend(pages, who, { limit: 3 });
    const scores = new Map(list.map((one) => [one.pageKey, one.score]));
    expect(list.map((one) => one.pageKey).slice(0, 2)).toContain("other");
    expect(scores.get("other") ?? 0, JSON.stringify([...scores])).toBeLessThan(Math.max(...scores.values()));
  });

  it("has scores that never rise down the list, in random worlds", () => {
    const risen: unknown[] = [];
    for (let seed = 1; seed <= 200; seed++) {
      const { pages, reader: who, current } = randomWorld(seed);
      const scores = recommend(pages, who, { current, limit: 20 }).map((one) => one.score);
      if (scores.some((score, at) => score > (scores[at - 1] ?? score))) risen.push({ seed, scores });
    }
    expect(risen).toEqual([]);
  });

  it("agrees with the wire schema and holds no number that is none, in random worlds", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const { pages, reader: who, current } = randomWorld(seed);
      for (const one of recommend(pages, who, { current })) {
        expect(recommendation.safeParse(one).success, JSON.stringify(one)).toBe(true);
        expect(Number.isFinite(one.score), `seed ${seed}: ${JSON.stringify(one)}`).toBe(true);
      }
    }
  });

  it("is the same whatever the order of the catalogue and of the progress", () => {
    for (let seed = 1; seed <= 100; seed++) {
      const { pages, reader: who, current } = randomWorld(seed);
      const random = randomFrom(seed);
      const shuffled = <T>(items: readonly T[]): T[] =>
        items
          .map((item) => ({ item, key: random() }))
          .sort((a, b) => a.key - b.key)
          .map(({ item }) => item);
      const again = { ...who, progress: shuffled(who.progress) };
      expect(recommend(shuffled(pages), again, { current }), `seed ${seed}`).toEqual(
        recommend(pages, who, { current }),
      );
    }
  });

  it("does not change what it was given, and one index serves many readers", () => {
    const { pages, reader: who } = randomWorld(5);
    const frozen = structuredClone({ pages, who });
    const index = prepare(pages);
    const once = rank(index, who, { now: NOW, limit: 10 });
    rank(index, reader({ experienceLevel: "expert" }), { now: NOW, limit: 10 });
    expect(rank(index, who, { now: NOW, limit: 10 })).toEqual(once);
    expect({ pages, who }).toEqual(frozen);
  });

  it("begins like a shorter one, when no page builds on another", () => {
    for (let seed = 1; seed <= 50; seed++) {
      const { pages, reader: who } = randomWorld(seed);
      const free = pages.map((one) => ({ ...one, prerequisites: [] }));
      expect(keysOf(free, who, { limit: 9 }).slice(0, 3), `seed ${seed}`).toEqual(keysOf(free, who, { limit: 3 }));
    }
  });

  it("is told from that of another ranker or other weights by the version", async () => {
    const versionOf = (options = {}) => prepare([page("a")], options).version;
    expect(versionOf({ weights: {} })).toBe(versionOf());
    expect(versionOf({ weights: { text: 2 } })).not.toBe(versionOf());
    expect(versionOf({ strictPrerequisites: true })).not.toBe(versionOf());
    const lists = Array.from({ length: 60 }, (_, seed) => {
      const { pages, reader: who, current } = randomWorld(seed + 1);
      return recommend(pages, who, { current, limit: 20 }).map(({ pageKey, reasons }) => [pageKey, reasons]);
    });
    const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(lists)));
    const digest = [...new Uint8Array(hash).slice(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    // Lists are other than they were: raise RANKER_VERSION in prepare.ts, and put both here.
    expect([versionOf().split("-")[0], digest]).toEqual(["1", "2a36f868760e7f00"]);
  });

  it("breaks ties without regard to the site's order", () => {
    const equal = Array.from({ length: 30 }, (_, at) => page(`p${at}`, { title: "Same", position: at }));
    const keys = keysOf(equal, reader(), { weights: { order: 0 }, limit: 30 });
    expect(keys).toHaveLength(30);
    expect(keys).not.toEqual(equal.map(({ pageKey }) => pageKey));
  });

  it("stands a chain of prerequisites as long as the catalogue may be", () => {
    const chain = inOrder(
      ...Array.from({ length: 5000 }, (_, at) => page(`p${at}`, { prerequisites: at > 0 ? [`p${at - 1}`] : [] })),
    );
    expect(keysOf(chain, reader(), { strictPrerequisites: true })).toEqual(["p0"]);
  });
});
