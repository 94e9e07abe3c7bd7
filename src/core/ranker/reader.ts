// What the ranker knows about a reader. Types only; nothing here is validated: callers parse what comes from outside.
import type { Background } from "../background.ts";
import type { ReadingProgress } from "../reading-progress.ts";

export interface ReaderState {
  /** null when nothing was ever answered. */
  background: Background | null;
  /**
   * Only a completed page leaves the list and counts as a prerequisite that is met. A dismissed page is never
   * recommended, and like one that was "not for me" it is not taken for an interest. Saved pages are not weighed:
   * they are a list of their own.
   */
  progress: readonly ReadingProgress[];
  /**
   * Only pages in this language (BCP 47) are recommended. Left out, it is that of the current page, else of the page
   * read last, else the site's main one. The same for the version of the documentation.
   */
  lang?: string | undefined;
  version?: string | undefined;
}
