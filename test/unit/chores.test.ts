// What one run of the scheduled handler may do, however much has piled up.
import { describe, expect, it } from "vitest";
import { runChores } from "../../src/maintenance/scheduled.ts";

/** A chore with that many rows to remove, and how often it was run. */
function chore(name: string, rows: number) {
  const limits: number[] = [];
  const run = async (_: Date, limit: number) => {
    limits.push(limit);
    const removed = Math.min(limit, rows);
    rows -= removed;
    return removed;
  };
  return { name, limits, run };
}

async function runWith(...rows: number[]) {
  const chores = rows.map((count, index) => chore(`chore ${index}`, count));
  const logged: object[] = [];
  await runChores(chores, { now: () => 0, log: (line) => logged.push(line) });
  return {
    statements: chores.map(({ limits }) => limits.length),
    limits: chores.flatMap(({ limits }) => limits),
    logged,
  };
}

it("one statement finds that there is nothing to do", async () => {
  const { statements, logged } = await runWith(0, 3);
  expect(statements).toEqual([1, 1]);
  expect(logged).toEqual([
    { level: "info", message: "chore", name: "chore 0", removed: 0 },
    { level: "info", message: "chore", name: "chore 1", removed: 3 },
  ]);
});

it("goes on while batches are full", async () => {
  expect((await runWith(10_000, 12_345)).statements).toEqual([3, 3]);
});

it("stays below 50 statements whatever there is, and lets nobody go without", async () => {
  const { statements, limits, logged } = await runWith(1e9, 1e9, 1e9);
  expect(statements).toEqual([46, 1, 1]);
  expect(new Set(limits)).toEqual(new Set([5_000]));
  expect(logged).toContainEqual(expect.objectContaining({ name: "chore 0", removed: 230_000 }));
});

describe("with mails to send", () => {
  /** What each asks of the world: one call a statement, one a mail, one for what came of the mails. */
  async function callsOf({ failing }: { failing: boolean }) {
    let calls = 0;
    const purge = (name: string, rows?: number) => {
      let turns = 0;
      const run = async (_: Date, limit: number) => {
        calls += 1;
        turns += 1;
        // At its last turn, when it has used up all that it was given.
        if (failing && (turns === 36 || limit < 5_000 || name !== "first")) throw new Error("no statement");
        return limit;
      };
      return { name, run, ...(rows && { rows }) };
    };
    let mails = 0;
    const warnings = {
      name: "warnings",
      mails: true as const,
      run: async (_: Date, limit: number) => {
        calls += limit + 2;
        mails += limit;
        if (failing) throw new Error("no note of it");
        return limit;
      },
    };
    const chores = [purge("first"), purge("second"), purge("accounts", 200), warnings, purge("after the mails")];
    await runChores(chores, { now: () => 0, log: () => {} });
    return { calls, mails };
  }

  it.each([false, true])("stays below 50 calls, and leaves room for five mails; failing: %s", async (failing) => {
    const { calls, mails } = await callsOf({ failing });
    expect(calls).toBeLessThan(50);
    expect(mails).toBeGreaterThanOrEqual(5);
  });
});
