// Runs the stage and measures every variant in rounds: in each round everything once, in an order of its own, so that
// what else the machine does meets all of them alike.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Client } from "undici";
import { cpuMs } from "./cpu.ts";
import { connect, load, type Shot } from "./load.ts";
import { Readers } from "./readers.ts";
import { DOCENT_DATABASE, INSPECTED, type Stage, type WorkerName } from "./setting.ts";
import type { Lab, Variant } from "./variants.ts";

export interface Setting {
  connections: number;
  /** Milliseconds that each call to the database is held back. */
  latencyMs: number;
}

export interface Plan {
  variants: readonly Variant[];
  settings: Setting[];
  rounds: number;
  /** How long one measurement goes on beginning requests. */
  milliseconds: Record<Variant["group"], number>;
  /** Requests of one measurement, at most. Where each needs a session or an address of its own, so many are made. */
  atMost: Record<Variant["group"], number>;
  /** Requests that warm a Worker up before anything is measured, at most; and how long. */
  warmUp: { requests: number; milliseconds: number };
  onProgress?: (done: number, all: number) => void;
  /** Looks on while each measurement's load runs; the warm-up is not looked at. workerd then has an inspector. */
  onlooker?: (stage: Stage) => Promise<Onlooker>;
}

/** Both are awaited, and outside what is counted of the measurement. */
export interface Onlooker {
  begin(variant: Variant): Promise<void>;
  end(variant: Variant, counted: Counted): Promise<void>;
  close(): void;
}

/** What is counted of one measurement, work after the answers included. */
export interface Counted {
  latencies: number[];
  seconds: number;
  /** CPU time of workerd; undefined where it cannot be read. */
  cpuMs: number | undefined;
  sql: number;
  kv: number;
  cookieBytes: number;
}

/** One measurement of one variant. */
export interface Sample extends Counted {
  variant: Variant;
  setting: Setting;
  round: number;
}

/** Where Linux keeps files in memory. The local KV writes through to its disk, and every read waits behind a write. */
const IN_MEMORY = "/dev/shm";
/** Milliseconds the stage may take to stand. */
const STAGE_PATIENCE = 120_000;

export async function measure(plan: Plan): Promise<Sample[]> {
  const dir = await mkdtemp(join(existsSync(IN_MEMORY) ? IN_MEMORY : tmpdir(), "docent-bench-"));
  const child = fork(join(import.meta.dirname, "stage.ts"), {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: { ...process.env, TMPDIR: dir, ...(plan.onlooker && { [INSPECTED]: "yes" }) },
  });
  const ended = once(child, "exit");
  try {
    const stage = await standing(child);
    const onlooker = await plan.onlooker?.(stage);
    try {
      return await new Measurement(stage, plan, onlooker).run();
    } finally {
      onlooker?.close();
    }
  } finally {
    if (child.connected) child.disconnect();
    await ended;
    await rm(dir, { recursive: true, force: true });
  }
}

async function standing(child: ChildProcess): Promise<Stage> {
  const signal = AbortSignal.timeout(STAGE_PATIENCE);
  const fell = once(child, "exit", { signal }).then(() => {
    throw new Error("The stage fell; what it printed says why.");
  });
  const [stage] = (await Promise.race([once(child, "message", { signal }), fell])) as [Stage];
  fell.catch(() => {});
  return stage;
}

class Measurement {
  readonly #stage: Stage;
  readonly #plan: Plan;
  readonly #onlooker: Onlooker | undefined;
  readonly #lab: Lab;
  readonly #connections = new Map<WorkerName, Client[]>();

  constructor(stage: Stage, plan: Plan, onlooker: Onlooker | undefined) {
    this.#stage = stage;
    this.#plan = plan;
    this.#onlooker = onlooker;
    this.#lab = {
      readers: new Readers(stage.database),
      ask: (worker, shot) => this.#ask(worker, shot),
      sessionStatement: () => this.#sessionStatement(),
    };
  }

  async run(): Promise<Sample[]> {
    const { variants, settings, rounds, warmUp, milliseconds, atMost, onProgress } = this.#plan;
    const most = Math.max(...settings.map(({ connections }) => connections));
    try {
      for (const variant of variants) {
        await this.#checkAnswer(variant);
        // A hash takes the whole thread: several at once warm nothing better.
        const connections = variant.group === "session" ? most : 1;
        await this.#one(variant, connections, warmUp.milliseconds, Math.min(warmUp.requests, atMost[variant.group]));
      }
      const samples: Sample[] = [];
      const work = Array.from({ length: rounds }, (_, round) =>
        settings.flatMap((setting) =>
          turned(variants, round)
            .filter((variant) => variant.database || setting.latencyMs === 0)
            .map((variant) => ({ variant, setting, round })),
        ),
      ).flat();
      let latencyMs = 0;
      for (const { variant, setting, round } of work) {
        if (setting.latencyMs !== latencyMs) await this.#holdBack(setting.latencyMs);
        latencyMs = setting.latencyMs;
        const counted = await this.#one(
          variant,
          setting.connections,
          milliseconds[variant.group],
          atMost[variant.group],
          this.#onlooker,
        );
        samples.push({ variant, setting, round, ...counted });
        onProgress?.(samples.length, work.length);
      }
      return samples;
    } finally {
      await Promise.all([...this.#connections.values()].flat().map((client) => client.destroy()));
    }
  }

  async #one(
    variant: Variant,
    connections: number,
    milliseconds: number,
    atMost: number,
    onlooker?: Onlooker,
  ): Promise<Counted> {
    const { next, cookieBytes } = await variant.series(this.#lab, atMost);
    await onlooker?.begin(variant);
    const before = await this.#settled(variant.worker);
    const done = await load({ next, connections: this.#connect(variant.worker, connections), milliseconds, atMost });
    const after = await this.#settled(variant.worker);
    const counted = {
      ...done,
      cpuMs: after.cpuMs === undefined || before.cpuMs === undefined ? undefined : after.cpuMs - before.cpuMs,
      sql: after.sql - before.sql,
      kv: after.kv - before.kv,
      cookieBytes,
    };
    await onlooker?.end(variant, counted);
    return counted;
  }

  /** What a Worker has used so far, once nothing of it is under way. */
  async #settled(worker: WorkerName): Promise<{ kv: number; sql: number; cpuMs: number | undefined }> {
    for (;;) {
      const totals = await this.#json(this.#origins(worker).totals);
      if (totals.pending === 0) {
        const { mark } = await this.#json(`${this.#stage.database}/requests?since=${Number.MAX_SAFE_INTEGER}`);
        return { kv: totals.kv ?? 0, sql: mark ?? 0, cpuMs: cpuMs(this.#stage.workerd) };
      }
      await wait(10);
    }
  }

  async #json(url: string): Promise<Record<string, number>> {
    return (await (await fetch(url)).json()) as Record<string, number>;
  }

  #origins(worker: WorkerName) {
    const origins = this.#stage.workers[worker];
    if (!origins) throw new Error(`There is no Worker ${worker}`);
    return origins;
  }

  #connect(worker: WorkerName, count: number): Client[] {
    const open = this.#connections.get(worker) ?? [];
    if (open.length < count) open.push(...connect(this.#origins(worker).url, count - open.length));
    this.#connections.set(worker, open);
    return open.slice(0, count);
  }

  async #ask(worker: WorkerName, { method, path, headers, body }: Omit<Shot, "method"> & { method: string }) {
    const answer = await fetch(this.#origins(worker).url + path, { method, headers, body: body ?? null });
    if (!answer.ok) throw new Error(`${worker}: ${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }

  async #checkAnswer(variant: Variant): Promise<void> {
    const shot = (await variant.series(this.#lab, 1)).next();
    if (!shot) throw new Error(`${variant.id} has no request`);
    const text = await (await this.#ask(variant.worker, shot)).text();
    if (!variant.answer.test(text)) throw new Error(`${variant.id} answered ${text}`);
  }

  async #holdBack(milliseconds: number): Promise<void> {
    const faults = `${this.#stage.database}/faults`;
    await fetch(faults, { method: "DELETE" });
    if (milliseconds === 0) return;
    await fetch(faults, { method: "POST", body: JSON.stringify({ effect: "latency", milliseconds, times: null }) });
  }

  async #sessionStatement(): Promise<string> {
    const list = await fetch(`${this.#stage.database}/requests?database=${DOCENT_DATABASE}`);
    const { requests } = (await list.json()) as { requests: { statements: { text: string }[] }[] };
    const text = requests
      .flatMap(({ statements }) => statements.map((statement) => statement.text))
      .findLast((statement) => /^select .* from "session"/is.test(statement));
    if (text === undefined) throw new Error("No look-up of a session has reached the database.");
    return text;
  }
}

/** The list from another place on, around. */
const turned = <Item>(items: readonly Item[], by: number): Item[] =>
  items.map((_, at) => items[(at + by * 7) % items.length] as Item);
