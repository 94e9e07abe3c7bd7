// What reading events say together, page by page. Pure and without a schema library, so that a reader's browser can
// merge its own events with the code that the Worker merges them with.
import type { ProgressEvent } from "./progress-events.ts";
import type { FEEDBACK } from "./reading-progress.ts";

/** What a batch says about one page. Times are milliseconds since the epoch; null says nothing. */
export interface PageProgress {
  pageKey: string;
  percent: number;
  openedAt: number | null;
  completedAt: number | null;
  savedAt: number | null;
  unsavedAt: number | null;
  dismissedAt: number | null;
  restoredAt: number | null;
  feedback: (typeof FEEDBACK)[number] | null;
  feedbackAt: number | null;
  seenHash: string | null;
  seenAt: number | null;
}

const later = (a: number | null, b: number): number => (a === null || b > a ? b : a);

const nothing = (pageKey: string): PageProgress => ({
  pageKey,
  percent: 0,
  openedAt: null,
  completedAt: null,
  savedAt: null,
  unsavedAt: null,
  dismissedAt: null,
  restoredAt: null,
  feedback: null,
  feedbackAt: null,
  seenHash: null,
  seenAt: null,
});

/** Milliseconds. A clock that is off by less is right: what it seems to be off by is how long the request took. */
const MINUTE = 60_000;

/**
 * Merges a batch, page by page. A sender's clock that is wrong is put right by `sentAt`, which a second delivery of
 * the same events carries anew: to the minute, so that however long a delivery takes, an event keeps its time.
 * Nothing happened later than a minute from now.
 * @param now the receiver's clock, in milliseconds since the epoch
 */
export function mergeEvents(input: { sentAt: string; events: readonly ProgressEvent[] }, now: number): PageProgress[] {
  const off = now - Date.parse(input.sentAt);
  const offset = Math.abs(off) < MINUTE ? 0 : Math.round(off / MINUTE) * MINUTE;
  const pages = new Map<string, PageProgress>();
  for (const event of input.events) {
    addEvent(pages, event, Math.max(0, Math.min(now + MINUTE, Date.parse(event.at) + offset)));
  }
  return [...pages.values()];
}

/** Adds one event, which happened `at` that many milliseconds since the epoch, to what is known of its page. */
export function addEvent(pages: Map<string, PageProgress>, event: ProgressEvent, at: number): void {
  const page = pages.get(event.page) ?? nothing(event.page);
  pages.set(event.page, page);
  apply(page, event, at);
}

/** The fewest events that say what is known of a page: merged, they are that page again. */
export function eventsOf(known: PageProgress): ProgressEvent[] {
  const page = known.pageKey;
  const events: ProgressEvent[] = [];
  const say = (at: number | null, event: (at: string) => ProgressEvent) => {
    if (at !== null) events.push(event(new Date(at).toISOString()));
  };
  const { percent, seenHash, feedback } = known;
  say(known.openedAt, (at) => ({ type: "read", page, at, percent }));
  if (seenHash !== null) say(known.seenAt, (at) => ({ type: "read", page, at, percent, hash: seenHash }));
  say(known.completedAt, (at) => ({ type: "complete", page, at }));
  say(known.savedAt, (at) => ({ type: "save", page, at }));
  say(known.unsavedAt, (at) => ({ type: "unsave", page, at }));
  say(known.dismissedAt, (at) => ({ type: "dismiss", page, at }));
  say(known.restoredAt, (at) => ({ type: "restore", page, at }));
  say(known.feedbackAt, (at) => ({ type: "feedback", page, at, feedback }));
  return events;
}

function apply(page: PageProgress, event: ProgressEvent, at: number): void {
  switch (event.type) {
    case "read":
      page.percent = Math.max(page.percent, event.percent);
      see(page, event.hash, at);
      return;
    case "complete":
      page.percent = 100;
      page.completedAt = later(page.completedAt, at);
      see(page, event.hash, at);
      return;
    case "save":
      page.savedAt = later(page.savedAt, at);
      return;
    case "unsave":
      page.unsavedAt = later(page.unsavedAt, at);
      return;
    case "dismiss":
      page.dismissedAt = later(page.dismissedAt, at);
      return;
    case "restore":
      page.restoredAt = later(page.restoredAt, at);
      return;
    case "feedback": {
      // Of two at the same moment the same one wins in every order.
      const wins = page.feedbackAt === null || at > page.feedbackAt;
      const ties = at === page.feedbackAt && (event.feedback ?? "") > (page.feedback ?? "");
      if (wins || ties) Object.assign(page, { feedback: event.feedback, feedbackAt: at });
    }
  }
}

function see(page: PageProgress, seen: string | undefined, at: number): void {
  page.openedAt = later(page.openedAt, at);
  if (seen === undefined) return;
  const wins = page.seenAt === null || at > page.seenAt || (at === page.seenAt && seen > (page.seenHash ?? ""));
  if (wins) Object.assign(page, { seenHash: seen, seenAt: at });
}
