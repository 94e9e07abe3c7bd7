// The scheduled handler: calls each room's purge, in batches. One failing does not keep the others from running.

/**
 * Rows of one statement: well under a second of Postgres' work, whatever has piled up, where a call may take five.
 * Twenty statements of each chore are 200,000 rows a day, as many as six million sessions need; two chores stay below
 * the 50 subrequests that Cloudflare's Free plan gives one invocation. What is left over is for the next day.
 * https://developers.cloudflare.com/workers/platform/limits/#subrequests
 */
const BATCH = { rows: 10_000, atMost: 20 };

export interface Chore {
  name: string;
  /** Removes at most `limit` rows, those that have been over for longest. @returns how many it removed */
  run: (now: Date, limit: number) => Promise<number>;
}

export async function runChores(
  chores: readonly Chore[],
  deps: { now: () => number; log: (line: object) => void },
): Promise<void> {
  for (const { name, run } of chores) {
    let removed = 0;
    try {
      const now = new Date(deps.now());
      let last: number = BATCH.rows;
      for (let batch = 0; batch < BATCH.atMost && last === BATCH.rows; batch += 1) {
        last = await run(now, BATCH.rows);
        removed += last;
      }
      deps.log({ level: "info", message: "chore", name, removed });
    } catch (error) {
      deps.log({
        level: "error",
        message: "chore failed",
        name,
        removed,
        error: error instanceof Error ? error.name : "unknown",
      });
    }
  }
}
