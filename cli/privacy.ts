// `docent privacy`: what is stored about readers, what for, how long, and who else handles it, as Markdown for a privacy
// notice. Made from the configuration and the schema; what a lawyer must add, it does not know.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type DocentConfig, parseConfig } from "../src/core/define-config.ts";
import { Refusal } from "./refusal.ts";
import { COLUMNS, STORED } from "./stored-fields.ts";

/** @throws Refusal when there is none in this folder, or one with mistakes */
export async function loadConfig(folder: string): Promise<DocentConfig> {
  const path = join(folder, "docent.config.ts");
  if (!existsSync(path)) throw new Refusal(`There is no docent.config.ts in ${folder}.`);
  let file: unknown;
  try {
    file = ((await import(pathToFileURL(path).href)) as { default?: unknown }).default;
  } catch (error) {
    throw new Refusal(
      `docent.config.ts cannot be read (a Node from 22.18 on is needed): ${error instanceof Error ? error.message : error}`,
    );
  }
  const parsed = parseConfig(file);
  if ("config" in parsed) return parsed.config;
  throw new Refusal(parsed.mistakes.map(({ path, message }) => `docent.config.ts: ${path}: ${message}`).join("\n"));
}

const table = (head: string[], rows: string[][]) => {
  const widths = head.map((cell, column) => Math.max(3, cell.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
};

const days = (count: number) => `${count} days`;

function retention({ accounts }: DocentConfig): string[][] {
  const { auditDays, deleteUnverifiedAfterDays, deleteInactiveAfterDays, warnDays } = accounts;
  const mail = "where mail can be sent";
  return [
    ["the account and everything in it", "until the reader deletes it, or an administrator for them"],
    [
      "an account whose address was never proved",
      deleteUnverifiedAfterDays === null
        ? "as any other"
        : `${days(deleteUnverifiedAfterDays)} without a sign-in or a visit, ${mail}`,
    ],
    [
      "an account that nobody uses",
      deleteInactiveAfterDays === null
        ? "as any other"
        : `${days(deleteInactiveAfterDays)} without a sign-in or a visit, ${mail}; a mail warns ${days(warnDays)} before`,
    ],
    ["sessions", "30 days from the sign-in, or until they are ended; removed within a day"],
    ["copies of sessions in the cache", "at most a day, sealed, without name or address"],
    ["mailed links, codes, and counts of failed tries", "minutes to an hour; removed within a day"],
    ["what happened to the account", `${days(auditDays)}; without address and browser once the account is deleted`],
  ];
}

function processors({ methods, passwords, turnstile }: DocentConfig): string[][] {
  return [
    ["Cloudflare", "runs the Worker, keeps copies of sessions (sealed), sees the address of every request"],
    ["Neon", "keeps the database"],
    ["the mail service that is set up", "delivers mails: the address, and what the mail says"],
    ...(methods.github ? [["GitHub", "vouches for readers who sign in through it"]] : []),
    ...(methods.google ? [["Google", "vouches for readers who sign in through it"]] : []),
    ...methods.oidc.map(({ name }) => [name, "vouches for readers who sign in through it"]),
    ...(turnstile ? [["Cloudflare Turnstile", "tells people from programs, at sign-up and after many tries"]] : []),
    ...(passwords.breachCheck
      ? [["Pwned Passwords", "says whether a new password is known, by five digits of its hash"]]
      : []),
  ];
}

/** The whole text. */
export function privacyOf(config: DocentConfig): string {
  const sites = config.sites.map(({ name }) => name).join(", ");
  const parts = [...COLUMNS.keys()].flatMap((name) => {
    const stored = STORED[name];
    if (!stored) return [];
    const rows = Object.entries(stored.fields).map(([column, { is, left }]) => [
      `\`${column}\``,
      is,
      left === undefined ? "yes" : "no",
    ]);
    return [`### ${stored.title}\n\nStored ${stored.purpose}.\n\n${table(["field", "is", "in the export"], rows)}`];
  });
  return `${[
    "# What is stored about readers",
    `For ${sites}. Whoever only reads, without an account, is not stored anywhere: no request, no cookie.`,
    "## How long",
    table(["what", "is kept"], retention(config)),
    "## Who else handles it",
    table(["who", "does"], processors(config)),
    "## Fields and purposes",
    ...parts,
    "## What a reader can do",
    "On the account page, at any time: see what happened to the account, get everything as a file (`in the export` above), correct it, and delete it all. Whoever cannot sign in any more asks an administrator, who can do both for them.",
  ].join("\n\n")}\n`;
}
