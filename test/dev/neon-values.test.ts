// What goes in and what comes out: the driver's parameters, every type as raw text, both row shapes.
import { types } from "@neondatabase/serverless";
import { expect, test } from "vitest";
import { describeEndpoint, driver, send } from "./neon-endpoint.ts";

/** An expression, and the text that Postgres prints for it. */
const RAW: [expression: string, text: string | null][] = [
  ["true", "t"],
  ["42::int2", "42"],
  ["9007199254740993::int8", "9007199254740993"],
  ["1.50::numeric", "1.50"],
  ["'NaN'::float8", "NaN"],
  ["'naïve ☃ \\'::text", "naïve ☃ \\"],
  ["''::text", ""],
  ["null::text", null],
  ["'\\xdeadbeef'::bytea", "\\xdeadbeef"],
  ["'2026-11-20 10:00:00+02'::timestamptz", "2026-11-20 08:00:00+00"],
  ["'2026-11-20'::date", "2026-11-20"],
  ["'1 day 2 hours'::interval", "1 day 02:00:00"],
  ["'6EC0BD7F-11C0-43DA-975E-2A8AD9EBAE0B'::uuid", "6ec0bd7f-11c0-43da-975e-2a8ad9ebae0b"],
  [`'{"b":1,  "a":[null]}'::jsonb`, '{"a": [null], "b": 1}'],
  [`'{"b":1,  "a":2}'::json`, '{"b":1,  "a":2}'],
  ["array[1,null,3]::int4[]", "{1,NULL,3}"],
  [`array['a b','c"d','']::text[]`, '{"a b","c\\"d",""}'],
  ["array[true,false]", "{t,f}"],
  [`array['{"a":1}'::jsonb]`, '{"{\\"a\\": 1}"}'],
  ["array['2026-11-20'::timestamptz]", '{"2026-11-20 00:00:00+00"}'],
  ["array['6ec0bd7f-11c0-43da-975e-2a8ad9ebae0b'::uuid]", "{6ec0bd7f-11c0-43da-975e-2a8ad9ebae0b}"],
  ["array[1.5::numeric]", "{1.5}"],
  ["'192.0.2.1'::inet", "192.0.2.1"],
  ["int4range(1, 5)", "[1,5)"],
  ["row(1, 'x')", "(1,x)"],
];

describeEndpoint("values", (opened) => {
  test("every type comes back as the text that Postgres prints", async () => {
    const response = await send(
      opened,
      JSON.stringify({ query: `select ${RAW.map(([expression]) => expression).join(", ")}`, params: [] }),
    );
    const { rows } = (await response.json()) as { rows: unknown };
    expect(rows).toEqual([RAW.map(([, text]) => text)]);
  });

  test("an answer says what was done and describes its columns", async () => {
    const response = await send(
      opened,
      JSON.stringify({ query: "select name, legs, 1 + 1 as two from robot", params: [] }),
    );
    expect(await response.json()).toEqual({
      command: "SELECT",
      rowCount: 0,
      rowAsArray: true,
      rows: [],
      fields: [
        {
          name: "name",
          dataTypeID: types.builtins.TEXT,
          tableID: expect.any(Number),
          columnID: 2,
          dataTypeSize: -1,
          dataTypeModifier: -1,
          format: "text",
        },
        expect.objectContaining({ name: "legs", dataTypeID: types.builtins.INT4, columnID: 3, dataTypeSize: 4 }),
        expect.objectContaining({ name: "two", tableID: 0, columnID: 0 }),
      ],
    });
  });

  test("commands report their name and how many rows they touched", async () => {
    const sql = driver(opened, "commands");
    const insert = await sql`insert into robot values
      (gen_random_uuid(), 'atlas', 2), (gen_random_uuid(), 'spot', 4)`;
    expect([insert.command, insert.rowCount]).toEqual(["INSERT", 2]);
    const update = await sql`update robot set legs = legs + 1 where name = 'spot' returning legs`;
    expect([update.command, update.rowCount, update.rows]).toEqual(["UPDATE", 1, [{ legs: 5 }]]);
    const create = await sql`create table made (id int)`;
    expect([create.command, create.rowCount, create.fields]).toEqual(["CREATE", null, []]);
  });

  test("parameters arrive as the driver encodes them: dates, arrays, objects, bytes, nulls", async () => {
    const sql = driver(opened, "plain");
    const when = new Date("2026-11-20T10:00:00Z");
    const { rows } = await sql`select ${when}::timestamptz as "when", ${["a b", null, 'c"d']}::text[] as list,
      ${{ deep: [1, null] }}::jsonb as object, ${Buffer.from([1, 255])}::bytea as bytes, ${null}::int as nothing,
      ${true}::bool as yes, ${1.5}::float8 as number`;
    expect(rows).toEqual([
      {
        when,
        list: ["a b", null, 'c"d'],
        object: { deep: [1, null] },
        bytes: Buffer.from([1, 255]),
        nothing: null,
        yes: true,
        number: 1.5,
      },
    ]);
  });

  test("plain JSON parameters become what Postgres reads, as Neon makes them", async () => {
    const response = await send(
      opened,
      JSON.stringify({
        query: "select $1::int, $2::bool, $3::jsonb, $4::text[], $5::jsonb[], $6::int[][], $7::text",
        params: [7, false, { a: 1 }, ["x y", null, 'q"'], [{ b: 2 }], [[1], [2]], null],
      }),
    );
    const { rows } = (await response.json()) as { rows: unknown };
    expect(rows).toEqual([["7", "f", '{"a": 1}', '{"x y",NULL,"q\\""}', '{"{\\"b\\": 2}"}', "{{1},{2}}", null]]);
  });

  test("rows are objects unless array mode is asked for, by header or for one query", async () => {
    const rowsOf = async (body: object, mode: string) => {
      const response = await send(opened, JSON.stringify(body), { "Neon-Array-Mode": mode });
      const { rows, rowAsArray } = (await response.json()) as { rows: unknown; rowAsArray: unknown };
      return { rows, rowAsArray };
    };
    const query = "select 1 as a, 'x' as b";
    expect(await rowsOf({ query }, "false")).toEqual({ rowAsArray: false, rows: [{ a: "1", b: "x" }] });
    expect(await rowsOf({ query }, "true")).toEqual({ rowAsArray: true, rows: [["1", "x"]] });
    expect(await rowsOf({ query, arrayMode: true }, "false")).toEqual({ rowAsArray: true, rows: [["1", "x"]] });
    expect(await rowsOf({ query, arrayMode: false }, "true")).toEqual({
      rowAsArray: false,
      rows: [{ a: "1", b: "x" }],
    });
  });
});
