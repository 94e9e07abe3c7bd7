// How much of a page was really read. Honest rather than generous: only what was on screen counts, no faster than
// somebody can skim it, and a page that lies open while nobody scrolls earns no more than what is on screen. Pure.

/** The page is measured in twentieths. */
const SLICES = 20;
/** Words a minute, about twice as fast as people skim. */
const FASTEST = 900;
/** Milliseconds that one sample may stand for: timers of a page in the background fire late. */
const LONGEST_SAMPLE = 2000;

/** The part of the content that is on screen, as shares from 0 to 1; `from` is larger than `to` when none is. */
export interface OnScreen {
  from: number;
  to: number;
}

export class ReadingMeter {
  readonly #seen = Array.from({ length: SLICES }, () => false);
  /** Milliseconds that a slice takes to read. */
  readonly #cost: number;
  #earned = 0;
  #last: number | undefined;

  /** @param words of the whole content */
  constructor(words: number) {
    this.#cost = (Math.max(words, SLICES) / SLICES / FASTEST) * 60_000;
  }

  /** @param percent read elsewhere or on earlier visits; taken for the beginning of the page */
  assume(percent: number): void {
    this.#seen.fill(true, 0, Math.floor((percent / 100) * SLICES));
  }

  get percent(): number {
    return (this.#seen.filter(Boolean).length / SLICES) * 100;
  }

  /** Whether this part of the content, as shares from 0 to 1, has been read. */
  hasRead({ from, to }: OnScreen): boolean {
    const first = Math.floor(from * SLICES);
    const last = Math.min(SLICES, Math.max(first + 1, Math.ceil(to * SLICES - 0.5)));
    return this.#seen.slice(first, last).every(Boolean);
  }

  /** The page is not looked at any more: the time until the next sample counts for nothing. */
  pause(): void {
    this.#last = undefined;
  }

  /**
   * What is on screen at `now`, in milliseconds. Call it about once a second while the page is looked at.
   * @returns whether `percent` grew
   */
  sample(now: number, { from, to }: OnScreen): boolean {
    const passed = this.#last === undefined ? 0 : Math.min(now - this.#last, LONGEST_SAMPLE);
    this.#last = now;
    const before = this.percent;
    this.#earned += Math.max(0, passed);
    for (let slice = 0; slice < SLICES; slice++) {
      // A slice counts once its middle has been on screen.
      const middle = (slice + 0.5) / SLICES;
      if (this.#seen[slice] || middle < from || middle > to || this.#earned < this.#cost) continue;
      this.#seen[slice] = true;
      this.#earned -= this.#cost;
    }
    // Time spent on what has been read already is not saved up for skipping the rest.
    this.#earned = Math.min(this.#earned, this.#cost);
    return this.percent > before;
  }
}
