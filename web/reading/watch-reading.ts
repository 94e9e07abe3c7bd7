// Marks and measuring on the page as it is now: a client-side router may make another page of it without loading one,
// and a framework may draw its navigation anew.
import { currentPath } from "../page/page.ts";
import type { ReaderStore } from "../reader/reader-store.ts";
import { defineMarks, markNavigation, markSections, removeMarks } from "./marks.ts";
import { ReadingTracker } from "./reading-tracker.ts";

/** Milliseconds from a change of the page to a look at it. */
const SETTLE = 300;

export interface WatchOptions {
  /** Selector of what holds a page's content. */
  readonly content: string | undefined;
  /** Selector of the navigation whose links get marks; "none" for no marks. */
  readonly marks: string | undefined;
}

/** @returns says what was read since it was last said */
export function watchReading(store: ReaderStore, { content, marks }: WatchOptions): () => void {
  defineMarks();
  /** While the Worker cannot say who it is, it is whoever signed in here. */
  const whose = (): string => store.account ?? store.reader.status;
  const tracker = new ReadingTracker(store, content, whose);
  let path = currentPath();
  let soon = false;
  const observer = new MutationObserver(() => {
    if (!soon) setTimeout(look, SETTLE);
    soon = true;
  });
  const draw = () => {
    const { status } = store.reader;
    if (status !== "signed-in" && status !== "guest") removeMarks();
    else {
      markNavigation(store.reading, marks);
      if (tracker.content && marks !== "none") markSections(tracker.content, (from, to) => tracker.hasRead(from, to));
    }
  };
  const look = () => {
    soon = false;
    tracker.look();
    if (path === currentPath()) return draw();
    path = currentPath();
    store.turnPage();
  };
  store.addEventListener("change", draw);
  tracker.addEventListener("read", draw);
  store.addEventListener("leaving", () => tracker.say());
  // Hidden first: what was read last is said, then sent. Some browsers tell only one of the two.
  const leave = () => {
    tracker.say();
    void store.sendWaiting(true);
  };
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") leave();
  });
  addEventListener("pagehide", leave);
  addEventListener("online", () => void store.sendWaiting(false, true));
  tracker.look();
  observer.observe(document, { childList: true, subtree: true });
  return () => tracker.say();
}
