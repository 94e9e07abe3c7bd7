// Words: how they are cut, and what a word shared by two pages is worth.
import { describe, expect, it } from "vitest";
import { addTo, type Document, dot, indexText, stemsOf } from "../../src/core/ranker/text.ts";
import { canonicalTerm, operatingSystemTerm } from "../../src/core/vocabulary.ts";

describe("words", () => {
  it.each([
    ["Robots, robots & ROBOTS!", ["robots", "robots", "robots"]],
    ["Datenbank und Datenbanken", ["datenban", "und", "datenban"]],
    ["C++ and C# in ROS 2", ["c++", "and", "c#", "in", "ros", "2"]],
    ["روبوٹ کا تعارف", ["روبوٹ", "کا", "تعارف"]],
    ["机器人学", ["机器", "器人", "人学"]],
    ["ﬁne Ａ", ["fine", "a"]],
    ["… — !", []],
    ["", []],
  ])("of %j", (text, stems) => {
    expect(stemsOf(text)).toEqual(stems);
  });
});

describe("shared vocabulary", () => {
  const document = (fields: Partial<Document>): Document => ({
    title: "",
    summary: "",
    tags: "",
    categories: "",
    subjects: "",
    ...fields,
  });
  /** How much each document shares with the first. */
  function likeness(...documents: Document[]): number[] {
    const index = indexText(documents);
    const query = new Float64Array(index.termCount);
    const [first] = index.vectors;
    if (first) addTo(query, first, 1);
    return index.vectors.map((vector) => dot(query, vector));
  }
  const query = document({ title: "lidar robot" });

  it("counts for more when fewer pages have it", () => {
    const [, rare, common] = likeness(
      query,
      document({ title: "lidar" }),
      document({ title: "robot" }),
      document({ title: "robot" }),
    );
    expect(rare).toBeGreaterThan(common ?? 0);
  });

  it("counts for more in the title than in the summary", () => {
    const [, inTitle, inSummary] = likeness(query, document({ title: "lidar" }), document({ summary: "lidar" }));
    expect(inTitle).toBeGreaterThan(inSummary ?? 0);
  });

  it("counts for less in a longer summary, and no less among more tags", () => {
    const words = "one two three four five six";
    const [, short, long] = likeness(query, document({ summary: "lidar" }), document({ summary: `lidar ${words}` }));
    expect(short).toBeGreaterThan(long ?? 0);
    const [, few, many] = likeness(query, document({ tags: "lidar" }), document({ tags: `lidar ${words}` }));
    expect(few).toBe(many);
  });

  it("counts less each time it is repeated", () => {
    const [, once, twice, thrice] = likeness(
      query,
      document({ tags: "lidar" }),
      document({ tags: "lidar lidar" }),
      document({ tags: "lidar lidar lidar" }),
    ).map((value) => value);
    expect((twice ?? 0) - (once ?? 0)).toBeGreaterThan((thrice ?? 0) - (twice ?? 0));
    expect(thrice).toBeGreaterThan(twice ?? 0);
  });

  it("is nothing for pages without a word", () => {
    expect(likeness(document({}), document({}))).toEqual([0, 0]);
  });
});

describe("one spelling", () => {
  it.each([
    ["Ubuntu 24.04 LTS", "linux"],
    ["WSL2", "linux"],
    ["macOS 15", "macos"],
    ["Mac OS X", "macos"],
    ["OS X 10.11", "macos"],
    ["Windows 11", "windows"],
    ["Android 16", "android"],
  ])("for the operating system %s", (term, system) => {
    expect(operatingSystemTerm(term)).toBe(system);
  });

  it.each([
    ["  ROS2 ", "ros 2"],
    ["Golang", "go"],
    ["Node", "node"],
    ["Visual  Studio", "visual studio"],
  ])("for the term %j", (term, canonical) => {
    expect(canonicalTerm(term)).toBe(canonical);
  });
});
