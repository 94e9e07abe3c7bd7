// What the months say, as Markdown in the form that the formatter would give it. Pure.
import { markdownTable } from "../markdown.ts";
import { awake, awakeOf, type Figures, total } from "./figures.ts";
import { COMPUTE_UNITS, PRICES_OF, paid, quotas } from "./prices.ts";
import { DOCS, SEED } from "./scenarios.ts";
import { pageViewsWithoutAccount, type Scenario } from "./traffic.ts";

export interface MonthRun {
  scenario: Scenario;
  figures: Figures;
}

/** Gigabytes that this many accounts take, with what they have read: eight kilobytes each (docs/growth.md). */
const storedGb = ({ accounts }: Scenario) => (accounts * 8_000) / 1e9 + 0.03;

const whole = (value: number) => Math.round(value).toLocaleString("en-US");
const short = (value: number) =>
  Number.isInteger(value) || value >= 100 ? whole(value) : value.toFixed(value >= 10 ? 0 : 2);
const percent = (share: number) => (share < 0.01 ? "< 1 %" : `${Math.round(share * 100)} %`);
const dollars = (value: number) => `$${value.toFixed(2)}`;

const head = (months: readonly MonthRun[]) => ["", ...months.map(({ scenario }) => scenario.name)];

function quotaRows(months: readonly MonthRun[]): string[][] {
  const used = months.map(({ figures }) => quotas(figures));
  return (used[0] ?? []).map(({ name, free }, row) => [
    `${name} (free: ${whole(free)})`,
    ...used.map((all) => {
      const quota = all[row];
      return quota ? `${short(quota.used)} (${percent(quota.used / quota.free)})` : "";
    }),
  ]);
}

const rowOf = (name: string, months: readonly MonthRun[], value: (month: MonthRun) => string) => [
  name,
  ...months.map(value),
];

function summaryRows(months: readonly MonthRun[]): string[][] {
  return [
    rowOf("page views without an account: static files only", months, ({ scenario }) =>
      whole(pageViewsWithoutAccount(scenario)),
    ),
    rowOf("page views of signed-in readers", months, ({ figures }) => whole(figures.pageViews)),
    rowOf("Worker invocations a month", months, ({ figures }) => whole(total(figures.uses).requests)),
    rowOf("calls to Postgres a month", months, ({ figures }) => whole(total(figures.uses).sql)),
    rowOf("hours a day that the database is awake", months, ({ scenario, figures }) =>
      (awake(figures.sqlTimes) / 3_600_000 / scenario.days).toFixed(1),
    ),
    ...quotaRows(months),
    rowOf("the same CU-hours with twice the visits, reckoned", months, ({ scenario }) => {
      const twice = { ...scenario, visitsPerAccount: 2 * scenario.visitsPerAccount };
      return whole((awakeOf(twice, SEED) / 3_600_000) * COMPUTE_UNITS);
    }),
    rowOf("Cloudflare Workers Paid and Neon Launch, a month", months, ({ scenario, figures }) => {
      const { cloudflare, neon } = paid(figures, storedGb(scenario));
      return `${dollars(cloudflare)} + ${dollars(neon)}`;
    }),
  ];
}

/** The README's table. */
export const readmeTable = (months: readonly MonthRun[]): string =>
  markdownTable([head(months), ...summaryRows(months)]);

function usesTable({ scenario, figures }: MonthRun): string {
  const rows = Object.entries(figures.uses)
    .sort(([, a], [, b]) => b.sql - a.sql)
    .map(([name, use]) => [
      name,
      whole(use.requests),
      whole(use.sql),
      (use.bytes / 1e6).toFixed(1),
      whole(use.kvReads),
      whole(use.kvWrites),
    ]);
  return `### ${scenario.name[0]?.toUpperCase()}${scenario.name.slice(1)}

${whole(figures.visits)} visits with ${whole(figures.pageViews)} page views of ${whole(scenario.accounts)} readers; they signed up or in
${whole(figures.signIns)} times.

${markdownTable([["what for", "invocations", "calls to Postgres", "MB from Postgres", "KV reads", "KV writes"], ...rows])}`;
}

function assumptions(months: readonly MonthRun[]): string {
  const zones = ({ scenario }: MonthRun) =>
    scenario.zones.map(({ hoursAhead, share }) => `${percent(share)} at UTC${hoursAhead < 0 ? "" : "+"}${hoursAhead}`);
  return markdownTable([
    head(months),
    rowOf("readers in the month", months, ({ scenario }) => whole(scenario.readers)),
    rowOf("of them signed in", months, ({ scenario }) => whole(scenario.accounts)),
    rowOf("accounts made in this month", months, ({ scenario }) => percent(scenario.newAccounts)),
    rowOf("visits of a signed-in reader", months, ({ scenario }) => String(scenario.visitsPerAccount)),
    rowOf("visits of another reader", months, ({ scenario }) => String(scenario.visitsWithoutAccount)),
    rowOf("pages of a visit", months, ({ scenario }) => String(scenario.pagesPerVisit)),
    rowOf("minutes on a page", months, ({ scenario }) => String(scenario.minutesPerPage)),
    rowOf("where", months, (month) => zones(month).join(", ")),
    rowOf("Cloudflare locations that they reach", months, ({ scenario }) =>
      String(scenario.locationsPerZone * scenario.zones.length),
    ),
    rowOf("pages of the docs", months, ({ scenario }) => String(scenario.pages)),
  ]);
}

/** docs/costs.md. */
export function report(months: readonly MonthRun[]): string {
  const { habits, weekend } = months[0]?.scenario ?? DOCS;
  return `# What it costs

Made by \`npm run bench:month -- --write\`: months of readers, drawn from a seed, driven through the real Worker on the
test's clock, with a few isolates at each location, a KV that behaves like production's and a real Postgres. What is
counted is what the Worker did; how readers behave is assumed, and said below.

${markdownTable([head(months), ...summaryRows(months)])}

In brackets: the share of what Cloudflare's and Neon's Free plans give. Their quotas of a day are held against the
busiest day of the month.

A reader without an account costs nothing: their page views are files of the docs site and static assets of the Worker,
which invoke nothing and are free of charge. \`test/browser/requests.test.ts\` holds the widget to it.

**The database's awake time is what counts.** Neon bills its smallest compute (0.25 CU) from a query until five minutes
after the last one, so a visit costs its own length and five minutes more, unless somebody else is reading too. The row
about twice the visits is reckoned from the times of the visits, without the Worker.

Signing up and in with a password takes more than the 10 ms of CPU that Workers Free gives an invocation: passwords need
Workers Paid, whatever else the table says.

## What it is spent on

${months.map(usesTable).join("\n\n")}

A visit's first page is two requests, which may reach two isolates: each asks KV for the session and, where the entry is
older than five minutes, Postgres, and writes KV. What is asked for is one statement each; an isolate that has not yet
seen the catalogue's newest version reads it once, and a list that is outdated is ranked anew and stored.

## What is assumed

Nobody measured these; they are meant to be on the high side. Numbers of visits and pages are means of geometric
distributions, minutes of an exponential one: most readers come once or twice, and a few come daily.

${assumptions(months)}

- Docs are read in working hours of the reader's own zone, on a day of the weekend ${percent(weekend)} as much as on one of
  the week; a course in the evening and on every day.
- Each location has three isolates; a request goes to any of them, and one that is asked nothing for ten minutes is gone.
- The docs and the Worker are two origins, so a browser sends a preflight before each kind of write, and remembers the
  answer for two hours. Preflights are invocations.
- What the widget sends is what docs/widget.md says: on the first page of a visit everything about the reader (with what
  waited to be sent) and the list; when another page is left, what was read; nothing from a visit of one page. On
  ${percent(habits.presses)} of the pages the reader saves the page or says what they think of it, on ${percent(habits.listAnew)} of the next pages the list is
  asked for anew, on ${percent(habits.menu)} of the visits the account menu is opened, and ${percent(habits.signsOut)} end by signing out.
- A session lasts 30 days: who comes again after that signs in again.
- The docs are built, and their catalogue pushed, twice a week; one page has changed each time. The daily chores run once
  a day.
- An answer of Postgres over HTTP is its body and one kilobyte around it.

## Prices

As read in ${PRICES_OF}, of: [Workers](https://developers.cloudflare.com/workers/platform/pricing/),
[KV](https://developers.cloudflare.com/kv/platform/pricing/), [Neon](https://neon.com/docs/introduction/plans). Workers Paid is $5 a month with 10 million invocations, 10
million KV reads and 1 million KV writes; Neon Launch is $0.106 for an hour of one CU and $0.35 for a gigabyte stored for
a month, with 100 GB of egress, and no base fee: look there before you count on it. Storage is counted as eight kilobytes for each account.
`;
}
