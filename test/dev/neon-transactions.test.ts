// One query is one transaction, a batch is one transaction, and no session remembers the request before.
import { sql as raw } from "drizzle-orm";
import { drizzle } from "drizzle-orm/neon-http";
import { integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { expect, test } from "vitest";
import { describeEndpoint, driver, rejection, send } from "./neon-endpoint.ts";

const robot = pgTable("robot", { id: uuid().primaryKey().defaultRandom(), name: text().notNull(), legs: integer() });
const row = (name: string, legs: number) => ({ id: crypto.randomUUID(), name, legs });

describeEndpoint("transactions", (opened) => {
  test("a batch answers each query in order and keeps all of it", async () => {
    const sql = driver(opened, "batch");
    const answers = await sql.transaction([
      sql`insert into robot values (gen_random_uuid(), 'atlas', 2)`,
      sql`select name, legs from robot`,
    ]);
    expect(answers.map((answer) => [answer.command, answer.rows])).toEqual([
      ["INSERT", []],
      ["SELECT", [{ name: "atlas", legs: 2 }]],
    ]);
    expect((await sql`select name from robot`).rows).toEqual([{ name: "atlas" }]);
  });

  test("a batch that fails anywhere keeps nothing, and the next request is unharmed", async () => {
    const sql = driver(opened, "rollback");
    const error = await rejection(
      sql.transaction([
        sql`insert into robot values (gen_random_uuid(), 'first', 2)`,
        sql`insert into robot values (gen_random_uuid(), 'second', -1)`,
      ]),
    );
    expect(error).toMatchObject({ code: "23514", constraint: "robot_legs_check" });
    expect((await sql`select name from robot`).rows).toEqual([]);
  });

  test("a constraint that is checked at commit fails the batch", async () => {
    const sql = driver(opened, "deferred");
    await sql`create table pair (id int unique deferrable initially deferred)`;
    const error = await rejection(
      sql.transaction([sql`insert into pair values (1)`, sql`insert into pair values (1)`]),
    );
    expect(error).toMatchObject({ code: "23505" });
    expect((await sql`select count(*)::int as count from pair`).rows).toEqual([{ count: 0 }]);
  });

  test("a batch runs with the isolation, access and deferral it asks for", async () => {
    const sql = driver(opened, "plain");
    const modes = () => [
      sql`show transaction_isolation`,
      sql`show transaction_read_only`,
      sql`show transaction_deferrable`,
    ];
    const shown = async (options: object) =>
      (await sql.transaction(modes(), options)).flatMap((answer) => answer.rows.flatMap(Object.values));
    expect(await shown({})).toEqual(["read committed", "off", "off"]);
    expect(await shown({ isolationLevel: "RepeatableRead" })).toEqual(["repeatable read", "off", "off"]);
    expect(await shown({ isolationLevel: "Serializable", readOnly: true, deferrable: true })).toEqual([
      "serializable",
      "on",
      "on",
    ]);
    const write = sql.transaction([sql`insert into robot values (gen_random_uuid(), 'x', 1)`], { readOnly: true });
    expect(await rejection(write)).toMatchObject({ code: "25006" });
  });

  test("an empty batch is an empty answer", async () => {
    const response = await send(opened, '{"queries":[]}');
    expect(await response.json()).toEqual({ results: [] });
  });

  test("a session forgets settings, temporary tables and an open transaction", async () => {
    const sql = driver(opened, "forgetful");
    await sql`set statement_timeout = 12345`;
    await sql`create temporary table scratch (id int)`;
    await sql`begin`;
    await sql`insert into robot values (gen_random_uuid(), 'kept', 1)`;
    await sql`rollback`;
    expect((await sql`show statement_timeout`).rows).not.toEqual([{ statement_timeout: "12345ms" }]);
    expect((await sql`select to_regclass('scratch') as found`).rows).toEqual([{ found: null }]);
    expect((await sql`select name from robot`).rows).toEqual([{ name: "kept" }]);
  });

  test("requests at the same moment do not mix", async () => {
    const sql = driver(opened, "crowd");
    await sql`insert into robot values (gen_random_uuid(), 'counter', 1)`;
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        index % 4 === 3
          ? rejection(sql.transaction([sql`update robot set legs = legs + 100`, sql`select 1/0`]))
          : sql.transaction([sql`update robot set legs = legs + 1`, sql`select ${index}::int`]),
      ),
    );
    expect((await sql`select legs from robot`).rows).toEqual([{ legs: 16 }]);
  });

  test("each database name is a database of its own, and a dropped one starts afresh", async () => {
    const one = driver(opened, "one");
    const two = driver(opened, "two");
    await one`insert into robot values (gen_random_uuid(), 'in one', 1)`;
    expect((await two`select name from robot`).rows).toEqual([]);
    const dropped = await fetch(new URL("/databases?database=one", opened.endpoint.url), { method: "DELETE" });
    expect(dropped.status).toBe(204);
    expect((await one`select name from robot`).rows).toEqual([]);
  });

  test("drizzle reads, writes and batches through it", async () => {
    const db = drizzle(driver(opened, "drizzle"));
    const [atlas, spot] = [row("atlas", 2), row("spot", 4)];
    expect(await db.insert(robot).values(atlas).returning()).toEqual([atlas]);
    const [inserted, all, executed] = await db.batch([
      db.insert(robot).values(spot).returning({ id: robot.id }),
      db.select().from(robot).orderBy(robot.name),
      db.execute(raw`select count(*)::int as count from robot`),
    ]);
    expect(inserted).toEqual([{ id: spot.id }]);
    expect(all).toEqual([atlas, spot]);
    expect(executed.rows).toEqual([{ count: 2 }]);
    expect(await rejection(db.insert(robot).values(row("atlas", 2)).execute())).toMatchObject({
      cause: { code: "23505", constraint: "robot_name_key" },
    });
  });
});
