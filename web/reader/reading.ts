// What a reader did with the pages of this site, as the page shows it: rows of the API, and what happened since.
// Pure; the same for a reader with an account and for one without.
import { addEvent, eventsOf, type PageProgress } from "../../src/core/merge-progress.ts";
import type { ProgressEvent } from "../../src/core/progress-events.ts";
import { plainPath } from "../../src/core/ranker/places.ts";
import type { ReadPage } from "../api/wire.ts";

/** Percent from which a page counts as read to the end. */
const NEARLY_ALL = 95;

export interface Place {
  path: string;
  title: string;
  /** "" where it is not known. */
  lang: string;
}

/** A page the reader knows, and where it is in the language of the page they are on. */
export interface KnownPage extends Place {
  progress: PageProgress;
}

const holds = (set: number | null, unset: number | null): boolean => set !== null && (unset === null || set > unset);
export const isSaved = (page: PageProgress): boolean => holds(page.savedAt, page.unsavedAt);
export const isDismissed = (page: PageProgress): boolean => holds(page.dismissedAt, page.restoredAt);
export const isComplete = (page: PageProgress): boolean => page.completedAt !== null;
export const isBegun = (page: PageProgress): boolean => page.openedAt !== null && page.percent > 0;

const time = (text: string | null): number | null => (text === null ? null : Date.parse(text));

export class Reading {
  /** By the key that the Worker knows a page by, or by path where only that is known. */
  readonly #pages = new Map<string, PageProgress>();
  readonly #places = new Map<string, Place[]>();
  /** From a path to the key. */
  readonly #keys = new Map<string, string>();

  constructor(rows: readonly ReadPage[] = []) {
    for (const { places, pageKey, percent, feedback, ...row } of rows) {
      this.#pages.set(pageKey, {
        pageKey,
        percent,
        feedback,
        openedAt: time(row.openedAt),
        completedAt: time(row.completedAt),
        savedAt: time(row.savedAt),
        unsavedAt: time(row.unsavedAt),
        dismissedAt: time(row.dismissedAt),
        restoredAt: time(row.restoredAt),
        feedbackAt: time(row.feedbackAt),
        seenHash: null,
        seenAt: null,
      });
      this.#places.set(pageKey, places);
      for (const { path } of places) this.#keys.set(plainPath(path), pageKey);
    }
  }

  /** Adds what happened on this device; `page` of an event is a path. */
  add(events: readonly ProgressEvent[], titles: Readonly<Record<string, string>> = {}): this {
    for (const event of events) {
      const key = this.#keys.get(plainPath(event.page)) ?? event.page;
      if (!this.#places.has(key)) {
        this.#places.set(key, [{ path: event.page, title: titles[event.page] ?? "", lang: "" }]);
        this.#keys.set(plainPath(event.page), key);
      }
      addEvent(this.#pages, { ...event, page: key }, Date.parse(event.at));
    }
    return this;
  }

  at(path: string): PageProgress | undefined {
    const key = this.#keys.get(plainPath(path));
    return key === undefined ? undefined : this.#pages.get(key);
  }

  /** A page that the catalogue does not have any more has no place, and cannot be linked. */
  #known(lang: string, test: (page: PageProgress) => boolean): KnownPage[] {
    return [...this.#pages.values()].filter(test).flatMap((progress) => {
      const places = this.#places.get(progress.pageKey) ?? [];
      const place = places.find((one) => one.lang === lang) ?? places[0];
      return place && place.title !== "" ? [{ ...place, progress }] : [];
    });
  }

  /** The page that was begun last and not finished, other than the one they are on. */
  unfinished(current: string, lang: string): KnownPage | undefined {
    const here = this.at(current);
    const begun = (page: PageProgress) =>
      page !== here && isBegun(page) && !isComplete(page) && page.percent < NEARLY_ALL && !isDismissed(page);
    return this.#known(lang, begun).sort((a, b) => (b.progress.openedAt ?? 0) - (a.progress.openedAt ?? 0))[0];
  }

  /** Saved pages, the last one first. */
  saved(lang: string): KnownPage[] {
    return this.#known(lang, isSaved).sort((a, b) => (b.progress.savedAt ?? 0) - (a.progress.savedAt ?? 0));
  }

  /** All of it as events by path, for another place to keep. A page without a place is left out. */
  asEvents(): { events: ProgressEvent[]; titles: Record<string, string> } {
    const titles: Record<string, string> = {};
    const events = [...this.#pages.values()].flatMap((page) => {
      const place = this.#places.get(page.pageKey)?.[0];
      if (!place) return [];
      titles[place.path] = place.title;
      return eventsOf({ ...page, pageKey: place.path });
    });
    return { events, titles };
  }
}
