// Faults on demand, and the record of what arrived: what other tests rely on to see the Worker fail well.
import { beforeEach, expect, test } from "vitest";
import type { FaultInput } from "../../dev/neon/faults.ts";
import { describeEndpoint, driver, type Opened, rejection, send, urlOf } from "./neon-endpoint.ts";

const add = (opened: Opened, fault: FaultInput | object) =>
  fetch(new URL("/faults", opened.endpoint.url), { method: "POST", body: JSON.stringify(fault) });

describeEndpoint("faults", (opened) => {
  const database = "plain";
  const names = async (where = database) =>
    (await driver(opened, where)`select name from robot order by name`).rows.map((row) => row.name);
  const insert = (name: string) => driver(opened, database)`insert into robot values (gen_random_uuid(), ${name}, 1)`;

  beforeEach(async () => {
    await driver(opened, database)`delete from robot`;
  });

  test.each([500, 507])("status %i is answered instead of running the query, once", async (status) => {
    expect((await add(opened, { effect: "status", status, database })).status).toBe(204);
    expect(await rejection(insert("lost"))).toMatchObject({
      message: expect.stringContaining(`HTTP status ${status}`),
    });
    expect(await names()).toEqual([]);
  });

  test("a connection dropped before execution did nothing; one dropped after it did", async () => {
    await add(opened, { effect: "drop", database });
    expect(await rejection(insert("before"))).toMatchObject({ message: /Error connecting to database/ });
    expect(await names()).toEqual([]);
    await add(opened, { effect: "drop", when: "after", database });
    expect(await rejection(insert("after"))).toMatchObject({ message: /Error connecting to database/ });
    expect(await names()).toEqual(["after"]);
  });

  test("a hang lasts until the caller gives up", async () => {
    await add(opened, { effect: "hang", database });
    const controller = new AbortController();
    const hanging = send(opened, '{"query":"select 1"}', {}, { signal: controller.signal });
    await expect.poll(() => opened.endpoint.requests.list({ database }).at(-1)?.outcome).toBe("hang before");
    controller.abort();
    expect(await rejection(hanging)).toMatchObject({ name: "AbortError" });
    expect((await send(opened, '{"query":"select 1"}')).status).toBe(200);
  });

  test("latency holds one request back while others pass, and then lets it through", async () => {
    await add(opened, { effect: "latency", milliseconds: 500, matching: "slow", database });
    const finished: string[] = [];
    const slow = send(opened, `{"query":"select 'slow'"}`).then((response) => finished.push(`slow ${response.status}`));
    await expect.poll(() => opened.endpoint.requests.list({ database }).at(-1)?.statements[0]?.text).toMatch("slow");
    expect((await send(opened, '{"query":"select 1"}')).status).toBe(200);
    finished.push("quick");
    await slow;
    expect(finished).toEqual(["quick", "slow 200"]);
  });

  test("an SQL error inside a batch rolls the batch back", async () => {
    await add(opened, { effect: "sql-error", code: "53300", matching: "^update", database });
    const sql = driver(opened, database);
    const batch = sql.transaction([
      sql`insert into robot values (gen_random_uuid(), 'lost', 1)`,
      sql`update robot set legs = 2`,
    ]);
    expect(await rejection(batch)).toMatchObject({ code: "53300", message: "injected fault" });
    expect(await names()).toEqual([]);
  });

  test("a fault hits the k-th request that it is about, and as many as it says", async () => {
    await add(opened, { effect: "status", status: 500, database, matching: "insert", skip: 1, times: 2 });
    const outcomes = [];
    for (const name of ["a", "b", "c", "d"]) {
      await names();
      await insert(name).catch(() => {});
      outcomes.push(opened.endpoint.requests.list({ database }).at(-1)?.outcome);
    }
    expect(outcomes).toEqual(["ok", "status before", "status before", "ok"]);
    expect(await names()).toEqual(["a", "d"]);
  });

  test("a fault without an end lasts until it is cleared, and other databases never feel it", async () => {
    await add(opened, { effect: "status", status: 500, database: "down", times: null });
    await rejection(names("down"));
    await rejection(names("down"));
    expect(await names()).toEqual([]);
    await fetch(new URL("/faults?database=down", opened.endpoint.url), { method: "DELETE" });
    expect(await names("down")).toEqual([]);
  });

  test("a fault that makes no sense is refused with the reason", async () => {
    const response = await add(opened, { effect: "status", status: 200, matching: "(" });
    expect(response.status).toBe(400);
    const { message } = (await response.json()) as { message: string };
    expect(message).toContain("must be a regular expression");
    expect(message).toContain("status");
    expect((await fetch(new URL("/faults", opened.endpoint.url), { method: "POST", body: "{" })).status).toBe(400);
  });

  test("the record counts requests since a mark, with their statements and outcomes", async () => {
    const recordOf = async (query: string) => {
      const response = await fetch(new URL(`/requests?database=${database}${query}`, opened.endpoint.url));
      return (await response.json()) as { mark: number; requests: { sequence: number }[] };
    };
    const sql = driver(opened, database);
    const { mark } = await recordOf("");

    await rejection(sql`select ${"x"}::text, 1/0`);
    await sql.transaction([sql`select 1`, sql`select 2`]);
    await driver(opened, "down")`select 1`;
    expect((await recordOf(`&since=${mark}`)).requests).toEqual([
      {
        sequence: mark + 1,
        database,
        batch: false,
        statements: [{ text: "select $1::text, 1/0", params: ["x"] }],
        outcome: "22012",
      },
      {
        sequence: mark + 2,
        database,
        batch: true,
        statements: [
          { text: "select 1", params: [] },
          { text: "select 2", params: [] },
        ],
        outcome: "ok",
      },
    ]);

    await fetch(new URL(`/requests?database=${database}`, opened.endpoint.url), { method: "DELETE" });
    expect((await recordOf("")).requests).toEqual([]);
    expect(opened.endpoint.requests.list({ database: "down" })).not.toEqual([]);
  });

  test("faults need no database that exists", async () => {
    await add(opened, { effect: "status", status: 500, database: "never-made" });
    expect((await send(opened, '{"query":"select 1"}', { "Neon-Connection-String": urlOf("never-made") })).status).toBe(
      500,
    );
  });
});
