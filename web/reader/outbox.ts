// Reading events of signed-in readers on their way to the Worker. Each is stored under a key of its own before it is
// sent and removed once it was acknowledged: tabs never write the same key, so none can undo another's. Delivered at
// least once; the Worker counts it once. The key names the reader: events of one account are never sent for another.
import type { ProgressEvent } from "../../src/core/progress-events.ts";
import type { Failure, Outcome } from "../api/api.ts";
import { number, object, parseText } from "../api/shape.ts";
import { storedEvent } from "../api/wire.ts";
import type { SafeStorage } from "../storage/safe-storage.ts";

/** Events of one request; what the Worker takes. */
const BATCH = 200;
/** Characters of one request. Browsers send at most 64 KB after a page is gone, and a character can be three bytes. */
const BATCH_CHARACTERS = 18_000;
/** Milliseconds to wait after a failure: doubled each time from the first to the last. */
const WAIT = { first: 2_000, last: 900_000 };

const storedWait = object({ until: number, failures: number });

export interface SendOptions {
  /** The page is being left. */
  keepalive?: boolean;
  /** Asks for everything about the reader in the same request. */
  withMe?: boolean;
}

export interface OutboxOptions<T> {
  storage: SafeStorage;
  /** Of every key; ends with a colon. */
  prefix: string;
  send: (reader: string, events: readonly ProgressEvent[], options: SendOptions) => Promise<Outcome<T>>;
  now: () => number;
  /** From 0 up to 1. */
  random: () => number;
  randomId: () => string;
  /** Undefined where the browser has none, or hides them from an insecure page. */
  locks: Pick<LockManager, "request"> | undefined;
}

export type Flushed<T> =
  | { status: "nothing" | "waiting" | "busy" }
  | { status: "sent"; value: T }
  | { status: "failed"; failure: Failure };

/** Refusals that are about the events and not about the moment. */
const isAboutEvents = (failure: Failure): boolean =>
  failure.kind === "refused" && [400, 413, 422].includes(failure.status);

export class Outbox<T> {
  readonly #options: OutboxOptions<T>;

  constructor(options: OutboxOptions<T>) {
    this.#options = options;
  }

  add(reader: string, event: ProgressEvent): void {
    const { storage, prefix, randomId } = this.#options;
    storage.set(`${prefix}${reader}:${randomId()}`, JSON.stringify(event));
  }

  #entries(reader: string): [key: string, event: ProgressEvent][] {
    const { storage, prefix } = this.#options;
    return storage.keys(`${prefix}${reader}:`).flatMap((key): [string, ProgressEvent][] => {
      const event = parseText(storedEvent, storage.get(key));
      if (event) return [[key, event]];
      // Not ours, or half written: never to be sent.
      storage.remove(key);
      return [];
    });
  }

  /** What this reader's events say, sent or not. */
  pending(reader: string): ProgressEvent[] {
    return this.#entries(reader).map(([, event]) => event);
  }

  hasPending(reader: string): boolean {
    const { storage, prefix } = this.#options;
    return storage.keys(`${prefix}${reader}:`).length > 0;
  }

  clear(reader: string): void {
    const { storage, prefix } = this.#options;
    for (const key of storage.keys(`${prefix}${reader}:`)) storage.remove(key);
  }

  /** Until when nothing is tried again, in milliseconds since the epoch. A clock that was set back waits no longer. */
  get #wait(): { until: number; failures: number } {
    const { storage, now } = this.#options;
    const { until, failures } = parseText(storedWait, storage.get(this.#waitKey)) ?? { until: 0, failures: 0 };
    return { until: until > now() + WAIT.last ? 0 : until, failures };
  }

  /** Is there a pause after a failure? */
  get isPausing(): boolean {
    return this.#options.now() < this.#wait.until;
  }

  /** Ends the pause. */
  resume(): void {
    this.#options.storage.remove(this.#waitKey);
  }

  get #waitKey(): string {
    return `${this.#options.prefix}wait`;
  }

  #failed(failure: Failure): void {
    const { storage, now, random } = this.#options;
    const { failures } = this.#wait;
    const doubled = Math.min(WAIT.last, WAIT.first * 2 ** failures);
    // Readers whom the same outage hit do not all come back in the same moment.
    const delay = Math.max(Math.min(failure.retryAfterMs ?? 0, WAIT.last), doubled * (0.5 + random() / 2));
    storage.set(this.#waitKey, JSON.stringify({ until: now() + delay, failures: failures + 1 }));
  }

  /**
   * Sends one batch. Only one tab does so at a time; a page that is being left cannot wait for the others, and what
   * is then sent twice is counted once.
   * @param urgent the reader waits for it: a pause after a failure is over, and another tab's turn is waited for
   */
  async flush(
    reader: string,
    { urgent = false, ...options }: SendOptions & { urgent?: boolean } = {},
  ): Promise<Flushed<T>> {
    const { locks, prefix } = this.#options;
    if (!urgent && this.isPausing) return { status: "waiting" };
    if (options.keepalive || !locks) return this.#send(reader, this.#batch(reader), options);
    return locks.request(`${prefix}${reader}`, { ifAvailable: !urgent }, (lock): Promise<Flushed<T>> | Flushed<T> =>
      lock ? this.#send(reader, this.#batch(reader), options) : { status: "busy" },
    );
  }

  #batch(reader: string): [string, ProgressEvent][] {
    let room = BATCH_CHARACTERS;
    const entries = this.#entries(reader).slice(0, BATCH);
    return entries.filter(([, event], index) => {
      room -= JSON.stringify(event).length;
      return index === 0 || room >= 0;
    });
  }

  async #send(reader: string, batch: [string, ProgressEvent][], options: SendOptions): Promise<Flushed<T>> {
    const { storage, send } = this.#options;
    if (batch.length === 0) return { status: "nothing" };
    const answer = await send(
      reader,
      batch.map(([, event]) => event),
      options,
    );
    if (answer.ok) {
      for (const [key] of batch) storage.remove(key);
      storage.remove(this.#waitKey);
      return { status: "sent", value: answer.value };
    }
    if (isAboutEvents(answer.failure)) {
      // One event that the Worker will never take must not hold up the others for ever.
      if (batch.length === 1) {
        for (const [key] of batch) storage.remove(key);
        return { status: "failed", failure: answer.failure };
      }
      const half = Math.ceil(batch.length / 2);
      const first = await this.#send(reader, batch.slice(0, half), options);
      const second = await this.#send(reader, batch.slice(half), options);
      return second.status === "sent" ? second : first;
    }
    this.#failed(answer.failure);
    return { status: "failed", failure: answer.failure };
  }
}
