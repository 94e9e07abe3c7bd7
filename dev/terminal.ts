// How the development commands write to a terminal. Colours follow NO_COLOR and the kind of terminal.
import { styleText } from "node:util";

const NAME_WIDTH = 12;

/** One line for one thing that is up. */
export function line(name: string, text: string): string {
  return `  ${styleText("bold", name.padEnd(NAME_WIDTH))}${text}`;
}

/** Rows in columns as wide as their longest text. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((text, column) => {
      widths[column] = Math.max(widths[column] ?? 0, text.length);
    });
  }
  return rows
    .map((row) => `  ${row.map((text, column) => text.padEnd((widths[column] ?? 0) + 2)).join("")}`.trimEnd())
    .join("\n");
}

/** A failure in words. Node gives several refused connections no message of their own. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.message === "") return error.errors.map(messageOf).join("; ");
  return error.message || error.name;
}
