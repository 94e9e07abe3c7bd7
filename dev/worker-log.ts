// Makes the Worker's log readable in a terminal: one short line per request. Pure.
import { stripVTControlCharacters, styleText } from "node:util";
import * as z from "zod";

const logLine = z.looseObject({
  level: z.string(),
  message: z.string(),
  method: z.string().optional(),
  route: z.string().optional(),
  status: z.number().optional(),
  ms: z.number().optional(),
  sql: z.number().optional(),
  kv: z.number().optional(),
  tier: z.string().optional(),
});

/**
 * What to show for a line of `wrangler dev`, or `undefined` for what only its log file is for: banners, its own request
 * lines, word of updates. Problems are always shown.
 */
export function presentLine(coloured: string): { text: string; problem: boolean } | undefined {
  // wrangler colours the inside of "[ERROR]" whatever NO_COLOR says.
  const line = stripVTControlCharacters(coloured);
  const parsed = logLine.safeParse(parseJson(line));
  if (!parsed.success) {
    return /\[ERROR\]|^\s*(Uncaught )?\w*Error:/.test(line)
      ? { text: paint(line.trim(), true), problem: true }
      : undefined;
  }
  const { level, message, ...rest } = parsed.data;
  const problem = level === "error";
  if (message !== "request") return { text: paint(`${level}: ${message} ${JSON.stringify(rest)}`, problem), problem };
  const { method, route, status, ms, sql, kv, tier } = rest;
  const words = [method?.padEnd(6), route, status, `${ms} ms`, sql && `${sql} SQL`, kv && `${kv} KV`, tier];
  return { text: paint(`  ${words.filter(Boolean).join("  ")}`, problem), problem };
}

function paint(text: string, problem: boolean): string {
  return styleText(problem ? "red" : "dim", text);
}

function parseJson(line: string): unknown {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
