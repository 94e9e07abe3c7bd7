// What the ranker knows about a reader. Types only; nothing here is validated: callers parse what comes from outside.
import type { Background } from "../background.ts";
import type { ReadingProgress } from "../reading-progress.ts";

export interface ReaderState {
  /** null when nothing was ever answered. */
  background: Background | null;
  /**
   * Only a completed page counts as a prerequisite that is met, and leaves the list until it changes. A page that was
   * dismissed or "not for me" is never recommended, nor taken for an interest. Saved pages are not weighed: they are a
   * list of their own.
   */
  progress: readonly ReadingProgress[];
  /** Categories and tags they want to see more of. Those that no page has count for nothing. */
  preferredCategories?: readonly string[] | undefined;
  /**
   * Where the current page is not in the catalogue, only pages in this language (BCP 47) are recommended. Left out, it
   * is that of the page read last, else the site's main one. The same for the version of the documentation.
   */
  lang?: string | undefined;
  version?: string | undefined;
}
