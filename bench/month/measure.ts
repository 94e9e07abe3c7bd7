// `npm run bench:month`: what a month costs, by driving the real Worker through it on the test's clock (test/month).
// `--write` puts the tables into README.md and docs/costs.md. `--only docs3,course` runs these scenarios; `--keep
// <folder>` keeps each one's figures there, and takes those it finds instead of running them again. Exits 1 when readers
// of whom 3 % sign in use half of what a Free plan gives.
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startVitest } from "vitest/node";
import * as z from "zod";
import { startOwnPostgres } from "../growth/own-postgres.ts";
import { replaceBetweenMarkers } from "../markdown.ts";
import { type Figures, figures as figuresSchema } from "./figures.ts";
import { quotas } from "./prices.ts";
import { readmeTable, report } from "./report.ts";
import { SCENARIOS } from "./scenarios.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const { values } = parseArgs({
  options: { only: { type: "string" }, keep: { type: "string" }, write: { type: "boolean", default: false } },
});

async function run(name: string): Promise<Figures> {
  const kept = values.keep === undefined ? undefined : join(values.keep, `${name}.json`);
  if (kept !== undefined && existsSync(kept)) return figuresSchema.parse(JSON.parse(await readFile(kept, "utf8")));
  const vitest = await startVitest("test", [], {
    root: ROOT,
    project: ["month"],
    testNamePattern: `^${name}$`,
    watch: false,
    reporters: ["dot"],
  });
  const tests = vitest.state.getTestModules().flatMap((module) => [...module.children.allTests()]);
  const meta = z.object({ figures: figuresSchema });
  const found = tests.find((test) => test.name === name && test.ok())?.meta();
  await vitest.close();
  const { figures } = meta.parse(found);
  if (kept !== undefined) {
    await mkdir(join(kept, ".."), { recursive: true });
    await writeFile(kept, JSON.stringify(figures));
  }
  return figures;
}

const own = process.env.DOCENT_TEST_POSTGRES === undefined ? await startOwnPostgres() : undefined;
// Several times faster than PGlite, and the same statements.
if (own) process.env.DOCENT_TEST_POSTGRES = own.connectionString;
// Where Linux keeps files in memory: the local KV writes through to its disk, and a month has many writes.
const IN_MEMORY = "/dev/shm";
const folder = await mkdtemp(join(existsSync(IN_MEMORY) ? IN_MEMORY : tmpdir(), "docent-month-"));
process.env.TMPDIR = folder;
try {
  const months = [];
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    if (values.only !== undefined && !values.only.split(",").includes(name)) continue;
    months.push({ scenario, figures: await run(name) });
  }
  const text = report(months);
  console.log(text);
  // Vitest sets one of its own.
  process.exitCode = 0;
  const promised = months.find(({ scenario }) => scenario === SCENARIOS.docs3);
  for (const { name, used, free } of promised ? quotas(promised.figures) : []) {
    if (used < free / 2) continue;
    console.error(`With 3 % signed in, half of a Free quota is used up: ${name}, ${used} of ${free}.`);
    process.exitCode = 1;
  }
  if (values.write) {
    await writeFile(join(ROOT, "docs/costs.md"), text);
    const readme = await readFile(join(ROOT, "README.md"), "utf8");
    await writeFile(join(ROOT, "README.md"), replaceBetweenMarkers(readme, "costs", readmeTable(months)));
  }
} finally {
  await own?.stop();
  await rm(folder, { recursive: true, force: true });
}
