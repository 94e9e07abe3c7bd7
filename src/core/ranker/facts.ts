// The facts about a reader that count in one scope: what they read there and what they said of themselves. Read off the
// reader's state once; everything else is derived from them (situation.ts).
import type { ReadingProgress } from "../reading-progress.ts";
import { LEVELS } from "../vocabulary.ts";
import { type Term, termsOf } from "./facets.ts";
import type { Place } from "./places.ts";
import type { IndexedPage, RankerIndex, Scope } from "./prepare.ts";
import type { ReaderState } from "./reader.ts";

/** Percent of a page from which having opened it is more than a glance. */
const GLANCE = 20;
/** Levels that a verdict moves the reader. */
const VERDICTS = { "too-easy": 0.5, "too-hard": -0.5, "not-for-me": 0 } as const;

/** A page the reader has been on. */
export interface Read {
  readonly page: IndexedPage;
  /** How much of it they read, 0 to 1. */
  readonly share: number;
}

/** What a reader has and is, by the part of the score that asks. */
export type Answers = Readonly<
  Record<"domain" | "preference" | "operating-system" | "language" | "tool" | "hardware", readonly Term[]>
>;
export type AnswerPart = keyof Answers;

export interface Facts {
  readonly scope: Scope;
  readonly answers: Answers;
  /** The level they stated, an index in LEVELS. */
  readonly level: number | null;
  /** What each verdict of theirs adds to it, in levels: up for a page too easy, down for one too hard. */
  readonly verdicts: ReadonlyMap<IndexedPage, number>;
  /** Newest first; the page they are on is the newest. */
  readonly reads: readonly Read[];
  /** The pages that count as read: completed, or being read now. */
  readonly done: ReadonlySet<IndexedPage>;
}

/** When a page was last read, in milliseconds; 0 for never, or for a time that cannot be read. */
function readAt({ openedAt, completedAt }: ReadingProgress, now: Date): number {
  const times = [openedAt, completedAt].map((time) => Date.parse(time ?? "") || 0);
  return Math.min(Math.max(...times), now.getTime());
}

/** Newest first. Times after `now` are taken for it: a device with a wrong clock must not lead the history for ever. */
export function newestFirst(progress: readonly ReadingProgress[], now: Date): ReadingProgress[] {
  return progress
    .map((one) => ({ one, at: readAt(one, now) }))
    .sort((a, b) => b.at - a.at || (a.one.pageKey < b.one.pageKey ? -1 : 1))
    .map(({ one }) => one);
}

/** Whether a language tag names the same language, more or less exactly: "en" and "en-GB". */
const sameLanguage = (a: string, b: string): boolean => `${a}-`.startsWith(`${b}-`) || `${b}-`.startsWith(`${a}-`);

/**
 * The one language and version to recommend from: the current page's, else as stated, else that read last, else the
 * main. `current` is the page's key where its path does not say which one it is.
 */
export function scopeFor(
  { scopes }: RankerIndex,
  reader: ReaderState,
  history: readonly ReadingProgress[],
  place: Place | undefined,
  current?: string | undefined,
): Scope | undefined {
  if (place) return place.scope;
  // Pages often say "en_US" and mean "en-US".
  const lang = reader.lang?.trim().toLowerCase().replaceAll("_", "-");
  const spoken = scopes.filter((scope) => lang === undefined || sameLanguage(scope.lang.toLowerCase(), lang));
  const exact = spoken.filter((scope) => scope.lang.toLowerCase() === lang);
  const eligible = (exact.length > 0 ? exact : spoken).filter(
    ({ version }) => reader.version === undefined || version === reader.version,
  );
  const found = eligible.find((scope) => scope.byKey.has(current ?? ""));
  if (found) return found;
  for (const { pageKey, seenHash } of history) {
    const scopesOfPage = eligible.filter((scope) => scope.byKey.has(pageKey));
    // The key of a page is the same in every translation; what the reader saw of it tells them apart.
    const seen = scopesOfPage.find((scope) => scope.byKey.get(pageKey)?.page.contentHash === seenHash);
    if (seen ?? scopesOfPage[0]) return seen ?? scopesOfPage[0];
  }
  return eligible[0];
}

/** The pages the reader completed. */
export const completedIn = ({ byKey }: Scope, progress: readonly ReadingProgress[]): Set<IndexedPage> =>
  new Set(progress.flatMap(({ pageKey, completedAt }) => (completedAt === null ? [] : (byKey.get(pageKey) ?? []))));

export function factsOf(
  scope: Scope,
  { background, preferredCategories = [] }: ReaderState,
  history: readonly ReadingProgress[],
  current: IndexedPage | undefined,
): Facts {
  const done = completedIn(scope, history);
  if (current) done.add(current);
  const verdicts = new Map<IndexedPage, number>();
  const reads: Read[] = current ? [{ page: current, share: 1 }] : [];
  for (const { pageKey, completedAt, openedAt, percent, dismissedAt, feedback } of history) {
    const page = scope.byKey.get(pageKey);
    if (page === undefined) continue;
    if (feedback !== null) verdicts.set(page, VERDICTS[feedback]);
    if (page === current) continue;
    const wanted = dismissedAt === null && feedback !== "not-for-me";
    if (wanted && completedAt !== null) reads.push({ page, share: 1 });
    else if (wanted && openedAt !== null && percent >= GLANCE)
      reads.push({ page, share: Math.min(percent, 100) / 100 });
  }
  const { operatingSystem, devices = [], gpu } = background?.hardwareSetup ?? {};
  return {
    scope,
    answers: {
      domain: termsOf(background?.primaryDomain ? [background.primaryDomain] : []),
      preference: termsOf(preferredCategories),
      "operating-system": termsOf(operatingSystem ? [operatingSystem] : []),
      language: termsOf(background?.programmingLanguages ?? []),
      tool: termsOf(background?.softwareTools ?? []),
      // Readers write "RTX 4070", pages ask for a "GPU".
      hardware: termsOf(gpu ? [...devices, `${gpu} GPU`] : devices),
    },
    level: background?.experienceLevel ? LEVELS.indexOf(background.experienceLevel) : null,
    verdicts,
    reads,
    done,
  };
}
