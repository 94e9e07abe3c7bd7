// What Cloudflare and Neon give for free and ask for more, as published. Pure.
import { awake, busiest, type Figures, total } from "./figures.ts";

/** Of these dates were the copies of the pages that the numbers were read in. */
export const PRICES_OF = "copies of 2026 (Neon's plans: 12 November)";
/** US dollars for a million beyond what the Workers Paid plan includes, in millions a month. */
const WORKERS_PAID = {
  base: 5,
  // https://developers.cloudflare.com/workers/platform/pricing/
  requests: { included: 10, price: 0.3 },
  // https://developers.cloudflare.com/kv/platform/pricing/
  kvReads: { included: 10, price: 0.5 },
  kvPuts: { included: 1, price: 5 },
  kvDeletes: { included: 1, price: 5 },
};
/** US dollars. https://neon.com/docs/introduction/plans */
const NEON_LAUNCH = { cuHour: 0.106, gbMonth: 0.35, egressIncludedGb: 100, egressGb: 0.1 };
/** Neon's smallest compute, which a docs site needs. */
export const COMPUTE_UNITS = 0.25;
const GB = 1e9;
/** Bytes of headers and TLS records around an answer of Postgres over HTTP: an assumption, on the high side. */
const AROUND_AN_ANSWER = 1_000;

export interface Quota {
  name: string;
  unit: string;
  free: number;
  used: number;
}

/** What is used of everything that the Free plans limit. */
export function quotas({ uses, days, sqlTimes }: Figures): Quota[] {
  const sum = total(uses);
  const cuHours = (awake(sqlTimes) / 3_600_000) * COMPUTE_UNITS;
  return [
    { name: "Worker invocations, busiest day", unit: "", free: 100_000, used: busiest(days, "requests") },
    { name: "KV reads, busiest day", unit: "", free: 100_000, used: busiest(days, "kvReads") },
    { name: "KV writes, busiest day", unit: "", free: 1_000, used: busiest(days, "kvPuts") },
    { name: "KV deletes, busiest day", unit: "", free: 1_000, used: busiest(days, "kvDeletes") },
    { name: "database awake, CU-hours a month", unit: "", free: 100, used: cuHours },
    { name: "database egress, GB a month", unit: "", free: 5, used: (sum.bytes + sum.sql * AROUND_AN_ANSWER) / GB },
  ];
}

/** US dollars a month on Workers Paid, and on Neon Launch with this many gigabytes stored. */
export function paid(figures: Figures, storedGb: number): { cloudflare: number; neon: number } {
  const { days } = figures;
  const monthly = (what: "requests" | "kvReads" | "kvPuts" | "kvDeletes") =>
    days.reduce((sum, day) => sum + day[what], 0) / 1e6;
  const cloudflare = (["requests", "kvReads", "kvPuts", "kvDeletes"] as const).reduce(
    (sum, what) => sum + Math.max(0, monthly(what) - WORKERS_PAID[what].included) * WORKERS_PAID[what].price,
    WORKERS_PAID.base,
  );
  const used = quotas(figures);
  const cuHours = used.find(({ name }) => name.includes("CU-hours"))?.used ?? 0;
  const egress = used.find(({ name }) => name.includes("egress"))?.used ?? 0;
  const neon =
    cuHours * NEON_LAUNCH.cuHour +
    storedGb * NEON_LAUNCH.gbMonth +
    Math.max(0, egress - NEON_LAUNCH.egressIncludedGb) * NEON_LAUNCH.egressGb;
  return { cloudflare, neon };
}
