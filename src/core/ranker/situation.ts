// Where a reader stands, derived from the facts: what they are after, where they left off, which level suits them.
// A reason is tried by asking for the situation without the thing it names, so nothing else may look at the facts first.
import { LEVELS } from "../vocabulary.ts";
import { type Facet, related, type Term } from "./facets.ts";
import type { AnswerPart, Answers, Facts, Read } from "./facts.ts";
import type { IndexedPage } from "./prepare.ts";
import { addTo, type Query } from "./text.ts";

/** Each page back in the history counts this much of the one after it. */
const RECENCY = 0.7;
/** Pages of the history that count at all: the share of a further one would be below 2 %. */
const HISTORY = 12;
/** An inferred level is a guess: how much it counts beside a stated one. */
const INFERRED_LEVEL = 0.2;
/** The most levels that a reader's verdicts move them, all together. */
const MAX_SHIFT = 1;
/** What an answer counts beside a page that was read, while none was. */
const ANSWER_WEIGHT = 0.5;

export interface Situation extends Facts {
  /** The page they read last; undefined for a newcomer. */
  readonly last: IndexedPage | undefined;
  /** The vocabulary of what they read, or, for a newcomer, of what they said. */
  readonly query: Query;
  /** How much of the recent reading has a tag or category, 0 to 1, by facet number. */
  readonly shares: Float64Array;
  /** Number of unread pages before each index of the scope. */
  readonly unreadBefore: Int32Array;
  /** The level to aim at, and how sure that is. */
  readonly target: { readonly level: number; readonly trust: number };
  /** Whether one of the reader's answers meets a page's term. */
  readonly meets: (part: AnswerPart, facet: Facet) => boolean;
}

/** The weight of each read page that counts, newest first. */
export function interestsOf(reads: readonly Read[]): { page: IndexedPage; weight: number }[] {
  return reads.slice(0, HISTORY).map(({ page, share }, age) => ({ page, weight: share * RECENCY ** age }));
}

/** The answers to look for in a page's words, each once, while there is nothing better to go by. */
export const subjectsOf = ({ domain, tool }: Answers): Term[] => [
  ...domain,
  ...tool.filter(({ key }) => domain.every((other) => other.key !== key)),
];

export function situate(facts: Facts): Situation {
  const { scope, reads, done, answers } = facts;
  const interests = interestsOf(reads);
  const query: Query = new Float64Array(scope.text.termCount);
  for (const { page, weight } of interests) addTo(query, page.vector, weight);
  if (reads.length === 0) {
    for (const { label } of subjectsOf(answers)) addTo(query, scope.text.vectorOf(label), ANSWER_WEIGHT);
  }

  const shares = new Float64Array(scope.facetCount);
  const total = interests.reduce((sum, { weight }) => sum + weight, 0);
  for (const { page, weight } of interests)
    for (const { id } of page.facets.domain) shares[id] = (shares[id] ?? 0) + weight / total;

  const unreadBefore = new Int32Array(scope.pages.length + 1).fill(1);
  unreadBefore[0] = 0;
  for (const { index } of done) unreadBefore[index + 1] = 0;
  for (let at = 1; at < unreadBefore.length; at++)
    unreadBefore[at] = (unreadBefore[at] ?? 0) + (unreadBefore[at - 1] ?? 0);

  return {
    ...facts,
    last: reads[0]?.page,
    query,
    shares,
    unreadBefore,
    target: targetOf(facts),
    meets: meeting(facts),
  };
}

/** What the reader said, else the highest level they read lately, else the easiest. */
function targetOf({ level, verdicts, reads }: Facts): Situation["target"] {
  const sum = [...verdicts.values()].reduce((all, one) => all + one, 0);
  const shift = Math.max(-MAX_SHIFT, Math.min(MAX_SHIFT, sum));
  const shifted = (from: number): number => Math.max(0, Math.min(LEVELS.length - 1, from + shift));
  if (level !== null) return { level: shifted(level), trust: 1 };
  const levels = reads.slice(0, HISTORY).flatMap(({ page }) => page.level ?? []);
  if (levels.length > 0) return { level: shifted(Math.max(...levels)), trust: INFERRED_LEVEL };
  return { level: shifted(0), trust: reads.length > 0 ? 0 : 1 };
}

/** Remembers what it found: thousands of pages ask about a few dozen terms. */
function meeting({ answers }: Facts): Situation["meets"] {
  const known: Partial<Record<AnswerPart, boolean[]>> = {};
  return (part, { id, key }) => {
    // A category or tag may be met as the reader's field and not as their wish.
    known[part] ??= [];
    known[part][id] ??= answers[part].some((answer) => answerMeets(part, answer.key, key));
    return known[part][id];
  };
}

/**
 * Hardware and fields are named more or less exactly. Systems, languages and tools are not, "c" is not "objective c",
 * and a wish names the very category or tag.
 */
export const answerMeets = (part: AnswerPart, answer: string, key: string): boolean =>
  part === "hardware" || part === "domain" ? related(answer, key) : answer === key;

/** The facets of a page that an answer meets. */
export const metFacets = (
  { answers, meets }: Situation,
  { facets }: IndexedPage,
  part: AnswerPart,
): readonly Facet[] => (answers[part].length === 0 ? [] : facets[part].filter((facet) => meets(part, facet)));
