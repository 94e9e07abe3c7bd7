// `npm run bench:cpu`: how much CPU each route takes, of the Worker as it is deployed, inside workerd, warm. Exits 1 when
// a route that does not need passwords takes more than a request may on Cloudflare's Free plan. `-- --write` puts the
// table into docs/benchmarks.md; `-- --only updateUser,signIn` measures only these, by operation. Linux only: CPU is what it counts for the process of workerd.
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { Client } from "undici";
import { readArticles } from "../../dev/demo/article.ts";
import { startNeonEndpoint } from "../../dev/neon/endpoint.ts";
import { testBackend } from "../../dev/neon/test-backend.ts";
import { OPERATIONS } from "../../src/core/contract/contract.ts";
import { prepare, type Query } from "../../test/harness/prepare.ts";
import { bundle } from "../session/bundle.ts";
import { cpuMs, workerdOf } from "../session/cpu.ts";
import { markdownTable } from "../session/report.ts";
import { AUTH_SECRET, databaseUrl } from "../session/setting.ts";
import { DATABASE, newReaders, PASSWORD, type Reader } from "./readers.ts";

/** Milliseconds of CPU that the Free plan gives one request. https://developers.cloudflare.com/workers/platform/limits/ */
const FREE_PLAN_MS = 10;
const BASE_URL = "http://localhost:8787";
const CATALOGUE_TOKEN = "catalogue-token-of-the-bench";
const ROUNDS = 3;
/** Requests a round: Linux counts in steps of 10 ms, and a hash takes several of them. */
const REQUESTS = { usual: 120, hashes: 15 };
/** Milliseconds in which what an answer left to do is done. */
const BEHIND_MS = 200;
const BENCHMARKS = join(import.meta.dirname, "..", "..", "docs", "benchmarks.md");
const MARKS = ["<!-- npm run bench:cpu -- --write: begin -->", "<!-- npm run bench:cpu -- --write: end -->"] as const;

type Operation = (typeof OPERATIONS)[number];
interface Row {
  name: string;
  operation: Operation;
  query?: Record<string, string>;
}

/** Ends the session that asks, or all others of its reader: each request has a reader of its own. */
const ENDS = new Set(["signOut", "revokeSessions", "revokeOtherSessions", "changePassword"]);

const { values: asked } = parseArgs({ options: { write: { type: "boolean" }, only: { type: "string" } } });
const only = asked.only?.split(",");
if (asked.write && only) throw new Error("Only a whole run is written into the documents.");

const articles = await readArticles(new URL("../../dev/demo/articles/", import.meta.url));
const pages = articles.map(({ page }) => page);
const catalogue = { pages: pages.map(({ path, contentHash }) => ({ path, contentHash })), changed: pages };
const [first] = pages;
const rows: Row[] = [
  // The demo's configuration, which this Worker has, names no provider.
  ...OPERATIONS.filter(({ wayIn }) => wayIn !== "provider").map((operation) => ({ name: operation.route, operation })),
  ...OPERATIONS.filter(({ id }) => id === "listRecommendations").map((operation) => ({
    name: `${operation.route}, ranked anew`,
    operation,
    query: { site: "course", current: first?.path ?? "" },
  })),
];

const dir = await mkdtemp(join(tmpdir(), "docent-cpu-"));
const backend = testBackend();
const endpoint = await startNeonEndpoint({ port: 0, backend });
// Makes the database, for which no request has to wait.
await newReaders(backend, 1);
const { scripts, compatibilityDate, compatibilityFlags } = await bundle(["whole"], dir);
const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    cf: false,
    workers: [
      {
        name: "whole",
        modules: true as const,
        script: scripts.whole ?? "",
        compatibilityDate,
        compatibilityFlags,
        kvNamespaces: { SESSIONS: "sessions" },
        bindings: {
          DATABASE_URL: databaseUrl(DATABASE),
          DATABASE_ENDPOINT: `http://127.0.0.1:${endpoint.port}/sql`,
          BASE_URL,
          AUTH_SECRET,
          CATALOGUE_TOKEN_HASHES: JSON.stringify({
            course: createHash("sha256").update(CATALOGUE_TOKEN).digest("hex"),
          }),
        },
        unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
      },
    ],
    handleStructuredLogs: () => {},
  }),
);

const query: Query = (text, values) =>
  backend.run(DATABASE, async (session) => (await session.query<Record<string, unknown>>(text, values)).rows);

async function sendAll(client: Client, { operation, query: given }: Row, readers: readonly Reader[], requests: number) {
  const { id, method, path, caller, exampleQuery } = operation;
  const search = given ?? exampleQuery;
  for (let at = 0; at < requests; at += 1) {
    const reader = readers[at % readers.length];
    const made = await prepare(operation, query, { authSecret: AUTH_SECRET, baseUrl: BASE_URL }, reader?.cookie ?? "");
    const json = made.json ?? bodyOf(operation, reader);
    const signedIn = reader && id !== "signIn" && id !== "signUp" && caller !== "site-token";
    const cookie = [signedIn ? reader.cookie : undefined, made.cookie].filter(Boolean).join("; ");
    const { statusCode, body } = await client.request({
      method: method as "GET",
      path: search ? `${path}?${new URLSearchParams(search)}` : path,
      headers: {
        "sec-fetch-site": "same-origin",
        "sec-fetch-mode": "cors",
        "cf-connecting-ip": "203.0.113.7",
        ...(caller === "site-token" ? { authorization: `Bearer ${CATALOGUE_TOKEN}` } : { origin: BASE_URL }),
        ...(cookie !== "" && { cookie }),
        ...(json !== undefined && { "content-type": "application/json" }),
      },
      body: json === undefined ? null : JSON.stringify(json),
    });
    const text = await body.text();
    if (statusCode !== (operation.answer ? 200 : 204)) throw new Error(`${operation.route}: ${statusCode} ${text}`);
  }
}

function bodyOf({ id, body }: Operation, reader: Reader | undefined): unknown {
  if (id === "pushCatalogue") return catalogue;
  if (id === "signUp") return { email: `${crypto.randomUUID()}@bench.test`, password: PASSWORD, name: "Reader" };
  if (id === "signIn") return { email: reader?.email, password: PASSWORD };
  return body?.example;
}

/** Milliseconds of CPU of one request; the median of the rounds. */
async function measure(client: Client, workerd: number, row: Row): Promise<number> {
  const { id, wayIn } = row.operation;
  const requests = wayIn === "password" ? REQUESTS.hashes : REQUESTS.usual;
  const found: number[] = [];
  const readers = await newReaders(backend, ENDS.has(id) ? requests : 8);
  await sendAll(client, row, readers, Math.min(requests, 100));
  for (let round = 0; round < ROUNDS; round += 1) {
    const fresh = ENDS.has(id) ? await newReaders(backend, requests) : readers;
    await wait(BEHIND_MS);
    const before = cpuMs(workerd) ?? 0;
    await sendAll(client, row, fresh, requests);
    await wait(BEHIND_MS);
    found.push(((cpuMs(workerd) ?? 0) - before) / requests);
  }
  return found.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

try {
  await miniflare.ready;
  const workerd = workerdOf(process.pid);
  if (workerd === undefined) throw new Error("The CPU of a process can be read on Linux only.");
  const client = new Client((await miniflare.unsafeGetDirectURL("whole")).origin);
  const push = rows.find(({ operation }) => operation.id === "pushCatalogue");
  if (push) await sendAll(client, push, [], 1);
  const found: { row: Row; ms: number }[] = [];
  const chosen = rows.filter(({ operation }) => only?.includes(operation.id) ?? true);
  for (const row of chosen) found.push({ row, ms: await measure(client, workerd, row) });
  await client.close();

  const text = markdownTable(
    ["route", "CPU ms", "on the Free plan"],
    found.map(({ row, ms }) => [
      [`\`${row.operation.route}\``, ...row.name.split(", ").slice(1)].join(", "),
      ms.toFixed(ms < 10 ? 2 : 0),
      row.operation.wayIn === "password" ? "off" : ms < FREE_PLAN_MS ? "yes" : "no",
    ]),
  );
  console.log(text);
  if (asked.write) {
    const document = await readFile(BENCHMARKS, "utf8");
    const [begin, end] = MARKS.map((mark) => document.indexOf(mark));
    if (begin === undefined || end === undefined || begin < 0 || end < begin)
      throw new Error(`There is no ${MARKS[0]}`);
    await writeFile(BENCHMARKS, `${document.slice(0, begin + MARKS[0].length)}\n\n${text}\n\n${document.slice(end)}`);
  }
  for (const { row, ms } of found) {
    if (row.operation.wayIn === "password" || ms < FREE_PLAN_MS) continue;
    console.error(`${row.name} takes more than the ${FREE_PLAN_MS} ms of the Free plan.`);
    process.exitCode = 1;
  }
} finally {
  await miniflare.dispose();
  await endpoint.close();
  await rm(dir, { recursive: true, force: true });
}
