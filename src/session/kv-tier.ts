// The second tier: Workers KV, one key per session. Never required: any failure of KV, also silence, is a miss, and a
// failed write is logged and forgotten, but for a tombstone, which is tried again.
import type { RequestContext } from "../http/request-context.ts";
import { withinTime } from "../http/time-limit.ts";
import { type CachedSession, cacheKey, fingerprint, open, seal } from "./cached-session.ts";

/** Seconds KV may serve a value from a location's own cache: its smallest. Adds to the revocation delay elsewhere. */
const KV_CACHE_TTL = 30;
/** KV's smallest time to live, in seconds. */
const KV_MIN_TTL = 60;
/** Milliseconds a read may take before Postgres is asked instead. */
const READ_TIMEOUT_MS = 1_000;
/** A fill that took longer than this (ms) since its SQL began is thrown away: the last tombstone comes after it. */
export const MAX_FILL_AGE_MS = 5_000;
/** KV takes one write per second per key and answers 429 beyond. */
const TOMBSTONE_RETRY_MS = 1_100;
/** A second tombstone, after every fill that began before the session ended has landed or been thrown away. */
const TOMBSTONE_AGAIN_MS = 7_000;
/** Milliseconds between two writes of an unchanged entry by this isolate: KV's writes are what the Free plan counts. */
const REWRITE_MS = 240_000;
/** Sessions whose last write, or last tombstone, this isolate remembers. */
const MAX_REMEMBERED = 2_000;

/** A tombstone says only that this entry must not be used; Postgres says the rest. */
const TOMBSTONE = new Uint8Array([0]);

export interface KvTierOptions {
  kv: KVNamespace;
  /** Seconds an entry can be of use: the longer of the two cache times. */
  usefulSeconds: number;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  log: (line: object) => void;
}

/** What this isolate knows of an entry, by token. */
interface Known {
  /** Of what was written last, and when its SQL began. */
  written?: { fingerprint: string; at: number } | undefined;
  /** When Postgres last said that the entry is still true. */
  confirmedAt?: number;
  buriedAt?: number;
}

export class KvTier {
  readonly #options: KvTierOptions;
  /** KV also caches misses: without this, each of them would write again. */
  readonly #known = new Map<string, Known>();
  constructor(options: KvTierOptions) {
    this.#options = options;
  }

  /** @returns undefined for a miss, a tombstone, a value that is not ours, and when KV fails or says nothing */
  async get(token: string, request: RequestContext): Promise<CachedSession | undefined> {
    const key = await cacheKey(token);
    request.kv += 1;
    try {
      const read = this.#options.kv.get(key, { type: "arrayBuffer", cacheTtl: KV_CACHE_TTL });
      const bytes = await withinTime(read, READ_TIMEOUT_MS);
      return bytes === null ? undefined : await open(token, new Uint8Array(bytes));
    } catch (error) {
      this.#failed("read", error);
      return undefined;
    }
  }

  /** When Postgres last confirmed the entry to this isolate, in milliseconds since the epoch. */
  confirmedAt(token: string): number | undefined {
    return this.#known.get(token)?.confirmedAt;
  }

  /**
   * Call after the response. Writes when the content changed or the entry is older than four minutes; never a value
   * that is too old to be put where others will find it.
   * @param found the entry that KV had
   */
  async fill(token: string, value: CachedSession, found: CachedSession | undefined, request: RequestContext) {
    const content = await fingerprint(value);
    const { written } = this.#know(token, { confirmedAt: value.checkedAt });
    const current = [
      ...(found ? [{ fingerprint: await fingerprint(found), at: found.checkedAt }] : []),
      ...(written ? [written] : []),
    ].some((entry) => entry.fingerprint === content && value.checkedAt - entry.at < REWRITE_MS);
    if (current) return;
    // Claimed before it is written: two requests of a page come at once, and one of them writes.
    const claim = { fingerprint: content, at: value.checkedAt };
    this.#know(token, { written: claim });
    const release = () => {
      if (this.#known.get(token)?.written !== claim) return;
      this.#known.set(token, { ...this.#known.get(token), written });
    };
    const key = await cacheKey(token);
    const sealed = await seal(token, value);
    const age = this.#options.now() - value.checkedAt;
    if (age < 0 || age > MAX_FILL_AGE_MS) return release();
    const useful = Math.min(this.#options.usefulSeconds, Math.ceil((value.session.expiresAt - value.checkedAt) / 1000));
    request.kv += 1;
    try {
      await this.#options.kv.put(key, sealed, { expirationTtl: Math.max(useful, KV_MIN_TTL) });
    } catch (error) {
      release();
      this.#failed("write", error);
    }
  }

  /** Removes an entry whose content is known to be outdated; the next look-up asks Postgres. */
  async forget(token: string, request: RequestContext): Promise<void> {
    this.#known.delete(token);
    const key = await cacheKey(token);
    request.kv += 1;
    await this.#options.kv.delete(key).catch((error: unknown) => this.#failed("delete", error));
  }

  /**
   * Call after the database has ended the session: writes at once, again after a 429, and once more later. A session
   * never comes back, so a second call for it does nothing.
   */
  async bury(token: string): Promise<void> {
    const now = this.#options.now();
    const { buriedAt } = this.#know(token, {});
    if (buriedAt !== undefined && now - buriedAt < this.#options.usefulSeconds * 1000) return;
    this.#known.delete(token);
    this.#know(token, { buriedAt: now });
    const key = await cacheKey(token);
    // Lives longer than any entry that a slow fill could still leave behind it.
    const expirationTtl = Math.max(2 * this.#options.usefulSeconds, 2 * KV_MIN_TTL);
    const write = () => this.#options.kv.put(key, TOMBSTONE, { expirationTtl });
    const attempt = async () => {
      try {
        await write();
      } catch {
        await this.#options.sleep(TOMBSTONE_RETRY_MS);
        await write().catch((error: unknown) => this.#failed("tombstone", error));
      }
    };
    await attempt();
    await this.#options.sleep(TOMBSTONE_AGAIN_MS);
    await attempt();
  }

  #know(token: string, more: Known): Known {
    const known = { ...this.#known.get(token), ...more };
    this.#known.delete(token);
    this.#known.set(token, known);
    const oldest = this.#known.keys().next();
    if (this.#known.size > MAX_REMEMBERED && !oldest.done) this.#known.delete(oldest.value);
    return known;
  }

  #failed(what: string, error: unknown): void {
    const name = error instanceof Error ? error.name : "unknown";
    this.#options.log({ level: "warn", message: `KV ${what} failed`, error: name });
  }
}
