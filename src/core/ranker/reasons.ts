// Why a page is recommended. A reason comes only from a part that raised the score, and is stated only if the score
// truly falls without the thing it names: each is tried by scoring the page for the same reader without that thing.
import type { Reason } from "../recommendation.ts";
import { PARTS, type Part } from "../score-parts.ts";
import { termName } from "../term-names.ts";
import type { Level } from "../vocabulary.ts";
import { type Facet, related, type Term } from "./facets.ts";
import type { AnswerPart, Answers, Facts } from "./facts.ts";
import { partsOf, type ScoredPage, scoreOf, skipped } from "./parts.ts";
import type { IndexedPage } from "./prepare.ts";
import { answerMeets, interestsOf, metFacets, type Situation, situate, subjectsOf } from "./situation.ts";
import { addTo, dot, type TermVector } from "./text.ts";
import type { PartScores } from "./weights.ts";

const MAX_REASONS = 3;
/** Terms or titles that a reason names because they are the strongest. */
const MAX_VALUES = 2;
/** Names in one sentence; it says when there are more. */
const MAX_NAMES = 3;
/** A reason that costs the score less than this is not worth a reader's time. */
const LEAST_LOSS = 0.05;
/** Pages from the start of the site that a newcomer is told about. */
const FIRST_PAGES = 3;

/** A reason before it is tried. */
interface Draft {
  values: readonly string[];
  text: string;
  /** The same reader without the thing named; left out where the thing is the page's alone. */
  without?: Facts;
}
type Drafting = (situation: Situation, page: IndexedPage) => Draft | null;

/** Parts that say much the same as another: of each kind only the strongest is stated. */
const KINDS: Partial<Record<Part, Part>> = {
  tag: "text",
  category: "text",
  domain: "text",
  series: "order",
  section: "order",
  "follow-up": "prerequisite",
};

const LEVEL_NAMES: Readonly<Record<Level, string>> = {
  beginner: "a beginner",
  intermediate: "an intermediate reader",
  advanced: "an advanced reader",
  expert: "an expert",
};

function list(all: readonly string[]): string {
  const names = all.length > MAX_NAMES ? [...all.slice(0, MAX_NAMES), "more"] : all;
  return [names.slice(0, -1).join(", "), names.at(-1)].filter(Boolean).join(" and ");
}
const quoted = (names: readonly string[]): string => list(names.map((name) => `“${name}”`));
const titlesOf = (pages: readonly IndexedPage[]): string[] => pages.map(({ page }) => page.title);
const labelsOf = (terms: readonly Term[]): string[] => terms.map(({ label }) => label);
/** A name that is itself two things would blur into the sentence. */
const namesOf = (labels: readonly string[]): string =>
  list(labels.map((label) => (/,| and /.test(label) ? quoted([label]) : termName(label))));

/** Each thing once: of terms that say the same in more or fewer words, the more telling one. */
function distinct(facets: readonly Facet[], same: (a: string, b: string) => boolean): Facet[] {
  const telling = facets.toSorted((a, b) => b.rarity - a.rarity || b.key.length - a.key.length);
  const kept = telling.filter((one, at) => !telling.slice(0, at).some((other) => same(other.key, one.key)));
  return facets.filter((one) => kept.includes(one));
}

/** The reader had they never been on the pages. */
const forget = (facts: Facts, gone: (page: IndexedPage) => boolean): Facts => ({
  ...facts,
  reads: facts.reads.filter(({ page }) => !gone(page)),
  done: new Set([...facts.done].filter((page) => !gone(page))),
  verdicts: new Map([...facts.verdicts].filter(([page]) => !gone(page))),
});

/** The reader had they not given the answers. */
const unsay = (facts: Facts, gone: (answer: Term) => boolean): Facts => {
  const kept = (part: AnswerPart): Term[] => facts.answers[part].filter((answer) => !gone(answer));
  const answers: Answers = {
    domain: kept("domain"),
    preference: kept("preference"),
    "operating-system": kept("operating-system"),
    language: kept("language"),
    tool: kept("tool"),
    hardware: kept("hardware"),
  };
  return { ...facts, answers };
};

/** The things that add most, and of these only what adds at least half as much as the first. */
function strongest<T>(things: readonly T[], adds: (thing: T) => number): T[] {
  const sorted = things.map((thing) => ({ thing, added: adds(thing) })).sort((a, b) => b.added - a.added);
  return sorted
    .slice(0, MAX_VALUES)
    .filter(({ added }) => added > 0 && added >= (sorted[0]?.added ?? 0) / 2)
    .map(({ thing }) => thing);
}

/** What one vector shares with a page. */
function likeness(situation: Situation, vector: TermVector, page: IndexedPage): number {
  const query = new Float64Array(situation.query.length);
  addTo(query, vector, 1);
  return dot(query, page.vector);
}

const text: Drafting = (situation, page) => {
  if (situation.last) {
    const interests = interestsOf(situation.reads);
    const sources = strongest(interests, (one) => one.weight * likeness(situation, one.page.vector, page));
    const pages = sources.map((one) => one.page);
    const values = titlesOf(pages);
    const without = forget(situation, (one) => pages.includes(one));
    return { values, text: `Close to ${quoted(values)}, which you read`, without };
  }
  const { text } = situation.scope;
  const answers = strongest(subjectsOf(situation.answers), ({ label }) =>
    likeness(situation, text.vectorOf(label), page),
  );
  const values = labelsOf(answers);
  const keys = answers.map(({ key }) => key);
  const without = unsay(situation, ({ key }) => keys.includes(key));
  return { values, text: `About ${namesOf(values)}, from your answers`, without };
};

/** The terms of a page that the reading shares most. */
const shared =
  (part: "tag" | "category", sentence: (labels: readonly string[]) => string): Drafting =>
  (situation, page) => {
    const adds = ({ id, rarity }: Facet): number => rarity * (situation.shares[id] ?? 0);
    const facets = strongest(distinct(page.facets[part].filter(adds), related), adds);
    const keys = facets.map(({ key }) => key);
    const without = forget(situation, (one) => one.facets[part].some(({ key }) => keys.includes(key)));
    const values = labelsOf(facets);
    return { values, text: sentence(values), without };
  };

/** What the page asks for or is about, and the reader has. */
const owned =
  (part: AnswerPart, sentence: (names: string) => string): Drafting =>
  (situation, page) => {
    const facets = distinct(metFacets(situation, page, part), (a, b) => answerMeets(part, a, b));
    // A system is one of three, whatever the page calls it.
    const values = part === "operating-system" ? facets.map(({ key }) => key) : labelsOf(facets);
    const without = unsay(situation, (answer) => facets.some(({ key }) => answerMeets(part, answer.key, key)));
    return { values, text: sentence(namesOf(values)), without };
  };

/** The reader is in the middle of the section or series that the page belongs to. */
const continued =
  (part: "section" | "series", sentence: (name: string, isNext: boolean) => string): Drafting =>
  (situation, page) => {
    const facet = page.facets.category.at(part === "section" ? 0 : -1);
    const values = facet ? [facet.label] : [];
    const without = forget(situation, (one) => one.facets.category.some(({ key }) => key === facet?.key));
    return { values, text: sentence(quoted(values), isNext(situation, page)), without };
  };

/** Whether a page is the first unread one after the page they read last. */
const isNext = (situation: Situation, page: IndexedPage): boolean =>
  situation.last !== undefined && page.index > situation.last.index && skipped(situation, situation.last, page) === 0;

/** The page they read last is why. */
const afterLast =
  (sentence: (title: string, isNext: boolean) => string): Drafting =>
  (situation, page) => {
    const { last, scope } = situation;
    if (!last) {
      const isFirst = page.index < Math.min(FIRST_PAGES, scope.pages.length / 2);
      return isFirst ? { values: [], text: "Among the first pages" } : null;
    }
    const values = titlesOf([last]);
    const without = forget(situation, (one) => one === last);
    return { values, text: sentence(quoted(values), isNext(situation, page)), without };
  };

const DRAFTING: Readonly<Record<Part, Drafting>> = {
  text,
  tag: shared("tag", (labels) => `About ${namesOf(labels)}, like what you read`),
  category: shared("category", (labels) => `In ${quoted(labels)}, like what you read`),
  series: continued("series", (name, next) => `${next ? "Next" : "Further on"} in ${name}`),
  section: continued("section", (name) => `Part of ${name}, where you are reading`),
  order: afterLast((title, next) => `${next ? "Comes next after" : "Not far from"} ${title}`),
  prerequisite: (situation, page) => {
    const values = titlesOf(page.prerequisites);
    const without = forget(situation, (one) => page.prerequisites.includes(one));
    return { values, text: `You have read what it needs: ${quoted(values)}`, without };
  },
  "follow-up": afterLast((title) => `Builds on ${title}, which you just read`),
  level: (situation, { page }) =>
    page.level && {
      values: [page.level],
      text: `Right for ${LEVEL_NAMES[page.level]}`,
      without: { ...situation, level: null },
    },
  "operating-system": owned("operating-system", (names) => `For ${names}, which you use`),
  language: owned("language", (names) => `Uses ${names}, which you know`),
  tool: owned("tool", (names) => `Works with ${names}, which you use`),
  hardware: owned("hardware", (names) => `For ${names}, which you have`),
  domain: owned("domain", (names) => `About ${names}, your field`),
  preference: owned("preference", (names) => `You asked for more about ${names}`),
  changed: () => ({ values: [], text: "Changed since you read it" }),
};

/**
 * At most three reasons for a page, first what sets it most apart: `usual` is what each part adds to the candidates on
 * average. That a page is for Linux says little where nearly every page is.
 */
export function reasonsOf(
  { page, situation, parts, score, changed }: ScoredPage,
  usual: PartScores,
  weights: PartScores,
): Reason[] {
  const reasons: Reason[] = [];
  const stated = new Set<Part>();
  const lossWithout = (facts: Facts): number => score - scoreOf(partsOf(situate(facts), page, weights, changed));
  for (const part of PARTS.toSorted((a, b) => parts[b] - usual[b] - (parts[a] - usual[a]))) {
    const kind = KINDS[part] ?? part;
    const draft = parts[part] < LEAST_LOSS || stated.has(kind) ? null : DRAFTING[part](situation, page);
    if (draft === null || (draft.without && lossWithout(draft.without) < LEAST_LOSS)) continue;
    stated.add(kind);
    reasons.push({ part, values: [...draft.values], text: draft.text });
    if (reasons.length === MAX_REASONS) break;
  }
  return reasons;
}
