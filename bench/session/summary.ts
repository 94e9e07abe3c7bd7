// From samples to figures. Pure.
import type { Sample, Setting } from "./measure.ts";

/** One variant in one setting. Times in milliseconds. */
export interface Figures {
  id: string;
  setting: Setting;
  /** Requests per second: the median of the rounds. */
  rate: number;
  /** Of all requests of all rounds. */
  p50: number;
  p99: number;
  /** CPU time of workerd per request, over all rounds; undefined where it cannot be read. */
  cpuMs: number | undefined;
  /** Calls per request, over all rounds. */
  sql: number;
  kv: number;
  cookieBytes: number;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The smallest value that at least this share of them does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const same = (a: Setting, b: Setting) => a.connections === b.connections && a.latencyMs === b.latencyMs;

/** Everything measured of a variant in a setting. One that asks no database was measured without latency only. */
export function samplesOf(samples: readonly Sample[], id: string, setting: Setting): Sample[] {
  return samples.filter(
    ({ variant, setting: measured }) =>
      variant.id === id && same(measured, variant.database ? setting : { ...setting, latencyMs: 0 }),
  );
}

export function figuresOf(samples: readonly Sample[], id: string, setting: Setting): Figures {
  const found = samplesOf(samples, id, setting);
  const latencies = found.flatMap((sample) => sample.latencies);
  const cpu = found.map((sample) => sample.cpuMs);
  return {
    id,
    setting,
    rate: median(found.map(rate)),
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    cpuMs: cpu.every((ms) => ms !== undefined) ? sum(cpu) / latencies.length : undefined,
    sql: sum(found.map(({ sql }) => sql)) / latencies.length,
    kv: sum(found.map(({ kv }) => kv)) / latencies.length,
    cookieBytes: found[0]?.cookieBytes ?? 0,
  };
}

/** What two variants are compared by. */
export type Measure = (sample: Sample) => number;
/** Requests per second. */
export const rate: Measure = ({ latencies, seconds }) => latencies.length / seconds;
/** The median request, in milliseconds. */
export const wallTime: Measure = ({ latencies }) => median(latencies);

/** One variant's measure divided by another's of the same round: the median of the rounds. */
export function ratio(samples: readonly Sample[], by: Measure, id: string, to: string, setting: Setting): number {
  const others = samplesOf(samples, to, setting);
  return median(
    samplesOf(samples, id, setting).flatMap((sample) => {
      const other = others.find(({ round }) => round === sample.round);
      return other ? [by(sample) / by(other)] : [];
    }),
  );
}
