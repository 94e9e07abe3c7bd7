// Why a page is recommended. A reason comes only from a part that raised the score, and is stated only if the score
// truly falls without the thing it names: each one is tried by scoring the page for the same reader without it.
import type { Background } from "../background.ts";
import { PARTS, type Part, type Reason } from "../recommendation.ts";
import { canonicalTerm, type Level } from "../vocabulary.ts";
import type { Facet } from "./facets.ts";
import { type FitPart, matchedFacets, meets, partsOf, scoreOf } from "./parts.ts";
import type { IndexedPage } from "./prepare.ts";
import { answersOf, type Facts, interestsOf, type Situation, situate } from "./situation.ts";
import { addTo, match, type TermVector } from "./text.ts";
import type { PartScores } from "./weights.ts";

const MAX_REASONS = 3;
/** Terms or titles in one sentence. */
const MAX_VALUES = 2;
/** A reason that would cost the score less is too weak to be worth a reader's time. */
const LEAST_LOSS = 0.05;
/** Places from the start of the site that a newcomer is told about. */
const FIRST_PAGES = 3;

/** A reason before it is tried. */
interface Draft {
  values: string[];
  text: string;
  /** The same reader without the thing named; left out where the thing is the page's alone. */
  without?: Facts;
}
type Drafting = (situation: Situation, page: IndexedPage) => Draft | null;

/** How the sentences call what the catalogue spells in lower case. */
const NAMES: Readonly<Record<string, string>> = { linux: "Linux", macos: "macOS", windows: "Windows" };
const LEVEL_NAMES: Readonly<Record<Level, string>> = {
  beginner: "a beginner",
  intermediate: "an intermediate reader",
  advanced: "an advanced reader",
  expert: "an expert",
};

const quoted = (names: readonly string[]): string => list(names.map((name) => `“${name}”`));
const list = (names: readonly string[]): string => names.join(" and ");
const titles = (pages: readonly IndexedPage[]): string[] => pages.map(({ page }) => page.title);
const labels = (facets: readonly Facet[]): string[] => facets.map(({ label }) => label);

/** The reader had they never been on the pages. */
function forget(facts: Facts, pages: (page: IndexedPage) => boolean): Facts {
  const gone = new Set(facts.scope.pages.filter(pages).map(({ index }) => index));
  return {
    ...facts,
    reads: facts.reads.filter(({ page }) => !gone.has(page.index)),
    done: new Set([...facts.done].filter((index) => !gone.has(index))),
  };
}

/** The reader had they not given these answers. */
function unsay(facts: Facts, said: (term: string) => boolean): Facts {
  if (facts.background === null) return facts;
  const { primaryDomain, hardwareSetup, ...rest } = facts.background;
  const { operatingSystem, devices = [], gpu, ...hardware } = hardwareSetup;
  const kept = (terms: readonly string[]): string[] => terms.filter((term) => !said(term));
  const background: Background = {
    ...rest,
    primaryDomain: primaryDomain !== null && said(primaryDomain) ? null : primaryDomain,
    softwareTools: kept(rest.softwareTools),
    programmingLanguages: kept(rest.programmingLanguages),
    hardwareSetup: {
      ...hardware,
      devices: kept(devices),
      ...(operatingSystem && !said(operatingSystem) && { operatingSystem }),
      ...(gpu && !said(`${gpu} gpu`) && { gpu }),
    },
  };
  return { ...facts, background };
}

/** The sources of the "text" part for a page, strongest first, and of these the ones that count beside the first. */
function strongest<T>(sources: readonly T[], share: (source: T) => number): T[] {
  const sorted = sources
    .map((source) => ({ source, share: share(source) }))
    .sort((a, b) => b.share - a.share)
    .slice(0, MAX_VALUES);
  return sorted.filter((one) => one.share > 0 && one.share >= (sorted[0]?.share ?? 0) / 2).map((one) => one.source);
}

const alike = (situation: Situation, vector: TermVector, page: IndexedPage): number => {
  const query = new Float64Array(situation.scope.text.termCount);
  addTo(query, vector, 1);
  return match(query, page.vector);
};

const text: Drafting = (situation, page) => {
  if (situation.last !== null) {
    const interests = interestsOf(situation.reads);
    const sources = strongest(interests, (one) => one.weight * alike(situation, one.page.vector, page));
    const pages = sources.map((one) => one.page);
    return {
      values: titles(pages),
      text: `Close to ${quoted(titles(pages))}, which you read`,
      without: forget(situation, (one) => pages.includes(one)),
    };
  }
  const answers = answersOf(situation.background);
  const values = strongest(answers, (term) => alike(situation, situation.scope.text.vectorOf(term), page));
  return {
    values,
    text: `About ${list(values)}, from your answers`,
    without: unsay(situation, (term) => values.includes(term)),
  };
};

/** The terms of a page that the reading shares most. */
const shared =
  (field: "tags" | "categories", sentence: (names: readonly string[]) => string): Drafting =>
  (situation, page) => {
    const facets = strongest(page[field], ({ key, rarity }) => rarity * (situation[field].get(key) ?? 0));
    const keys = new Set(facets.map(({ key }) => key));
    return {
      values: labels(facets),
      text: sentence(labels(facets)),
      without: forget(situation, (one) => one[field].some(({ key }) => keys.has(key))),
    };
  };

/** Something the page asks for or is about, and the reader has. */
const owned =
  (part: FitPart | "domain", sentence: (names: string) => string): Drafting =>
  (situation, page) => {
    const facets = matchedFacets(situation, page, part);
    const said = situation.has[part].filter((term) => facets.some(({ key }) => meets(part, key, term)));
    return {
      values: labels(facets),
      text: sentence(list(labels(facets).map((label) => NAMES[label] ?? label))),
      without: unsay(situation, (term) => said.includes(canonicalTerm(term))),
    };
  };

/** The reader is in the middle of the section or series the page belongs to. */
const continued =
  (field: "section" | "series", sentence: (name: string) => string): Drafting =>
  (situation, page) => {
    const name = page.page.categories.at(field === "section" ? 0 : -1) ?? "";
    return {
      values: [name],
      text: sentence(quoted([name])),
      without: forget(situation, (one) => one[field] === page[field]),
    };
  };

const order: Drafting = (situation, page) => {
  const { last, unreadBefore } = situation;
  const before = (index: number): number => unreadBefore[index] ?? 0;
  if (last === null) {
    if (page.index >= FIRST_PAGES) return null;
    return { values: [], text: page.index === 0 ? "Where it all begins" : "Among the first pages" };
  }
  const isNext = page.index > last.index && before(page.index) === before(last.index + 1);
  return {
    values: titles([last]),
    text: `${isNext ? "Comes next after" : "Not far from"} ${quoted(titles([last]))}`,
    without: forget(situation, (one) => one === last),
  };
};

const prerequisite: Drafting = (situation, page) => {
  const pages = page.prerequisites.flatMap((index) => situation.scope.pages[index] ?? []);
  return {
    values: titles(pages),
    text: `You have read what it needs: ${quoted(titles(pages))}`,
    without: forget(situation, (one) => pages.includes(one)),
  };
};

const followUp: Drafting = (situation) => {
  const { last } = situation;
  if (last === null) return null;
  return {
    values: titles([last]),
    text: `Builds on ${quoted(titles([last]))}, which you just read`,
    without: forget(situation, (one) => one === last),
  };
};

const level: Drafting = (situation, { page }) => {
  if (situation.background === null || page.level === null) return null;
  const without = { ...situation, background: { ...situation.background, experienceLevel: null } };
  return { values: [page.level], text: `Right for ${LEVEL_NAMES[page.level]}`, without };
};

const DRAFTING: Readonly<Record<Part, Drafting>> = {
  text,
  tag: shared("tags", (names) => `About ${list(names)}, like what you read`),
  category: shared("categories", (names) => `In ${quoted(names)}, like what you read`),
  series: continued("series", (name) => `Next in ${name}`),
  section: continued("section", (name) => `Part of ${name}, where you are reading`),
  order,
  prerequisite,
  "follow-up": followUp,
  level,
  "operating-system": owned("operating-system", (names) => `For ${names}, which you use`),
  language: owned("language", (names) => `Uses ${names}, which you know`),
  tool: owned("tool", (names) => `Works with ${names}, which you use`),
  hardware: owned("hardware", (names) => `For ${names}, which you have`),
  domain: owned("domain", (names) => `About ${names}, your field`),
  changed: () => ({ values: [], text: "Changed since you read it" }),
};

/** At most three reasons for a page, the one the score owes most to first. */
export function reasonsOf(situation: Situation, page: IndexedPage, weights: PartScores, changed: boolean): Reason[] {
  const parts = partsOf(situation, page, weights, changed);
  const score = scoreOf(parts);
  return PARTS.filter((part) => parts[part] >= LEAST_LOSS)
    .flatMap((part) => {
      const draft = DRAFTING[part](situation, page);
      if (draft === null) return [];
      const loss = draft.without
        ? score - scoreOf(partsOf(situate(draft.without), page, weights, changed))
        : parts[part];
      return loss < LEAST_LOSS ? [] : [{ loss, reason: { part, values: draft.values, text: draft.text } }];
    })
    .sort((a, b) => b.loss - a.loss)
    .slice(0, MAX_REASONS)
    .map(({ reason }) => reason);
}
