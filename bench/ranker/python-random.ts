// Python's `random.Random(seed)`: MT19937 seeded with an integer, `shuffle` and `randrange`.
// For the evaluation only: with it the random baseline and the bootstrap intervals are the reference evaluation's,
// digit for digit, instead of merely close. Source: Matsumoto & Nishimura 1998, and CPython's Modules/_randommodule.c.

const N = 624;
const M = 397;

/** A seeded generator whose every draw equals Python's. `seed` is a non-negative integer. */
export class PythonRandom {
  private readonly state = new Uint32Array(N);
  private next = N;

  constructor(seed: bigint) {
    const key: number[] = [];
    for (let rest = seed; rest > 0n; rest >>= 32n) key.push(Number(rest & 0xffffffffn));
    this.seed(key.length > 0 ? key : [0]);
  }

  /** `init_by_array` of the reference implementation. */
  private seed(key: readonly number[]): void {
    const s = this.state;
    const at = (i: number): number => s[i] ?? 0;
    const mixed = (i: number): number => at(i - 1) ^ (at(i - 1) >>> 30);
    s[0] = 19650218;
    for (let i = 1; i < N; i++) s[i] = Math.imul(1812433253, mixed(i)) + i;
    let i = 1;
    let j = 0;
    const advance = (): void => {
      if (++i >= N) {
        s[0] = at(N - 1);
        i = 1;
      }
    };
    for (let k = Math.max(N, key.length); k > 0; k--) {
      s[i] = (at(i) ^ Math.imul(mixed(i), 1664525)) + (key[j] ?? 0) + j;
      advance();
      j = (j + 1) % key.length;
    }
    for (let k = N - 1; k > 0; k--) {
      s[i] = (at(i) ^ Math.imul(mixed(i), 1566083941)) - i;
      advance();
    }
    s[0] = 0x80000000;
  }

  private uint32(): number {
    const s = this.state;
    const at = (i: number): number => s[i % N] ?? 0;
    if (this.next >= N) {
      for (let i = 0; i < N; i++) {
        const y = (at(i) & 0x80000000) | (at(i + 1) & 0x7fffffff);
        s[i] = at(i + M) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
      }
      this.next = 0;
    }
    let y = at(this.next++);
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** An integer from 0 to `below` − 1; `below` from 1 to 2^32. */
  randrange(below: number): number {
    const bits = Math.floor(Math.log2(below)) + 1;
    for (;;) {
      const drawn = this.uint32() >>> (32 - bits);
      if (drawn < below) return drawn;
    }
  }

  /** Shuffles in place. */
  shuffle<T>(items: T[]): void {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.randrange(i + 1);
      [items[i], items[j]] = [items[j] as T, items[i] as T];
    }
  }
}
