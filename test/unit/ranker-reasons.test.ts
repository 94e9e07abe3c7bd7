// The reasons of a recommendation: what they say, and that they are true.
import { beforeAll, describe, expect, it } from "vitest";
import { type World, withoutInPage, withoutInReader } from "../../bench/ranker/ablation.ts";
import { prepare } from "../../src/core/ranker/prepare.ts";
import { rank, score } from "../../src/core/ranker/rank.ts";
import { PARTS, type Part } from "../../src/core/score-parts.ts";
import { inOrder, NOW, page, randomWorld, read, reader, recommend } from "./ranker-world.ts";

const WORLDS = 400;
const TIMEOUT_MS = 120_000;

/** The page's score in a world; minus infinity where it is no candidate any more. */
function scoreIn({ pages, reader, current }: World, pageKey: string, weights: Partial<Record<Part, number>>): number {
  const { ranked } = score(prepare(pages, { weights }), reader, { now: NOW, limit: 10, current });
  return ranked.find((one) => one.page.page.pageKey === pageKey)?.score ?? Number.NEGATIVE_INFINITY;
}

describe(`in ${WORLDS} random worlds`, () => {
  const stated = new Map<Part, number>();
  const untrue: unknown[] = [];
  const repeated: unknown[] = [];

  beforeAll(() => {
    for (let seed = 1; seed <= WORLDS; seed++) {
      const world: World = randomWorld(seed);
      const { pages, reader: who, current } = world;
      // Every third owner has weights of their own.
      const weights = seed % 3 === 0 ? { text: seed % 4, level: 2, order: 3, tag: 5 } : {};
      for (const one of rank(prepare(pages, { weights }), who, { now: NOW, limit: 5, current })) {
        if (new Set(one.reasons.map(({ part }) => part)).size < one.reasons.length) repeated.push({ seed, one });
        // In the list, a page may count for more than its own score.
        const whole = scoreIn(world, one.pageKey, weights);
        for (const reason of one.reasons) {
          stated.set(reason.part, (stated.get(reason.part) ?? 0) + 1);
          const without = [
            { of: "reader", world: withoutInReader(world, one.pageKey, reason) },
            { of: "page", world: withoutInPage(world, one.pageKey, reason) },
          ].flatMap((side) => (side.world === null ? [] : [{ of: side.of, world: side.world }]));
          const lower = without.map((side) => scoreIn(side.world, one.pageKey, weights) < whole);
          if (lower.length === 0 || lower.includes(false)) {
            untrue.push({ seed, pageKey: one.pageKey, reason, sides: without.map(({ of }) => of), lower });
          }
        }
      }
    }
  }, TIMEOUT_MS);

  it("a page scores less without what a stated reason names, whether the reader or the page loses it", () => {
    expect(untrue).toEqual([]);
  });

  it("no page has two reasons from one part", () => {
    expect(repeated).toEqual([]);
  });

  it.each(PARTS)("%s is stated often enough for that to mean something", (part) => {
    expect(stated.get(part) ?? 0, JSON.stringify([...stated])).toBeGreaterThan(10);
  });
});

describe("a reason says what it is about", () => {
  const pages = inOrder(
    page("topics", {
      title: "Topics and services",
      categories: ["Basics"],
      tags: ["ros2"],
      summary: "publisher subscriber",
    }),
    page("nodes", { title: "Nodes and parameters", categories: ["Basics"], tags: ["ROS 2"] }),
    page("mapping", {
      title: "Mapping a room",
      categories: ["Perception"],
      tags: ["slam"],
      prerequisites: ["topics"],
      level: "advanced",
    }),
    page("cpp", { title: "Real-time control", languages: ["C++", "Rust"], tools: ["ROS2"], level: "expert" }),
    page("jetson", {
      title: "Deploy",
      hardware: ["Jetson Orin"],
      operatingSystems: ["Ubuntu 24.04"],
      level: "beginner",
    }),
    page("grasp", { title: "Grasping objects", categories: ["Manipulation"], summary: "publisher of grasps" }),
  );
  const textsFor = (pageKey: string, who = reader(), current?: string): string[] => {
    const list = recommend(pages, who, { current });
    const found = list.find((one) => one.pageKey === pageKey);
    return found
      ? found.reasons.map(({ text }) => text)
      : [`${pageKey} is not among ${list.map((one) => one.pageKey)}`];
  };

  it.each([
    ["text", "grasp", reader(null, [read("topics")]), "Close to “Topics and services”, which you read"],
    ["series", "nodes", reader(null, [read("topics")]), "Next in “Basics”"],
    [
      "prerequisite",
      "mapping",
      reader(null, [read("topics", 5), read("grasp", 1)]),
      "You have read what it needs: “Topics and services”",
    ],
    ["order", "mapping", reader(null, [read("nodes")]), "Comes next after “Nodes and parameters”"],
    ["level", "mapping", reader({ experienceLevel: "advanced" }), "Right for an advanced reader"],
    ["level", "jetson", reader({ experienceLevel: "beginner" }), "Right for a beginner"],
    ["operating-system", "jetson", reader({ hardwareSetup: { operatingSystem: "linux" } }), "For Linux, which you use"],
    ["language", "cpp", reader({ programmingLanguages: ["cpp"] }), "Uses C++, which you know"],
    ["language", "cpp", reader({ programmingLanguages: ["c++", "rust"] }), "Uses C++ and Rust, which you know"],
    ["tool", "cpp", reader({ softwareTools: ["ros 2"] }), "Works with ROS 2, which you use"],
    ["hardware", "jetson", reader({ hardwareSetup: { devices: ["jetson"] } }), "For Jetson Orin, which you have"],
    [
      "preference",
      "mapping",
      { ...reader(), preferredCategories: ["perception"] },
      "You asked for more about Perception",
    ],
    [
      "preference",
      "mapping",
      { ...reader(), preferredCategories: ["nothing here", "SLAM"] },
      "You asked for more about SLAM",
    ],
    ["domain", "mapping", reader({ primaryDomain: "perception" }), "About Perception, your field"],
    ["text", "mapping", reader({ primaryDomain: "room service" }), "About room service, from your answers"],
    ["order", "topics", reader(), "Among the first pages"],
    ["changed", "topics", reader(null, [read("topics", 1, { seenHash: "old" })]), "Changed since you read it"],
  ])("%s of %s", (_part, pageKey, who, sentence) => {
    expect(textsFor(pageKey, who)).toContain(sentence);
  });

  it.each([
    [
      "a field that is both a category and a tag of it",
      { categories: ["Modelling and simulation"], tags: ["simulation"] },
      reader({ primaryDomain: "simulation" }),
      "About simulation, your field",
    ],
    [
      "hardware more and less exactly",
      { hardware: ["jetson", "Jetson Orin Nano"] },
      reader({ hardwareSetup: { devices: ["jetson orin nano"] } }),
      "For Jetson Orin Nano, which you have",
    ],
    [
      "a tag more and less exactly",
      { tags: ["control", "motor control"] },
      reader(null, [read("motors")]),
      "About motor control, like what you read",
    ],
    [
      "a field that is a tool too",
      { summary: "gazebo worlds" },
      reader({ primaryDomain: "gazebo", softwareTools: ["Gazebo"] }),
      "About Gazebo, from your answers",
    ],
  ])("names only once %s", (_what, fields, who, sentence) => {
    const all = inOrder(
      page("motors", { title: "Spin", tags: ["control", "motor control"] }),
      page("it", { title: "It", ...fields }),
      page("category", { title: "Unlike", categories: ["Modelling and simulation"], hardware: ["jetson"] }),
      page("tag", { title: "Other", tags: ["control"] }),
    );
    // What is shared in words would be said instead of a shared tag.
    const texts = recommend(all, who, { weights: { text: who.progress.length > 0 ? 0 : 1 } })
      .find(({ pageKey }) => pageKey === "it")
      ?.reasons.map(({ text }) => text);
    expect(texts).toContain(sentence);
  });

  it.each([
    ["jetson orin", "Jetson Orin"],
    ["raspberry pi 5", "Raspberry Pi 5"],
    ["gpu", "GPU"],
    ["nvidia rtx 4070 gpu", "NVIDIA RTX 4070 GPU"],
    ["usb camera", "USB camera"],
    ["TurtleBot 4", "TurtleBot 4"],
    ["robot arm", "robot arm"],
    ["My gpu box", "My gpu box"],
  ])("writes the hardware %j as %j, as the page does or as everybody does", (term, written) => {
    const all = inOrder(page("it", { hardware: [term] }), page("other"));
    const who = reader({ hardwareSetup: { devices: [term] } });
    expect(recommend(all, who)[0]?.reasons.map(({ text }) => text)).toContain(`For ${written}, which you have`);
  });

  it("names three things, and says when there are more", () => {
    const languages = ["python", "rust", "c++", "go"];
    const textOf = (known: number) =>
      recommend(
        inOrder(page("it", { languages }), page("other")),
        reader({ programmingLanguages: languages.slice(0, known) }),
      )
        .find(({ pageKey }) => pageKey === "it")
        ?.reasons.find(({ part }) => part === "language");
    expect(textOf(3)?.text).toBe("Uses Python, Rust and C++, which you know");
    expect(textOf(4)).toEqual({
      part: "language",
      values: languages,
      text: "Uses Python, Rust, C++ and more, which you know",
    });
  });

  it("names the page the reader is on as what a page builds on", () => {
    const builds = recommend(pages, reader(), { current: "topics" }).find((one) => one.pageKey === "mapping");
    expect(builds?.reasons.map(({ values }) => values)).toContainEqual(["Topics and services"]);
  });

  it("gives the values in the page's own spelling, and a system by its canonical name", () => {
    const who = reader({ programmingLanguages: ["cpp"], hardwareSetup: { operatingSystem: "linux" } });
    const list = recommend(pages, who);
    const values = list.flatMap(({ reasons }) =>
      reasons.filter(({ part }) => part !== "order").map((one) => one.values),
    );
    expect(values).toContainEqual(["C++"]);
    expect(values).toContainEqual(["linux"]);
  });

  it("puts first what sets a page apart from the others, not what all of them share", () => {
    const linux = { operatingSystems: ["linux"] };
    const alike = ["a", "b", "c", "d", "e"].map((key) => page(key, linux));
    const who = reader({ hardwareSetup: { operatingSystem: "linux", devices: ["jetson orin"] } });
    const [first] = recommend(inOrder(...alike, page("special", { ...linux, hardware: ["jetson"] })), who);
    expect(first?.reasons.map(({ part }) => part)).toEqual(["hardware", "operating-system"]);
  });

  it("is given at most three times for a page", () => {
    const full = page("full", {
      level: "advanced",
      languages: ["python"],
      tools: ["docker"],
      hardware: ["gpu"],
      operatingSystems: ["macos"],
    });
    const who = reader({
      experienceLevel: "advanced",
      programmingLanguages: ["python"],
      softwareTools: ["docker"],
      hardwareSetup: { operatingSystem: "macos", gpu: "RTX 4070" },
    });
    const [first] = recommend(inOrder(full, page("other")), who);
    expect(first?.reasons.length, JSON.stringify(first)).toBe(3);
  });

  it("is not given when the owner has switched its part off", () => {
    const who = reader({ experienceLevel: "advanced" });
    const parts = recommend(pages, who, { weights: { level: 0 } }).flatMap(({ reasons }) =>
      reasons.map(({ part }) => part),
    );
    expect(parts).not.toContain("level");
  });
});
