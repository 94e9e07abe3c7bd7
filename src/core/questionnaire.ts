// The questions a reader may be asked. Every question can be skipped and says why it is asked.
import * as z from "zod/mini";
import { storableText } from "./background.ts";

/** Where an answer goes: a part of the background, or `answers.<id>` for a question of the owner's own. */
const field = z
  .string()
  .check(
    z.regex(
      /^(experienceLevel|primaryDomain|programmingLanguages|softwareTools|hardwareSetup\.(operatingSystem|devices)|technicalPreferences\.(learningStyle|sessionMinutes)|answers\.[a-z][a-zA-Z0-9_]{0,59})$/,
      "must be a part of the background, or answers.<id> for a question of your own",
    ),
  );

const option = z.strictObject({ value: storableText(60, 1), label: storableText(120, 1) });

/** The parts of the background that hold a list; the others hold one value. */
const LISTS = ["programmingLanguages", "softwareTools", "hardwareSetup.devices"];

/** A question in another language. What is missing is shown as it is written in the question itself. */
const translation = z.strictObject({
  label: z.optional(storableText(200, 1)),
  why: z.optional(storableText(300, 1)),
  /** Labels by the option's value. */
  options: z.optional(z.record(storableText(60, 1), storableText(120, 1))),
});

export const question = z
  .strictObject({
    /** The answer's place in the background. */
    field,
    kind: z.enum(["one", "many"]),
    label: storableText(200, 1),
    /** What the answer is used for, in the reader's words. */
    why: storableText(300, 1),
    options: z.array(option).check(z.minLength(2), z.maxLength(40)),
    /** By the language of the page, like `ur`: its primary tag, without a region. */
    translations: z.optional(
      z.record(
        z.string().check(z.regex(/^[a-z]{2,3}$/, 'must be a language like "ur", without a region')),
        translation,
      ),
    ),
  })
  .check(
    z.refine(({ field: name, kind }) => name.startsWith("answers.") || LISTS.includes(name) === (kind === "many"), {
      path: ["kind"],
      error:
        'does not fit the field: "many" for programmingLanguages, softwareTools and hardwareSetup.devices, "one" for the others',
    }),
    z.refine(
      ({ options, translations }) => {
        const values = new Set(options.map(({ value }) => value));
        const translated = Object.values(translations ?? {}).flatMap((one) => Object.keys(one.options ?? {}));
        return translated.every((value) => values.has(value));
      },
      { path: ["translations"], error: "translates an option that the question does not have" },
    ),
  );
export type Question = z.infer<typeof question>;

export const questionnaire = z.strictObject({
  /** Changes whenever the meaning of an answer changes. */
  version: storableText(60, 1),
  questions: z.array(question).check(z.maxLength(30)),
});
export type Questionnaire = z.infer<typeof questionnaire>;

/** The questionnaire of a site that configures none. */
export const DEFAULT_QUESTIONNAIRE: Questionnaire = {
  version: "1",
  questions: [
    {
      field: "experienceLevel",
      kind: "one",
      label: "How familiar are you with the subject?",
      why: "Pages that are too easy or too hard for you move down the list.",
      options: [
        { value: "beginner", label: "I am new to it" },
        { value: "intermediate", label: "I know the basics" },
        { value: "advanced", label: "I work with it" },
        { value: "expert", label: "I teach or build it" },
      ],
    },
    {
      field: "hardwareSetup.operatingSystem",
      kind: "one",
      label: "Which operating system do you work on?",
      why: "Pages for your system come first; those for others move down.",
      options: [
        { value: "linux", label: "Linux" },
        { value: "macos", label: "macOS" },
        { value: "windows", label: "Windows" },
      ],
    },
    {
      field: "programmingLanguages",
      kind: "many",
      label: "Which programming languages do you use?",
      why: "Examples in a language you know are preferred.",
      options: [
        { value: "python", label: "Python" },
        { value: "c++", label: "C++" },
        { value: "javascript", label: "JavaScript" },
        { value: "typescript", label: "TypeScript" },
        { value: "java", label: "Java" },
        { value: "go", label: "Go" },
        { value: "rust", label: "Rust" },
        { value: "bash", label: "Shell" },
      ],
    },
    {
      field: "softwareTools",
      kind: "many",
      label: "Which tools do you already work with?",
      why: "Pages that build on them are suggested.",
      options: [
        { value: "git", label: "Git" },
        { value: "docker", label: "Docker" },
        { value: "VS Code", label: "VS Code" },
        { value: "jupyter", label: "Jupyter" },
      ],
    },
    {
      field: "technicalPreferences.learningStyle",
      kind: "one",
      label: "How do you like to learn?",
      why: "It tells the authors what to write next. It does not change your list yet.",
      options: [
        { value: "hands-on", label: "Trying things out" },
        { value: "examples", label: "From examples" },
        { value: "reading", label: "Reading it through" },
      ],
    },
  ],
};
