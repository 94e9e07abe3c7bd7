// What a reader without an account has on this device: answers, reading, saved pages, feedback. Pure: how it is read
// back, and how the states of two tabs become one, in any order and however often.
import * as z from "zod/mini";
import { type Background, type BackgroundInput, backgroundInput, EMPTY_BACKGROUND } from "../../src/core/background.ts";
import { eventsOf, mergeEvents } from "../../src/core/merge-progress.ts";
import { type ProgressEvent, progressEvent } from "../../src/core/progress-events.ts";

/** Raised when an older widget could not read what a newer one writes. */
const VERSION = 1;

const localState = z.object({
  version: z.literal(VERSION),
  /** Is what they read remembered? The later of two answers counts; milliseconds since the epoch. */
  reading: z.object({ on: z.boolean(), at: z.number() }),
  answers: z.nullable(z.object({ background: backgroundInput, at: z.number() })),
  /** The fewest that say everything; `page` is a path. */
  events: z.array(progressEvent),
  /** Titles of the pages that are named in events, as they were read. */
  titles: z.record(z.string(), z.string()),
  /** The account whose copy on this device is shown as well. */
  account: z.optional(z.string()),
});
export type LocalState = z.infer<typeof localState>;

export const EMPTY_STATE: LocalState = {
  version: VERSION,
  reading: { on: false, at: 0 },
  answers: null,
  events: [],
  titles: {},
};

/** What was stored; undefined when there is nothing, or nothing that this version understands. */
export function parseState(text: string | null): LocalState | undefined {
  if (text === null) return undefined;
  try {
    const parsed = z.safeParse(localState, JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** As few events as say the same, the same ones in every order of arrival. */
function compact(events: readonly ProgressEvent[], now: number): ProgressEvent[] {
  const sentAt = new Date(now).toISOString();
  return mergeEvents({ sentAt, events }, now)
    .sort((a, b) => (a.pageKey < b.pageKey ? -1 : 1))
    .flatMap(eventsOf);
}

export function withEvents(state: LocalState, events: readonly ProgressEvent[], now: number): LocalState {
  return { ...state, events: compact([...state.events, ...events], now) };
}

/** Two tabs' states as one. Merging again, or the other way round, changes nothing. */
export function mergeStates(a: LocalState, b: LocalState, now: number): LocalState {
  const account = b.account ?? a.account;
  return {
    version: VERSION,
    reading: b.reading.at > a.reading.at ? b.reading : a.reading,
    answers: (b.answers?.at ?? -1) > (a.answers?.at ?? -1) ? b.answers : a.answers,
    events: compact([...a.events, ...b.events], now),
    titles: { ...a.titles, ...b.titles },
    ...(account === undefined ? {} : { account }),
  };
}

/** The answers in the form that the API returns them in; `null` when nothing was answered. */
export function backgroundOf({ answers }: LocalState): Background | null {
  if (answers === null) return null;
  const given = Object.fromEntries(
    Object.entries(answers.background).filter(([, value]) => value !== undefined && value !== null),
  );
  return { ...EMPTY_BACKGROUND, ...given, updatedAt: new Date(answers.at).toISOString() };
}

/** What a questionnaire made, checked as the Worker would; undefined when it would be refused. */
export function parseAnswers(background: unknown): BackgroundInput | undefined {
  const parsed = z.safeParse(backgroundInput, background);
  return parsed.success ? parsed.data : undefined;
}
