// What the questionnaire's answers become, and what of a background they must leave alone.
import { describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { backgroundInput, backgroundPatch, EMPTY_BACKGROUND } from "../../../src/core/background.ts";
import { DEFAULT_QUESTIONNAIRE, type Question, type Questionnaire } from "../../../src/core/questionnaire.ts";
import { answersOf, missingAnswers, withAnswers } from "../../../web/reader/answers.ts";

const options = ["a", "b", "15", "45"].map((value) => ({ value, label: value }));
const asking = (field: string, kind: Question["kind"]): Questionnaire => ({
  version: "7",
  questions: [{ field, kind, label: "?", why: "!", options }],
});

describe("the body of PUT /api/background", () => {
  const cases: [field: string, kind: Question["kind"], chosen: string[], expected: object][] = [
    ["experienceLevel", "one", ["a"], { experienceLevel: "a" }],
    ["experienceLevel", "one", [], { experienceLevel: null }],
    ["primaryDomain", "one", ["b"], { primaryDomain: "b" }],
    ["programmingLanguages", "many", ["a", "b"], { programmingLanguages: ["a", "b"] }],
    ["programmingLanguages", "many", [], { programmingLanguages: [] }],
    ["softwareTools", "one", ["a"], { softwareTools: ["a"] }],
    ["hardwareSetup.operatingSystem", "one", ["a"], { hardwareSetup: { operatingSystem: "a" } }],
    ["hardwareSetup.operatingSystem", "one", [], { hardwareSetup: {} }],
    ["hardwareSetup.devices", "many", ["a"], { hardwareSetup: { devices: ["a"] } }],
    ["technicalPreferences.sessionMinutes", "one", ["45"], { technicalPreferences: { sessionMinutes: 45 } }],
    ["technicalPreferences.sessionMinutes", "one", [], { technicalPreferences: {} }],
    ["answers.robot", "one", ["a"], { answers: { robot: "a" } }],
    ["answers.robot", "many", ["a", "b"], { answers: { robot: ["a", "b"] } }],
  ];
  test.each(cases)("%s (%s) with %j", (field, kind, chosen, expected) => {
    const body = withAnswers({ ...EMPTY_BACKGROUND }, asking(field, kind), { [field]: chosen });
    expect(body).toMatchObject({ ...expected, questionnaireVersion: "7" });
    const [part = ""] = field.split(".");
    expect(body[part]).toEqual(Object.values(expected)[0]);
  });

  test("is what the Worker accepts, for every answer to the default questionnaire", () => {
    for (const pick of [0, 1]) {
      const answers = Object.fromEntries(
        DEFAULT_QUESTIONNAIRE.questions.map((question) => [
          question.field,
          question.options.slice(pick, question.kind === "one" ? pick + 1 : undefined).map((option) => option.value),
        ]),
      );
      const body = withAnswers({ ...EMPTY_BACKGROUND }, DEFAULT_QUESTIONNAIRE, answers);
      const parsed = z.safeParse(backgroundInput, body);
      expect(parsed.success, JSON.stringify({ body, error: parsed.error })).toBe(true);
    }
  });

  test("keeps what this questionnaire did not ask", () => {
    const before = {
      ...EMPTY_BACKGROUND,
      primaryDomain: "drones",
      programmingLanguages: ["haskell", "a"],
      hardwareSetup: { gpu: "none", devices: ["a"] },
      answers: { other: true },
    };
    const body = withAnswers(before, asking("programmingLanguages", "many"), { programmingLanguages: ["b"] });
    expect(body).toMatchObject({
      primaryDomain: "drones",
      programmingLanguages: ["haskell", "b"],
      hardwareSetup: { gpu: "none", devices: ["a"] },
      answers: { other: true },
    });
  });

  test("leaves out what only the server says", () => {
    const body = withAnswers({ ...EMPTY_BACKGROUND, updatedAt: "2026-01-01" }, asking("answers.robot", "one"), {});
    expect(Object.keys(body)).not.toContain("updatedAt");
    expect(Object.keys(body)).not.toContain("answeredAt");
  });

  test("does not change the background it was given", () => {
    const before = { ...EMPTY_BACKGROUND, hardwareSetup: { gpu: "none" } };
    withAnswers(before, asking("hardwareSetup.operatingSystem", "one"), { "hardwareSetup.operatingSystem": ["a"] });
    expect(before.hardwareSetup).toEqual({ gpu: "none" });
  });
});

describe("the answers that a background already holds", () => {
  test("are found for every kind of field, and only among the options", () => {
    const background = {
      ...EMPTY_BACKGROUND,
      experienceLevel: "a",
      programmingLanguages: ["b", "haskell"],
      technicalPreferences: { sessionMinutes: 15 },
      answers: { robot: "unknown" },
    };
    const found = (field: string, kind: Question["kind"]) => answersOf(background, asking(field, kind))[field];
    expect(found("experienceLevel", "one")).toEqual(["a"]);
    expect(found("programmingLanguages", "many")).toEqual(["b"]);
    expect(found("technicalPreferences.sessionMinutes", "one")).toEqual(["15"]);
    expect(found("answers.robot", "one")).toEqual([]);
    expect(found("hardwareSetup.operatingSystem", "one")).toEqual([]);
  });
});

describe("answers given on this device before signing in", () => {
  const device = {
    experienceLevel: "beginner",
    primaryDomain: null,
    programmingLanguages: ["python"],
    softwareTools: [],
    hardwareSetup: { operatingSystem: "linux", gpu: "none" },
    answers: { goal: "walk" },
    questionnaireVersion: "1",
  };

  test("all go to a new account, as a PATCH that the Worker takes", () => {
    const { primaryDomain: _, softwareTools: __, ...given } = device;
    const patch = missingAnswers(device, { ...EMPTY_BACKGROUND });
    expect(patch).toEqual(given);
    expect(z.safeParse(backgroundPatch, patch).success).toBe(true);
  });

  test("fill what an account does not say, and never change what it says", () => {
    const account = {
      ...EMPTY_BACKGROUND,
      experienceLevel: "expert",
      hardwareSetup: { operatingSystem: "macos" },
      questionnaireVersion: "2",
    };
    expect(missingAnswers(device, account)).toEqual({
      programmingLanguages: ["python"],
      hardwareSetup: { gpu: "none" },
      answers: { goal: "walk" },
    });
  });

  test("are nothing to send where there are none, or the account says it all", () => {
    expect(missingAnswers({}, { ...EMPTY_BACKGROUND })).toBeUndefined();
    expect(missingAnswers(device, device)).toBeUndefined();
    expect(missingAnswers({ questionnaireVersion: "1" }, { ...EMPTY_BACKGROUND })).toBeUndefined();
  });
});
