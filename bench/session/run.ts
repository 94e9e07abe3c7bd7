// `npm run bench`: what a session check costs, against the least it could cost and against its peers. Options:
//   --quick         one short round: a first look, and no more
//   --only a,b      only these variants, by id
//   --write         puts the tables into README.md and docs/benchmarks.md
import { join } from "node:path";
import { parseArgs } from "node:util";
import { circumstances } from "./circumstances.ts";
import { measure, type Plan } from "./measure.ts";
import { circumstancesText, shortTable, targetTable, wholeTables, write } from "./report.ts";
import { judge } from "./targets.ts";
import { VARIANTS } from "./variants.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const SETTINGS = [0, 40].flatMap((latencyMs) => [1, 16].map((connections) => ({ connections, latencyMs })));
const AT_MOST = { session: 50_000, "sign-up": 100, "sign-in": 100, "sign-out": 400 };

/** Milliseconds. A password's hash takes long: signing up and in need more of them for as much to look at. */
const WHOLE: Omit<Plan, "variants"> = {
  settings: SETTINGS,
  rounds: 5,
  milliseconds: { session: 500, "sign-up": 900, "sign-in": 900, "sign-out": 300 },
  atMost: AT_MOST,
  warmUp: { requests: 2_000, milliseconds: 500 },
};
const QUICK: Omit<Plan, "variants"> = {
  settings: SETTINGS,
  rounds: 1,
  milliseconds: { session: 200, "sign-up": 400, "sign-in": 400, "sign-out": 200 },
  // Hashes: so few that 16 connections do not wait seconds for each other.
  atMost: { ...AT_MOST, "sign-up": 8, "sign-in": 8 },
  warmUp: { requests: 500, milliseconds: 200 },
};

const { values } = parseArgs({
  options: { quick: { type: "boolean" }, write: { type: "boolean" }, only: { type: "string" } },
});
const ids = values.only?.split(",");
const unknown = ids?.filter((id) => !VARIANTS.some((variant) => variant.id === id)) ?? [];
if (unknown.length > 0) throw new Error(`Unknown: ${unknown.join(", ")}. There are ${VARIANTS.map(({ id }) => id)}`);
if (values.write && (ids || values.quick)) throw new Error("Only a whole run is written into the documents.");

const began = performance.now();
const samples = await measure({
  ...(values.quick ? QUICK : WHOLE),
  variants: VARIANTS.filter(({ id }) => ids?.includes(id) ?? true),
  onProgress: (done, all) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${all}${done === all ? "\n" : ""}`);
  },
});
const verdicts = judge(samples, SETTINGS);
const where = circumstancesText(circumstances());
const whole = `${where}\n\n${wholeTables(samples, SETTINGS)}`;
console.log(`${whole}\n\n${targetTable(verdicts)}\n\n${((performance.now() - began) / 1000).toFixed(0)} s`);
if (values.write) {
  write(join(ROOT, "docs", "benchmarks.md"), `${whole}\n\n### Targets\n\n${targetTable(verdicts)}`);
  write(join(ROOT, "README.md"), `${shortTable(samples)}\n\n${where}`);
}
