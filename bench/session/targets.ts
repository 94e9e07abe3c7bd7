// What Docent wants of itself against its peers. Pure.
import type { Sample, Setting } from "./measure.ts";
import { figuresOf, type Measure, rate, ratio, wallTime } from "./summary.ts";

interface Target {
  /** What is wanted, in words. */
  name: string;
  /** The settings it is about. */
  where: (setting: Setting) => boolean;
  value: (samples: readonly Sample[], setting: Setting) => number;
  limit: { atLeast: number } | { atMost: number };
}

export interface Verdict {
  name: string;
  values: { setting: Setting; value: number }[];
  limit: string;
  /** Wherever it was measured. */
  met: boolean;
}

const compared =
  (id: string, to: string, by: Measure = rate) =>
  (samples: readonly Sample[], setting: Setting) =>
    ratio(samples, by, id, to, setting);
const everywhere = () => true;
/** Where nothing waits for the database. */
const withoutLatency = ({ latencyMs }: Setting) => latencyMs === 0;
/** What one reader waits for. */
const oneConnection = ({ connections }: Setting) => connections === 1;
const oneReader40 = (setting: Setting) => oneConnection(setting) && setting.latencyMs === 40;

const TARGETS: Target[] = [
  {
    name: "requests/s from memory, of the empty response's",
    where: withoutLatency,
    value: compared("memory", "empty"),
    limit: { atLeast: 0.8 },
  },
  {
    name: "requests/s from KV, of a bare KV read's",
    where: withoutLatency,
    value: compared("from-kv", "kv"),
    limit: { atLeast: 0.85 },
  },
  {
    name: "requests/s from Postgres, of one bare Neon query's",
    where: everywhere,
    value: compared("from-postgres", "statement"),
    limit: { atLeast: 0.9 },
  },
  {
    name: "requests/s from memory, of Better Auth's on Postgres",
    where: everywhere,
    value: compared("memory", "stock"),
    limit: { atLeast: 8 },
  },
  {
    name: "requests/s from memory, of Better Auth's with its cookie cache",
    where: withoutLatency,
    value: compared("memory", "stock-cookie-cache"),
    limit: { atLeast: 3 },
  },
  {
    name: "wall time of a sign-up, of Better Auth's",
    where: oneReader40,
    value: compared("sign-up", "stock-sign-up", wallTime),
    limit: { atMost: 0.7 },
  },
  {
    name: "wall time of a sign-in, of Better Auth's with joins",
    where: oneConnection,
    value: compared("sign-in", "stock-joins-sign-in", wallTime),
    // Both spend their time on the same hash: less than 5 % is the noise of the machine.
    limit: { atMost: 1.05 },
  },
  {
    name: "database calls of a sign-out (Better Auth with joins: 4)",
    where: oneConnection,
    value: (samples, setting) => figuresOf(samples, "sign-out", setting).sql,
    limit: { atMost: 2 },
  },
];

/** Every target that the settings and variants of a run can say something about. */
export function judge(samples: readonly Sample[], settings: readonly Setting[]): Verdict[] {
  return TARGETS.flatMap(({ name, where, value, limit }) => {
    const values = settings
      .filter(where)
      .map((setting) => ({ setting, value: value(samples, setting) }))
      .filter((measured) => !Number.isNaN(measured.value));
    if (values.length === 0) return [];
    const met = values.every((one) => ("atLeast" in limit ? one.value >= limit.atLeast : one.value <= limit.atMost));
    return [{ name, values, limit: "atLeast" in limit ? `≥ ${limit.atLeast}` : `≤ ${limit.atMost}`, met }];
  });
}
