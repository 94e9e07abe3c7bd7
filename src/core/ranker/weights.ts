// How much each part of the score counts. Round numbers on purpose: they were chosen on a few small sets of experts'
// learning paths (bench/ranker), where nothing finer could be told apart.
import { PARTS, type Part } from "../score-parts.ts";

export type PartScores = Record<Part, number>;

/** Every part measures about -1 to 1; "text" is 1 for as much shared vocabulary as two pages of one topic have. */
const DEFAULTS: PartScores = {
  text: 4,
  tag: 0.4,
  category: 0.4,
  series: 0.6,
  section: 0.4,
  order: 0.8,
  prerequisite: 0.8,
  "follow-up": 0.6,
  level: 1,
  "operating-system": 1,
  language: 0.8,
  tool: 0.4,
  hardware: 0.8,
  domain: 0.8,
  preference: 1,
  changed: 0.8,
};

/** A number for every part. */
export function eachPart(value: (part: Part) => number): PartScores {
  const scores = { ...DEFAULTS };
  for (const part of PARTS) scores[part] = value(part);
  return scores;
}

/** The defaults, each multiplied by the owner's factor (1 where the owner names none). */
export const weightsOf = (factors: Partial<Record<Part, number>> = {}): PartScores =>
  eachPart((part) => DEFAULTS[part] * (factors[part] ?? 1));
