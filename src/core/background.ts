// The wire schema of a reader's background: what they told us about themselves, every part optional.
// zod/mini, because the browser pays for every byte of it.
import * as z from "zod/mini";
import { LEVELS, OPERATING_SYSTEMS } from "./vocabulary.ts";

/** Bounds of the background; anything longer is refused with its path, never cut. */
export const BACKGROUND_LIMITS = {
  /** Characters of one term ("ros 2", "blender"). */
  term: 60,
  /** Terms in one list. */
  terms: 50,
  /** Characters of a free-text answer. */
  text: 500,
  /** Answers to the owner's own questions. */
  answers: 50,
} as const;

/** Text that Postgres can hold: no NUL and no lone surrogate (jsonb and text both refuse them). */
export const storableText = (max: number, min = 0) =>
  z.string().check(
    z.minLength(min),
    z.maxLength(max),
    z.refine((text) => !text.includes("\0") && text.isWellFormed(), "must be well-formed text without NUL"),
  );

const term = storableText(BACKGROUND_LIMITS.term, 1);
const terms = z.array(term).check(z.maxLength(BACKGROUND_LIMITS.terms));

export const experienceLevel = z.enum(LEVELS);
export const operatingSystem = z.enum(OPERATING_SYSTEMS);

export const hardwareSetup = z.strictObject({
  operatingSystem: z.optional(operatingSystem),
  /** Computers and robots the reader has at hand: "jetson orin", "raspberry pi 5", "turtlebot 4". */
  devices: z.optional(terms),
  gpu: z.optional(storableText(100, 1)),
  /** Main memory in gibibytes. */
  memoryGb: z.optional(z.int().check(z.minimum(1), z.maximum(4096))),
});

export const technicalPreferences = z.strictObject({
  /** How the reader likes to learn. */
  learningStyle: z.optional(z.enum(["reading", "hands-on", "examples"])),
  /** Minutes the reader has for one sitting. */
  sessionMinutes: z.optional(z.int().check(z.minimum(5), z.maximum(480))),
});

const answerKey = z
  .string()
  .check(z.regex(/^[a-z][a-zA-Z0-9_]{0,59}$/, "must be an identifier of at most 60 characters"));
const answerValue = z.union([storableText(BACKGROUND_LIMITS.text), z.number(), z.boolean(), terms]);

/** Body of `PUT /api/background`: the whole background; a part that is missing is cleared. */
export const backgroundInput = z.strictObject({
  experienceLevel: z.optional(z.nullable(experienceLevel)),
  primaryDomain: z.optional(z.nullable(storableText(100, 1))),
  programmingLanguages: z.optional(terms),
  softwareTools: z.optional(terms),
  hardwareSetup: z.optional(hardwareSetup),
  technicalPreferences: z.optional(technicalPreferences),
  /** Answers to the owner's own questions, by question id. */
  answers: z.optional(
    z
      .record(answerKey, answerValue)
      .check(z.refine((answers) => Object.keys(answers).length <= BACKGROUND_LIMITS.answers, "has too many answers")),
  ),
  questionnaireVersion: z.optional(z.nullable(storableText(60, 1))),
});
export type BackgroundInput = z.infer<typeof backgroundInput>;

const nullableShape = {
  operatingSystem: z.optional(z.nullable(operatingSystem)),
  devices: z.optional(z.nullable(terms)),
  gpu: z.optional(z.nullable(storableText(100, 1))),
  memoryGb: z.optional(z.nullable(z.int().check(z.minimum(1), z.maximum(4096)))),
};

/** Body of `PATCH /api/background`: what is named changes, null takes an answer back, what is not named stays. */
export const backgroundPatch = z
  .strictObject({
    experienceLevel: z.optional(z.nullable(experienceLevel)),
    primaryDomain: z.optional(z.nullable(storableText(100, 1))),
    programmingLanguages: z.optional(terms),
    softwareTools: z.optional(terms),
    hardwareSetup: z.optional(z.strictObject(nullableShape)),
    technicalPreferences: z.optional(
      z.strictObject({
        learningStyle: z.optional(z.nullable(z.enum(["reading", "hands-on", "examples"]))),
        sessionMinutes: z.optional(z.nullable(z.int().check(z.minimum(5), z.maximum(480)))),
      }),
    ),
    answers: z.optional(
      z
        .record(answerKey, z.nullable(answerValue))
        .check(z.refine((answers) => Object.keys(answers).length <= BACKGROUND_LIMITS.answers, "has too many answers")),
    ),
    questionnaireVersion: z.optional(z.nullable(storableText(60, 1))),
  })
  .check(z.refine((patch) => Object.keys(patch).length > 0, "must name at least one field"));
export type BackgroundPatch = z.infer<typeof backgroundPatch>;

/** The background as the API returns it. */
export const background = z.object({
  experienceLevel: z.nullable(experienceLevel),
  primaryDomain: z.nullable(z.string()),
  programmingLanguages: z.array(z.string()),
  softwareTools: z.array(z.string()),
  hardwareSetup,
  technicalPreferences,
  answers: z.record(z.string(), answerValue),
  /** When each part was last answered (RFC 3339, UTC), by its field name. */
  answeredAt: z.record(z.string(), z.string()),
  questionnaireVersion: z.nullable(z.string()),
  updatedAt: z.nullable(z.string()),
});
export type Background = z.infer<typeof background>;

/** What a reader who answered nothing has. */
export const EMPTY_BACKGROUND: Background = {
  experienceLevel: null,
  primaryDomain: null,
  programmingLanguages: [],
  softwareTools: [],
  hardwareSetup: {},
  technicalPreferences: {},
  answers: {},
  answeredAt: {},
  questionnaireVersion: null,
  updatedAt: null,
};
