// Watches how a page is read, where that is remembered: on screen, scrolled, and no faster than anybody reads. Says
// "read" now and then and "complete" once. Nothing runs for a reader whose reading nobody remembers.
import type { ProgressEvent } from "../../src/core/progress-events.ts";
import { currentPath } from "../page/page.ts";
import type { ReaderStore } from "../reader/reader-store.ts";
import { type OnScreen, ReadingMeter } from "./reading-meter.ts";

/** Milliseconds between two looks at the page. */
const PERIOD = 1000;
/** Percent after which an event is worth storing before the page is left. */
const STEP = 25;
/** Percent from which a page counts as read to the end: few read the last line of a page. */
const COMPLETE = 95;

export class ReadingTracker extends EventTarget {
  readonly #store: ReaderStore;
  readonly #content: HTMLElement;
  readonly #whose: () => string;
  /** The page that the content is of. */
  readonly #path = currentPath();
  #meter: ReadingMeter | undefined;
  /** Whom the meter belongs to. */
  #reader = "";
  #timer: ReturnType<typeof setInterval> | undefined;
  /** What was last said, in percent. */
  #said = 0;

  /** @param whose who is reading: one text for each account, and others for a guest and for nobody */
  constructor(store: ReaderStore, content: HTMLElement, whose: () => string) {
    super();
    this.#store = store;
    this.#content = content;
    this.#whose = whose;
    store.addEventListener("change", () => this.#follow());
    document.addEventListener("visibilitychange", () => this.#follow());
    this.#follow();
  }

  /** Whether the part of the content that this element stands for has been read. */
  hasRead(from: Element, to: Element | undefined): boolean {
    const { top, height } = this.#content.getBoundingClientRect();
    const share = (y: number) => Math.min(1, Math.max(0, (y - top) / height));
    const end = to ? to.getBoundingClientRect().top : top + height;
    return this.#meter?.hasRead({ from: share(from.getBoundingClientRect().top), to: share(end) }) ?? false;
  }

  #follow(): void {
    const reader = this.#whose();
    if (reader !== this.#reader) {
      // What somebody else has read on this page is not theirs.
      this.#reader = reader;
      this.#meter = undefined;
      this.#said = 0;
    }
    const looking = this.#store.remembers && document.visibilityState === "visible" && this.#isHere();
    if (!looking) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.#meter?.pause();
      return;
    }
    if (!this.#meter) {
      this.#meter = new ReadingMeter((this.#content.textContent ?? "").split(/\s+/).length);
      queueMicrotask(() => this.dispatchEvent(new Event("read")));
    }
    // Other visits, devices and tabs can know more, and the Worker may say so only now.
    const known = this.#store.reading.at(this.#path);
    const percent = known?.completedAt ? 100 : (known?.percent ?? 0);
    if (percent > this.#said) this.#meter.assume(percent);
    this.#said = Math.max(this.#said, percent);
    this.#timer ??= setInterval(() => this.#look(), PERIOD);
  }

  #onScreen(): OnScreen {
    const { top, height } = this.#content.getBoundingClientRect();
    return { from: -top / height, to: (innerHeight - top) / height };
  }

  /** A router that changes the page without loading one leaves content that nobody looks at any more. */
  #isHere(): boolean {
    return currentPath() === this.#path && this.#content.isConnected;
  }

  #look(): void {
    if (!this.#isHere()) {
      this.say();
      this.#follow();
      return;
    }
    const meter = this.#meter;
    if (!meter?.sample(performance.now(), this.#onScreen())) return;
    this.dispatchEvent(new Event("read"));
    if (this.#said === 0 || meter.percent >= this.#said + STEP || meter.percent >= COMPLETE) this.say();
  }

  /** Says how far the reader came, if that is news. */
  say(): void {
    const percent = Math.round(this.#meter?.percent ?? 0);
    if (percent <= this.#said || !this.#store.remembers) return;
    const common = { page: this.#path, at: new Date().toISOString() };
    const complete = percent >= COMPLETE && this.#said < COMPLETE;
    this.#said = percent;
    const events: ProgressEvent[] = [{ type: "read", ...common, percent }];
    if (complete) events.push({ type: "complete", ...common });
    this.#store.track(events);
  }
}
