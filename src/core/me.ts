// The wire schema of `GET /api/me`: everything a page shows of its reader.
import * as z from "zod/mini";
import { background } from "./background.ts";
import { preferences } from "./personalization.ts";
import { readerQuery, time, uuid } from "./primitives.ts";
import { profile } from "./profile.ts";
import { FEEDBACK, progressAnswer } from "./reading-progress.ts";

/** By site. */
export const progressSummary = z.record(
  z.string(),
  z.object({ opened: z.number(), completed: z.number(), saved: z.number() }),
);

/** `site`: say also what the reader did with the pages of this one. */
export const meQuery = z.object({ site: z.optional(z.string().check(z.minLength(1), z.maxLength(60))) });

const moment = z.nullable(time);

/** What the reader did with one page. Saved while `savedAt` is later than `unsavedAt`, and so on. */
export const readPage = z.object({
  pageKey: z.string(),
  percent: z.number(),
  openedAt: moment,
  completedAt: moment,
  savedAt: moment,
  unsavedAt: moment,
  dismissedAt: moment,
  restoredAt: moment,
  feedback: z.nullable(z.enum(FEEDBACK)),
  feedbackAt: moment,
  /** The page in each language and version; empty when the catalogue has it no more. */
  places: z.array(z.object({ path: z.string(), lang: z.string(), title: z.string() })),
});

export const meAnswer = z.object({
  user: z.object({
    id: uuid,
    email: z.string(),
    emailVerified: z.boolean(),
    name: z.string(),
    image: z.nullable(z.string()),
    role: z.enum(["user", "moderator", "admin"]),
    createdAt: time,
    skillLevel: z.nullable(z.string()),
    operatingSystem: z.nullable(z.string()),
  }),
  background,
  profile,
  preferences,
  progress: progressSummary,
  /** Only where `site` was named; the page touched last first. */
  reading: z.optional(z.array(readPage)),
});

/** Of `POST /api/progress`. */
export const progressMergeQuery = z.extend(readerQuery, {
  /** Asks for what `GET /api/me` of the site says after the merge. */
  with: z.optional(z.literal("me")),
});

export const progressMergeAnswer = z.extend(progressAnswer, { me: z.optional(meAnswer) });
