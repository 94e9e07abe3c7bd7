// The first tier: this isolate's memory. Bounded in count and age; settled values only.
import type { CurrentSession } from "../http/app-env.ts";
import type { AccountDetails } from "./queries.ts";

/** Milliseconds a value may be served from memory. It adds to the revocation delay elsewhere; here it adds nothing. */
export const MEMORY_MS = 10_000;
/** Sessions kept; at about 2 kB each, a small part of an isolate's 128 MB. */
const MAX_ENTRIES = 2_000;
/** Ended sessions remembered. */
const MAX_ENDED = 10_000;

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

export class MemoryTier {
  /** By the exact signed credential: a hit needs no cryptography. A Map keeps the order of insertion. */
  readonly #entries = new Map<string, MemoryEntry>();
  readonly #ended = new Map<string, number>();
  readonly #endedMs: number;

  /**
   * @param endedMs milliseconds an ended session is remembered here: as long as KV may still hold its entry, so that
   * neither a slow look-up nor a late tombstone can bring it back in this isolate
   */
  constructor(endedMs: number) {
    this.#endedMs = endedMs;
  }

  get(signed: string, now: number): MemoryEntry | undefined {
    const entry = this.#entries.get(signed);
    if (!entry) return undefined;
    const age = now - entry.storedAt;
    // A clock that went backwards makes an age nobody can trust.
    if (age >= 0 && age < MEMORY_MS && entry.session.expiresAt > now) return entry;
    this.#entries.delete(signed);
    return undefined;
  }

  set(signed: string, entry: MemoryEntry): void {
    this.#entries.delete(signed);
    this.#entries.set(signed, entry);
    if (this.#entries.size <= MAX_ENTRIES) return;
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }

  /** Did this isolate end the session of this token? */
  hasEnded(token: string): boolean {
    return this.#ended.has(token);
  }

  /** Forgets ended sessions at once. */
  end(tokens: readonly string[], now: number): void {
    for (const token of tokens) this.#ended.set(token, now);
    for (const [token, at] of this.#ended) {
      if (now - at <= this.#endedMs && this.#ended.size <= MAX_ENDED) break;
      this.#ended.delete(token);
    }
    const gone = new Set(tokens);
    for (const [signed, entry] of this.#entries) if (gone.has(entry.token)) this.#entries.delete(signed);
  }

  /** Forgets what was known of a user whose row or background changed. */
  forgetUser(userId: string): void {
    for (const [signed, entry] of this.#entries) if (entry.session.userId === userId) this.#entries.delete(signed);
  }
}
