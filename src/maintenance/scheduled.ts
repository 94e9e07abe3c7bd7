// The scheduled handler: calls each room's purge. One failing does not keep the others from running.

export interface Chore {
  name: string;
  /** @returns how many rows it removed */
  run: (now: Date) => Promise<number>;
}

export async function runChores(
  chores: readonly Chore[],
  deps: { now: () => number; log: (line: object) => void },
): Promise<void> {
  for (const { name, run } of chores) {
    try {
      deps.log({ level: "info", message: "chore", name, removed: await run(new Date(deps.now())) });
    } catch (error) {
      deps.log({
        level: "error",
        message: "chore failed",
        name,
        error: error instanceof Error ? error.name : "unknown",
      });
    }
  }
}
