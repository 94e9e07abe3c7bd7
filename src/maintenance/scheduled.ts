// The scheduled handler: calls each room's purge, in batches. One failing does not keep the others from running.

/** Rows of one statement: a fraction of a second of Postgres' work, whatever has piled up, where a call may take five. */
const ROWS = 5_000;
/**
 * Statements of one run, below the 50 subrequests that Cloudflare's Free plan gives an invocation. They remove 200,000
 * rows a day, as many as six million sessions need; what is left over is for the next day.
 * https://developers.cloudflare.com/workers/platform/limits/#subrequests
 */
const STATEMENTS = 44;

export interface Chore {
  name: string;
  /** Removes at most `limit` rows, those that have been over for longest. @returns how many it removed */
  run: (now: Date, limit: number) => Promise<number>;
}

export async function runChores(
  chores: readonly Chore[],
  deps: { now: () => number; log: (line: object) => void },
): Promise<void> {
  let left = STATEMENTS;
  for (const [index, { name, run }] of chores.entries()) {
    /** Each of those that follow gets one in any case. */
    const others = chores.length - index - 1;
    let removed = 0;
    try {
      const now = new Date(deps.now());
      for (let last = ROWS; last === ROWS && left > others; left -= 1) {
        last = await run(now, ROWS);
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
