// Probes and chores: what a public probe costs, what the owner's own says, and what runs once a day.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import journal from "../../migrations/meta/_journal.json" with { type: "json" };
import { type Answer, Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { Isolate } from "../harness/isolate.ts";

const database = await TestDatabase.create("health");
const SECRET = "ready-secret-of-the-tests";
const isolate = await Isolate.create({ database, bindings: { READY_SECRET: SECRET } });

/** The migrations of this build, oldest first. */
const ENTRIES = journal.entries;
const NEWEST = ENTRIES.at(-1) ?? { when: 0, tag: "" };
const CURRENT = { state: "current", applied: NEWEST.tag, expected: NEWEST.tag, missing: [], unknown: 0 };
const OK = { status: "ok", database: "ok", kv: "ok", migrations: CURRENT };

const ready = (authorization?: string, at = isolate) =>
  new Browser(at).send("/readyz", {
    origin: null,
    headers: authorization === undefined ? {} : { Authorization: authorization },
  });

describe("GET /healthz", () => {
  it("says that the Worker is alive, also while Postgres is not, and asks nobody", async () => {
    await database.inject({ effect: "drop", times: null });
    const cost = await isolate.cost(async () => {
      const answer = await new Browser(isolate).send("/healthz", { origin: null });
      expect([answer.status, answer.body]).toEqual([200, { alive: true }]);
      expect(answer.headers.get("cache-control")).toBe("no-store");
    });
    await database.heal();
    expect(cost).toEqual({ sql: 0, kv: 0 });
  });
});

describe("GET /readyz", () => {
  it.each([
    undefined,
    "",
    SECRET,
    `Basic ${SECRET}`,
    `Bearer ${SECRET}x`,
    `Bearer ${SECRET.slice(1)}`,
    "Bearer ",
    `Bearer ${"x".repeat(5000)}`,
  ])("asks nobody for a caller with %j", async (authorization) => {
    const cost = await isolate.cost(async () => {
      const answer = await ready(authorization);
      expect([answer.status, answer.body], answer.text).toEqual([200, { status: "ok" }]);
    });
    expect(cost).toEqual({ sql: 0, kv: 0 });
  });

  it("asks nobody where no secret is configured, whatever is presented", async () => {
    const without = await Isolate.create({ database });
    for (const secret of ["undefined", SECRET, "x".repeat(16)]) {
      expect(await without.cost(() => ready(`Bearer ${secret}`, without))).toEqual({ sql: 0, kv: 0 });
    }
  });

  it("tells the owner about the database, its migrations and KV, for one statement", async () => {
    const cost = await isolate.cost(async () => {
      const answer = await ready(`Bearer ${SECRET}`);
      expect([answer.status, answer.body], answer.text).toEqual([200, OK]);
    });
    expect(cost).toEqual({ sql: 1, kv: 1 });
  });

  it("is 503 while Postgres is down, and says no more than that", async () => {
    await database.inject({ effect: "drop", times: null });
    const answer = await ready(`Bearer ${SECRET}`);
    await database.heal();
    expect([answer.status, answer.body], answer.text).toEqual([
      503,
      { status: "failing", database: "failing", kv: "ok" },
    ]);
    expect(answer.headers.get("retry-after")).toBe("5");
  });

  it("works without KV, which is never required, and says so", async () => {
    // The real binding, and a network to it that fails.
    const broken = new Proxy(env.SESSIONS, {
      get: (kv, key) => (key === "get" ? () => Promise.reject(new Error("KV is down")) : Reflect.get(kv, key, kv)),
    });
    const at = await Isolate.create({ database, bindings: { READY_SECRET: SECRET, SESSIONS: broken } });
    const answer = await ready(`Bearer ${SECRET}`, at);
    expect([answer.status, answer.body], answer.text).toEqual([200, { ...OK, status: "degraded", kv: "failing" }]);
  });
});

describe("the migrations in GET /readyz", () => {
  /** What it says of a database after `change`, which is taken back. */
  async function saidAfter(change: string): Promise<Answer> {
    const kept = await database.query("select id, hash, created_at from drizzle.__drizzle_migrations order by id");
    await database.query(change);
    const answer = await ready(`Bearer ${SECRET}`);
    await database.query("delete from drizzle.__drizzle_migrations");
    for (const { id, hash, created_at } of kept) {
      await database.query("insert into drizzle.__drizzle_migrations (id, hash, created_at) values ($1, $2, $3)", [
        id,
        hash,
        created_at,
      ]);
    }
    expect((await ready(`Bearer ${SECRET}`)).body).toEqual(OK);
    return answer;
  }

  it("are behind when the newest is not applied: 503, with the name", async () => {
    const answer = await saidAfter(`delete from drizzle.__drizzle_migrations where created_at = ${NEWEST.when}`);
    expect([answer.status, answer.headers.get("retry-after"), answer.body], answer.text).toEqual([
      503,
      "5",
      {
        ...OK,
        status: "failing",
        migrations: { ...CURRENT, state: "behind", applied: ENTRIES.at(-2)?.tag, missing: [NEWEST.tag] },
      },
    ]);
  });

  it("are behind when an older one was left out, though a newer one is there", async () => {
    const [oldest] = ENTRIES;
    const answer = await saidAfter(`delete from drizzle.__drizzle_migrations where created_at = ${oldest?.when}`);
    expect([answer.status, answer.body], answer.text).toMatchObject([
      503,
      { migrations: { state: "behind", applied: NEWEST.tag, missing: [oldest?.tag] } },
    ]);
  });

  it("may be ahead, as in the middle of every deployment: 200, and said", async () => {
    const answer = await saidAfter(
      `insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', ${NEWEST.when + 1})`,
    );
    expect([answer.status, answer.body], answer.text).toEqual([
      200,
      { ...OK, migrations: { ...CURRENT, state: "ahead", unknown: 1 } },
    ]);
  });

  it("are none in a database that was never migrated", async () => {
    const bare = await TestDatabase.create("never-migrated");
    await bare.query("drop schema drizzle cascade");
    const at = await Isolate.create({ database: bare, bindings: { READY_SECRET: SECRET } });
    const cost = await at.cost(async () => {
      const answer = await ready(`Bearer ${SECRET}`, at);
      expect([answer.status, answer.body], answer.text).toMatchObject([
        503,
        {
          status: "failing",
          database: "ok",
          migrations: { state: "behind", applied: null, missing: ENTRIES.map(({ tag }) => tag) },
        },
      ]);
    });
    expect(cost.sql).toBe(1);
  });
});

describe("the daily chores", () => {
  async function rows(): Promise<void> {
    await database.query(`delete from "user"`);
    for (const name of ["ended", "open"]) await new Browser(isolate).signUp(`${name}@example.test`);
    // The links to prove their addresses.
    await isolate.settle();
    await database.query("delete from verification");
    await database.query(
      `update session set expires_at = '2026-03-01T11:59:59Z', created_at = '2026-02-20T00:00:00Z'
       where user_id = (select id from "user" where email = 'ended@example.test')`,
    );
    for (const [at, expires] of ["2026-03-01T11:59:59Z", "2026-03-01T12:00:01Z"].entries()) {
      await database.query(
        `insert into verification (id, identifier, value, expires_at, created_at, updated_at)
         values ($1, $2, 'value', $3, $3, $3)`,
        [crypto.randomUUID(), `identifier-${at}`, expires],
      );
    }
    isolate.logs.length = 0;
  }
  const left = async () => [
    await database.count("user"),
    await database.count("session"),
    await database.count("verification"),
  ];

  it("remove what has expired and nothing else, and log how much", async () => {
    await rows();
    await isolate.worker.scheduled();
    expect(await left()).toEqual([2, 1, 1]);
    expect(isolate.logs.every(({ message }) => message === "chore")).toBe(true);
    expect(isolate.logs.filter(({ removed, warned }) => (removed ?? warned) !== 0)).toEqual([
      { level: "info", message: "chore", name: "expired sessions", removed: 1 },
      { level: "info", message: "chore", name: "expired verifications", removed: 1 },
    ]);
    await isolate.worker.scheduled();
    expect(await left()).toEqual([2, 1, 1]);
  });

  it("remove what has piled up in batches, by none of which Postgres is kept busy for long", async () => {
    await rows();
    await database.query(
      `insert into verification (id, identifier, value, expires_at, created_at, updated_at)
       select gen_random_uuid(), n::text, 'value', '2026-03-01T11:00:00Z', '2026-03-01T11:00:00Z', '2026-03-01T11:00:00Z'
       from generate_series(1, 20000) n`,
    );
    const { mark } = await database.requests();
    await isolate.worker.scheduled();
    expect(await left()).toEqual([2, 1, 1]);
    const sent = (await database.requests(mark)).requests.flatMap(({ statements }) => statements);
    expect(sent.filter(({ text }) => text.startsWith('delete from "verification"'))).toHaveLength(5);
    expect(isolate.logs).toContainEqual(expect.objectContaining({ name: "expired verifications", removed: 20_001 }));
  });

  it.each(["session", "verification"])("go on when the one about %s fails, and say so", async (table) => {
    await rows();
    await database.inject({ effect: "sql-error", matching: `^delete from "${table}"`, times: null });
    await isolate.worker.scheduled();
    await database.heal();
    expect(await left()).toEqual(table === "session" ? [2, 2, 1] : [2, 1, 2]);
    const outcomes = isolate.logs.map(({ message, name }) => [message, name]);
    expect(outcomes).toContainEqual(["chore failed", `expired ${table}s`]);
    expect(outcomes.filter(([message]) => message === "chore failed")).toHaveLength(1);
    expect(outcomes.length).toBeGreaterThan(2);
  });

  it("never throw, though nothing can be asked", async () => {
    await rows();
    await database.inject({ effect: "drop", times: null });
    await isolate.worker.scheduled();
    await database.heal();
    const failed = isolate.logs.flatMap(({ message, name }) => (message === "chore failed" ? [name] : []));
    expect(failed).toEqual(expect.arrayContaining(["expired sessions", "expired verifications", "expired attempts"]));
    expect(isolate.logs.filter(({ message }) => message === "chore")).toEqual([]);
    expect(await left()).toEqual([2, 2, 2]);
  });
});
