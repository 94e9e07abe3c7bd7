// The table of `npm run bench:profile`: microseconds of CPU per request, part by part. Pure.
import { markdownTable } from "../markdown.ts";
import { PART_NAMES } from "./profile-parts.ts";

/** One variant. Microseconds of CPU per request. */
export interface Spent {
  name: string;
  /** What Linux counts for the whole process of workerd. */
  all: number;
  /** Requests per second. */
  rate: number;
  /** By name: what samples of the Worker's isolate tell, and what was left out to see what it costs. */
  parts: ReadonlyMap<string, number>;
}

/** Parts that no sample tells: they were measured by leaving them out. */
export const LOG_LINE = "the log line: put together, written";
export const KV_WRITE = "the write to KV after the answer";
const NAMES = [...PART_NAMES, LOG_LINE, KV_WRITE];

/** The rows add up to the last: what is in no part is what is left of the process's CPU. */
export const ROWS: [name: string, micros: (spent: Spent) => number][] = [
  ...NAMES.map((part): [string, (spent: Spent) => number] => [part, ({ parts }) => parts.get(part) ?? 0]),
  [
    "workerd itself, and KV's own Worker",
    ({ all, parts }) => NAMES.reduce((rest, part) => rest - (parts.get(part) ?? 0), all),
  ],
  ["**all**", ({ all }) => all],
];

/** A column for each variant. */
export function profileTable(all: readonly Spent[]): string {
  const micros = (value: number) => (Math.abs(value) < 0.05 ? "–" : value.toFixed(value < 100 ? 1 : 0));
  return markdownTable([
    ["µs of CPU per request", ...all.map(({ name }) => name)],
    ...ROWS.map(([row, value]) => [row, ...all.map((spent) => micros(value(spent)))]),
    ["requests/s", ...all.map(({ rate }) => rate.toFixed(0))],
  ]);
}
