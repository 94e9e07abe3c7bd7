// `npm run bench:profile`: what the CPU of a session check is spent on. Two stages, one after the other: as in
// `npm run bench`, with Workers that lack a part beside the others; and under V8's sampling profiler. `-- --write` puts
// the table into docs/benchmarks.md, `-- --quick` is a first look. Linux only: CPU is what it counts for the process of
// workerd.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { replaceBetweenMarkers } from "../markdown.ts";
import { circumstances } from "./circumstances.ts";
import { type CpuProfile, Profiler } from "./inspector.ts";
import { locator } from "./locate.ts";
import { type Counted, measure, type Onlooker, type Plan } from "./measure.ts";
import { interval, type Locate, samplesByPart } from "./profile-parts.ts";
import { KV_WRITE, LOG_LINE, profileTable, type Spent } from "./profile-table.ts";
import { circumstancesText } from "./report.ts";
import { SAME_ANSWER } from "./same-answer.ts";
import { type Stage, WORKERS, type WorkerName } from "./setting.ts";
import { figuresOf, median, samplesOf } from "./summary.ts";
import { VARIANTS, type Variant } from "./variants.ts";

const BENCHMARKS = join(import.meta.dirname, "..", "..", "docs", "benchmarks.md");
/** Microseconds that the sampler is asked for. */
const INTERVAL = 100;
const SETTING = { connections: 16, latencyMs: 0 };
const IDS = ["empty", "same-answer", "jwt", "memory", "kv", "from-kv", "statement", "from-postgres"];
const NONE = { session: 0, "sign-up": 0, "sign-in": 0, "sign-out": 0 };

/** Microseconds in all rounds of a variant, by part, and the requests in which they were spent. */
interface Sum {
  requests: number;
  parts: Map<string, number>;
}

class Profiles {
  readonly sums = new Map<string, Sum>();

  async onlooker({ inspector, bundles }: Stage): Promise<Onlooker> {
    if (inspector === undefined) throw new Error("The stage has no inspector.");
    const profilers = new Map<WorkerName, { profiler: Profiler; locate: Locate }>();
    const of = async (worker: WorkerName) => {
      const known = profilers.get(worker);
      if (known) return known;
      const { script } = WORKERS[worker];
      const locate = locator(join(bundles, script, "out", `${script}.js.map`));
      const made = { profiler: await Profiler.of(inspector, worker, INTERVAL), locate };
      profilers.set(worker, made);
      return made;
    };
    return {
      begin: async ({ worker }) => (await of(worker)).profiler.start(),
      end: async (variant, counted) => {
        const { profiler, locate } = await of(variant.worker);
        this.#add(variant, counted, await profiler.stop(), locate);
      },
      close: () => {
        for (const { profiler } of profilers.values()) profiler.close();
      },
    };
  }

  #add({ id }: Variant, { latencies }: Counted, profile: CpuProfile, locate: Locate): void {
    const sum = this.sums.get(id) ?? { requests: 0, parts: new Map() };
    this.sums.set(id, sum);
    sum.requests += latencies.length;
    const micros = interval(profile);
    for (const [part, samples] of samplesByPart(profile, locate))
      sum.parts.set(part, (sum.parts.get(part) ?? 0) + samples * micros);
  }
}

const { values } = parseArgs({ options: { quick: { type: "boolean" }, write: { type: "boolean" } } });
if (values.write && values.quick) throw new Error("Only a whole run is written into the document.");

const known = [...VARIANTS, SAME_ANSWER];
const variants = IDS.flatMap((id) => known.filter((variant) => variant.id === id));
const plan = (measured: Variant[]): Plan => ({
  variants: measured,
  settings: [SETTING],
  rounds: values.quick ? 1 : 9,
  milliseconds: { ...NONE, session: values.quick ? 400 : 1_000 },
  atMost: { ...NONE, session: 50_000 },
  warmUp: { requests: 8_000, milliseconds: 1_500 },
});
/** The variant, asked of a Worker that lacks one part. */
const lacking = (id: string, worker: WorkerName) =>
  variants.filter((variant) => variant.id === id).map((variant) => ({ ...variant, id: worker, worker }));
const usual = await measure(
  plan([...variants, ...lacking("memory", "docent-still-silent"), ...lacking("from-postgres", "docent-unwritten")]),
);
const profiles = new Profiles();
await measure({ ...plan(variants), onlooker: (stage) => profiles.onlooker(stage) });

/** Microseconds of CPU per request, in each round. */
const rounds = (id: string): number[] =>
  samplesOf(usual, id, SETTING).map(({ cpuMs, latencies }) => ((cpuMs ?? Number.NaN) * 1_000) / latencies.length);
/** Compared within a round: what else the machine does meets both alike. */
const leftOut = (id: string, worker: WorkerName): number => {
  const without = rounds(worker);
  return median(rounds(id).map((micros, round) => micros - (without[round] ?? Number.NaN)));
};
// One line is like the other: it is left out where least else is done.
const logLine = leftOut("memory", "docent-still-silent");
const kvWrite = leftOut("from-postgres", "docent-unwritten");
const spent = variants.map(({ id, name, worker }): Spent => {
  const { requests, parts } = profiles.sums.get(id) ?? { requests: 0, parts: new Map<string, number>() };
  return {
    name,
    all: median(rounds(id)),
    rate: figuresOf(usual, id, SETTING).rate,
    parts: new Map([
      ...[...parts].map(([part, micros]): [string, number] => [part, micros / requests]),
      ...(WORKERS[worker].script === "docent" ? [[LOG_LINE, logLine] as const] : []),
      ...(id === "from-postgres" ? [[KV_WRITE, kvWrite] as const] : []),
    ]),
  };
});
const text = `${circumstancesText(circumstances())}\n\n${profileTable(spent)}`;
console.log(text);
if (values.write) {
  const document = readFileSync(BENCHMARKS, "utf8");
  writeFileSync(BENCHMARKS, replaceBetweenMarkers(document, "npm run bench:profile -- --write", text));
}
