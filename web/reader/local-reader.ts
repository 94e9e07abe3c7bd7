// The reader of this device: local state in localStorage, one key per site, shared by all tabs. Each change reads what
// is stored, adds to it and writes it; a tab that finds its own additions gone, because another wrote at the same
// moment, adds them again. So nothing is lost without a lock, also while a page is being left.
// What belongs to an account, because it is on its way there or was left here at sign-out, has a key of its own with the
// account's id: it goes to no other.
import type { Background, BackgroundInput } from "../../src/core/background.ts";
import type { ProgressEvent } from "../../src/core/progress-events.ts";
import type { SafeStorage } from "../storage/safe-storage.ts";
import { backgroundOf, EMPTY_STATE, type LocalState, mergeStates, parseState, withEvents } from "./local-state.ts";

export interface LocalReaderOptions {
  storage: SafeStorage;
  key: string;
  /** Milliseconds since the epoch. */
  now: () => number;
}

export interface Kept extends Pick<LocalState, "events" | "titles"> {
  answers: BackgroundInput | undefined;
}

export class LocalReader {
  readonly #options: LocalReaderOptions;
  /** What this tab added, to be added again where another tab's write overtook it. */
  #own: LocalState = EMPTY_STATE;
  #read: { text: string; state: LocalState } | undefined;

  constructor(options: LocalReaderOptions) {
    this.#options = options;
  }

  /** What the reader of this device sees; undefined while nothing is stored. */
  get state(): LocalState | undefined {
    const own = this.#stored;
    const kept = own?.account === undefined ? undefined : this.#of(own.account).#stored;
    return own && kept ? mergeStates(kept, own, this.#options.now()) : own;
  }

  /** Under the account's own key. */
  #of(account: string): LocalReader {
    return new LocalReader({ ...this.#options, key: `${this.#options.key}:${account}` });
  }

  get #stored(): LocalState | undefined {
    const text = this.#options.storage.get(this.#options.key);
    if (text === null) return undefined;
    if (this.#read?.text !== text) {
      const state = parseState(text);
      if (state === undefined) return undefined;
      this.#read = { text, state };
    }
    return this.#read.state;
  }

  get background(): Background | null {
    return this.state ? backgroundOf(this.state) : null;
  }

  #add(addition: LocalState): void {
    const { storage, key, now } = this.#options;
    this.#own = mergeStates(this.#own, addition, now());
    const stored = this.#stored;
    const next = JSON.stringify(stored ? mergeStates(stored, addition, now()) : addition);
    if (next !== storage.get(key)) storage.set(key, next);
  }

  /** Whether what is read from now on is remembered. */
  remember(on: boolean): void {
    this.#add({ ...EMPTY_STATE, reading: { on, at: this.#after(this.state?.reading.at) } });
  }

  saveBackground(background: BackgroundInput): void {
    this.#add({ ...EMPTY_STATE, answers: { background, at: this.#after(this.state?.answers?.at) } });
  }

  /** Later than what it replaces, also where the clock has been set back since. */
  #after(before = 0): number {
    return Math.max(this.#options.now(), before + 1);
  }

  /** @param titles of the pages named in the events, by path */
  record(events: readonly ProgressEvent[], titles: Readonly<Record<string, string>> = {}): void {
    this.#add({ ...withEvents(EMPTY_STATE, events, this.#options.now()), titles: { ...titles } });
  }

  /**
   * From now on all that was nobody's is on its way to this account, and to no other.
   * @returns it, with what waits for this account already
   */
  claim(account: string): LocalState | undefined {
    const mine = this.#of(account);
    const own = this.#stored;
    if (own) {
      const { account: _, ...free } = own;
      // Removed first: where storage is full, there is room for one of the two.
      this.clear();
      mine.#add(free);
    }
    return mine.#stored;
  }

  /** What the account knows, left on this device for its reader and shown while nobody is signed in. */
  keep(account: string, { events, titles, answers }: Kept): void {
    const mine = this.#of(account);
    mine.record(events, titles);
    if (answers) mine.saveBackground(answers);
    this.#add({ ...EMPTY_STATE, reading: { on: true, at: this.#after(this.state?.reading.at) }, account });
  }

  /** The account has it all. */
  release(account: string): void {
    this.#of(account).clear();
  }

  /** Whether there is anything that this account may have; without one, that a guest has. */
  holds(account: string | undefined): boolean {
    return (this.#stored ?? (account === undefined ? undefined : this.#of(account).#stored)) !== undefined;
  }

  clear(): void {
    this.#own = EMPTY_STATE;
    this.#options.storage.remove(this.#options.key);
  }

  /** Another tab wrote. Where everything was removed, this tab forgets as well. */
  sync(): void {
    if (this.#stored === undefined) this.#own = EMPTY_STATE;
    else if (this.#own !== EMPTY_STATE) this.#add(this.#own);
  }

  /** The page comes back after it was frozen: what this tab knew is old, what is stored counts. */
  thaw(): void {
    this.#own = EMPTY_STATE;
  }
}
