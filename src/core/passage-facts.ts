// The few answers that passages are chosen by, taken from a reader's background. Pure.
import type { FactPatterns } from "./passage-expression.ts";
import { canonicalTerm, spellingsOf } from "./vocabulary.ts";

/** Keys of `data-for` that every site has; the owner's own questions add theirs. */
export const FACT_KEYS = ["os", "level", "language", "tool", "hardware", "domain"] as const;

/** A reader's answers by key, as they were chosen or typed. A key without an answer may be missing. */
export type Facts = Readonly<Record<string, readonly string[]>>;

/** Where a standard key's answers are in a background. */
const FIELDS: Readonly<Record<(typeof FACT_KEYS)[number], readonly string[]>> = {
  os: ["hardwareSetup", "operatingSystem"],
  level: ["experienceLevel"],
  language: ["programmingLanguages"],
  tool: ["softwareTools"],
  hardware: ["hardwareSetup", "devices"],
  domain: ["primaryDomain"],
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => (isRecord(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined), value);

const termsIn = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).flatMap((one) =>
    (typeof one === "string" && one.trim() !== "") || typeof one === "number" || typeof one === "boolean"
      ? [String(one)]
      : [],
  );

/**
 * The facts of a background as the API returns it, or as the widget keeps it; whatever does not fit is left out.
 * @param questions ids of the owner's own questions, `answers.<id>` in the configuration
 */
export function factsOf(background: unknown, questions: readonly string[]): Facts {
  const own = questions.map((id): [string, string[]] => [id, termsIn(at(background, ["answers", id]))]);
  const standard = FACT_KEYS.map((key): [string, string[]] => [key, termsIn(at(background, FIELDS[key]))]);
  return Object.fromEntries([...own, ...standard].filter(([, answers]) => answers.length > 0));
}

/** What joins the words of a value: an attribute of terms has no room for spaces. */
const JOIN = "[_-]";

/** A spelling's words, each ready to stand in a regular expression with the flag `u`. */
const wordsOf = (spelling: string): string[] =>
  spelling
    .normalize()
    .split(/[\s_-]+/)
    .filter(Boolean)
    .map((word) => word.replace(/[$()*+./?[\\\]^{|}]/g, "\\$&"));

/** Exactly these words. */
const same = (words: readonly string[]): string => words.join(JOIN);
/** These words and perhaps more after them: a system and its version. */
const versioned = (words: readonly string[]): string => `${same(words)}(?:${JOIN}.*)?`;
/** All of these words among others, or some of them: "jetson", "jetson-orin", "jetson-orin-nano". */
const moreOrLess = (words: readonly string[]): string => {
  const some = `(?:${words.join("|")})`;
  const all = words.map((word) => `(?=(?:.*${JOIN})?${word}(?:${JOIN}|$))`).join("");
  return `${some}(?:${JOIN}${some})*|${all}.*`;
};

/** As exactly as the ranker compares them: "c" is not "objective c", but a "jetson orin" is a "jetson". */
const comparing = (key: string) =>
  key === "os" ? versioned : key === "hardware" || key === "domain" ? moreOrLess : same;

/**
 * What the values of `data-for` must match, by key, with every spelling of the reader's answers: choosing a passage
 * needs no vocabulary then. Compared without regard to case.
 * @param questions as in `factsOf`; these keys are known also when they are not answered
 */
export function patternsOf(facts: Facts, questions: readonly string[]): FactPatterns {
  return new Map(
    [...questions, ...FACT_KEYS].flatMap((key): [string, string][] => {
      const spellings = (facts[key] ?? []).flatMap((answer) => [answer, ...spellingsOf(canonicalTerm(answer))]);
      const alternatives = new Set(
        spellings
          .map(wordsOf)
          .filter((words) => words.length > 0)
          .map(comparing(key)),
      );
      if (alternatives.size === 0)
        return [
          [key, ""],
          [`!${key}`, ""],
        ];
      const any = `^(?:${[...alternatives].join("|")})$`;
      return [
        [key, any],
        [`!${key}`, `^(?!${any})`],
      ];
    }),
  );
}
