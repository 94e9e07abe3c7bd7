// Breaks every call of a request in every way, one way at a time, and says of each what the design promises: the
// answer it would have been, what the cache knows while Postgres is down, or 503; in time; nothing done by halves.
import { expect } from "vitest";
import type { Answer } from "./browser.ts";
import {
  type Call,
  type Case,
  type FaultRig,
  type Interfere,
  isRead,
  type Outcome,
  untouched,
  type Warmth,
} from "./fault-rig.ts";
import { kvFaults, sqlFaults, type TimeLimits } from "./faults.ts";

/** Milliseconds: one attempt at Postgres, and one read of KV. */
const [ATTEMPT_MS, KV_READ_MS] = [5_000, 1_000];
/** Milliseconds: two attempts of a read, and one of KV. The first call that fails for good ends a request. */
const LIMIT_MS = 2 * ATTEMPT_MS + KV_READ_MS;

/** What a cached session serves while Postgres is down, and nothing else. */
const OUTAGE_READS = new Set(["whoIsThis", "getSession"]);

/** `outage`: what the cache knows, marked as unverified. `degraded`: all is well but for KV, and it says so. */
type Expected = "normal" | "unavailable" | "outage" | "degraded";

const cookieNames = (answer: Answer) =>
  answer.setCookies.map((cookie) => `${cookie.split("=")[0]} ${/Max-Age=0/.test(cookie)}`);

/** The ids that an answer about a session names. */
const idsIn = (answer: Answer) => {
  const { session, reader, user } = answer.body as Record<"session" | "reader" | "user", { id: string } | undefined>;
  return { session: session?.id, userId: (reader ?? user)?.id };
};

export class EveryCall {
  readonly #rig: FaultRig;
  readonly #one: Case;
  readonly #warmth: Warmth;
  readonly #limits: TimeLimits;
  /** How many requests were broken. */
  count = 0;

  constructor(rig: FaultRig, one: Case, warmth: Warmth, limits: TimeLimits) {
    this.#rig = rig;
    this.#one = one;
    this.#warmth = warmth;
    this.#limits = limits;
  }

  /**
   * @param known signatures of calls that have been broken elsewhere, and are left out
   * @returns what the request does when nothing happens to it
   */
  async break(known: ReadonlySet<string> = new Set()): Promise<Outcome> {
    const normal = await this.#rig.perform(this.#one, this.#warmth, untouched);
    expect(normal.answer.status, normal.answer.text).toBe(this.#one.operation.answer ? 200 : 204);
    for (const [at, call] of normal.calls.entries()) {
      if (known.has(this.#rig.signature(call))) continue;
      if (call.to === "sql") await this.#breakSql(normal, at, call);
      else await this.#breakKv(normal, at, call.op);
    }
    await this.#breakBoth(normal);
    return normal;
  }

  async #breakSql(normal: Outcome, at: number, call: Call): Promise<void> {
    for (const [name, { happen, retried, passes, lasting }] of Object.entries(sqlFaults(this.#limits))) {
      for (const times of lasting ? (["once", "from then on"] as const) : (["once"] as const)) {
        const broken = times === "once" ? [call] : normal.calls.slice(at).filter(({ to }) => to === "sql");
        const isRetried = isRead(call) && retried && times === "once";
        const fatal = broken.some(({ awaited }) => awaited) && !passes && !isRetried;
        const expected = !fatal ? "normal" : this.#isServed("KV is well") ? "outage" : "unavailable";
        const found = await this.#perform(normal, (given, index, run, signal) => {
          const hit = given.to === "sql" && (times === "once" ? index === at : index >= at);
          return hit ? happen(run as () => Promise<Response>, { body: body(given), signal }) : run();
        });
        const what = this.#what(`call ${at} to Postgres ${name}, ${times}`);
        this.#judge(normal, found, expected, what);
        if (!call.awaited && !passes && !isRetried) expectWarning(found, what);
      }
    }
  }

  async #breakKv(normal: Outcome, at: number, op: "get" | "put" | "delete"): Promise<void> {
    const expected = this.#one.operation.id === "isReady" ? "degraded" : "normal";
    for (const [name, { of, lasting, happen }] of Object.entries(kvFaults(this.#limits, this.#rig.answered))) {
      if (!of.includes(op)) continue;
      const slow = name.startsWith("takes");
      for (const times of lasting ? (["once", "from then on"] as const) : (["once"] as const)) {
        const found = await this.#perform(normal, (given, index, run) => {
          const hit = given.to === "kv" && of.includes(given.op) && (times === "once" ? index === at : index >= at);
          return hit ? happen(run) : run();
        });
        this.#judge(normal, found, slow ? "normal" : expected, this.#what(`call ${at}, KV ${op} ${name}, ${times}`));
      }
    }
  }

  /** KV fails from the beginning; Postgres from any call on that is then made. */
  async #breakBoth(normal: Outcome): Promise<void> {
    const kv = kvFaults(this.#limits, this.#rig.answered);
    const failing: Interfere = (given, _, run) => (given.to === "kv" ? (kv.fails?.happen(run) ?? run()) : run());
    const withoutKv = await this.#rig.perform(this.#one, this.#warmth, failing, normal);
    for (const [at, call] of withoutKv.calls.entries()) {
      if (call.to !== "sql") continue;
      for (const [name, { happen, lasting, passes }] of Object.entries(sqlFaults(this.#limits))) {
        if (!lasting || passes) continue;
        const found = await this.#perform(normal, (given, index, run, signal) => {
          if (given.to === "sql") {
            return index >= at ? happen(run as () => Promise<Response>, { body: body(given), signal }) : run();
          }
          return name === "hangs" && given.op === "get" ? this.#limits.hangTimer() : failing(given, index, run);
        });
        const fatal = withoutKv.calls.slice(at).some(({ to, awaited }) => to === "sql" && awaited);
        const fine = this.#one.operation.id === "isReady" ? "degraded" : "normal";
        const expected = !fatal ? fine : this.#isServed("KV is down") ? "outage" : "unavailable";
        this.#judge(normal, found, expected, this.#what(`call ${at} to Postgres ${name}, and KV with it`));
      }
    }
  }

  #perform(normal: Outcome, interfere: Interfere): Promise<Outcome> {
    this.count += 1;
    return this.#rig.perform(this.#one, this.#warmth, interfere, normal);
  }

  /** Does a cache know enough for an answer when Postgres cannot be asked? */
  #isServed(kv: "KV is well" | "KV is down"): boolean {
    return OUTAGE_READS.has(this.#one.operation.id) && this.#warmth !== "cold" && kv === "KV is well";
  }

  #what(fault: string): string {
    return `${this.#one.name}, ${this.#warmth}: ${fault}`;
  }

  /** What must be true whatever happened. */
  #judge(normal: Outcome, found: Outcome, expected: Expected, what: string): void {
    const { answer } = found;
    const { without } = this.#rig;
    expect(this.#limits.endless, what).toEqual([]);
    if (expected === "normal" || expected === "degraded") {
      const { status } = normal.answer;
      expect([answer.status, cookieNames(answer)], what).toEqual([status, cookieNames(normal.answer)]);
      if (expected === "normal") expect(without(answer.text), what).toBe(without(normal.answer.text));
      else expect(answer.body, what).toMatchObject({ status: "degraded", database: "ok", kv: "failing" });
      expect(answer.headers.get("docent-session"), what).toBeNull();
    } else if (expected === "outage") {
      expect([answer.status, answer.headers.get("docent-session"), answer.setCookies], what).toEqual([
        200,
        "unverified",
        [],
      ]);
      expect(idsIn(answer), what).toEqual({ session: found.reader.sessionId, userId: found.reader.userId });
    } else {
      expect([answer.status, answer.headers.get("retry-after"), answer.setCookies], what).toEqual([503, "5", []]);
    }
    if (expected === "unavailable" || expected === "outage") expect(found.took, what).toBeLessThanOrEqual(LIMIT_MS);
    // Also a right answer comes in the time that its calls may take.
    const longest = found.calls.reduce(
      (sum, { to, awaited }) => sum + (awaited ? (to === "sql" ? ATTEMPT_MS : KV_READ_MS) : 0),
      0,
    );
    expect(found.took, what).toBeLessThanOrEqual(longest);
    // All of it or nothing; and all of it when we said so. What a read leaves to do may be left undone.
    const undone = expected === "unavailable" || this.#one.operation.method === "GET";
    expect(undone ? [normal.before, normal.after] : [normal.after], what).toContain(found.after);
    const usual = this.#writes(normal.calls);
    for (const [sent, times] of this.#writes(found.calls)) {
      expect(times.length, `${what}: ${sent}`).toBe(usual.get(sent)?.length);
    }
  }

  #writes(calls: readonly Call[]): Map<string, string[]> {
    const sent = calls.flatMap((one) => (one.to === "sql" && !isRead(one) ? [this.#rig.without(one.body)] : []));
    return Map.groupBy(sent, (text) => text);
  }
}

const body = (call: Call) => (call.to === "sql" ? call.body : "");

/** What fails behind an answer leaves a line in the log. */
function expectWarning({ logs }: Outcome, what: string): void {
  expect(logs, what).toContainEqual(expect.objectContaining({ level: expect.stringMatching(/warn|error/) as string }));
}
