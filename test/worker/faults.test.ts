// Every fault, at every call to Postgres and KV that every route makes: the right answer or 503, in time, and nothing
// half done. Which calls there are is found by a run without faults, and which routes by the contract.
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Bindings } from "../../src/config.ts";
import { OPERATIONS } from "../../src/core/contract/contract.ts";
import { requestContext } from "../../src/http/request-context.ts";
import { type Answer, Browser } from "../harness/browser.ts";
import { push } from "../harness/catalogue.ts";
import { TestDatabase } from "../harness/database.ts";
import { kvFaults, sqlFaults, TimeLimits } from "../harness/faults.ts";
import { Isolate } from "../harness/isolate.ts";
import { call, type Described } from "../harness/operations.ts";
import { ProductionKv } from "../harness/production-kv.ts";
import { insertSession, type SessionRow } from "../harness/sessions.ts";
import { START } from "../setup.ts";

/** Milliseconds one test may take on a machine that is busy: it runs a hundred requests. */
const PATIENCE_MS = 300_000;
/** Milliseconds: two attempts of a read, and one of KV. The first that fails for good ends a request. */
const LIMIT_MS = 2 * 5_000 + 1_000;
const PASSWORD = "correct horse battery";

const database = await TestDatabase.create("faults");
const helper = await Isolate.create({ database });
let hash = "";
let limits: TimeLimits;

beforeAll(async () => {
  const email = "hash@example.test";
  await new Browser(helper).signUp(email, PASSWORD);
  const [row] = await database.query("select password from account");
  hash = String(row?.password);
  expect((await push(helper)).status).toBe(200);
});
beforeEach(() => {
  limits = new TimeLimits();
});
afterAll(() => {
  vi.unstubAllGlobals();
});

/** One call as it left the Worker. `awaited`: the answer waited for it. */
type Call = { awaited: boolean } & ({ to: "sql"; body: string } | { to: "kv"; op: "get" | "put" | "delete" });

/** Happens instead of a call, or around it. */
type Interfere = (call: Call, at: number, run: () => Promise<unknown>, signal?: AbortSignal) => Promise<unknown>;

const untouched: Interfere = (_, __, run) => run();

/** What differs from one reader to the next, and from one moment to the next. */
const without = (text: string) =>
  text
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<id>")
    .replaceAll(/[0-9a-f]{32}:[0-9a-f]{128}/g, (one) => (one === hash ? "<old hash>" : "<new hash>"))
    .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00(:00)?)?/g, "<time>")
    .replaceAll(/\breader-\d{6}\b/g, "<reader>")
    .replaceAll(/\b[0-9A-Za-z]{32}\b/g, "<token>");

/** Every row that an operation of this reader could touch. */
async function rowsOf(email: string): Promise<string> {
  const rows = await database.query(
    `with reader as (select * from "user" where email = $1)
     select (select jsonb_agg(r) from reader r) as reader,
       (select jsonb_agg(to_jsonb(s) - 'id' - 'login_id' order by s.user_agent, s.created_at) from session s join reader r on r.id = s.user_id) as sessions,
       (select jsonb_agg(a) from account a join reader r on r.id = a.user_id) as accounts,
       (select jsonb_agg(b) from background_information b join reader r on r.id = b.user_id) as background,
       (select jsonb_agg(p) from profile p join reader r on r.id = p.user_id) as profile,
       (select jsonb_agg(f) from personalization_profile f join reader r on r.id = f.user_id) as personalization,
       (select jsonb_agg(g order by g.page_key) from reading_progress g join reader r on r.id = g.user_id) as progress,
       (select jsonb_agg(c) from catalogue c) as catalogue, (select jsonb_agg(p.path order by p.path) from page p) as pages`,
    [email],
  );
  return without(JSON.stringify(rows));
}

interface Outcome {
  calls: Call[];
  answer: Answer;
  /** Milliseconds until the answer. */
  took: number;
  before: string;
  after: string;
  isolate: Isolate;
  reader: SessionRow;
}

let readers = 0;

/** The operation, by a reader whom this isolate has never seen and no cache knows. */
async function perform(operation: Described, interfere: Interfere, known?: Outcome): Promise<Outcome> {
  vi.setSystemTime(START);
  readers += 1;
  const email = `reader-${String(readers).padStart(6, "0")}@example.test`;
  if (operation.id === "pushCatalogue") expect((await push(helper)).status).toBe(200);
  const signsUp = operation.id === "signUp";
  const reader = await insertSession(database, { password: hash, email: signsUp ? `other-${email}` : email });
  const other = operation.id === "revokeSession" || operation.id === "revokeOtherSessions";
  const second = other ? await insertSession(database, { of: reader }) : undefined;
  const before = known?.before ?? (await rowsOf(email));

  const calls: Call[] = [];
  let request: unknown;
  const through = (
    made: { to: "sql"; body: string } | { to: "kv"; op: "get" | "put" | "delete" },
    run: () => Promise<unknown>,
    signal?: AbortSignal,
  ) => {
    // What outlives the response has a context of its own; a request's first call is its own.
    request ??= requestContext.getStore();
    const one: Call = { ...made, awaited: requestContext.getStore() === request };
    calls.push(one);
    return interfere(one, calls.length - 1, run, signal);
  };
  const kv = new ProductionKv({
    kv: (env as unknown as Bindings).SESSIONS,
    around: ({ op }, run) => through({ to: "kv", op }, run),
  });
  const isolate = await Isolate.create({
    database,
    bindings: { SESSIONS: kv.at("a") },
    network: async (run, { body, signal }) => (await through({ to: "sql", body }, run, signal)) as Response,
    sleep: async (ms) => void vi.setSystemTime(Date.now() + ms),
  });
  const browser = new Browser(isolate);
  const signsIn = signsUp || operation.id === "signIn";
  const began = Date.now();
  const answer = await call(browser, operation, {
    ...(!signsIn && operation.caller !== "site-token" && { headers: { Cookie: reader.cookie } }),
    ...(signsUp && { json: { email, password: PASSWORD, name: "Reader" } }),
    ...(operation.id === "signIn" && { json: { email, password: PASSWORD } }),
    ...(second && operation.id === "revokeSession" && { json: { token: second.sessionId } }),
  });
  const took = Date.now() - began;
  await isolate.settle();
  return { calls, answer, took, before, after: await rowsOf(email), isolate, reader };
}

const cookieNames = (answer: Answer) =>
  answer.setCookies.map((cookie) => `${cookie.split("=")[0]} ${/Max-Age=0/.test(cookie)}`);
const isRead = (one: Call) => one.to === "sql" && /^\{"query":"\s*select\b/i.test(one.body);
const writes = (calls: readonly Call[]) =>
  Map.groupBy(
    calls.flatMap((one) => (one.to === "sql" && !isRead(one) ? [without(one.body)] : [])),
    (body) => body,
  );

/** What must be true whatever happened. */
function judge(
  normal: Outcome,
  found: Outcome,
  operation: Described,
  expected: "normal" | "unavailable",
  what: string,
) {
  const { answer } = found;
  if (expected === "normal") {
    expect([answer.status, cookieNames(answer)], what).toEqual([normal.answer.status, cookieNames(normal.answer)]);
    expect(without(answer.text), what).toBe(without(normal.answer.text));
  } else {
    expect([answer.status, answer.headers.get("retry-after"), answer.setCookies], what).toEqual([503, "5", []]);
    expect(found.took, what).toBeLessThanOrEqual(LIMIT_MS);
  }
  // All of it or nothing; and all of it when we said so. What a read leaves to do may be left undone.
  const may = expected === "unavailable" || operation.method === "GET" ? [normal.before, normal.after] : [normal.after];
  expect(may, what).toContain(found.after);
  const usual = writes(normal.calls);
  for (const [body, sent] of writes(found.calls)) expect(sent.length, `${what}: ${body}`).toBe(usual.get(body)?.length);
}

describe("whatever happens to any call, the answer is right or 503, in time, and nothing is done by halves:", () => {
  it.each(OPERATIONS)(
    "$route",
    async (operation) => {
      const normal = await perform(operation, untouched);
      expect(normal.answer.status, normal.answer.text).toBe(operation.answer ? 200 : 204);
      for (const [at, one] of normal.calls.entries()) {
        if (one.to === "sql") await breakSql(operation, normal, at, one);
        else await breakKv(operation, normal, at, one.op);
      }
    },
    PATIENCE_MS,
  );
});

async function breakSql(operation: Described, normal: Outcome, at: number, one: Call): Promise<void> {
  for (const [name, { happen, retried, passes, lasting }] of Object.entries(sqlFaults(limits))) {
    for (const times of lasting ? ["once", "from then on", "from then on, and KV with it"] : ["once"]) {
      const what = `${operation.route}: call ${at} to Postgres ${name}, ${times}`;
      const found = await perform(
        operation,
        (given, index, run, signal) => {
          if (given.to === "kv" && times.endsWith("with it")) throw new Error("KV failed");
          const hit = given.to === "sql" && (times === "once" ? index === at : index >= at);
          return hit ? happen(run as () => Promise<Response>, { body: given.body, signal }) : run();
        },
        normal,
      );
      const fine = passes || !one.awaited || (isRead(one) && retried && times === "once");
      judge(normal, found, operation, fine ? "normal" : "unavailable", what);
      if (!fine || one.awaited || passes) continue;
      expect(found.isolate.logs, what).toContainEqual(
        expect.objectContaining({ level: expect.stringMatching(/warn|error/) as string }),
      );
    }
  }
}

async function breakKv(operation: Described, normal: Outcome, at: number, op: "get" | "put" | "delete"): Promise<void> {
  for (const [name, { of, lasting, happen }] of Object.entries(kvFaults(limits))) {
    if (!of.includes(op)) continue;
    for (const times of lasting ? ["once", "from then on"] : ["once"]) {
      const found = await perform(
        operation,
        (given, index, run) => {
          const hit = given.to === "kv" && of.includes(given.op) && (times === "once" ? index === at : index >= at);
          return hit ? happen(run) : run();
        },
        normal,
      );
      judge(normal, found, operation, "normal", `${operation.route}: call ${at}, KV ${op} ${name}, ${times}`);
    }
  }
}
