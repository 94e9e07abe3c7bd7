// One load for many: how many loads a crowd begins when the load they wait for fails, is slow or never ends.
import { describe, expect, it } from "vitest";
import { SharedLoads } from "../../src/content/shared-loads.ts";
import { isUnavailable } from "../../src/db/unavailable.ts";

const CROWD = 200;

/** Loads and patience that end when the test says so. */
function world() {
  const loads: PromiseWithResolvers<string>[] = [];
  let sleeping: (() => void)[] = [];
  const shared = new SharedLoads<string>({
    waitUntil: () => {},
    sleep: () => new Promise<void>((resolve) => sleeping.push(resolve)),
  });
  const load = () => {
    const one = Promise.withResolvers<string>();
    loads.push(one);
    return one.promise;
  };
  /** Lets happen whatever follows from what has happened. */
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  return {
    loads,
    settle,
    crowd: () => Promise.allSettled(Array.from({ length: CROWD }, () => shared.get("key", load))),
    get: () => shared.get("key", load),
    /** Everybody who waits now has waited for as long as they do. */
    runOut: async () => {
      const due = sleeping;
      sleeping = [];
      for (const wake of due) wake();
      await settle();
    },
    fail: async (at: number) => {
      loads[at]?.reject(new Error("refused"));
      await settle();
    },
  };
}

const count = (outcomes: PromiseSettledResult<string>[], value: string) =>
  outcomes.filter((one) => one.status === "fulfilled" && one.value === value).length;

describe("a crowd that waits for one load", () => {
  it("begins one other when it fails, and all but the first get what that gives", async () => {
    const { loads, crowd, fail } = world();
    const answers = crowd();
    await fail(0);
    expect(loads).toHaveLength(2);
    loads[1]?.resolve("second");
    expect(count(await answers, "second")).toBe(CROWD - 1);
    expect(loads).toHaveLength(2);
  });

  it("begins one other when it never ends, and all but the first get what that gives", async () => {
    const { loads, crowd, get, runOut } = world();
    void get();
    const answers = crowd();
    await runOut();
    expect(loads).toHaveLength(2);
    loads[1]?.resolve("second");
    expect(count(await answers, "second")).toBe(CROWD);
    expect(loads).toHaveLength(2);
  });

  it("is answered by the first load that gives something, though others were begun since", async () => {
    const { loads, crowd, runOut } = world();
    const answers = crowd();
    await runOut();
    await runOut();
    expect(loads).toHaveLength(3);
    loads[0]?.resolve("slow");
    loads[1]?.resolve("second");
    loads[2]?.resolve("third");
    // The two who began the others have their own.
    expect(count(await answers, "slow")).toBe(CROWD - 2);
  });

  it("goes on waiting for the latest load when one before it fails", async () => {
    const { loads, crowd, runOut, fail } = world();
    const answers = crowd();
    await runOut();
    await fail(0);
    expect(loads).toHaveLength(2);
    loads[1]?.resolve("second");
    expect(count(await answers, "second")).toBe(CROWD - 1);
  });

  it.each(["fails", "never ends"])("waits a bounded time and begins few loads when every one %s", async (how) => {
    const { loads, crowd, runOut, fail } = world();
    const outcomes: unknown[] = [];
    void crowd().then((all) => outcomes.push(...all));
    let rounds = 0;
    for (; rounds < 20 && loads.length > rounds; rounds += 1) {
      await (how === "fails" ? fail(rounds) : runOut());
      expect(loads.length).toBeLessThanOrEqual(rounds + 2);
    }
    expect(rounds).toBe(6);
    for (const one of loads) one.reject(new Error("refused"));
    await expect.poll(() => outcomes.length).toBe(CROWD);
    const given = outcomes as PromiseSettledResult<string>[];
    expect(given.filter((one) => one.status === "rejected" && isUnavailable(one.reason))).toHaveLength(CROWD - 6);
  });
});

describe("whoever comes later", () => {
  it("begins a load of their own when the last one has ended, however it ended", async () => {
    const { loads, get, fail, settle } = world();
    const first = get();
    const failed = expect(first).rejects.toThrow("refused");
    await fail(0);
    await failed;
    const second = get();
    loads[1]?.resolve("second");
    expect(await second).toBe("second");
    await settle();
    void get();
    expect(loads).toHaveLength(3);
  });

  it("waits with the others for the latest one, when an earlier one has never ended", async () => {
    const { loads, crowd, get, runOut } = world();
    void get();
    const early = crowd();
    await runOut();
    const late = crowd();
    loads[1]?.resolve("second");
    expect([count(await early, "second"), count(await late, "second")]).toEqual([CROWD, CROWD]);
    expect(loads).toHaveLength(2);
  });
});
