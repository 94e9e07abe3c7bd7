// What can be known of a reader, and of their list.
import type { Failure } from "../api/api.ts";
import type { ShownRecommendation } from "../api/wire.ts";

/** Milliseconds after which a page is shown without what the Worker has not said yet. Its space stays as it is. */
export const PATIENCE = 1500;

export type ReaderState =
  | { status: "checking" }
  | { status: "signed-out" }
  /** Without an account, and with something on this device. */
  | { status: "guest"; hasAnswers: boolean }
  /** Nothing is known: neither that they are signed in nor that they are not. */
  | { status: "unreachable" }
  | { status: "signed-in"; id: string; hasAnswers: boolean };

export type RecommendationState =
  | { status: "none" }
  | { status: "loading"; items: readonly ShownRecommendation[] }
  | { status: "failed" }
  | { status: "ready"; items: readonly ShownRecommendation[] };

/** The sign-in worked, but the browser kept no cookie. */
export type SignInFailure = Failure | { kind: "cookie-lost" };

/** Announced to screen readers after something the reader did. */
export type Announcement = "signed-in" | "signed-out" | "saved" | "forgotten";
