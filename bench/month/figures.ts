// What a month has used, and the sums over it. Pure.

import * as z from "zod/mini";
import { type Scenario, seeded, visitsOf } from "./traffic.ts";
import { requestsOf } from "./widget.ts";

/** What was used for one purpose. */
const use = z.object({
  /** Invocations of the Worker, preflights and the daily chores among them. */
  requests: z.number(),
  /** HTTP calls to Postgres. */
  sql: z.number(),
  /** Of the answers' bodies. */
  bytes: z.number(),
  kvReads: z.number(),
  /** Puts and deletes. */
  kvWrites: z.number(),
});
export type Use = z.infer<typeof use>;

/** The quotas of Cloudflare's Free plan are of one day, in UTC. */
const dayUse = z.object({ requests: z.number(), kvReads: z.number(), kvPuts: z.number(), kvDeletes: z.number() });
export type DayUse = z.infer<typeof dayUse>;

export const figures = z.object({
  /** By purpose. */
  uses: z.record(z.string(), use),
  days: z.array(dayUse),
  /** Milliseconds after the month began, of every call to Postgres. */
  sqlTimes: z.array(z.number()),
  /** Of readers with an account, with their page views and how often they signed up or in. */
  visits: z.number(),
  pageViews: z.number(),
  signIns: z.number(),
});
export type Figures = z.infer<typeof figures>;

/** Milliseconds without a query after which Neon suspends a compute. https://neon.com/docs/introduction/scale-to-zero */
export const SUSPEND_AFTER = 5 * 60_000;

/** Milliseconds for which the database is awake: from each query on for five minutes, overlaps counted once. */
export function awake(sqlTimes: readonly number[]): number {
  let sum = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const at of sqlTimes.toSorted((a, b) => a - b)) {
    sum += at + SUSPEND_AFTER - Math.max(at, until);
    until = at + SUSPEND_AFTER;
  }
  return sum;
}

/** The same of visits alone: what the Worker asks Postgres, it asks when the widget sends something. */
export function awakeOf(scenario: Scenario, seed: number): number {
  const random = seeded(seed + 1);
  const options = { isNew: false, pending: false, scenario, random };
  return awake(visitsOf(scenario, seed).flatMap((visit) => requestsOf(visit, options).moments.map(({ at }) => at)));
}

export function total(uses: Record<string, Use>): Use {
  const sum: Use = { requests: 0, sql: 0, bytes: 0, kvReads: 0, kvWrites: 0 };
  for (const use of Object.values(uses)) {
    for (const key of Object.keys(sum) as (keyof Use)[]) sum[key] += use[key];
  }
  return sum;
}

/** The most of one day. */
export const busiest = (days: readonly DayUse[], what: keyof DayUse): number =>
  Math.max(0, ...days.map((day) => day?.[what] ?? 0));
