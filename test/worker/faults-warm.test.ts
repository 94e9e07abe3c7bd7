// Every fault, at every call that every route makes for a reader whose session a cache knows, and what still is
// answered while Postgres is down. The reader whom nothing knows is in faults.test.ts. A session in KV adds calls to
// those of a session in memory: only these are broken once more.
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { EveryCall } from "../harness/break-every-call.ts";
import { type Case, FaultRig, type Outcome, untouched, WARMTHS, type Warmth } from "../harness/fault-rig.ts";
import { TimeLimits } from "../harness/faults.ts";

/** Milliseconds one test may take on a machine that is busy: it runs a hundred requests. */
const PATIENCE_MS = 300_000;

const rig = await FaultRig.create("faults-warm");
let limits: TimeLimits;

beforeEach(() => {
  limits = new TimeLimits();
});
afterAll(() => {
  vi.unstubAllGlobals();
});

/** A hash takes 50 ms: what they do is broken once, in faults.test.ts, and is the same here. */
const HASHES = new Set(["signUp", "signIn", "changePassword"]);
/** Ask KV at all. The others ask nobody for a session, or Postgres whatever is cached. */
const asksKv = ({ operation: { id, caller } }: Case) =>
  caller === "reader" || id === "whoIsThis" || id === "getSession";

const callsOf = ({ calls }: Outcome, awaited: boolean) =>
  calls.filter((one) => one.awaited === awaited).map(rig.signature);
const tierOf = ({ logs }: Outcome) => logs.find(({ message }) => message === "request")?.tier;

/** Where the session comes from when nothing happens. */
const TIERS = { "in memory": "memory", "in KV, due for a look behind it": "kv", "in KV, too old": "postgres" };

describe.each(["in memory", "in KV, due for a look behind it", "in KV, too old"] as const)(
  "whatever happens to any call, the answer is right or 503, in time, and nothing is done by halves, with the session %s:",
  (warmth) => {
    /** What was broken behind the answer of one route does not know which route it was. */
    const behind = new Set<string>();

    it.each(rig.cases.filter((one) => warmth === "in memory" || asksKv(one)))(
      "$name",
      async (one) => {
        if (HASHES.has(one.operation.id)) {
          const [warm, cold] = [await rig.perform(one, warmth, untouched), await rig.perform(one, "cold", untouched)];
          expect(callsOf(warm, true)).toEqual(callsOf(cold, true));
          expect(callsOf(cold, false)).toEqual(expect.arrayContaining(callsOf(warm, false)));
          return;
        }
        const usual = warmth === "in memory" ? undefined : await rig.perform(one, "in memory", untouched);
        const known = new Set([...(usual?.calls.map(rig.signature) ?? []), ...behind]);
        const normal = await new EveryCall(rig, one, warmth, limits).break(known);
        for (const signature of callsOf(normal, false)) behind.add(signature);
        if (one.operation.caller === "reader" || one.operation.id === "whoIsThis") {
          expect(tierOf(normal)).toBe(TIERS[warmth]);
        }
      },
      PATIENCE_MS,
    );
  },
);

/** `verified`: nobody had to ask. */
const SERVED: Record<Warmth, Record<string, "verified" | "unverified">> = {
  cold: {},
  "in memory": { "GET /api/session": "verified", "GET /api/auth/get-session": "verified" },
  "in KV, due for a look behind it": { "GET /api/session": "verified", "GET /api/auth/get-session": "unverified" },
  "in KV, too old": { "GET /api/session": "unverified", "GET /api/auth/get-session": "unverified" },
};
/** Ask nobody, and say nothing of a reader. */
const ASKS_NOBODY = ["GET /healthz", "GET /readyz"];

describe("while Postgres is down", () => {
  it.each(Object.keys(WARMTHS) as Warmth[])("a session %s serves who is reading, and nothing else", async (warmth) => {
    const served: Record<string, string> = {};
    for (const one of rig.cases) {
      const { answer } = await rig.perform(one, warmth, async (given, _, run) => {
        if (given.to === "sql") throw new TypeError("Network connection lost.");
        return run();
      });
      if (ASKS_NOBODY.includes(one.name)) {
        expect([one.name, answer.status], answer.text).toEqual([one.name, 200]);
      } else if (answer.status === 200) {
        served[one.name] = answer.headers.get("docent-session") ?? "verified";
        expect(answer.body, one.name).toMatchObject({ session: { id: expect.any(String) as string } });
      } else {
        const said = [one.name, answer.status, answer.headers.get("retry-after")];
        expect(said, answer.text).toEqual([one.name, 503, "5"]);
      }
      expect(answer.setCookies, one.name).toEqual([]);
    }
    expect(served).toEqual(SERVED[warmth]);
  });
});
