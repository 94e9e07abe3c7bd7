// Performs a request by a reader of its own, records every call to Postgres and KV that it and its background work
// make, and lets a fault happen instead of any of them.
import { env } from "cloudflare:workers";
import { expect, vi } from "vitest";
import type { Bindings } from "../../src/config.ts";
import { OPERATIONS } from "../../src/core/contract/contract.ts";
import { requestContext } from "../../src/http/request-context.ts";
import { START } from "../setup.ts";
import { type Answer, Browser } from "./browser.ts";
import { push } from "./catalogue.ts";
import { TestDatabase } from "./database.ts";
import { Isolate, SITE } from "./isolate.ts";
import { call, type Described, queryOf, WORKER } from "./operations.ts";
import { prepare } from "./prepare.ts";
import { ProductionKv } from "./production-kv.ts";
import { insertSession, type SessionRow } from "./sessions.ts";

const PASSWORD = "correct horse battery";
const READY_SECRET = "the-secret-of-the-probe-in-the-tests";
/** Milliseconds from one request to the next: what one leaves in a shared isolate is old for the next. */
const APART_MS = 900_000;

/** What is known of the session when the request comes, and how many milliseconds ago Postgres said so. */
export const WARMTHS = {
  cold: undefined,
  "in memory": 5_000,
  "in KV, due for a look behind it": 250_000,
  "in KV, too old": 400_000,
} as const;
export type Warmth = keyof typeof WARMTHS;

/** A route of the contract, called as its example says, or in another state of things. */
export interface Case {
  name: string;
  operation: Described;
  headers?: Record<string, string>;
  path?: string;
  /** Done for the reader before the request, with no fault. */
  prepare?: (reader: SessionRow) => Promise<unknown>;
}

type Made = { to: "sql"; body: string } | { to: "kv"; op: "get" | "put" | "delete"; tombstone?: boolean };
/** One call as it left the Worker. `awaited`: the answer waited for it. */
export type Call = { awaited: boolean } & Made;

/** Happens instead of a call, or around it. */
export type Interfere = (call: Call, at: number, run: () => Promise<unknown>, signal?: AbortSignal) => Promise<unknown>;

export const untouched: Interfere = (_, __, run) => run();

export interface Outcome {
  calls: Call[];
  answer: Answer;
  /** Milliseconds until the answer. */
  took: number;
  /** Every row that the request could touch. */
  before: string;
  after: string;
  /** What the Worker logged meanwhile. */
  logs: Record<string, unknown>[];
  reader: SessionRow;
}

export const isRead = (one: Call) => one.to === "sql" && /^\{"query":"\s*select\b/i.test(one.body);

export class FaultRig {
  readonly #database: TestDatabase;
  readonly #kv: ProductionKv;
  #helper!: Isolate;
  #shared!: Isolate;
  #hash = "";
  #clock = START.getTime();
  #readers = 0;
  #through: (made: Made, run: () => Promise<unknown>, signal?: AbortSignal) => Promise<unknown> = (_, run) => run();
  /** Pending only while a request is being performed. */
  #over = Promise.withResolvers<void>();

  private constructor(database: TestDatabase) {
    this.#over.resolve();
    this.#database = database;
    this.#kv = new ProductionKv({
      kv: (env as unknown as Bindings).SESSIONS,
      around: ({ op, value }, run) => {
        const tombstone = value instanceof Uint8Array && value.byteLength === 1;
        return this.#through({ to: "kv", op, ...(tombstone && { tombstone }) }, run);
      },
    });
  }

  static async create(label: string): Promise<FaultRig> {
    const rig = new FaultRig(await TestDatabase.create(label));
    rig.#helper = await Isolate.create({ database: rig.#database });
    rig.#shared = await rig.#isolate();
    vi.useFakeTimers({ toFake: ["Date"], now: START });
    await new Browser(rig.#helper).signUp("hash@example.test", PASSWORD);
    const [row] = await rig.#database.query("select password from account");
    rig.#hash = String(row?.password);
    expect((await push(rig.#helper)).status).toBe(200);
    const reader = await insertSession(rig.#database);
    await rig.#rank(rig.#shared, reader);
    return rig;
  }

  /** Resolves when the request that is being performed has been answered. */
  readonly answered = (): Promise<void> => this.#over.promise;

  /** Every route of the contract, and those that do more in some state of things. */
  get cases(): Case[] {
    const find = (id: string) => {
      const operation = OPERATIONS.find((one) => one.id === id);
      if (!operation) throw new Error(`The contract has no ${id}`);
      return operation;
    };
    const list = { operation: find("listRecommendations"), path: `/api/recommendations?site=${SITE}` };
    return [
      ...OPERATIONS.map((operation) => ({ name: operation.route, operation })),
      {
        name: "GET /readyz, with its secret",
        operation: find("isReady"),
        headers: { Authorization: `Bearer ${READY_SECRET}` },
      },
      { name: "GET /api/recommendations, for the first time", ...list },
      {
        name: "GET /api/recommendations, stored and outdated",
        ...list,
        prepare: async (reader) => {
          await this.#rank(this.#helper, reader);
          await this.#database.query(
            `update personalization_profile set basis = jsonb_set(basis, '{${SITE},ranker}', '"another"') where user_id = $1`,
            [reader.userId],
          );
        },
      },
    ];
  }

  /** By a reader who is known as `warmth` says; cold, by an isolate that has never seen anybody. */
  async perform(one: Case, warmth: Warmth, interfere: Interfere, known?: Outcome): Promise<Outcome> {
    const { operation } = one;
    this.#clock += APART_MS;
    vi.setSystemTime(this.#clock);
    this.#readers += 1;
    const email = `reader-${String(this.#readers).padStart(6, "0")}@example.test`;
    if (operation.id === "pushCatalogue") expect((await push(this.#helper)).status).toBe(200);
    const signsUp = operation.id === "signUp";
    const reader = await insertSession(this.#database, {
      password: this.#hash,
      email: signsUp ? `other-${email}` : email,
    });
    const revokes = operation.id === "revokeSession" || operation.id === "revokeOtherSessions";
    const second = revokes ? await insertSession(this.#database, { of: reader }) : undefined;
    // What the harness would do anyway, before anybody looks.
    if (operation.caller.endsWith("admin")) {
      await this.#database.query(`update "user" set role = 'admin' where id = $1`, [reader.userId]);
    }
    await one.prepare?.(reader);
    const age = WARMTHS[warmth];
    const isolate = age === undefined ? await this.#isolate() : this.#shared;
    if (age !== undefined) {
      const visit = await new Browser(isolate).send("/api/session", { headers: { Cookie: reader.cookie } });
      expect(visit.status, visit.text).toBe(200);
      await isolate.settle();
    }
    vi.setSystemTime(this.#clock + (age ?? 1_000));
    const signsIn = signsUp || operation.id === "signIn";
    const cookie = !signsIn && operation.caller !== "site-token" ? reader.cookie : "";
    const made = await prepare(operation, queryOf(this.#database), WORKER, cookie);
    const before = known?.before ?? (await this.#rowsOf(email));

    const calls: Call[] = [];
    const lines = isolate.logs.length;
    let request: unknown;
    this.#over = Promise.withResolvers();
    this.#through = (made, run, signal) => {
      // What outlives the response has a context of its own; a request's first call is its own.
      request ??= requestContext.getStore();
      const given: Call = { ...made, awaited: requestContext.getStore() === request };
      const at = calls.push(given) - 1;
      // So that the time it takes counts for the answer only if the answer waits for it.
      return given.awaited
        ? interfere(given, at, run, signal)
        : this.answered().then(() => interfere(given, at, run, signal));
    };
    const began = Date.now();
    const answer = await call(new Browser(isolate), operation, {
      ...(one.path && { path: one.path }),
      made,
      headers: { ...(cookie && { Cookie: cookie }), ...one.headers },
      ...(signsUp && { json: { email, password: PASSWORD, name: "Reader" } }),
      ...(operation.id === "signIn" && { json: { email, password: PASSWORD } }),
      ...(second && operation.id === "revokeSession" && { json: { token: second.sessionId } }),
    });
    const took = Date.now() - began;
    this.#over.resolve();
    await isolate.settle();
    this.#through = (_, run) => run();
    const logs = isolate.logs.slice(lines);
    return { calls, answer, took, before, after: await this.#rowsOf(email), logs, reader };
  }

  /** The scheduled handler, with what it may remove. */
  async performChores(
    interfere: Interfere,
  ): Promise<{ calls: Call[]; logs: Record<string, unknown>[]; left: number[] }> {
    this.#clock += APART_MS;
    vi.setSystemTime(this.#clock);
    // Weeks have passed since the first of the other cases, and whoever never proved an address would go now.
    await this.#database.query('update "user" set email_verified = true', []);
    await insertSession(this.#database, { seconds: -1 });
    await this.#database.query(
      `insert into verification (id, identifier, value, expires_at, created_at, updated_at)
       values ($1, 'chores', 'value', $2, $2, $2)`,
      [crypto.randomUUID(), new Date(this.#clock - 1).toISOString()],
    );
    await this.#database.query(
      "insert into attempt (key, count, expires_at, created_at, updated_at) values ('chores', 1, $1, $1, $1)",
      [new Date(this.#clock - 1).toISOString()],
    );
    const isolate = await this.#isolate();
    const calls: Call[] = [];
    this.#through = (made, run, signal) => {
      const at = calls.push({ ...made, awaited: true }) - 1;
      return interfere({ ...made, awaited: true }, at, run, signal);
    };
    await isolate.worker.scheduled();
    this.#through = (_, run) => run();
    const [row] = await this.#database.query(
      `select (select count(*) from session where expires_at < $1::timestamptz)::int as sessions,
         (select count(*) from verification where expires_at < $1::timestamptz)::int as verifications,
         (select count(*) from attempt where expires_at < $1::timestamptz)::int as attempts`,
      [new Date(this.#clock).toISOString()],
    );
    await this.#database.query("delete from verification");
    await this.#database.query("delete from attempt");
    await this.#database.query("delete from session where expires_at < $1", [new Date(this.#clock).toISOString()]);
    return {
      calls,
      logs: isolate.logs,
      left: [Number(row?.sessions), Number(row?.verifications), Number(row?.attempts)],
    };
  }

  /** What differs from one reader to the next, and from one moment to the next. */
  readonly without = (text: string): string =>
    text
      .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<id>")
      .replaceAll(/[0-9a-f]{32}:[0-9a-f]{128}/g, (one) => (one === this.#hash ? "<old hash>" : "<new hash>"))
      // Before the ids: secrets of 256 bits, and the hashes that are stored in their place or in an address's.
      .replaceAll(/\b[0-9a-f]{64}\b/g, "<sha-256>")
      // In base64, of which a part may look like a shorter secret.
      .replaceAll(/[0-9A-Za-z+/]{64,}=*/g, "<hash>")
      .replaceAll(/(?<![\w-])[\w-]{43}(?![\w-])/g, "<secret>")
      .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00(:00)?)?/g, "<time>")
      .replaceAll(/\breader-\d{6}\b/g, "<reader>")
      // What stands for a reader in an authenticator.
      .replaceAll(/"id":"[\w-]{22}"/g, '"id":"<handle>"')
      .replaceAll(/\b[a-z1-9]{4}(-[a-z1-9]{4}){3}\b/g, "<code>")
      // Half minutes since the epoch.
      .replaceAll(/\b5\d{7}\b/g, "<step>")
      .replaceAll(/\b[0-9A-Za-z]{32}\b/g, "<token>");

  /** What a call says, whoever's it is. */
  readonly signature = (one: Call): string => this.without(JSON.stringify(one));

  #isolate(): Promise<Isolate> {
    return Isolate.create({
      database: this.#database,
      bindings: { SESSIONS: this.#kv.at("a"), READY_SECRET },
      network: async (run, { body, signal }) => (await this.#through({ to: "sql", body }, run, signal)) as Response,
      sleep: async (ms) => {
        await this.answered();
        vi.setSystemTime(Date.now() + ms);
      },
    });
  }

  /** Has a list ranked for the reader, and stored. */
  async #rank(isolate: Isolate, reader: SessionRow): Promise<void> {
    const headers = { Cookie: reader.cookie };
    const answer = await new Browser(isolate).send(`/api/recommendations?site=${SITE}`, { headers });
    expect(answer.status, answer.text).toBe(200);
    await isolate.settle();
  }

  async #rowsOf(email: string): Promise<string> {
    const rows = await this.#database.query(
      `with reader as (select * from "user" where email = $1)
       select (select jsonb_agg(r) from reader r) as reader,
         (select jsonb_agg(to_jsonb(s) - 'id' - 'login_id' order by s.user_agent, s.created_at) from session s join reader r on r.id = s.user_id) as sessions,
         (select jsonb_agg(a order by a.provider_id) from account a join reader r on r.id = a.user_id) as accounts,
         (select jsonb_agg(b) from background_information b join reader r on r.id = b.user_id) as background,
         (select jsonb_agg(p) from profile p join reader r on r.id = p.user_id) as profile,
         (select jsonb_agg(f) from personalization_profile f join reader r on r.id = f.user_id) as personalization,
         (select jsonb_agg(g order by g.page_key) from reading_progress g join reader r on r.id = g.user_id) as progress,
         (select jsonb_agg(c) from catalogue c) as catalogue, (select jsonb_agg(p.path order by p.path) from page p) as pages`,
      [email],
    );
    return this.without(JSON.stringify(rows));
  }
}
