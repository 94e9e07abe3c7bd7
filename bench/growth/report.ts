// What the measurement says, as Markdown in the form that the formatter would give it. Pure.
import { markdownTable } from "../markdown.ts";
import { nodesOf, type SeenStatement } from "./watched-backend.ts";

export interface Facts {
  users: number;
  sessions: number;
  progress: number;
  bytes: number;
  pages: number;
  /** How many called every route. */
  readers: number;
  postgres: string;
  machine: string;
  /** The machine's load average while the readers called. */
  load: number;
}

const thousands = (n: number) => n.toLocaleString("en-US");

/** The value below which `share` of them lie: the nearest rank. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

function times(statements: readonly SeenStatement[]): { p50: string; p99: string; n: number } {
  const sorted = statements.map(({ ms }) => ms).sort((a, b) => a - b);
  const print = (ms: number) => ms.toFixed(ms < 10 ? 1 : 0);
  return { p50: print(percentile(sorted, 0.5)), p99: print(percentile(sorted, 0.99)), n: sorted.length };
}

const TIDY = /\s+/g;

/** Statements by their text, in the order in which they were first sent. */
function byText(seen: readonly SeenStatement[]): Map<string, SeenStatement[]> {
  const groups = new Map<string, SeenStatement[]>();
  for (const one of seen) groups.set(one.text, [...(groups.get(one.text) ?? []), one]);
  return groups;
}

/** What a statement does to which tables, as its plan says. */
function summary(text: string, planned: readonly SeenStatement[]): string {
  const plan = planned.find((one) => one.text === text)?.plan;
  const nodes = plan ? nodesOf(plan) : [];
  const written = new Set(nodes.flatMap(({ type, table }) => (type === "ModifyTable" && table ? [table] : [])));
  const read = new Set(nodes.flatMap(({ table }) => (table && !written.has(table) ? [table] : [])));
  const parts = [
    ...(written.size > 0 ? [`writes ${[...written].join(", ")}`] : []),
    ...(read.size > 0 ? [`reads ${[...read].join(", ")}`] : []),
  ];
  return parts.length > 0 ? parts.join("; ") : text.replace(TIDY, " ").slice(0, 60);
}

const setting = (facts: Facts) =>
  `${thousands(facts.users)} readers, ${thousands(facts.sessions)} sessions, ${thousands(facts.progress)} rows of ` +
  `progress and a catalogue of ${thousands(facts.pages)} pages: ${(facts.bytes / 2 ** 30).toFixed(1)} GiB`;

/** docs/growth.md. */
export function report(facts: Facts, seen: readonly SeenStatement[], planned: readonly SeenStatement[]): string {
  const rows = [...byText(seen)].map(([text, all]) => {
    const { p50, p99, n } = times(all);
    return [`\`${all[0]?.doing}\``, summary(text, planned), p50, p99, String(n)];
  });
  return `# With a million readers

Made by \`npm run bench:growth -- --write\`.

Every statement that the Worker sends finds its rows by an index; none goes through a whole table of readers. This was
asked of Postgres' planner for each statement at this size, and \`test/dev/query-plans.test.ts\` asks it again with
20,000 readers. The list of statements is what the Worker in workerd has sent while each route of its contract was
called and the daily chores were run: nobody keeps it by hand.

Postgres ${facts.postgres} as it ships (but for \`shared_buffers=1GB\` and \`fsync=off\`), on ${facts.machine}, whose load
was ${facts.load.toFixed(1)} on average (one of it is the measurement itself; more makes the p99s longer), with
${setting(facts)}.
All of it fits into this machine's memory, as Neon's compute may not have it: the first read of a page there takes longer.
One reader in a hundred has read half of the catalogue, the others fifteen pages. ${facts.readers} readers called every
route, one after the other; one in twenty of them is one of those who have read the most. Milliseconds are from the
endpoint to Postgres and back.

A statement stands at the route that sent it first; \`GET /api/recommendations, outdated\` is the one that finds a list
which was made from something else than is known now.

${markdownTable([["first sent by", "statement", "p50 ms", "p99 ms", "times"], ...rows])}
`;
}

/** The routes of the README's table, in their words. */
const SHOWN: Record<string, string> = {
  "GET /api/auth/get-session": "who is this reader?",
  "GET /api/me": "the first page of a visit: everything about the reader",
  "GET /api/recommendations": "the first page of a visit: their list",
  "POST /api/progress": "the next pages: what was read",
  "POST /api/auth/sign-in/email": "signing in",
  "POST /api/auth/sign-out": "signing out",
  "the daily chores": "5,000 expired sessions removed, in the daily chores",
};

/** The README's table: the statements that each of these routes waits for, together. */
export function readmeTable(facts: Facts, seen: readonly SeenStatement[]): string {
  const rows = Object.entries(SHOWN).map(([route, words]) => {
    const { p50, p99 } = times(seen.filter(({ doing, text }) => doing === route && !text.includes('"verification"')));
    return [words, route.includes("/") ? `\`${route}\`` : "", p50, p99];
  });
  return `With ${setting(facts)}, milliseconds for one statement in Postgres:

${markdownTable([["what", "route", "p50", "p99"], ...rows])}`;
}
