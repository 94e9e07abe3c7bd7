// A `ratelimits` binding as Cloudflare describes it, for one location and on the test's clock.
import { ADDRESS_LIMITS, type AddressLimit } from "../../src/core/limits.ts";

export class SimulatedLimiter implements RateLimit {
  /** Every key that was asked about. */
  readonly asked: string[] = [];
  readonly #count: number;
  readonly #seconds: number;
  #windows = new Map<string, number>();

  constructor(count: number, seconds: number) {
    this.#count = count;
    this.#seconds = seconds;
  }

  async limit({ key }: RateLimitOptions): Promise<RateLimitOutcome> {
    this.asked.push(key);
    const window = `${Math.floor(Date.now() / (this.#seconds * 1000))}\n${key}`;
    const count = (this.#windows.get(window) ?? 0) + 1;
    this.#windows.set(window, count);
    return { success: count <= this.#count };
  }
}

/** The bindings of wrangler.toml, by kind; `count` instead of the real one. */
export function simulatedLimiters(count?: number) {
  const of = (kind: AddressLimit) => {
    const limit = ADDRESS_LIMITS[kind];
    return new SimulatedLimiter(count ?? limit.count, limit.seconds);
  };
  const limiters: Record<AddressLimit, SimulatedLimiter> = { guess: of("guess"), send: of("send"), begin: of("begin") };
  const kinds = Object.keys(limiters) as AddressLimit[];
  return {
    limiters,
    bindings: Object.fromEntries(kinds.map((kind) => [ADDRESS_LIMITS[kind].binding, limiters[kind]])),
    asked: () => kinds.flatMap((kind) => limiters[kind].asked),
  };
}
