// What every route costs in calls to Postgres and KV: exact, and in the README as the table that this test makes.
import { beforeAll, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import readme from "../../README.md?raw";
import { OPERATIONS } from "../../src/core/contract/contract.ts";
import { type Answer, Browser } from "../harness/browser.ts";
import { push } from "../harness/catalogue.ts";
import { TestDatabase } from "../harness/database.ts";
import { Isolate, SITE } from "../harness/isolate.ts";
import { call, type Described } from "../harness/operations.ts";
import { START } from "../setup.ts";

const database = await TestDatabase.create("round-trips");
const READY_SECRET = "the-secret-of-the-probe-in-the-tests";
const isolate = await Isolate.create({ database, bindings: { READY_SECRET } });
/** Rows beside those of the contract: the same route, and what is different. */
const OUTDATED = "GET /api/recommendations, stored and outdated";
const DEEP = "GET /readyz, with its secret";

/** Calls that the answer waits for, and calls that outlive it. */
interface Cost {
  sql: number;
  sqlAfter: number;
  kv: number;
  kvAfter: number;
}

const logged = z.object({ message: z.literal("request"), sql: z.number(), kv: z.number() });

/** A reader whose session this isolate has in its memory, with something stored in every place. */
async function newReader(): Promise<Browser> {
  const browser = new Browser(isolate);
  expect((await browser.signUp()).status).toBe(200);
  for (const route of ["PUT /api/background", "PUT /api/personalization/preferences", "POST /api/progress"]) {
    const operation = OPERATIONS.find((one) => one.route === route);
    if (operation) expect((await call(browser, operation)).status).toBe(200);
  }
  // A later moment: what was read at that of a change is not remembered.
  vi.setSystemTime(Date.now() + 1);
  expect((await browser.send("/api/recommendations?site=course")).status).toBe(200);
  await isolate.settle();
  // What is remembered for seconds has grown old: the table has what a route costs at most.
  vi.setSystemTime(Date.now() + 10_000);
  await browser.send("/api/session");
  expect((await browser.send("/api/session")).headers.get("server-timing")).toBe('session;desc="memory"');
  await isolate.settle();
  return browser;
}

const calls = () => ({ sql: isolate.sql, kv: isolate.kv.get + isolate.kv.put + isolate.kv.delete });

/** What one request costs, and the work that it leaves behind. */
async function measured(request: () => Promise<Answer>, status: number, what: string): Promise<Cost> {
  await isolate.settle();
  const before = calls();
  const lines = isolate.logs.length;
  const answer = await request();
  expect([what, answer.status], answer.text).toEqual([what, status]);
  await isolate.settle();
  const after = calls();
  // The log counts what a request itself did; what it left to do has a context of its own.
  const { sql, kv } = logged.parse(isolate.logs.slice(lines).find(({ message }) => message === "request"));
  return { sql, sqlAfter: after.sql - before.sql - sql, kv, kvAfter: after.kv - before.kv - kv };
}

async function costOf(operation: Described): Promise<Cost> {
  // Who signs up is nobody yet; who signs in has signed up before.
  const known = { email: `reader-${crypto.randomUUID()}@example.test`, password: "correct horse battery" };
  const signsIn = operation.id === "signUp" || operation.id === "signIn";
  if (operation.id === "signIn") await new Browser(isolate).signUp(known.email);
  const browser = signsIn ? new Browser(isolate) : await newReader();
  const status = operation.answer ? 200 : 204;
  return measured(() => call(browser, operation, signsIn ? { json: known } : {}), status, operation.route);
}

/** A list that is stored, and was made from other progress than there is now. */
async function costOfOutdatedList(): Promise<Cost> {
  const browser = await newReader();
  const event = { type: "complete", page: "/linux", at: new Date().toISOString() };
  const progress = { site: SITE, sentAt: event.at, events: [event] };
  expect((await browser.post("/api/progress", progress)).status).toBe(200);
  return measured(() => browser.send(`/api/recommendations?site=${SITE}`), 200, "outdated");
}

const costOfReadiness = () =>
  measured(
    () => new Browser(isolate).send("/readyz", { headers: { Authorization: `Bearer ${READY_SECRET}` } }),
    200,
    "ready",
  );

const costs = new Map<string, Cost>();

beforeAll(async () => {
  // The test's own clock: what is remembered for seconds must not depend on how fast the machine is.
  vi.useFakeTimers({ toFake: ["Date"], now: START });
  expect((await push(isolate)).status).toBe(200);
  for (const operation of OPERATIONS.filter(({ id }) => id !== "pushCatalogue")) {
    costs.set(operation.route, await costOf(operation));
  }
  costs.set(OUTDATED, await costOfOutdatedList());
  costs.set(DEEP, await costOfReadiness());
  // Last: it replaces what the others read.
  for (const operation of OPERATIONS.filter(({ id }) => id === "pushCatalogue")) {
    costs.set(operation.route, await costOf(operation));
  }
}, 240_000);

/** The README's table, in the form the formatter gives it. */
function table(): string {
  const number = (value: number) => (value === 0 ? "–" : String(value));
  const rows = [
    ["route", "Postgres", "after the answer", "KV", "after the answer"],
    ...OPERATIONS.flatMap(({ route }) => [
      route,
      ...[...costs.keys()].filter((key) => key.startsWith(`${route}, `)),
    ]).map((key) => {
      const { sql = 0, sqlAfter = 0, kv = 0, kvAfter = 0 } = costs.get(key) ?? {};
      const [route, ...how] = key.split(", ");
      return [[`\`${route}\``, ...how].join(", "), number(sql), number(sqlAfter), number(kv), number(kvAfter)];
    }),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}

describe("the round trips", () => {
  it.each(OPERATIONS.filter(({ caller }) => caller === "reader"))("of $route are one", ({ id, route }) => {
    // The one reads what it ranks, and writes the list.
    expect(costs.get(route)).toMatchObject({ sql: id === "refreshRecommendations" ? 2 : 1 });
  });

  it.each(OPERATIONS.filter(({ caller }) => !["anyone", "reader", "site-token"].includes(caller)))(
    "of $route are one, and one that asks Postgres for the session",
    ({ id, route }) => {
      // Proofs and the change read what they compare with; to the other Better Auth adds its own look at the session.
      const more = [
        "changePassword",
        "updateUser",
        "provePassword",
        "proveMailCode",
        "provePasskey",
        "setPassword",
      ].includes(id)
        ? 1
        : 0;
      expect(costs.get(route)).toMatchObject({ sql: 2 + more });
    },
  );

  it("are in the README as they are", () => {
    expect(readme, `The table is now:\n\n${table()}\n\n`).toContain(`\n${table()}\n`);
  });
});
