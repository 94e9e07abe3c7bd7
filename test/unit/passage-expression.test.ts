import { describe, expect, test } from "vitest";
import { isShown, judgePassage, keysAgainst, mistakeIn } from "../../src/core/passage-expression.ts";
import { type Facts, factsOf, patternsOf } from "../../src/core/passage-facts.ts";

const QUESTIONS = ["robot", "hasLab"];
const judge = (expression: string, facts: Facts) => judgePassage(expression, patternsOf(facts, QUESTIONS));

describe("a passage is shown to a reader", () => {
  const LINUX: Facts = { os: ["linux"], level: ["beginner"], language: ["python", "c++"] };
  test.each<[string, Facts, boolean]>([
    ["os:linux", LINUX, true],
    ["os:macos", LINUX, false],
    ["os:macos os:linux", LINUX, true],
    ["os:linux level:beginner", LINUX, true],
    ["os:linux level:expert", LINUX, false],
    ["os:linux level:expert level:beginner", LINUX, true],
    ["language:rust language:C++", LINUX, true],
    ["language:c", LINUX, false],
    ["!os:linux", LINUX, false],
    ["!os:windows", LINUX, true],
    ["!os:windows !os:linux", LINUX, false],
    ["os:linux !level:beginner", LINUX, false],
    ["  os:linux\n\tlevel:beginner ", LINUX, true],
    ["", LINUX, true],
    // Spellings.
    ["os:Ubuntu", LINUX, true],
    ["os:ubuntu-24.04", LINUX, true],
    ["os:Windows_11", LINUX, false],
    ["os:mac", { os: ["macos"] }, true],
    ["os:Mac_OS", { os: ["macos"] }, true],
    ["language:cpp", LINUX, true],
    ["language:py", LINUX, true],
    ["tool:ros2", { tool: ["ROS 2"] }, true],
    ["tool:ros-2", { tool: ["ros2"] }, true],
    ["tool:vs-code", { tool: ["VS Code"] }, true],
    ["tool:VS_Code", { tool: ["VS Code"] }, true],
    ["tool:ros", { tool: ["ros 2"] }, false],
    // Hardware and fields are named more or less exactly.
    ["hardware:jetson", { hardware: ["Jetson Orin"] }, true],
    ["hardware:jetson-orin", { hardware: ["jetson"] }, true],
    ["hardware:jet", { hardware: ["jetson orin"] }, false],
    ["domain:robotics", { domain: ["mobile robotics"] }, true],
    // The owner's questions.
    ["robot:spot", { robot: ["spot"] }, true],
    ["robot:spot", { robot: ["turtlebot 4"] }, false],
    ["robot:turtlebot-4", { robot: ["TurtleBot 4"] }, true],
    ["hasLab:true", { hasLab: ["true"] }, true],
    ["robot:روبوٹ", { robot: ["روبوٹ"] }, true],
  ])("%j for %j: %s", (expression, facts, shown) => {
    const verdict = judge(expression, facts);
    expect(isShown(verdict), JSON.stringify(verdict)).toBe(shown);
  });

  test("who has not answered what it asks for", () => {
    for (const expression of ["os:linux", "os:linux level:expert", "!os:linux", "robot:spot"]) {
      expect(judge(expression, {}), expression).toEqual({});
    }
    expect(judge("os:linux level:expert", { level: ["expert"] })).toEqual({ level: true });
    expect(judge("os:linux level:expert", { level: ["beginner"] })).toEqual({ level: false });
  });
});

describe("the verdict", () => {
  test("says which answers speak for a passage", () => {
    const facts = { os: ["linux"] };
    expect(judge("os:macos os:linux", facts)).toEqual({ os: true });
    expect(judge("!os:windows", facts)).toEqual({ "!os:windows": true });
    expect(judge("level:expert", facts)).toEqual({});
  });

  test("says which answers speak against it", () => {
    const facts = { os: ["linux"], level: ["expert"] };
    expect(keysAgainst(judge("os:macos level:beginner", facts))).toEqual(["os", "level"]);
    expect(keysAgainst(judge("os:linux !level:expert", facts))).toEqual(["level"]);
    expect(keysAgainst(judge("os:linux !os:linux", facts))).toEqual(["os"]);
  });
});

describe("a mistake shows the passage and says what it is", () => {
  test.each([
    ["linux", "malformed", "linux"],
    ["os", "malformed", "os"],
    ["os:", "malformed", "os:"],
    [":linux", "malformed", ":linux"],
    ["!:linux", "malformed", "!:linux"],
    ["os:windows and level:expert", "malformed", "and"],
    ["!", "malformed", "!"],
    ["system:windows", "unknown-key", "system:windows"],
    ["constructor:x", "unknown-key", "constructor:x"],
    ["__proto__:x", "unknown-key", "__proto__:x"],
    ["!!os:linux", "unknown-key", "!!os:linux"],
    ["OS:windows", "unknown-key", "OS:windows"],
    ["os:windows level:beginner robots:spot", "unknown-key", "robots:spot"],
  ])("%j is %s", (expression, kind, term) => {
    const known = patternsOf({ os: ["linux"], level: ["expert"] }, QUESTIONS);
    expect(judgePassage(expression, known)).toEqual({});
    expect(mistakeIn(expression, known)).toEqual({ kind, term });
  });

  test("and what is none has none", () => {
    const known = patternsOf({ os: ["linux"] }, QUESTIONS);
    for (const expression of ["", "os:linux", "!os:windows level:expert", "robot:a:b"]) {
      expect(mistakeIn(expression, known), expression).toBeUndefined();
    }
  });
});

test("an answer is compared as text, whatever characters it has, and never breaks the page", () => {
  const hostile = ["c++", "c#", ".*", "(a+)+$", "a|b", "[x]", "\\", "\\d", "{1}", "^", "/", "!", "-", "_ _", "😀", "ß"];
  for (const answer of hostile) {
    const value = answer.replaceAll(" ", "-");
    const expected = /[^\s_-]/.test(answer) ? { robot: true } : {};
    expect(judge(`robot:${value}`, { robot: [answer] }), answer).toEqual(expected);
    expect(judge("robot:zzz", { robot: [answer] }), answer).not.toEqual({ robot: true });
    expect(() => judge(`hardware:${value} domain:${value}`, { hardware: [answer], domain: [answer] })).not.toThrow();
  }
});

describe("the facts of a background", () => {
  test("are its answers by key, and none where nothing was answered", () => {
    const background = {
      experienceLevel: "beginner",
      primaryDomain: null,
      programmingLanguages: ["python", "C++"],
      softwareTools: [],
      hardwareSetup: { operatingSystem: "linux", devices: ["jetson orin"], gpu: "RTX 4090", memoryGb: 32 },
      answers: { robot: "spot", hasLab: false, other: "not asked any more" },
      updatedAt: "2026-01-01T00:00:00Z",
    };
    expect(factsOf(background, QUESTIONS)).toEqual({
      level: ["beginner"],
      language: ["python", "C++"],
      os: ["linux"],
      hardware: ["jetson orin"],
      robot: ["spot"],
      hasLab: ["false"],
    });
    expect(factsOf({ experienceLevel: null, programmingLanguages: [], answers: {} }, QUESTIONS)).toEqual({});
  });

  test.each([null, undefined, "text", [], { hardwareSetup: "linux", answers: ["robot"], experienceLevel: {} }])(
    "are none where there is no background: %j",
    (nothing) => expect(factsOf(nothing, QUESTIONS)).toEqual({}),
  );

  test("keep a standard key's meaning where an owner's question has the same name", () => {
    expect(factsOf({ answers: { os: "amiga" }, hardwareSetup: { operatingSystem: "linux" } }, ["os"])).toEqual({
      os: ["linux"],
    });
  });
});
