// What the ranker knows about a reader. Types only; nothing here is validated: callers parse what comes from outside.
import type { Background } from "../background.ts";

/** What a reader may say about a page. */
export const FEEDBACK = ["too-easy", "too-hard", "not-for-me"] as const;
export type Feedback = (typeof FEEDBACK)[number];

/** What a reader did with one page. Times are RFC 3339 text; null means never. */
export interface ReadingProgress {
  pageKey: string;
  /** How far down the page, 0 to 100. */
  percent: number;
  openedAt: string | null;
  /** Only a completed page counts as a prerequisite that is met, and only a completed page leaves the list. */
  completedAt: string | null;
  /** Put aside for later: nothing the ranker weighs, because saving is a list of its own. */
  savedAt: string | null;
  /** "Not for me": never recommended again, and not taken as an interest. */
  dismissedAt: string | null;
  feedback: Feedback | null;
  /** `contentHash` of the page when it was last read; null when unknown. */
  seenHash: string | null;
}

export interface ReaderState {
  /** null when nothing was ever answered. */
  background: Background | null;
  progress: readonly ReadingProgress[];
  /**
   * Only pages in this language (BCP 47) are recommended. Left out, it is that of the current page, else of the page
   * read last, else the site's main one. The same for the version of the documentation.
   */
  lang?: string;
  version?: string;
}
