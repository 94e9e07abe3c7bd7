// Every fault, at every call to Postgres and KV that every route makes, by a reader whom no cache knows: the right
// answer or 503, in time, and nothing half done. Which calls there are is found by a run without faults, and which
// routes by the contract. The same for readers whom a cache knows is in faults-warm.test.ts.
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { EveryCall } from "../harness/break-every-call.ts";
import { FaultRig, untouched } from "../harness/fault-rig.ts";
import { sqlFaults, TimeLimits } from "../harness/faults.ts";

/** Milliseconds one test may take on a machine that is busy: it runs a hundred requests. */
const PATIENCE_MS = 300_000;

const rig = await FaultRig.create("faults");
let limits: TimeLimits;

beforeEach(() => {
  limits = new TimeLimits();
});
afterAll(() => {
  vi.unstubAllGlobals();
});

describe("whatever happens to any call, the answer is right or 503, in time, and nothing is done by halves:", () => {
  it.each(rig.cases)(
    "$name",
    async (one) => {
      await new EveryCall(rig, one, "cold", limits).break();
    },
    PATIENCE_MS,
  );
});

it("does every chore that it can, once, and says which it could not, whatever happens to any call of the scheduled handler", async () => {
  const normal = await rig.performChores(untouched);
  expect([normal.calls.length, normal.left]).toEqual([7, [0, 0, 0]]);
  for (const at of normal.calls.keys()) {
    for (const [name, { happen, passes }] of Object.entries(sqlFaults(limits))) {
      const found = await rig.performChores((given, index, run, signal) => {
        const call = { body: given.to === "sql" ? given.body : "", signal };
        return index === at ? happen(run as () => Promise<Response>, call) : run();
      });
      const what = `call ${at} to Postgres ${name}`;
      expect(limits.endless, what).toEqual([]);
      expect(found.calls.length, what).toBe(normal.calls.length);
      // The others are about accounts, of which none is old enough.
      expect(
        found.left.filter((_, chore) => chore !== at),
        what,
      ).toEqual(normal.left.filter((_, chore) => chore !== at));
      const failed = found.logs.filter(({ message }) => message === "chore failed");
      expect(failed.length, what).toBe(passes ? 0 : 1);
    }
  }
});
