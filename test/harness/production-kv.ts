// The real KV binding with the manners it has in production, in the test's own time: a write shows late in other
// locations, each location caches what it has read, misses too, and a key takes one write per second. Values lie in
// the real binding, which also judges every option; only which of them a reader sees is decided here.
// https://developers.cloudflare.com/kv/concepts/how-kv-works/, https://developers.cloudflare.com/kv/platform/limits/

export interface KvCall {
  op: "get" | "put" | "delete";
  key: string;
  location: string;
  value?: unknown;
}

export interface ProductionKvOptions {
  kv: KVNamespace;
  /** Milliseconds until another location can see a write or a delete: "60 seconds or more". */
  propagationMs?: number;
  /** Between a call and what it does: holds it back, does it late, or throws what KV would. */
  around?: (call: KvCall, run: () => Promise<unknown>) => Promise<unknown>;
}

interface Write {
  location: string;
  at: number;
  /** Where the real binding has the value; undefined for a delete. */
  stored: string | undefined;
  expiresAt: number;
}

/** Seconds a location caches what it has read, where the caller says nothing. */
const DEFAULT_CACHE_TTL = 60;
/** Milliseconds between two writes of one key. */
const WRITE_EVERY_MS = 1_000;

let values = 0;

export class ProductionKv {
  readonly #options: ProductionKvOptions;
  readonly #writes = new Map<string, Write[]>();
  readonly #caches = new Map<string, { write: Write | undefined; until: number }>();

  constructor(options: ProductionKvOptions) {
    this.#options = options;
  }

  /** The binding as an isolate of that location has it. */
  at(location: string): KVNamespace {
    const { kv, around = (_, run) => run() } = this.#options;
    const calls = {
      get: (key: string, options: { cacheTtl?: number }) =>
        around({ op: "get", key, location }, () => this.#get(location, key, options)),
      put: (key: string, value: ArrayBufferView, options?: KVNamespacePutOptions) =>
        around({ op: "put", key, location, value }, () => this.#put(location, key, value, options)),
      delete: (key: string) => around({ op: "delete", key, location }, () => this.#delete(location, key)),
    };
    return new Proxy(kv, {
      get(_, key) {
        if (key === "get" || key === "put" || key === "delete") return calls[key];
        throw new Error(`How ${String(key)} behaves in production is not said here`);
      },
    });
  }

  async #get(location: string, key: string, options: { cacheTtl?: number }): Promise<unknown> {
    const now = Date.now();
    const place = `${location} ${key}`;
    const cached = this.#caches.get(place);
    const write = cached && now < cached.until ? cached.write : this.#visible(location, key, now);
    if (!cached || now >= cached.until) {
      this.#caches.set(place, { write, until: now + (options.cacheTtl ?? DEFAULT_CACHE_TTL) * 1000 });
    }
    const there = write !== undefined && now < write.expiresAt ? write.stored : undefined;
    return this.#options.kv.get(there ?? `${key} has no value`, options as KVNamespaceGetOptions<"arrayBuffer">);
  }

  async #put(location: string, key: string, value: ArrayBufferView, options?: KVNamespacePutOptions): Promise<void> {
    values += 1;
    const stored = `${key} ${values}`;
    const ttl = options?.expirationTtl ?? Number.POSITIVE_INFINITY;
    this.#accept(key, { location, at: Date.now(), stored, expiresAt: Date.now() + ttl * 1000 });
    await this.#options.kv.put(stored, value, options);
  }

  async #delete(location: string, key: string): Promise<void> {
    this.#accept(key, { location, at: Date.now(), stored: undefined, expiresAt: Number.POSITIVE_INFINITY });
  }

  /** The last write wins. It shows at once where it was made. */
  #accept(key: string, write: Write): void {
    const writes = this.#writes.get(key) ?? [];
    const last = writes.at(-1);
    if (last && write.at - last.at < WRITE_EVERY_MS) throw new Error("KV PUT failed: 429 Too Many Requests");
    this.#writes.set(key, [...writes, write]);
    this.#caches.delete(`${write.location} ${key}`);
  }

  #visible(location: string, key: string, now: number): Write | undefined {
    const { propagationMs = 60_000 } = this.#options;
    return this.#writes.get(key)?.findLast((write) => write.location === location || now - write.at >= propagationMs);
  }
}
