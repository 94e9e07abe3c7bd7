// Each part of the score: when it raises a page, when it lowers it, and when it stays out of it.
import { describe, expect, it } from "vitest";
import type { Part } from "../../src/core/score-parts.ts";
import { inOrder, page, partsFor, read, reader } from "./ranker-world.ts";

type Sign = "raises" | "lowers" | "leaves";
const signOf = (value: number): Sign => (value > 0 ? "raises" : value < 0 ? "lowers" : "leaves");

const linux = reader({ hardwareSetup: { operatingSystem: "linux" } });
const python = reader({ programmingLanguages: ["Python 3"] });
const docker = reader({ softwareTools: ["docker"] });
const jetson = reader({ hardwareSetup: { devices: ["Jetson Orin Nano"], gpu: "NVIDIA RTX 4070" } });
const intermediate = reader({ experienceLevel: "intermediate" });
const wishing = (...preferredCategories: string[]) => ({ ...reader(), preferredCategories });
const readA = reader(null, [read("a")]);

describe("a part of the score", () => {
  it.each<[Part, Sign, string, Parameters<typeof page>[1], ReturnType<typeof reader>]>([
    ["operating-system", "raises", "lists the reader's system", { operatingSystems: ["Ubuntu 24.04"] }, linux],
    ["operating-system", "raises", "lists it among others", { operatingSystems: ["macOS", "GNU/Linux"] }, linux],
    ["operating-system", "lowers", "lists only others", { operatingSystems: ["windows", "Mac OS X"] }, linux],
    ["operating-system", "leaves", "lists none: it fits everybody", {}, linux],
    ["operating-system", "leaves", "is for a reader who never said", { operatingSystems: ["linux"] }, reader()],
    ["language", "raises", "uses a language the reader knows", { languages: ["py", "rust"] }, python],
    ["language", "lowers", "uses only others", { languages: ["C++"] }, python],
    ["language", "leaves", "uses none", {}, python],
    [
      "language",
      "lowers",
      "is about another language of nearly the same name",
      { languages: ["c"] },
      reader({ programmingLanguages: ["objective c"] }),
    ],
    ["tool", "raises", "works with a tool the reader uses", { tools: ["Docker"] }, docker],
    ["tool", "lowers", "works only with others", { tools: ["podman"] }, docker],
    ["hardware", "raises", "asks for hardware the reader names more exactly", { hardware: ["jetson"] }, jetson],
    ["hardware", "raises", "asks for a GPU", { hardware: ["GPU"] }, jetson],
    ["hardware", "lowers", "asks for hardware the reader lacks", { hardware: ["robot arm"] }, jetson],
    ["hardware", "leaves", "asks for none", {}, jetson],
    [
      "domain",
      "raises",
      "has the reader's field as a tag",
      { tags: ["Robotics"] },
      reader({ primaryDomain: "robotics" }),
    ],
    [
      "domain",
      "raises",
      "has it as a category",
      { categories: ["Robotics"] },
      reader({ primaryDomain: "mobile robotics" }),
    ],
    ["domain", "leaves", "is about another field", { tags: ["cooking"] }, reader({ primaryDomain: "robotics" })],
    ["preference", "raises", "has a tag the reader asked for", { tags: ["ROS2"] }, wishing("slam", "ROS 2")],
    ["preference", "raises", "has it as a category", { categories: ["Control"] }, wishing("control")],
    ["preference", "leaves", "has another", { tags: ["motor control"] }, wishing("control")],
    [
      "preference",
      "leaves",
      "has none of what was asked for, which no page has",
      { tags: ["slam"] },
      wishing("cooking"),
    ],
    [
      "domain",
      "leaves",
      "has a tag the reader asked for, in another field",
      { tags: ["control"] },
      { ...reader({ primaryDomain: "robotics" }), preferredCategories: ["control"] },
    ],
    ["level", "raises", "has the reader's level", { level: "intermediate" }, intermediate],
    ["level", "lowers", "is too hard", { level: "advanced" }, intermediate],
    ["level", "leaves", "states no level", {}, intermediate],
    ["level", "lowers", "is hard, for somebody who said and read nothing", { level: "intermediate" }, reader()],
    ["level", "leaves", "is easy, for somebody who said and read nothing", { level: "beginner" }, reader()],
    ["text", "raises", "shares words with what was read", { summary: "quaternions" }, readA],
    ["text", "leaves", "shares none", { title: "Other", summary: "cakes" }, readA],
    [
      "text",
      "raises",
      "has words of a newcomer's field",
      { title: "About quaternions" },
      reader({ primaryDomain: "Quaternion" }),
    ],
    ["tag", "raises", "shares a tag with what was read", { tags: ["ROS 2"] }, readA],
    ["tag", "leaves", "shares none", { tags: ["slam"] }, readA],
    ["category", "raises", "shares a category with what was read", { categories: ["basics"] }, readA],
    ["section", "raises", "is in the section being read", { categories: ["Basics", "Other"] }, readA],
    ["section", "leaves", "is in another section", { categories: ["Other", "Basics"] }, readA],
    ["series", "raises", "goes on the series being read", { categories: ["Basics"] }, readA],
    ["series", "leaves", "belongs to another series of the section", { categories: ["Basics", "Other"] }, readA],
    ["order", "raises", "is next", {}, readA],
    ["prerequisite", "raises", "builds on what was read", { prerequisites: ["a"] }, readA],
    ["prerequisite", "lowers", "builds on what was not", { prerequisites: ["z"] }, readA],
    ["prerequisite", "lowers", "builds on one of each", { prerequisites: ["a", "z"] }, readA],
    [
      "prerequisite",
      "lowers",
      "builds on a page that was only opened",
      { prerequisites: ["a"] },
      reader(null, [read("a", 1, { completedAt: null })]),
    ],
    ["prerequisite", "leaves", "builds on a page that does not exist", { prerequisites: ["unknown", "b"] }, readA],
    ["follow-up", "raises", "builds on what was read last", { prerequisites: ["a"] }, readA],
    [
      "follow-up",
      "leaves",
      "builds on what was read before",
      { prerequisites: ["a"] },
      reader(null, [read("a", 5), read("z", 1)]),
    ],
    [
      "follow-up",
      "leaves",
      "builds on a page that was only opened",
      { prerequisites: ["a"] },
      reader(null, [read("a", 1, { completedAt: null })]),
    ],
    ["changed", "raises", "is different now", {}, reader(null, [read("b", 1, { seenHash: "old" })])],
    ["changed", "leaves", "was never read", {}, readA],
  ])("%s %s a page that %s", (part, sign, _when, fields, who) => {
    const pages = inOrder(
      page("a", { title: "Quaternions", categories: ["Basics"], tags: ["ros2"] }),
      page("b", { title: "Unlike", ...fields }),
      page("c", { title: "Something" }),
      page("z", { title: "Anything" }),
    );
    const value = partsFor(pages, "b", who)[part];
    expect(signOf(value), `${part} is ${value}`).toBe(sign);
  });

  const level = (of: "beginner" | "intermediate" | "advanced" | "expert", who = intermediate): number =>
    partsFor(inOrder(page("b", { level: of }), page("c")), "b", who).level;

  it("costs more for a page too hard than for one as much too easy", () => {
    expect(level("advanced")).toBeLessThan(level("beginner"));
    expect(level("expert")).toBeLessThan(level("advanced"));
  });

  it("takes the level from what was read when the reader never said, and trusts that less", () => {
    const pages = inOrder(page("a", { level: "intermediate" }), page("b", { level: "expert" }), page("c"));
    const guessed = partsFor(pages, "b", reader(null, [read("a")])).level;
    expect(guessed).toBeLessThan(0);
    expect(guessed).toBeGreaterThan(partsFor(pages, "b", intermediate).level);
  });

  it("moves the level with what readers say about pages", () => {
    const pages = inOrder(page("a"), page("b", { level: "advanced" }), page("c"), page("d"));
    const levelAfter = (feedback: "too-easy" | "too-hard"): number =>
      partsFor(
        pages,
        "b",
        reader({ experienceLevel: "intermediate" }, [read("a", 2, { feedback }), read("c", 1, { feedback })]),
      ).level;
    expect(levelAfter("too-easy")).toBeGreaterThan(levelAfter("too-hard"));
  });

  it("grows with every language that matches, up to a limit", () => {
    const languages = ["python", "rust", "go", "java"];
    const knowing = (known: number): number =>
      partsFor(
        inOrder(page("b", { languages }), page("c")),
        "b",
        reader({ programmingLanguages: languages.slice(0, known) }),
      ).language;
    expect(knowing(2)).toBeGreaterThan(knowing(1));
    expect(knowing(4)).toBeGreaterThan(knowing(3));
    expect(knowing(4)).toBeLessThan(2 * knowing(1));
  });

  it("weighs a rare tag more than one that most pages have", () => {
    const pages = inOrder(
      page("a", { tags: ["rare", "common"] }),
      page("b", { tags: ["rare"] }),
      page("c", { tags: ["common"] }),
      page("d", { tags: ["common"] }),
    );
    expect(partsFor(pages, "b", readA).tag).toBeGreaterThan(partsFor(pages, "c", readA).tag);
  });

  it("follows the site's order: most for the next unread page, less for later ones and for earlier ones", () => {
    const pages = inOrder(...["a", "b", "c", "d", "e"].map((key) => page(key)));
    const who = reader(null, [read("c", 2), read("d", 3), read("b", 1)]);
    const order = (key: string): number => partsFor(pages, key, who).order;
    const next = partsFor(pages, "e", who).order;
    expect(next).toBeGreaterThan(order("a"));
    expect(partsFor(pages, "c", reader(null, [read("a")])).order).toBeLessThan(partsFor(pages, "b", readA).order);
    // Read pages in between are not in the way.
    expect(next).toBe(partsFor(pages, "b", readA).order);
  });

  it("does not go back in a series", () => {
    const pages = inOrder(...["a", "b", "c"].map((key) => page(key, { categories: ["Basics"] })));
    expect(partsFor(pages, "a", reader(null, [read("b")])).series).toBe(0);
  });

  it("does not trust an order that mixes the sections like an alphabet", () => {
    const sections = (of: (at: number) => string) =>
      inOrder(...Array.from({ length: 40 }, (_, at) => page(`p${at}`, { categories: [of(at)] })));
    const who = reader(null, [read("p3")]);
    const kept = partsFor(
      sections((at) => `section ${Math.floor(at / 10)}`),
      "p4",
      who,
    );
    const mixed = partsFor(
      sections((at) => `section ${(at * 7) % 4}`),
      "p4",
      who,
    );
    expect(kept.order).toBeGreaterThan(0);
    expect(mixed.order).toBe(0);
  });

  it("is multiplied by the owner's factor", () => {
    const pages = inOrder(page("b", { level: "intermediate" }), page("c"));
    const usual = partsFor(pages, "b", intermediate).level;
    expect(partsFor(pages, "b", intermediate, { weights: { level: 3 } }).level).toBeCloseTo(3 * usual);
  });

  it("leans on recent pages more than on those before", () => {
    const pages = inOrder(
      page("old", { title: "gripper" }),
      page("new", { title: "lidar" }),
      page("b", { title: "Unlike", summary: "gripper" }),
      page("c", { title: "Unlike", summary: "lidar" }),
      page("z"),
    );
    const who = reader(null, [read("old", 20), read("new", 1)]);
    expect(partsFor(pages, "c", who).text).toBeGreaterThan(partsFor(pages, "b", who).text);
  });
});
