// What the widget reads of the Worker's answers and of its own storage, and nothing more: the API may grow (a new
// reason, a new field) without breaking a widget that is already on somebody's page.
import type { ProgressEvent } from "../../src/core/progress-events.ts";
import {
  anything,
  list,
  map,
  nullable,
  number,
  type Of,
  object,
  oneOf,
  optional,
  or,
  type Shape,
  text,
} from "./shape.ts";

const recommendation = object({
  path: text,
  title: text,
  summary: text,
  level: nullable(text),
  minutes: nullable(number),
  reasons: list(object({ part: text, values: list(text), text })),
  readFirst: list(object({ path: text, title: text })),
});
export type ShownRecommendation = Of<typeof recommendation>;
export const recommendationsAnswer = object({ recommendations: list(recommendation) });

/** A background whose parts are looked up by the questionnaire's fields. */
export const looseBackground = map(anything);
export type LooseBackground = Of<typeof looseBackground>;

const feedback = oneOf("too-easy", "too-hard", "not-for-me");

/** What a reader did with one page of the site; times are RFC 3339. */
export const readPage = object({
  pageKey: text,
  percent: number,
  openedAt: nullable(text),
  completedAt: nullable(text),
  savedAt: nullable(text),
  unsavedAt: nullable(text),
  dismissedAt: nullable(text),
  restoredAt: nullable(text),
  feedback: or(nullable(feedback), null),
  feedbackAt: nullable(text),
  places: list(object({ path: text, lang: text, title: text })),
});
export type ReadPage = Of<typeof readPage>;

/** `GET /api/me?site=`. */
export const meAnswer = object({
  user: object({ id: text, email: text, name: text }),
  background: looseBackground,
  reading: optional(list(readPage)),
});
export type Me = Of<typeof meAnswer>;

/** `POST /api/progress`, with or without `with=me`. */
export const progressAnswer = object({ me: optional(meAnswer) });

/** Better Auth's get-session, sign-in and sign-up all carry the user. */
export const userAnswer = nullable(object({ user: object({ id: text, email: text, name: text }) }));
export type User = NonNullable<Of<typeof userAnswer>>["user"];

/** Better Auth's errors and our problems share this name. */
export const refusal = object({ code: optional(text) });

const named = object({
  type: oneOf("read", "complete", "save", "unsave", "dismiss", "restore", "feedback"),
  page: text,
  at: text,
});
const readEvent = object({ percent: number });
const feedbackEvent = object({ feedback: nullable(feedback) });

/** A reading event, as this widget stores it until it is sent. */
export const storedEvent: Shape<ProgressEvent> = (value) => {
  const { type, ...common } = named(value);
  if (type === "read") return { type, ...common, ...readEvent(value) };
  if (type === "feedback") return { type, ...common, ...feedbackEvent(value) };
  return { type, ...common };
};
