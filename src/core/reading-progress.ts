// What a reader did with a page, as it is stored and sent.
import * as z from "zod/mini";

/** What a reader may say about a page. */
export const FEEDBACK = ["too-easy", "too-hard", "not-for-me"] as const;

const time = z.nullable(z.string());

export const readingProgress = z.object({
  pageKey: z.string(),
  /** How far down the page, 0 to 100. */
  percent: z.number().check(z.minimum(0), z.maximum(100)),
  /** Times are RFC 3339 text; null means never. */
  openedAt: time,
  completedAt: time,
  savedAt: time,
  dismissedAt: time,
  feedback: z.nullable(z.enum(FEEDBACK)),
  /** `contentHash` of the page when it was last read; null when unknown. */
  seenHash: z.nullable(z.string()),
});
export type ReadingProgress = z.infer<typeof readingProgress>;

/** Answer of `GET /api/progress?site=`: the most recently touched page first. */
export const progressListAnswer = z.object({
  progress: z.array(
    z.extend(readingProgress, {
      unsavedAt: time,
      restoredAt: time,
      feedbackAt: time,
      seenAt: time,
      /** Saved, and not taken back since. */
      saved: z.boolean(),
      dismissed: z.boolean(),
    }),
  ),
});

/** Answer of `POST /api/progress`. */
export const progressAnswer = z.object({
  /** How many pages' progress was merged. */
  pages: z.number(),
  /** Pages that are not in the site's catalogue: sending them again changes nothing. */
  unknownPages: z.array(z.string()),
});
