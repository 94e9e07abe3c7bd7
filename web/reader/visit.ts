// One visit of a signed-in reader: what was asked on its first page is kept in sessionStorage for the next ones, and
// nowhere else is decided how many requests a page view may make. Forgotten when the tab closes and at sign-out.

import { boolean, list, map, nullable, number, type Of, object, parseText, text } from "../api/shape.ts";
import { readPage, recommendationsAnswer, storedEvent } from "../api/wire.ts";
import type { SafeStorage } from "../storage/safe-storage.ts";

/** Milliseconds without a page view after which the next one begins a new visit. */
const LONGEST_PAUSE = 30 * 60_000;
/** Requests that a page view may make without the reader having asked for anything. */
const ALLOWED = { firstPage: 2, nextPage: 1 };

const visit = object({
  /** The reader's id. */
  reader: text,
  hasAnswers: boolean,
  rows: list(readPage),
  /** What happened on this visit, by path. */
  events: list(storedEvent),
  titles: map(text),
  /** What was recommended, and for which pages it holds. */
  list: nullable(object({ scope: text, answer: recommendationsAnswer })),
  at: number,
});
export type VisitState = Of<typeof visit>;

export class Visit {
  readonly #storage: SafeStorage;
  readonly #key: string;
  readonly #now: () => number;
  #allowed = ALLOWED.nextPage;
  state: VisitState | undefined;

  constructor(storage: SafeStorage, key: string, now: () => number) {
    this.#storage = storage;
    this.#key = key;
    this.#now = now;
    this.begin();
  }

  /** A page view. Without a state it is the first of a visit. */
  begin(): void {
    this.state = this.#read();
    this.#allowed = this.state ? ALLOWED.nextPage : ALLOWED.firstPage;
    if (this.state) this.change({});
  }

  #read(): VisitState | undefined {
    const state = parseText(visit, this.#storage.get(this.#key));
    return state && this.#now() - state.at < LONGEST_PAUSE ? state : undefined;
  }

  start(state: Omit<VisitState, "at">): void {
    this.state = { ...state, at: this.#now() };
    this.#write();
  }

  change(change: Partial<VisitState>): void {
    if (!this.state) return;
    this.state = { ...this.state, ...change, at: this.#now() };
    this.#write();
  }

  #write(): void {
    this.#storage.set(this.#key, JSON.stringify(this.state));
  }

  end(): void {
    this.state = undefined;
    this.#storage.remove(this.#key);
  }

  /** Asks for one of the requests that this page view may still make. */
  mayAsk(): boolean {
    if (this.#allowed === 0) return false;
    this.#allowed -= 1;
    return true;
  }
}
