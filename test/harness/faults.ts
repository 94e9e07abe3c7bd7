// What can happen to one call of the Worker, to Postgres or to KV, and a clock on which waiting for it takes no time:
// time limits end when the test's clock says so.
import { vi } from "vitest";
import type { SqlCall } from "./isolate.ts";

/** Whether it calls says whether the statements were run. */
export type SqlFault = (call: () => Promise<Response>, request: SqlCall) => Promise<Response>;

const advance = (ms: number) => vi.setSystemTime(Date.now() + ms);

const refusal = (status: number, body: object) => Response.json({ message: "injected fault", ...body }, { status });

/** As the endpoint passes on what Postgres itself has said. */
const sqlError = (code: string) => refusal(400, { code, severity: "FATAL" });

export class TimeLimits {
  /** Calls that nothing would ever have ended. */
  readonly endless: string[] = [];
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
    if (!limit) return this.#never("a call to Postgres");
    vi.setSystemTime(Math.max(Date.now(), limit.at));
    const reason = new DOMException("The operation was aborted due to timeout", "TimeoutError");
    limit.controller.abort(reason);
    throw reason;
  };

  /** Says nothing to a caller who has set a timer. */
  readonly hangTimer = async (): Promise<never> => {
    // The caller sets it as soon as it has called.
    await null;
    const [timer, limit] = [...this.#timers].at(-1) ?? [];
    if (!timer || !limit) return this.#never("a read of KV");
    this.#timers.delete(timer);
    vi.setSystemTime(Math.max(Date.now(), limit.at));
    limit.run();
    return new Promise<never>(() => {});
  };

  /** Noted, because the Worker may take what is thrown here for any other failure. */
  #never(what: string): never {
    this.endless.push(what);
    throw new Error(`Nothing would ever have ended ${what}`);
  }
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
  "answers 503 after it ran": {
    retried: true,
    happen: async (call) => {
      await call();
      return refusal(503, {});
    },
  },
  "is starting up (57P03)": { retried: true, happen: async () => sqlError("57P03") },
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
    lasting: true,
    happen: async (call) => {
      advance(4_000);
      return call();
    },
  },
});

export type KvFault = (run: () => Promise<unknown>) => Promise<unknown>;
type KvOperation = "get" | "put" | "delete";

const kvError = (text: string) => async () => {
  throw new Error(text);
};
const slow: KvFault = async (run) => {
  advance(900);
  return run();
};

/** `unanswered` resolves when the request is over: nothing in the Worker ends a write that hangs. */
export const kvFaults = (
  limits: TimeLimits,
  unanswered: () => Promise<void>,
): Record<string, { of: readonly KvOperation[]; lasting?: true; happen: KvFault }> => ({
  fails: { of: ["get", "put", "delete"], lasting: true, happen: kvError("KV failed: 500 Internal Server Error") },
  "is refused (429)": { of: ["put", "delete"], happen: kvError("KV PUT failed: 429 Too Many Requests") },
  hangs: { of: ["get"], lasting: true, happen: () => limits.hangTimer() },
  "is lost long after the answer": {
    of: ["put", "delete"],
    lasting: true,
    happen: async () => {
      await unanswered();
      throw new Error("KV failed: connection lost");
    },
  },
  "takes 900 ms": { of: ["get", "put", "delete"], happen: slow },
});
