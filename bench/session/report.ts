// The tables, and where they stand in the documents. Pure but for `write`.
import { readFileSync, writeFileSync } from "node:fs";
import type { Sample, Setting } from "./measure.ts";
import { type Figures, figuresOf } from "./summary.ts";
import type { Verdict } from "./targets.ts";
import { VARIANTS, type Variant } from "./variants.ts";

/** What was measured, where and when. */
export interface Circumstances {
  machine: string;
  versions: string;
  /** ISO 8601, the day. */
  date: string;
}

const figure = (value: number | undefined, digits: number) =>
  value === undefined || Number.isNaN(value) ? "–" : value.toFixed(digits);
const rateText = (value: number) => figure(value, value < 100 ? 1 : 0);
const msText = (value: number) => figure(value, value < 10 ? 2 : value < 100 ? 1 : 0);
const cpuText = (value: number | undefined) => figure(value, value !== undefined && value < 10 ? 2 : 0);
/** Exact counts come out whole; a share of a request, if there is one, is worth seeing. */
const count = (value: number) => (Number.isInteger(value) ? (value === 0 ? "–" : String(value)) : value.toFixed(2));
export const settingName = ({ connections, latencyMs }: Setting) =>
  `${connections} connection${connections === 1 ? "" : "s"}, ${latencyMs} ms`;

/** A table in Markdown, padded as the house's other tables are. */
export function markdownTable(heads: string[], rows: string[][]): string {
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: string[]) => `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  return [line(heads), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

const HEADS = ["", "requests/s", "p50 ms", "p99 ms", "CPU ms", "database", "KV", "cookie"];
const cells = (name: string, { rate, p50, p99, cpuMs, sql, kv, cookieBytes }: Figures) => [
  name,
  rateText(rate),
  msText(p50),
  msText(p99),
  cpuText(cpuMs),
  count(sql),
  count(kv),
  count(cookieBytes),
];
const measured = (samples: readonly Sample[], setting: Setting) => {
  const ids = new Set(samples.map(({ variant }) => variant.id));
  return VARIANTS.filter(({ id, database }) => ids.has(id) && (database || setting.latencyMs === 0));
};

/** All figures, a table for each setting. */
export function wholeTables(samples: readonly Sample[], settings: readonly Setting[]): string {
  return settings
    .map((setting) => {
      const rows = measured(samples, setting).map((one) => cells(one.name, figuresOf(samples, one.id, setting)));
      return `### ${settingName(setting)}\n\n${markdownTable(HEADS, rows)}`;
    })
    .join("\n\n");
}

/** One line for each variant: what one reader waits for near the database and far from it, and what it costs. */
export function shortTable(samples: readonly Sample[]): string {
  const near = { connections: 1, latencyMs: 0 };
  const many = { connections: 16, latencyMs: 0 };
  const row = ({ id, name }: Variant) => {
    const one = figuresOf(samples, id, near);
    return [
      name,
      rateText(figuresOf(samples, id, many).rate),
      msText(one.p50),
      msText(figuresOf(samples, id, { connections: 1, latencyMs: 40 }).p50),
      cpuText(figuresOf(samples, id, many).cpuMs),
      count(one.sql),
      count(one.kv),
      count(one.cookieBytes),
    ];
  };
  const heads = ["", "requests/s", "p50 ms", "at 40 ms", "CPU ms", "database", "KV", "cookie"];
  return markdownTable(heads, measured(samples, near).map(row));
}

export function targetTable(verdicts: readonly Verdict[]): string {
  return markdownTable(
    ["target", "", "measured", ""],
    verdicts.map(({ name, values, limit, met }) => [
      name,
      limit,
      values.map(({ setting, value }) => `${value.toFixed(2)} (${settingName(setting)})`).join("; "),
      met ? "met" : "missed",
    ]),
  );
}

export const circumstancesText = ({ machine, versions, date }: Circumstances) => `${date} · ${machine} · ${versions}`;

const BEGIN = "<!-- npm run bench -- --write: begin -->";
const END = "<!-- npm run bench -- --write: end -->";

/** Replaces what stands between the marks. @throws when a document has lost them */
export function between(document: string, text: string): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`There is no ${BEGIN} … ${END}`);
  return `${document.slice(0, begin + BEGIN.length)}\n\n${text}\n\n${document.slice(end)}`;
}

export function write(path: string, text: string): void {
  writeFileSync(path, between(readFileSync(path, "utf8"), text));
}
