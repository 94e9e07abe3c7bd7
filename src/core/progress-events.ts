// Reading events on their way to the reader's progress. Sent at least once, counted once, in any order: every field
// is decided by the time of the event that last touched it, never by the time or the order of arrival.
// Pure; the browser merges its own events with the same code before anybody signs in.
import * as z from "zod/mini";
import { storableText } from "./background.ts";
import { pageKey } from "./catalogue.ts";
import { FEEDBACK } from "./reading-progress.ts";

export const PROGRESS_LIMITS = {
  /** Events of one batch. */
  events: 200,
  /** Bytes of one batch. */
  bodyBytes: 128 * 1024,
} as const;

/** RFC 3339 with an offset. */
const instant = z.iso.datetime({ offset: true, error: "must be an RFC 3339 time with an offset" });

const common = { page: pageKey, at: instant };
/** The page's content hash as the reader saw it. */
const hash = z.optional(storableText(128, 1));

export const progressEvent = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("read"),
    ...common,
    hash,
    percent: z.int().check(z.minimum(0), z.maximum(100)),
  }),
  z.strictObject({ type: z.literal("complete"), ...common, hash }),
  z.strictObject({ type: z.literal("save"), ...common }),
  z.strictObject({ type: z.literal("unsave"), ...common }),
  z.strictObject({ type: z.literal("dismiss"), ...common }),
  z.strictObject({ type: z.literal("restore"), ...common }),
  /** null takes it back. */
  z.strictObject({ type: z.literal("feedback"), ...common, feedback: z.nullable(z.enum(FEEDBACK)) }),
]);
export type ProgressEvent = z.infer<typeof progressEvent>;

/** Body of `POST /api/progress`. */
export const progressInput = z.strictObject({
  site: storableText(60, 1),
  /** The sender's clock when it sent: what it is off by is taken off every event. */
  sentAt: instant,
  events: z.array(progressEvent).check(z.minLength(1), z.maxLength(PROGRESS_LIMITS.events)),
});
export type ProgressInput = z.infer<typeof progressInput>;

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

/**
 * Merges a batch, page by page. A sender's clock that is wrong is put right by `sentAt`, which a second delivery of
 * the same events carries anew; an event from the future happened now.
 * @param now the receiver's clock, in milliseconds since the epoch
 */
export function mergeEvents(input: Pick<ProgressInput, "sentAt" | "events">, now: number): PageProgress[] {
  const offset = now - Date.parse(input.sentAt);
  const pages = new Map<string, PageProgress>();
  for (const event of input.events) {
    const at = Math.max(0, Math.min(now, Date.parse(event.at) + offset));
    const page = pages.get(event.page) ?? nothing(event.page);
    pages.set(event.page, page);
    apply(page, event, at);
  }
  return [...pages.values()];
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
