// Watches how a page is read, where that is remembered: on screen, scrolled, and no faster than anybody reads. Says
// "read" now and then and "complete" once. Nothing is measured for a reader whose reading nobody remembers.
import type { ProgressEvent } from "../../src/core/progress-events.ts";
import { contentOf, currentPath, pageTitle } from "../page/page.ts";
import type { ReaderStore } from "../reader/reader-store.ts";
import { type OnScreen, ReadingMeter } from "./reading-meter.ts";

/** Milliseconds between two looks at the page. */
const PERIOD = 1000;
/** Percent after which an event is worth storing before the page is left. */
const STEP = 25;
/** Percent from which a page counts as read to the end: few read the last line of a page. */
const COMPLETE = 95;

/** A page whose content is there. */
interface Shown {
  readonly path: string;
  readonly title: string;
  readonly text: string;
}

export class ReadingTracker extends EventTarget {
  readonly #store: ReaderStore;
  readonly #selector: string | undefined;
  readonly #whose: () => string;
  /** What was measured last: this page, or one that a router has left. */
  #shown: Shown | undefined;
  #content: HTMLElement | null = null;
  #meter: ReadingMeter | undefined;
  /** Whom the meter belongs to. */
  #reader = "";
  #timer: ReturnType<typeof setInterval> | undefined;
  /** What was last said, in percent. */
  #said = 0;

  /**
   * @param selector of the element that holds a page's content
   * @param whose who is reading: one text for each account, and others for a guest and for nobody
   */
  constructor(store: ReaderStore, selector: string | undefined, whose: () => string) {
    super();
    this.#store = store;
    this.#selector = selector;
    this.#whose = whose;
    store.addEventListener("change", () => this.#follow());
    document.addEventListener("visibilitychange", () => this.#follow());
    this.#follow();
  }

  /** What of this page is measured, or null while its content is not there. */
  get content(): HTMLElement | null {
    return this.#content;
  }

  /** Whether the part of the content that this element stands for has been read. */
  hasRead(from: Element, to: Element | undefined): boolean {
    const { top, height } = this.#box();
    const share = (y: number) => Math.min(1, Math.max(0, (y - top) / height));
    const end = to ? to.getBoundingClientRect().top : top + height;
    return this.#meter?.hasRead({ from: share(from.getBoundingClientRect().top), to: share(end) }) ?? false;
  }

  /** The page may have changed within the document: a router did it, or a framework drew it anew. */
  look(): void {
    const path = currentPath();
    if (path !== this.#shown?.path) this.say();
    this.#content = contentOf(this.#selector);
    if (path !== this.#shown?.path) {
      const text = this.#content?.textContent ?? "";
      // Routers change the address before the text, or after it. Text that was another page's is not this one's.
      if (!this.#content || text === this.#shown?.text) this.#content = null;
      else {
        this.#shown = { path, title: pageTitle(), text };
        this.#meter = undefined;
        this.#said = 0;
      }
    }
    this.#follow();
  }

  #follow(): void {
    const reader = this.#whose();
    if (reader !== this.#reader) {
      // What somebody else has read on this page is not theirs.
      this.#reader = reader;
      this.#meter = undefined;
      this.#said = 0;
    }
    if (!this.#store.remembers || document.visibilityState === "hidden") {
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.#meter?.pause();
      return;
    }
    this.#timer ??= setInterval(() => this.#sample(), PERIOD);
    if (!this.#shown || !this.#content) return;
    if (!this.#meter) {
      this.#meter = new ReadingMeter(this.#shown.text.split(/\s+/).length);
      queueMicrotask(() => this.dispatchEvent(new Event("read")));
    }
    // Other visits, devices and tabs can know more, and the Worker may say so only now.
    const known = this.#store.reading.at(this.#shown.path);
    const percent = known?.completedAt ? 100 : (known?.percent ?? 0);
    if (percent > this.#said) this.#meter.assume(percent);
    this.#said = Math.max(this.#said, percent);
  }

  #box(): DOMRect {
    return this.#content?.getBoundingClientRect() ?? new DOMRect();
  }

  #onScreen(): OnScreen {
    const { top, height } = this.#box();
    return { from: -top / height, to: (innerHeight - top) / height };
  }

  #sample(): void {
    if (!this.#content?.isConnected || currentPath() !== this.#shown?.path) this.look();
    const meter = this.#meter;
    if (!this.#content || !meter?.sample(performance.now(), this.#onScreen())) return;
    this.dispatchEvent(new Event("read"));
    if (this.#said === 0 || meter.percent >= this.#said + STEP || meter.percent >= COMPLETE) this.say();
  }

  /** Says how far the reader came, if that is news. */
  say(): void {
    const percent = Math.round(this.#meter?.percent ?? 0);
    if (!this.#shown || percent <= this.#said || !this.#store.remembers) return;
    const common = { page: this.#shown.path, at: new Date().toISOString() };
    const complete = percent >= COMPLETE && this.#said < COMPLETE;
    this.#said = percent;
    const events: ProgressEvent[] = [{ type: "read", ...common, percent }];
    if (complete) events.push({ type: "complete", ...common });
    this.#store.track(events, this.#shown.title);
  }
}
