// Reading events on their way to the reader's progress. Sent at least once, counted once, in any order: every field
// is decided by the time of the event that last touched it, never by the time or the order of arrival.
// Pure; merge-progress.ts says what they say together.
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
