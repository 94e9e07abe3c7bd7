// One load for several requests that want the same thing at the same time. What has settled is not kept here.
import { DatabaseUnavailable } from "../db/unavailable.ts";

export interface SharedLoadsDeps {
  /** Keeps a load going when the request that began it is cancelled. */
  waitUntil: (work: Promise<unknown>) => void;
  sleep: (ms: number) => Promise<void>;
}

/**
 * Milliseconds to wait for another request's load before somebody begins one more. The runtime may end that request, and
 * its promise then never settles.
 */
const PATIENCE_MS = 2000;

/** How often to wait in vain: so nobody waits longer than this many times `PATIENCE_MS`. */
const MAX_WAITS = 5;

/** What a load has come to; undefined when it failed. */
type Outcome<Value> = { value: Value } | undefined;

/** Those who wait under a key. Whoever has left is told nothing: the runtime cannot go on with a request that has ended. */
type Waiters<Value> = Set<(outcome: Outcome<Value>) => void>;

/** The load begun last under a key. Those who wait may have waited for an earlier one too, which may still answer them. */
interface Latest<Value> {
  readonly waiters: Waiters<Value>;
}

export class SharedLoads<Value> {
  readonly #deps: SharedLoadsDeps;
  readonly #inFlight = new Map<string, Latest<Value>>();

  constructor(deps: SharedLoadsDeps) {
    this.#deps = deps;
  }

  /**
   * What is being loaded under that key, or what `load` gives. When a load fails or takes too long, one of those who
   * wait begins another, and the rest wait for that.
   * @throws what its own `load` throws; DatabaseUnavailable after `MAX_WAITS` loads of others that gave nothing
   */
  async get(key: string, load: () => Promise<Value>): Promise<Value> {
    let waitedFor: Latest<Value> | undefined;
    for (let waits = 0; ; waits += 1) {
      const latest = this.#inFlight.get(key);
      if (latest === undefined || latest === waitedFor) break;
      if (waits === MAX_WAITS) throw new DatabaseUnavailable("no answer");
      waitedFor = latest;
      const shared = await this.#wait(latest.waiters);
      if (shared) return shared.value;
    }
    return this.#begin(key, load);
  }

  #wait(waiters: Waiters<Value>): Promise<Outcome<Value>> {
    const { promise, resolve } = Promise.withResolvers<Outcome<Value>>();
    waiters.add(resolve);
    void this.#deps.sleep(PATIENCE_MS).then(() => {
      waiters.delete(resolve);
      resolve(undefined);
    });
    return promise;
  }

  #begin(key: string, load: () => Promise<Value>): Promise<Value> {
    const { waiters } = this.#inFlight.get(key) ?? { waiters: new Set() };
    const own = { waiters };
    this.#inFlight.set(key, own);
    const loading = load();
    const ended = (outcome: Outcome<Value>) => {
      const latest = this.#inFlight.get(key);
      // Others have been answered; or this one failed, and a later one may answer them.
      if (latest?.waiters !== waiters || (outcome === undefined && latest !== own)) return;
      this.#inFlight.delete(key);
      for (const tell of waiters) tell(outcome);
    };
    // Its failure is told to whoever awaits it, and is none of background work.
    this.#deps.waitUntil(
      loading.then(
        (value) => ended({ value }),
        () => ended(undefined),
      ),
    );
    return loading;
  }
}
