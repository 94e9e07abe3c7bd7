// Measures the ranker against the baselines on catalogues with experts' learning paths:
//   node bench/ranker/evaluate.ts [--parts] [--json results.json] <data folder>...
// A data folder holds catalog.json and paths.dev.json and/or paths.heldout.json; README.md describes them.
// --parts adds a table of what each part of the score is worth: the ranker without it.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { prepare } from "../../src/core/ranker/prepare.ts";
import { score } from "../../src/core/ranker/rank.ts";
import { PARTS } from "../../src/core/score-parts.ts";
import { withoutInReader } from "./ablation.ts";
import { baselines } from "./baselines.ts";
import { type Data, SPLITS, type Split } from "./data.ts";
import { catalogueOf, docent, docentByScore, NOW, readerOf, topOf } from "./docent.ts";
import { CUTOFF, casesOf, evaluate, gain, mean, type Result } from "./metrics.ts";
import { readData } from "./read-data.ts";

const RANKER = "Docent";
const BASELINE = "BM25";
const number = (value: number): string => value.toFixed(3);
const interval = ([low, high]: readonly [number, number]): string => `[${low.toFixed(2)}, ${high.toFixed(2)}]`;
const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** Mean share of tags and categories that two pages of a list do not have in common: 0 all alike, 1 nothing shared. */
function diversity(data: Data, lists: readonly (readonly string[])[]): number {
  const terms = new Map(data.pages.map((page) => [page.path, new Set([...page.tags, ...page.categories])]));
  const distance = (a: string, b: string): number => {
    const [one, other] = [terms.get(a) ?? new Set<string>(), terms.get(b) ?? new Set<string>()];
    const common = [...one].filter((term) => other.has(term)).length;
    return 1 - common / (one.size + other.size - common || 1);
  };
  return mean(lists.flatMap((list) => list.flatMap((a, at) => list.slice(at + 1).map((b) => distance(a, b)))));
}

/** How many reasons the lists give, and the share that is true: without what it names, the page's score is lower. */
function faithfulness(data: Data, split: Split): { reasons: number; share: number } {
  const pages = catalogueOf(data);
  const index = prepare(pages);
  const scoreIn = (reader: ReturnType<typeof readerOf>, key: string): number =>
    score(index, reader, { now: NOW, limit: CUTOFF }).ranked.find(({ page }) => page.page.pageKey === key)?.score ??
    Number.NEGATIVE_INFINITY;
  const verdicts = data.paths[split].flatMap((path) =>
    casesOf(data, split, path).flatMap((one) => {
      const reader = readerOf(one.read);
      return topOf(index, one).flatMap((page) =>
        page.reasons.map((reason) => {
          const without = withoutInReader({ pages, reader }, page.pageKey, reason);
          return without === null || scoreIn(without.reader, page.pageKey) < scoreIn(reader, page.pageKey);
        }),
      );
    }),
  );
  return { reasons: verdicts.length, share: verdicts.filter(Boolean).length / verdicts.length };
}

function report(data: Data, split: Split): Record<string, Result> {
  const results: Record<string, Result> = {};
  for (const [name, ranker] of Object.entries({
    ...baselines(data),
    [`${RANKER}, by score`]: docentByScore(data),
    [RANKER]: docent(data),
  })) {
    const result = evaluate(data, split, ranker);
    if (result === null) continue;
    results[name] = result;
    const lists = data.paths[split].flatMap((path) =>
      casesOf(data, split, path).map((one) => (ranker(one)[0] ?? []).slice(0, CUTOFF)),
    );
    const violations = [result.violations, result.violationsInOrder];
    console.log(
      row([
        data.name,
        `${split} (${result.paths}, ${result.cases})`,
        name,
        `${number(result.ndcg)} ${interval(result.interval)}`,
        number(result.ndcgByPath),
        number(result.mrr),
        number(result.recall),
        ...(data.prerequisites.size > 0 ? violations.map(number) : ["–", "–"]),
        number(diversity(data, lists)),
      ]),
    );
  }
  return results;
}

function reportParts(data: Data, split: Split): void {
  const whole = evaluate(data, split, docent(data));
  if (whole === null) return;
  for (const part of PARTS) {
    const result = evaluate(data, split, docent(data, { weights: { [part]: 0 } }));
    if (result === null || result.ndcg === whole.ndcg) continue;
    const changes = [
      result.ndcg - whole.ndcg,
      result.ndcgByPath - whole.ndcgByPath,
      result.violations - whole.violations,
    ];
    console.log(row([data.name, split, part, ...changes.map((change) => (change > 0 ? "+" : "") + number(change))]));
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { parts: { type: "boolean", default: false }, json: { type: "string" } },
});
if (positionals.length === 0) {
  console.error("usage: node bench/ranker/evaluate.ts [--parts] [--json results.json] <data folder>...");
  process.exit(2);
}
const splits = positionals
  .map(readData)
  .flatMap((data) => SPLITS.filter((split) => data.paths[split].length > 0).map((split) => ({ data, split })));

console.log(
  "| data | split (paths, cases) | ranker | nDCG@10 [95 %] | by path | MRR next | Recall@10 | PV@10 | PVo@10 | diversity |",
);
console.log(`|${" --- |".repeat(10)}`);
const results = splits.map(({ data, split }) => ({ data: data.name, split, rankers: report(data, split) }));
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(results, null, 1));

console.log(`\n| data | split | nDCG@10 over ${BASELINE} [95 %] | reasons given | true |\n|${" --- |".repeat(5)}`);
splits.forEach(({ data, split }, at) => {
  const { [RANKER]: ours, [BASELINE]: theirs } = results[at]?.rankers ?? {};
  if (!ours || !theirs) return;
  const over = gain(ours, theirs);
  const { reasons, share } = faithfulness(data, split);
  const gained = `${number(over.ndcg)} ${interval(over.interval)}`;
  console.log(row([data.name, split, gained, String(reasons), `${(100 * share).toFixed(1)} %`]));
});

if (values.parts) {
  console.log("\n| data | split | without | nDCG@10 | by path | PV@10 |\n| --- | --- | --- | --- | --- | --- |");
  for (const { data, split } of splits) reportParts(data, split);
}
