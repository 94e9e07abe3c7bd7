// What can happen to one call of the Worker, to Postgres or to KV, and a clock on which waiting for it takes no time:
// time limits end when the test's clock says so.
import { vi } from "vitest";
import type { SqlCall } from "./isolate.ts";

/** Whether it calls says whether the statements were run. */
type SqlFault = (call: () => Promise<Response>, request: SqlCall) => Promise<Response>;

const advance = (ms: number) => vi.setSystemTime(Date.now() + ms);

const refusal = (status: number, body: object) => Response.json({ message: "injected fault", ...body }, { status });

/** As the endpoint passes on what Postgres itself has said. */
const sqlError = (code: string) => refusal(400, { code, severity: "FATAL" });

export class TimeLimits {
  readonly #signals = new Map<AbortSignal, { at: number; controller: AbortController }>();
  readonly #timers = new Map<object, { at: number; run: () => void }>();

  /** From here to the end of the test, `AbortSignal.timeout` and `setTimeout` count the test's time. */
  constructor() {
    vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
      const controller = new AbortController();
      this.#signals.set(controller.signal, { at: Date.now() + ms, controller });
      return controller.signal;
    });
    const { setTimeout, clearTimeout } = globalThis;
    vi.stubGlobal("setTimeout", (run: () => void, ms = 0, ...rest: unknown[]) => {
      // The one limit of ours that is a timer; whatever else is under way here keeps its own time.
      if (ms !== 1_000) return (setTimeout as (...given: unknown[]) => unknown)(run, ms, ...rest);
      const timer = {};
      this.#timers.set(timer, { at: Date.now() + ms, run });
      return timer;
    });
    vi.stubGlobal("clearTimeout", (timer: unknown) => {
      if (typeof timer === "object" && timer !== null && this.#timers.delete(timer)) return;
      (clearTimeout as (...given: unknown[]) => void)(timer);
    });
  }

  /** Says nothing until the caller's time is over. @throws what the caller's signal gives as the reason */
  readonly hang = async (signal: AbortSignal | undefined): Promise<never> => {
    const limit = signal && this.#signals.get(signal);
    if (!limit) throw new Error("Nothing would ever have ended this call");
    vi.setSystemTime(Math.max(Date.now(), limit.at));
    const reason = new DOMException("The operation was aborted due to timeout", "TimeoutError");
    limit.controller.abort(reason);
    throw reason;
  };

  /** Says nothing to a caller who has set a timer. */
  readonly hangTimer = async (): Promise<never> => {
    const [timer, limit] = [...this.#timers].at(-1) ?? [];
    if (!timer || !limit) throw new Error("Nothing would ever have ended this call");
    this.#timers.delete(timer);
    vi.setSystemTime(Math.max(Date.now(), limit.at));
    limit.run();
    return new Promise<never>(() => {});
  };
}

const lost = () => new TypeError("Network connection lost.");

/**
 * `retried`: a second attempt of a read helps when it happens once. `lasting`: it may also go on. `passes`: it is no
 * fault but slow.
 */
export const sqlFaults = (
  limits: TimeLimits,
): Record<string, { happen: SqlFault; retried?: true; passes?: true; lasting?: true }> => ({
  "refuses the connection": {
    retried: true,
    lasting: true,
    happen: async () => {
      throw lost();
    },
  },
  "is lost after it ran": {
    retried: true,
    happen: async (call) => {
      await call();
      throw lost();
    },
  },
  "answers 500": { retried: true, happen: async () => refusal(500, {}) },
  "answers 503 after it ran": {
    retried: true,
    happen: async (call) => {
      await call();
      return refusal(503, {});
    },
  },
  "is starting up (57P03)": { retried: true, lasting: true, happen: async () => sqlError("57P03") },
  "is shut down after it ran (57P01)": {
    retried: true,
    happen: async (call) => {
      await call();
      return sqlError("57P01");
    },
  },
  "is lost by Neon after it ran (400)": {
    retried: true,
    happen: async (call) => {
      await call();
      return refusal(400, { code: "" });
    },
  },
  "has no connection left (53300)": { retried: true, happen: async () => sqlError("53300") },
  "runs out of memory (53200)": { happen: async () => sqlError("53200") },
  hangs: { retried: true, lasting: true, happen: (_, { signal }) => limits.hang(signal) },
  "hangs after it ran": {
    retried: true,
    happen: async (call, { signal }) => {
      await call();
      return limits.hang(signal);
    },
  },
  "takes 4 s": {
    passes: true,
    happen: async (call) => {
      advance(4_000);
      return call();
    },
  },
});

type KvFault = (run: () => Promise<unknown>) => Promise<unknown>;
type KvOperation = "get" | "put" | "delete";

const kvError = (text: string) => async () => {
  throw new Error(text);
};
const slow: KvFault = async (run) => {
  advance(900);
  return run();
};

export const kvFaults = (
  limits: TimeLimits,
): Record<string, { of: readonly KvOperation[]; lasting?: true; happen: KvFault }> => ({
  fails: { of: ["get", "put", "delete"], lasting: true, happen: kvError("KV failed: 500 Internal Server Error") },
  "is refused (429)": { of: ["put", "delete"], happen: kvError("KV PUT failed: 429 Too Many Requests") },
  hangs: { of: ["get"], happen: () => limits.hangTimer() },
  "takes 900 ms": { of: ["get", "put", "delete"], happen: slow },
});
