// Does the database have what this build needs? Compares the migrations that were applied with those that the build was
// made with. Pure.
import type { ReadinessResponse } from "../core/health.ts";

/** An entry of `migrations/meta/_journal.json`, oldest first. */
export interface Migration {
  /** Milliseconds since the epoch, when it was generated: how drizzle's table names it. */
  when: number;
  /** Like `0000_init`. */
  tag: string;
}

/** @param applied the `when` of each applied migration, in any order */
export function migrationLevel(
  expected: readonly Migration[],
  applied: ReadonlySet<number>,
): NonNullable<ReadinessResponse["migrations"]> {
  const missing = expected.filter(({ when }) => !applied.has(when)).map(({ tag }) => tag);
  const unknown = applied.size - (expected.length - missing.length);
  return {
    state: missing.length > 0 ? "behind" : unknown > 0 ? "ahead" : "current",
    applied: expected.findLast(({ when }) => applied.has(when))?.tag ?? null,
    expected: expected.at(-1)?.tag ?? "",
    missing,
    unknown,
  };
}
