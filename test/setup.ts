// Runs before every file of Worker tests. Loading the Worker takes seconds: here it counts against no test.
import { afterAll, afterEach, beforeEach, vi } from "vitest";
import "../src/worker.ts";
import { dropDatabases } from "./harness/database.ts";

/** When every test begins, unless it says otherwise. */
export const START = new Date("2026-03-01T12:00:00.000Z");

beforeEach(() => {
  // Only the clock: timers stay real, or the network would stand still. Reaches Better Auth too.
  vi.useFakeTimers({ toFake: ["Date"], now: START });
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(dropDatabases);
