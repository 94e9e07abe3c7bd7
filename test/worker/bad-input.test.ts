// What every route says to input that it does not take, made from the OpenAPI description: a 4xx that names the place,
// and nothing has changed. A new route or a new field is tried as soon as it is described.
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { OPERATIONS } from "../../src/core/contract/contract.ts";
import { badBodies } from "../harness/bad-bodies.ts";
import { type Answer, Browser } from "../harness/browser.ts";
import { push } from "../harness/catalogue.ts";
import { TestDatabase } from "../harness/database.ts";
import { DESCRIPTION } from "../harness/described.ts";
import { Isolate } from "../harness/isolate.ts";
import { call, pathOf } from "../harness/operations.ts";

const database = await TestDatabase.create("bad-input");
const isolate = await Isolate.create({ database });
const reader = new Browser(isolate);

beforeAll(async () => {
  expect((await push(isolate)).status).toBe(200);
  expect((await reader.signUp()).status).toBe(200);
  await database.query(`update "user" set role = 'admin'`);
  await isolate.settle();
});

/** Everything that is stored. */
async function stored(): Promise<unknown> {
  const tables = await database.query(
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
  );
  const rows = tables.map(
    ({ name }) => `(select jsonb_agg(t order by t::text) from "${String(name)}" t) as "${String(name)}"`,
  );
  return database.query(`select ${rows.join(", ")}`);
}

const refusal = z.object({ errors: z.array(z.object({ path: z.string(), message: z.string().min(1) })).min(1) });

/**
 * An error at the place or inside of it. Where one of several forms could have been meant, and for the whole body when
 * it is none at all, nobody can say more than where the choice is: then an error right around the place will do.
 */
function names(answer: Answer, path: string, orAround?: string): boolean {
  const { data } = refusal.safeParse(answer.body);
  return (data?.errors ?? []).some(
    (error) =>
      error.path === path ||
      (path !== "" && (error.path.startsWith(`${path}.`) || error.path.startsWith(`${path}[`))) ||
      error.path === orAround,
  );
}

const WITH_BODY = OPERATIONS.flatMap((operation) => {
  const { route, method, path, body } = operation;
  const described = DESCRIPTION.paths[path]?.[method.toLowerCase()]?.requestBody?.content["application/json"];
  if (!described || !body) return [];
  return [{ route, operation, body, bad: badBodies(described.schema, body.example) }];
});

it("tries every route that takes a body", () => {
  const writes = OPERATIONS.filter(({ method }) => method !== "GET" && method !== "DELETE");
  expect(WITH_BODY.map(({ route }) => route)).toEqual(writes.map(({ route }) => route));
  expect(WITH_BODY.reduce((sum, { bad }) => sum + bad.length, 0)).toBeGreaterThan(500);
});

describe.each(WITH_BODY)("$route", ({ operation, body, bad }) => {
  const send = (text: BodyInit) =>
    call(reader, operation, { json: undefined, body: text, headers: { "Content-Type": "application/json" } });

  it("names the place of each mistake, and changes nothing", async () => {
    const before = await stored();
    for (const { what, path, text, choice } of bad) {
      const answer = await send(text);
      const said = `${what} at "${path}": ${text.slice(0, 300)}\n${answer.status} ${answer.text}`;
      expect([answer.status, names(answer, path, choice)], said).toEqual([422, true]);
    }
    await isolate.settle();
    expect(await stored()).toEqual(before);
  });

  it.each(["", "{", "{}x", "{'a':1}", "\u0000", "[1,]", "NaN", '{"a":01}'])(
    "says 400 to %j, which is no JSON",
    async (text) => {
      const answer = await send(text);
      expect([answer.status, answer.text]).toEqual([400, expect.stringMatching(/invalid-json|INVALID_JSON/)]);
    },
  );

  it("says 400 to bytes that are no UTF-8", async () => {
    const answer = await send(new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]));
    expect([answer.status, answer.text]).toEqual([400, expect.stringMatching(/invalid-json|INVALID_JSON/)]);
  });

  it("says 413 to a body that is too large, in one piece, in many, or with a false length", async () => {
    const before = await stored();
    const large = new TextEncoder().encode(`{"x":"${"x".repeat(body.maxBytes)}"}`);
    const chunked = () =>
      new ReadableStream({
        start(controller) {
          for (let at = 0; at < large.length; at += 65_536) controller.enqueue(large.slice(at, at + 65_536));
          controller.close();
        },
      });
    const headers = { "Content-Type": "application/json" };
    for (const answer of [
      await send(large),
      await send(chunked()),
      await call(reader, operation, {
        json: undefined,
        body: chunked(),
        headers: { ...headers, "Content-Length": "2" },
      }),
      await call(reader, operation, {
        json: undefined,
        body: "{}",
        headers: { ...headers, "Content-Length": "99999999999" },
      }),
    ]) {
      expect([answer.status, answer.text]).toEqual([413, expect.stringMatching(/body-too-large|BODY_TOO_LARGE/)]);
    }
    expect(await stored()).toEqual(before);
  });
});

/** Bad query strings for one parameter. */
function badQueries(
  name: string,
  required: boolean,
  schema: Record<string, unknown>,
  good: string,
): [string, string][] {
  const set = (value: string) => `${name}=${encodeURIComponent(value)}`;
  return [
    ["twice", `${set(good)}&${set(good)}`],
    ...(required ? [["missing", ""] as [string, string]] : []),
    ...(typeof schema.maxLength === "number"
      ? [["too long", set("x".repeat(schema.maxLength + 1))] as [string, string]]
      : []),
    ...(typeof schema.minLength === "number" && schema.minLength > 0 ? [["empty", set("")] as [string, string]] : []),
    ...("const" in schema || schema.format ? [["none of the allowed", set("nonsense")] as [string, string]] : []),
    ...(schema.type === "integer"
      ? ["many", "", "1.5", "1e400", "NaN", String(Number(schema.maximum) + 1), String(Number(schema.minimum) - 1)].map(
          (value) => [`"${value}"`, set(value)] as [string, string],
        )
      : []),
  ];
}

describe.each(OPERATIONS.filter(({ query }) => query))("$route", (operation) => {
  it("names each parameter that it cannot use", async () => {
    const { path, method, exampleQuery = {} } = operation;
    const { parameters = [] } = DESCRIPTION.paths[path]?.[method.toLowerCase()] ?? {};
    expect(parameters.length).toBeGreaterThan(0);
    for (const { name, required, schema } of parameters) {
      const good = exampleQuery[name] ?? "x";
      for (const [what, query] of badQueries(name, required, schema, good)) {
        const rest = new URLSearchParams(Object.entries(exampleQuery).filter(([other]) => other !== name)).toString();
        const url = `${pathOf({ ...operation, exampleQuery: {} }).replace(/\?$/, "")}?${[rest, query].filter(Boolean).join("&")}`;
        const answer = await call(reader, operation, { path: url });
        const said = `${what} ${name}: ${url.slice(0, 200)}\n${answer.text}`;
        expect([answer.status, names(answer, `query.${name}`)], said).toEqual([422, true]);
      }
    }
  });
});
