// A Worker as it runs in production: a few isolates at each location, which come and go, behind one KV and one database.
// Counts what they use.
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import type { DayUse, Use } from "../../bench/month/figures.ts";
import type { TestDatabase } from "./database.ts";
import { Isolate } from "./isolate.ts";
import { ProductionKv } from "./production-kv.ts";

/** A request goes to any of these. */
const ISOLATES_PER_LOCATION = 3;
/** Milliseconds without a request after which an isolate is gone, and with it what it remembered. */
const IDLE_MS = 10 * 60_000;
const DAY = 86_400_000;

export interface KvWrite {
  at: number;
  /** Which isolate's; each has a number of its own. */
  isolate: number;
  key: string;
  op: "put" | "delete";
}

export class Deployment {
  readonly database: TestDatabase;
  readonly #begin: number;
  readonly #random: () => number;
  readonly #kv = new ProductionKv({ kv: (env as unknown as { SESSIONS: KVNamespace }).SESSIONS });
  readonly #isolates = new Map<string, { isolate: Isolate; usedAt: number }>();
  #made = 0;
  /** What the things that are used now are used for. */
  doing = "";
  uses = new Map<string, Use>();
  days: DayUse[] = [];
  sqlTimes: number[] = [];
  writes: KvWrite[] = [];

  /** @param begin the first day's midnight, in milliseconds since the epoch */
  constructor(database: TestDatabase, begin: number, random: () => number) {
    this.database = database;
    this.#begin = begin;
    this.#random = random;
  }

  /** Counts from here on. */
  forget(): void {
    this.uses = new Map();
    this.days = [];
    this.sqlTimes = [];
    this.writes = [];
  }

  #use(purpose = this.doing): Use {
    const use = this.uses.get(purpose) ?? { requests: 0, sql: 0, bytes: 0, kvReads: 0, kvWrites: 0 };
    this.uses.set(purpose, use);
    return use;
  }

  get #day(): DayUse {
    const number = Math.max(0, Math.floor((Date.now() - this.#begin) / DAY));
    while (this.days.length <= number) this.days.push({ requests: 0, kvReads: 0, kvPuts: 0, kvDeletes: 0 });
    return this.days[number] as DayUse;
  }

  /** An invocation of the Worker. */
  countRequest(purpose = this.doing): void {
    this.#use(purpose).requests += 1;
    this.#day.requests += 1;
  }

  /** An isolate of that location: any of the few that run there. */
  async at(location: string): Promise<Isolate> {
    const place = `${location} ${Math.floor(this.#random() * ISOLATES_PER_LOCATION)}`;
    const known = this.#isolates.get(place);
    if (known && Date.now() - known.usedAt < IDLE_MS) {
      known.usedAt = Date.now();
      return known.isolate;
    }
    this.#made += 1;
    const isolate = await Isolate.create({
      database: this.database,
      bindings: { SESSIONS: this.#counted(this.#kv.at(location), this.#made) },
      described: false,
      // A pause of the Worker's passes on the test's clock.
      sleep: async (ms) => {
        vi.setSystemTime(Date.now() + ms);
      },
      network: async (call) => {
        this.sqlTimes.push(Date.now() - this.#begin);
        const response = await call();
        const body = await response.arrayBuffer();
        this.#use().sql += 1;
        this.#use().bytes += body.byteLength;
        return new Response(body, response);
      },
    });
    this.#isolates.set(place, { isolate, usedAt: Date.now() });
    return isolate;
  }

  #counted(kv: KVNamespace, isolate: number): KVNamespace {
    const count = (op: string, key: string) => {
      if (op === "get") {
        this.#use().kvReads += 1;
        this.#day.kvReads += 1;
      } else if (op === "put" || op === "delete") {
        this.#use().kvWrites += 1;
        this.#day[op === "put" ? "kvPuts" : "kvDeletes"] += 1;
        this.writes.push({ at: Date.now(), isolate, key, op });
      }
    };
    return new Proxy(kv, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== "function") return member;
        return (...args: unknown[]) => {
          count(String(name), String(args[0]));
          return member.apply(target, args) as unknown;
        };
      },
    });
  }

  /** Waits for everything that outlived its response, everywhere. */
  async settle(): Promise<void> {
    await Promise.all([...this.#isolates.values()].map(({ isolate }) => isolate.settle()));
  }
}
