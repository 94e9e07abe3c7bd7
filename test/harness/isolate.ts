// A Worker as one isolate would run it, built from the same parts as in production: two of these are two isolates.
import { env } from "cloudflare:workers";
import type { Bindings } from "../../src/config.ts";
import { defineConfig } from "../../src/core/define-config.ts";
import { createWorker, type DocentWorker } from "../../src/worker.ts";
import { ENDPOINT, type TestDatabase } from "./database.ts";
import { deviation } from "./described.ts";

export const BASE_URL = "http://localhost:8787";
/** A docs page on the Worker's own site, and one on another. */
export const DOCS_SAME_SITE = "http://localhost:4321";
export const DOCS_CROSS_SITE = "http://127.0.0.1:4322";
export const SITE = "course";
export const CATALOGUE_TOKEN = "catalogue-token-of-the-tests";

/** What vitest.config.ts answers when a connection broke. */
const NO_ANSWER = 599;

export const AUTH_SECRET = "development-secret-of-the-test-suite-0123456789";

export const CONFIG = defineConfig({
  // Every way in: the tests of all routes call what exists because of one, too.
  methods: { github: { clientId: "docent-at-github" } },
  sites: [{ id: SITE, name: "Course", origins: [DOCS_SAME_SITE, DOCS_CROSS_SITE] }],
});

export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The real KV binding, and how often it was called. */
export function countingKv(kv: KVNamespace): { kv: KVNamespace; counts: Record<"get" | "put" | "delete", number> } {
  const counts = { get: 0, put: 0, delete: 0 };
  const counted = new Proxy(kv, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        if (key === "get" || key === "put" || key === "delete") counts[key] += 1;
        return member.apply(target, args) as unknown;
      };
    },
  });
  return { kv: counted, counts };
}

/** One call to Postgres, as it leaves the Worker. */
export interface SqlCall {
  body: string;
  /** What ends it when its time is over. */
  signal: AbortSignal | undefined;
}

export interface IsolateOptions {
  database: TestDatabase;
  /** Overrides of the bindings. */
  bindings?: Record<string, unknown>;
  config?: unknown;
  /** How a pause passes; at once unless a test says otherwise. */
  sleep?: (ms: number) => Promise<void>;
  randomId?: () => string;
  /** What lies between the Worker and Postgres: lets a test hold an answer back until something else has happened. */
  network?: (call: () => Promise<Response>, request: SqlCall) => Promise<Response>;
  /** What lies at every other address; without it nothing is there, and everything is accepted. */
  internet?: (url: string, init: RequestInit | undefined) => Promise<Response>;
  /** false: answers are not held to the OpenAPI description. For thousands of requests, of which others test the form. */
  described?: boolean;
  /** Told of everything that outlives a response, in the context of what began it. */
  onBackground?: (work: Promise<unknown>) => void;
}

/** Holds one answer of Postgres back, once armed. */
export class Gate {
  #armed = false;
  readonly reached = Promise.withResolvers<void>();
  readonly opened = Promise.withResolvers<void>();

  arm(): void {
    this.#armed = true;
  }

  readonly network = async (call: () => Promise<Response>): Promise<Response> => {
    const response = await call();
    if (!this.#armed) return response;
    this.#armed = false;
    this.reached.resolve();
    await this.opened.promise;
    return response;
  };
}

export class Isolate {
  readonly worker: DocentWorker;
  readonly database: TestDatabase;
  readonly logs: Record<string, unknown>[] = [];
  /** HTTP calls to Postgres. */
  sql = 0;
  readonly kv: Record<"get" | "put" | "delete", number>;
  /** Every request that was sent somewhere else than to Postgres. */
  readonly sent: { url: string; body: string }[] = [];
  #background: Promise<unknown>[] = [];

  private constructor(options: IsolateOptions, tokenHash: string) {
    this.database = options.database;
    const namespace = (options.bindings?.SESSIONS ?? (env as unknown as Bindings).SESSIONS) as KVNamespace;
    const { kv, counts } = countingKv(namespace);
    this.kv = counts;
    const worker = createWorker(
      {
        DATABASE_URL: options.database.url,
        DATABASE_ENDPOINT: ENDPOINT,
        BASE_URL,
        AUTH_SECRET,
        MAIL_TRANSPORT: "mailbox",
        MAILBOX_URL: "http://localhost:8025/messages",
        GITHUB_CLIENT_SECRET: "the-secret-of-docent-at-github",
        CATALOGUE_TOKEN_HASHES: JSON.stringify({ [SITE]: tokenHash }),
        ...options.bindings,
        SESSIONS: kv,
      },
      options.config ?? CONFIG,
      {
        now: () => Date.now(),
        randomId: options.randomId ?? (() => crypto.randomUUID()),
        fetch: async (input, init) => {
          const url = input instanceof Request ? input.url : String(input);
          if (url === ENDPOINT) {
            this.sql += 1;
            const call = async () => {
              const response = await fetch(input, init);
              if (response.status === NO_ANSWER) throw new TypeError("Network connection lost.");
              return response;
            };
            const sent = { body: String(init?.body ?? ""), signal: init?.signal ?? undefined };
            return options.network ? options.network(call, sent) : call();
          }
          this.sent.push({ url, body: String(init?.body ?? "") });
          return options.internet ? options.internet(url, init) : new Response(null, { status: 202 });
        },
        waitUntil: (work) => {
          this.#background.push(work);
          options.onBackground?.(work);
        },
        sleep: options.sleep ?? (async () => {}),
        log: (line) => this.logs.push(line as Record<string, unknown>),
      },
    );
    this.worker =
      options.described === false
        ? worker
        : {
            ...worker,
            fetch: async (request) => {
              const response = await worker.fetch(request);
              const problem = await deviation(request, response);
              if (problem !== undefined) throw new Error(`Not as described in OpenAPI. ${problem}`);
              return response;
            },
          };
  }

  static async create(options: IsolateOptions): Promise<Isolate> {
    return new Isolate(options, await sha256(CATALOGUE_TOKEN));
  }

  /** Waits for everything that outlived its response. */
  async settle(): Promise<void> {
    while (this.#background.length > 0) {
      const work = this.#background;
      this.#background = [];
      await Promise.allSettled(work);
    }
  }

  /** What `run` and the work it leaves behind cost. */
  async cost(run: () => Promise<unknown>): Promise<{ sql: number; kv: number }> {
    await this.settle();
    const before = { sql: this.sql, kv: this.#kvCalls() };
    await run();
    await this.settle();
    return { sql: this.sql - before.sql, kv: this.#kvCalls() - before.kv };
  }

  #kvCalls(): number {
    return this.kv.get + this.kv.put + this.kv.delete;
  }
}
