import { beforeAll, describe, expect, test } from "vitest";
import { DEFAULT_QUESTIONNAIRE, question } from "../../../src/core/questionnaire.ts";
import { PARTS } from "../../../src/core/recommendation.ts";
import * as current from "../../../web/locales/current.ts";
import { locale as urdu } from "../../../web/locales/ur.ts";

/** Names are the same in every language; what is around them is not. */
const NAMES =
  /^(Linux|macOS|Windows|Python|C\+\+|JavaScript|TypeScript|Java|Go|Rust|Git|Docker|VS Code|Jupyter|Beginner|Intermediate|Advanced|Expert)$/;

/** A text as it is shown when no argument is special. */
const shown = (text: unknown): string => (typeof text === "function" ? String(text(7)) : String(text));
const plain = (texts: object): [string, string][] =>
  Object.entries(texts).flatMap(([key, text]): [string, string][] =>
    typeof text === "object" && text !== null ? plain(text) : [[key, shown(text)]],
  );

test("a reader of an English page reads the Worker's own sentences and the owner's own questions", () => {
  const reason = { part: "level", values: ["beginner"], text: "Right for a beginner" };
  expect(current.reasonText(reason)).toEqual({ text: "Right for a beginner" });
  expect(current.questionText("How do you like to learn?", undefined)).toEqual({ text: "How do you like to learn?" });
});

describe("on an Urdu page", () => {
  beforeAll(() => current.useLocale(urdu));

  test.each(["loader", "widget", "dialog"] as const)("every text of the %s is in the script of Urdu", (part) => {
    for (const [key, text] of plain(urdu[part])) expect(text, key).toMatch(/[؀-ۿ]|^، $/);
  });

  test("every reason is in Urdu, names what it is about, and keeps Latin names in their own direction", () => {
    for (const part of PARTS) {
      const values = part === "changed" ? [] : part === "level" ? ["expert"] : ["linux", "Nav2"];
      const { text, lang } = current.reasonText({ part, values, text: "English" });
      expect(lang, part).toBeUndefined();
      expect(text, part).toMatch(/[؀-ۿ]/);
      if (part === "level") expect(text).toContain("ماہرانہ");
      else if (part !== "changed") expect(text, part).toMatch(/\u2066“?Linux”?\u2069.*\u2066“?Nav2”?\u2069/);
    }
    expect(current.reasonText({ part: "order", values: [], text: "Among the first pages" }).text).not.toMatch(
      /[\u2066-\u2069]/,
    );
  });

  test.each([
    ["series", "Next in “Basics”", "Further on in “Basics”"],
    ["order", "Comes next after “Basics”", "Not far from “Next steps”"],
  ])("the page that comes next by its %s is told from one that comes later", (part, next, later) => {
    const said = (text: string) => current.reasonText({ part, values: ["Basics"], text }).text;
    expect(said(next)).not.toBe(said(later));
    expect(said(later)).toBe(said("Any other sentence"));
  });

  test("an Urdu title that begins with a Latin word runs right to left as a whole", () => {
    const { text } = current.reasonText({ part: "section", values: ["ROS 2 کی بنیادیں"], text: "Part of it" });
    expect(text).toContain("\u2067“ROS 2 کی بنیادیں”\u2069");
  });

  test("a reason that this widget does not know yet is the Worker's sentence, marked as English", () => {
    for (const part of ["brand-new", "constructor"]) {
      expect(current.reasonText({ part, values: ["x"], text: "For a new reason" })).toEqual({
        text: "For a new reason",
        lang: "en",
      });
    }
  });

  test("the default questions are in Urdu; an owner's own are theirs, translated or marked", () => {
    for (const { label, why, options } of DEFAULT_QUESTIONNAIRE.questions) {
      for (const text of [label, why, ...options.map((option) => option.label)]) {
        if (!NAMES.test(text)) expect(current.questionText(text, undefined), text).not.toHaveProperty("lang");
      }
    }
    expect(current.questionText("Which robot?", undefined)).toEqual({ text: "Which robot?", lang: "en" });
    expect(current.questionText("Which robot?", "کون سا روبوٹ؟")).toEqual({ text: "کون سا روبوٹ؟" });
    expect(current.questionText("constructor", undefined)).toEqual({ text: "constructor", lang: "en" });
  });
});

describe("an owner's translation", () => {
  const asked = {
    field: "answers.robot",
    kind: "one",
    label: "Which robot?",
    why: "Pages for it come first.",
    options: [
      { value: "spot", label: "Spot" },
      { value: "other", label: "Another one" },
    ],
  };

  test("may be of a part of the texts", () => {
    const translations = { ur: { label: "کون سا روبوٹ؟", options: { other: "کوئی اور" } } };
    expect(question.safeParse({ ...asked, translations }).error).toBeUndefined();
  });

  test.each([
    ["an option that is not there", { ur: { options: { atlas: "ایٹلس" } } }],
    ["a language with a region", { "ur-PK": { label: "کون سا روبوٹ؟" } }],
    ["a text that does not exist", { ur: { title: "کون سا روبوٹ؟" } }],
  ])("of %s is a mistake", (_, translations) => {
    expect(question.safeParse({ ...asked, translations }).success).toBe(false);
  });
});
