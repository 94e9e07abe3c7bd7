// The first tier: this isolate's memory. Bounded in size and age; settled values only.
import type { CurrentSession } from "../http/app-env.ts";
import type { AccountDetails } from "./queries.ts";

/** Milliseconds a value may be served from memory. It adds to the revocation delay elsewhere; here it adds nothing. */
export const MEMORY_MS = 10_000;
/** Characters of all sessions kept, as JSON: at most about 16 MB of an isolate's 128. */
const MAX_CHARACTERS = 8_000_000;
/** Ended sessions, and changed readers, remembered. */
const MAX_NOTES = 10_000;

export interface MemoryEntry {
  session: CurrentSession;
  token: string;
  checkedAt: number;
  storedAt: number;
  /** Served because Postgres is down. */
  outage: boolean;
  /** Only when it came from Postgres: what may not be cached outside this isolate. */
  account?: AccountDetails;
}

/** What an isolate knows for a while, the oldest first, and never more than fits. */
class Notes {
  readonly #times = new Map<string, number>();
  readonly #keepMs: number;
  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  set(key: string, now: number): void {
    this.#times.delete(key);
    this.#times.set(key, now);
    for (const [oldest, at] of this.#times) {
      if (now - at <= this.#keepMs && this.#times.size <= MAX_NOTES) break;
      this.#times.delete(oldest);
    }
  }

  /** When it was noted, in milliseconds since the epoch; undefined when that is too long ago to matter. */
  get(key: string, now: number): number | undefined {
    const at = this.#times.get(key);
    return at === undefined || now - at > this.#keepMs ? undefined : at;
  }
}

export class MemoryTier {
  /** By the exact signed credential: a hit needs no cryptography. A Map keeps the order of insertion. */
  readonly #entries = new Map<string, { entry: MemoryEntry; size: number }>();
  #size = 0;
  readonly #ended: Notes;
  readonly #changed: Notes;

  /**
   * @param keepMs milliseconds an ended session and a changed reader are remembered here: as long as KV may still
   * hold an older entry, so that neither a slow look-up nor a late tombstone can bring it back in this isolate
   */
  constructor(keepMs: number) {
    this.#ended = new Notes(keepMs);
    this.#changed = new Notes(keepMs);
  }

  get(signed: string, now: number): MemoryEntry | undefined {
    const entry = this.#entries.get(signed)?.entry;
    if (!entry) return undefined;
    const age = now - entry.storedAt;
    // A clock that went backwards makes an age nobody can trust.
    if (age >= 0 && age < MEMORY_MS && entry.session.expiresAt > now) return entry;
    this.#delete(signed);
    return undefined;
  }

  set(signed: string, entry: MemoryEntry): void {
    this.#delete(signed);
    const size = JSON.stringify(entry.session).length;
    this.#entries.set(signed, { entry, size });
    this.#size += size;
    for (const [oldest, { entry: old }] of this.#entries) {
      if (entry.storedAt - old.storedAt < MEMORY_MS && this.#size <= MAX_CHARACTERS) break;
      this.#delete(oldest);
    }
  }

  /** Did this isolate end the session of this token? */
  hasEnded(token: string, now: number): boolean {
    return this.#ended.get(token, now) !== undefined;
  }

  /** Forgets ended sessions at once, and remembers that they have ended. */
  end(tokens: readonly string[], now: number): void {
    for (const token of tokens) this.#ended.set(token, now);
    this.forget(new Set(tokens));
  }

  /** Forgets what was known, without having ended it. */
  forget(tokens: ReadonlySet<string>): void {
    for (const [signed, { entry }] of this.#entries) if (tokens.has(entry.token)) this.#delete(signed);
  }

  /** Forgets what was known of a user whose row or background changed here, and remembers when. */
  change(userId: string, now: number): void {
    this.#changed.set(userId, now);
    for (const [signed, { entry }] of this.#entries) if (entry.session.userId === userId) this.#delete(signed);
  }

  /** Was this known before this isolate changed the reader? Then it must be asked for again. */
  isOutdated(userId: string, checkedAt: number, now: number): boolean {
    const changedAt = this.#changed.get(userId, now);
    return changedAt !== undefined && checkedAt <= changedAt;
  }

  #delete(signed: string): void {
    const found = this.#entries.get(signed);
    if (!found) return;
    this.#entries.delete(signed);
    this.#size -= found.size;
  }
}
