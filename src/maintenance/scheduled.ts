// The scheduled handler: calls each room's purge, in batches. One failing does not keep the others from running.

/** Rows of one statement: a fraction of a second of Postgres' work, whatever has piled up, where a call may take five. */
const ROWS = 5_000;
/**
 * Statements and mails of one run, below the 50 subrequests that Cloudflare's Free plan gives an invocation. They remove
 * 180,000 rows a day, as many as five million sessions need; what is left over is for the next day.
 * https://developers.cloudflare.com/workers/platform/limits/#subrequests
 */
const CALLS = 48;
/** Mails that those before leave room for, however much has piled up. */
const MAILS = 5;

export interface Chore {
  name: string;
  /** Rows of one statement where they are heavier than most. */
  rows?: number;
  /** Each row is a call to the mail transport, and afterwards one statement notes what came of them: one turn a run. */
  mails?: true;
  /** What it counts. */
  counts?: "removed" | "warned";
  /** Removes at most `limit` rows, those that have been over for longest. @returns how many it removed */
  run: (now: Date, limit: number) => Promise<number>;
}

export async function runChores(
  chores: readonly Chore[],
  deps: { now: () => number; log: (line: object) => void },
): Promise<void> {
  let left = CALLS;
  for (const [index, { name, run, rows = ROWS, mails, counts = "removed" }] of chores.entries()) {
    /** Each of those that follow gets one turn in any case. */
    const others = chores.slice(index + 1).reduce((sum, other) => sum + (other.mails ? MAILS + 2 : 1), 0);
    let done = 0;
    try {
      const now = new Date(deps.now());
      // Counted before it is made: one that fails is a call too.
      if (mails) {
        const most = left - others - 2;
        left = others;
        done = await run(now, most);
        left += most - done;
      } else {
        for (let last = rows; last === rows && left > others; ) {
          left -= 1;
          last = await run(now, rows);
          done += last;
        }
      }
      deps.log({ level: "info", message: "chore", name, [counts]: done });
    } catch (error) {
      deps.log({
        level: "error",
        message: "chore failed",
        name,
        [counts]: done,
        error: error instanceof Error ? error.name : "unknown",
      });
    }
  }
}
