// Between the questionnaire's answers and the parts of a background. Pure: no DOM, no requests.
import type { ShownQuestionnaire } from "../api/questionnaire.ts";
import type { LooseBackground } from "../api/wire.ts";

/** What the reader has chosen so far: option values by the question's field. An empty list is "no answer". */
export type Answers = Readonly<Record<string, readonly string[]>>;

/** Parts that hold a list whatever the question's kind is. */
const LISTS = new Set(["programmingLanguages", "softwareTools", "hardwareSetup.devices"]);
const NUMBERS = new Set(["technicalPreferences.sessionMinutes"]);

/** What `PUT /api/background` takes. Whatever else a background says is the server's. */
const PARTS = [
  "experienceLevel",
  "primaryDomain",
  "programmingLanguages",
  "softwareTools",
  "hardwareSetup",
  "technicalPreferences",
  "answers",
] as const;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function at(background: LooseBackground, field: string): unknown {
  return field.split(".").reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), background);
}

const asTexts = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((one) => one !== undefined && one !== null).map(String);

/** The answers that a background already holds, for the questions of this questionnaire. */
export function answersOf(background: LooseBackground, { questions }: ShownQuestionnaire): Answers {
  return Object.fromEntries(
    questions.map(({ field, options }) => {
      const offered = new Set(options.map((option) => option.value));
      return [field, asTexts(at(background, field)).filter((value) => offered.has(value))];
    }),
  );
}

/** The parts of a background that a reader can say, as `PUT` takes them. */
export function inputOf(background: LooseBackground): Record<string, unknown> {
  return structuredClone(
    Object.fromEntries(PARTS.flatMap((part) => (part in background ? [[part, background[part]]] : []))),
  );
}

const isAnswer = (value: unknown): boolean =>
  value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);

/**
 * The answers of this device that the account has none to: what the account says counts.
 * @returns the body of `PATCH /api/background`, or undefined when there is nothing to add
 */
export function missingAnswers(device: LooseBackground, account: LooseBackground): LooseBackground | undefined {
  const missing: Record<string, unknown> = {};
  for (const part of PARTS) {
    const [here, there] = [device[part], account[part]];
    if (isRecord(here)) {
      const known = isRecord(there) ? there : {};
      const added = Object.entries(here).filter(([key, value]) => isAnswer(value) && !isAnswer(known[key]));
      if (added.length > 0) missing[part] = Object.fromEntries(added);
    } else if (isAnswer(here) && !isAnswer(there)) missing[part] = here;
  }
  if (Object.keys(missing).length === 0) return undefined;
  const version = isAnswer(account.questionnaireVersion) ? undefined : device.questionnaireVersion;
  return isAnswer(version) ? { ...missing, questionnaireVersion: version } : missing;
}

/**
 * The background to save: what was there, with the answers put in. `PUT` replaces everything, so what was not asked
 * here (another site's questions, a list entry that is no option) has to be sent along.
 * @returns the body of `PUT /api/background`
 */
export function withAnswers(
  background: LooseBackground,
  { version, questions }: ShownQuestionnaire,
  answers: Answers,
): LooseBackground {
  const next = inputOf(background);
  for (const { field, kind, options } of questions) {
    const chosen = answers[field] ?? [];
    const [part = "", key] = field.split(".");
    let value: unknown = NUMBERS.has(field) ? Number(chosen[0]) : chosen[0];
    if (LISTS.has(field) || kind === "many") {
      const offered = new Set(options.map((option) => option.value));
      value = [...asTexts(at(background, field)).filter((one) => !offered.has(one)), ...chosen];
    } else if (chosen.length === 0) {
      value = undefined;
    }
    if (key === undefined) {
      next[part] = value ?? null;
      continue;
    }
    const group = isRecord(next[part]) ? next[part] : {};
    if (value === undefined || (Array.isArray(value) && value.length === 0)) delete group[key];
    else group[key] = value;
    next[part] = group;
  }
  return { ...next, questionnaireVersion: version };
}
