// What the endpoint refuses, and how it says so.
import { request } from "node:http";
import { expect, test } from "vitest";
import { describeEndpoint, driver, rejection, send, urlOf } from "./neon-endpoint.ts";

const LIMIT = 20_000;

/** Node's fetch sets `Host` itself, so a false one needs the plain client. */
function statusFor(port: number, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, path: "/requests", headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}

describeEndpoint(
  "refusals",
  (opened) => {
    test("an SQL error carries every field that Postgres gives", async () => {
      const sql = driver(opened, "errors");
      await sql`insert into robot values ('6ec0bd7f-11c0-43da-975e-2a8ad9ebae0b', 'atlas', 2)`;
      expect(await rejection(sql`insert into robot values (gen_random_uuid(), 'atlas', 2)`)).toMatchObject({
        name: "NeonDbError",
        message: 'duplicate key value violates unique constraint "robot_name_key"',
        severity: "ERROR",
        code: "23505",
        detail: "Key (name)=(atlas) already exists.",
        schema: "public",
        table: "robot",
        constraint: "robot_name_key",
        file: "nbtinsert.c",
        line: expect.stringMatching(/^\d+$/),
        routine: "_bt_check_unique",
      });
      expect(await rejection(sql`insert into robot values (gen_random_uuid(), null, 1)`)).toMatchObject({
        code: "23502",
        column: "name",
      });
      expect(await rejection(sql`select nam from robot`)).toMatchObject({
        code: "42703",
        position: "8",
        hint: 'Perhaps you meant to reference the column "robot.name".',
      });
      const raise = "do $$ begin execute 'selec 1'; end $$";
      expect(await rejection(sql.query(raise))).toMatchObject({
        code: "42601",
        internalPosition: "1",
        internalQuery: "selec 1",
        where: expect.stringContaining("PL/pgSQL function inline_code_block"),
      });
      await sql`create domain leg_count as int not null`;
      expect(await rejection(sql`select null::leg_count`)).toMatchObject({ code: "23502", dataType: "leg_count" });
    });

    test("one query is one statement", async () => {
      const sql = driver(opened, "plain");
      expect(await rejection(sql.query("select 1; select 2"))).toMatchObject({ code: "42601" });
    });

    test("an error body has null where Postgres said nothing", async () => {
      const response = await send(opened, JSON.stringify({ query: "select 1/0" }));
      const body = await response.json();
      expect(response.status, JSON.stringify(body)).toBe(400);
      expect(body).toMatchObject({ message: "division by zero", code: "22012", table: null, position: null });
    });

    test("a name that no database may have is Postgres' own error", async () => {
      expect(await rejection(driver(opened, "No%20Such")`select 1`)).toMatchObject({
        code: "3D000",
        message: 'database "No Such" does not exist',
      });
    });

    test.each([
      ["no connection string", { "Neon-Connection-String": "" }, "{}", "invalid connection string"],
      ["another scheme", { "Neon-Connection-String": "http://a:b@c/d" }, "{}", "incorrect scheme"],
      ["no user", { "Neon-Connection-String": "postgres://localhost/d" }, "{}", "missing username"],
      ["no password", { "Neon-Connection-String": "postgres://a@localhost/d" }, "{}", "required password"],
      ["no database", { "Neon-Connection-String": "postgres://a:b@localhost/" }, "{}", "missing database name"],
      ["JSON types instead of raw text", { "Neon-Raw-Text-Output": "false" }, "{}", "raw text only"],
      ["a body that is not JSON", {}, "select 1", "could not parse the HTTP request body"],
      ["a body without a query", {}, '{"params":[]}', "neither a query nor queries"],
      ["parameters that are no list", {}, '{"query":"select 1","params":{}}', "neither a query nor queries"],
      ["an unknown isolation level", { "Neon-Batch-Isolation-Level": "serializable" }, "{}", "invalid isolation level"],
    ])("%s is a 400 with a message", async (_what, headers, body, message) => {
      const response = await send(opened, body, headers);
      const answer = (await response.json()) as { message: string };
      expect(response.status, JSON.stringify(answer)).toBe(400);
      expect(answer.message).toContain(message);
    });

    test("a missing connection string is a 400", async () => {
      const response = await fetch(opened.endpoint.url, { method: "POST", body: '{"query":"select 1"}' });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ message: "invalid header: Neon-Connection-String" });
    });

    test("other methods and paths are refused", async () => {
      const get = await fetch(opened.endpoint.url);
      expect([get.status, get.headers.get("allow")]).toEqual([405, "POST"]);
      expect((await fetch(new URL("/other", opened.endpoint.url))).status).toBe(404);
    });

    test("a request beyond the limit is a 413 and reaches no database", async () => {
      const mark = opened.endpoint.requests.mark();
      const response = await send(opened, JSON.stringify({ query: "select $1", params: ["x".repeat(LIMIT)] }));
      expect(response.status).toBe(413);
      expect(await response.json()).toMatchObject({ message: `request is too large (max is ${LIMIT} bytes)` });
      expect(opened.endpoint.requests.list({ since: mark })).toEqual([]);
    });

    test("an answer beyond the limit is a 507, and its batch is rolled back", async () => {
      const sql = driver(opened, "large");
      expect(await rejection(sql`select repeat('x', ${LIMIT})`)).toMatchObject({
        message: expect.stringContaining("HTTP status 507"),
      });
      await rejection(
        sql.transaction([
          sql`insert into robot values (gen_random_uuid(), 'lost', 2)`,
          sql`select repeat('x', ${LIMIT})`,
        ]),
      );
      expect((await sql`select name from robot`).rows).toEqual([]);
    });

    test("a web page is refused, and no answer carries a CORS header", async () => {
      const body = JSON.stringify({ query: "select 1" });
      const page = await send(opened, body, { Origin: "http://localhost:4321" });
      expect(page.status).toBe(403);
      const preflight = await send(opened, body, { Origin: "http://localhost:4321" }, { method: "OPTIONS" });
      expect(preflight.status).toBe(403);
      const crossSite = await fetch(new URL("/requests", opened.endpoint.url), {
        headers: { "Sec-Fetch-Site": "cross-site" },
      });
      expect(crossSite.status).toBe(403);
      const plain = await send(opened, body, { "Neon-Connection-String": urlOf("plain") });
      expect(plain.status).toBe(200);
      for (const response of [page, preflight, crossSite, plain]) {
        expect([...response.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
      }
    });

    test("only its own loopback names are answered", async () => {
      const { port } = opened.endpoint;
      expect(await statusFor(port, { host: `localhost:${port}` })).toBe(200);
      expect(await statusFor(port, { host: `127.0.0.1:${port}` })).toBe(200);
      expect(await statusFor(port, { host: `attacker.example:${port}` })).toBe(421);
      expect(await statusFor(port, { host: "localhost" })).toBe(421);
    });
  },
  { request: LIMIT, answer: LIMIT },
);
