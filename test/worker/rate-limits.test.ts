// The limits per client address, in front of every route that can be guessed at or sends something. The contract says
// which those are; the README's table is made from it here.
import { describe, expect, it, vi } from "vitest";
import readme from "../../README.md?raw";
import { NAVIGATION_LIMITS, NAVIGATIONS, OPERATIONS } from "../../src/core/contract/contract.ts";
import { ACCOUNT_LIMITS, ADDRESS_LIMITS } from "../../src/core/limits.ts";
import { Browser } from "../harness/browser.ts";
import { push } from "../harness/catalogue.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, Isolate } from "../harness/isolate.ts";
import { call, type Described, pathOf } from "../harness/operations.ts";
import { simulatedLimiters } from "../harness/rate-limiter.ts";

const database = await TestDatabase.create("rate-limits");
const LIMITED = OPERATIONS.filter(({ limits }) => limits);
const OPEN = OPERATIONS.filter(({ limits }) => !limits);

/** From one client address; whatever else the route needs is not there, and is not asked for. */
const from = (
  isolate: Isolate,
  { method, body, ...operation }: Described,
  address: string,
  path = pathOf(operation as Described),
) =>
  isolate.worker.fetch(
    new Request(new URL(path, BASE_URL), {
      method,
      headers: { Origin: BASE_URL, "CF-Connecting-IP": address, ...(body && { "Content-Type": "application/json" }) },
      ...(body && { body: "{}" }),
    }),
  );

describe.each(LIMITED)("$route", (operation) => {
  const kind = operation.limits?.address ?? "guess";

  it("is refused at its limit with the time to wait, before anything is looked up", async () => {
    const { bindings } = simulatedLimiters();
    const isolate = await Isolate.create({ database, bindings });
    const { count, seconds } = ADDRESS_LIMITS[kind];
    for (let tries = 0; tries < count; tries += 1) {
      expect((await from(isolate, operation, "203.0.113.9")).status).not.toBe(429);
    }
    const sql = isolate.sql;
    const answer = await from(isolate, operation, "203.0.113.9");
    const text = await answer.text();
    expect([answer.status, answer.headers.get("retry-after")], text).toEqual([429, String(seconds)]);
    expect(text).toMatch(/"(too-many-requests|TOO_MANY_REQUESTS)"/);
    expect(isolate.sql).toBe(sql);
    // Somebody else's tries are their own, and a minute later everybody's begin anew.
    expect((await from(isolate, operation, "203.0.113.10")).status).not.toBe(429);
    vi.setSystemTime(Date.now() + seconds * 1000);
    expect((await from(isolate, operation, "203.0.113.9")).status).not.toBe(429);
  });

  it("is not reached in any other spelling", async () => {
    const { bindings, asked } = simulatedLimiters();
    const isolate = await Isolate.create({ database, bindings, described: false });
    const { path } = operation;
    const last = path.lastIndexOf("/") + 1;
    const encoded = `%${path.charCodeAt(last).toString(16)}`;
    for (const spelling of [
      `/${path}`,
      `${path}/`,
      path.replaceAll("/", "//"),
      path.toUpperCase(),
      `${path.slice(0, last)}${encoded}${path.slice(last + 1)}`,
      `${path.slice(0, last)}%2f${path.slice(last)}`,
      `/.${path}`.replace("/./", "/%2e%2e/"),
      `${path};x`,
      `${path}%00`,
    ]) {
      const before = asked().length;
      // Not through URL, which would tidy up what a client may send.
      const answer = await isolate.worker.fetch(
        new Request(`${BASE_URL}${spelling}`, { method: operation.method, headers: { Origin: BASE_URL } }),
      );
      // Either nothing is there, or it was counted like the usual spelling.
      const seen = [spelling, answer.status, asked().slice(before).length];
      expect([JSON.stringify([spelling, 404, 0]), JSON.stringify([spelling, answer.status, 1])]).toContain(
        JSON.stringify(seen),
      );
    }
  });
});

it.each([
  ["GET /start", "/start?with=acme"],
  ["GET /api/auth/callback/:id", "/api/auth/callback/acme?code=x&state=y"],
])("%s is refused at its limit with the time to wait, before anything is looked up", async (route, path) => {
  expect(NAVIGATIONS).toContain(route);
  const { bindings } = simulatedLimiters();
  const isolate = await Isolate.create({ database, bindings });
  const { count, seconds } = ADDRESS_LIMITS[NAVIGATION_LIMITS.address];
  const go = (address: string) =>
    isolate.worker.fetch(new Request(`${BASE_URL}${path}`, { headers: { "CF-Connecting-IP": address } }));
  for (let tries = 0; tries < count; tries += 1) expect((await go("203.0.113.9")).status).not.toBe(429);
  const { sql } = isolate;
  const answer = await go("203.0.113.9");
  expect([answer.status, answer.headers.get("retry-after"), isolate.sql]).toEqual([429, String(seconds), sql]);
  expect((await go("203.0.113.10")).status).not.toBe(429);
});

it("counts nothing on the other routes", async () => {
  const { bindings, asked } = simulatedLimiters();
  const isolate = await Isolate.create({ database, bindings });
  for (const operation of OPEN) await call(new Browser(isolate), operation);
  expect(asked()).toEqual([]);
});

describe("a client address", () => {
  const signIn = OPERATIONS.filter(({ id }) => id === "signIn");
  const keysOf = async (addresses: string[], headers: Record<string, string> = {}) => {
    const { bindings, asked } = simulatedLimiters();
    const isolate = await Isolate.create({ database, bindings });
    for (const address of addresses) {
      await new Browser(isolate).post(
        "/api/auth/sign-in/email",
        {},
        { headers: { "CF-Connecting-IP": address, ...headers } },
      );
    }
    expect(asked().length).toBe(addresses.length * signIn.length);
    return new Set(asked()).size;
  };

  it("is the same in every spelling", async () => {
    expect(await keysOf(["2001:db8:0:1::1", "2001:DB8:0:1:0:0:0:1", "2001:0db8:0000:0001::0001"])).toBe(1);
    expect(await keysOf(["192.0.2.1", "::ffff:192.0.2.1", "0:0:0:0:0:ffff:192.0.2.1"])).toBe(1);
  });

  it("of IPv6 is its /64: whoever has one address has all of it", async () => {
    expect(await keysOf(["2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:1:a:b:c:d"])).toBe(1);
    expect(await keysOf(["2001:db8:0:1::1", "2001:db8:0:2::1"])).toBe(2);
  });

  it("is Cloudflare's word and not the client's", async () => {
    const claimed = { "X-Forwarded-For": `198.51.100.${Math.floor(Date.now() % 250)}`, "X-Real-IP": "198.51.100.7" };
    expect(await keysOf(["192.0.2.1", "192.0.2.1"], claimed)).toBe(1);
    expect(await keysOf(["192.0.2.1", "192.0.2.2"], claimed)).toBe(2);
  });

  it("that is none is the same for all", async () => {
    expect(await keysOf(["", "nonsense", "1:2:3", "::1::", "1:2:3:4:5:6:7:8:9", "g::1"])).toBe(1);
  });
});

describe("without a limiter", () => {
  it("that answers, readers are served, and the log says so", async () => {
    const broken: RateLimit = {
      limit: async () => {
        throw new TypeError("the binding is down");
      },
    };
    const isolate = await Isolate.create({ database, bindings: { LIMIT_GUESSES: broken } });
    const answer = await new Browser(isolate).signUp();
    expect(answer.status, answer.text).toBe(200);
    expect(isolate.logs).toContainEqual(
      expect.objectContaining({ message: "rate limit not counted", error: "TypeError" }),
    );
  });

  it("in the deployment, readers are served", async () => {
    const isolate = await Isolate.create({ database });
    for (let tries = 0; tries <= ADDRESS_LIMITS.guess.count; tries += 1) {
      expect((await push(isolate, { authorization: null })).status).toBe(401);
    }
  });
});

describe("the README", () => {
  const per = (count: number, seconds: number) =>
    `${count} in ${seconds === 60 ? "a minute" : seconds === 3600 ? "an hour" : `${seconds / 60} minutes`}`;

  /** In the form the formatter gives it. */
  function table(): string {
    const rows = [
      ["limited route", "per client address", "per account"],
      ...[...NAVIGATIONS.map((route) => ({ route, limits: NAVIGATION_LIMITS })), ...LIMITED].map(
        ({ route, limits }) => [
          `\`${route}\``,
          limits ? per(ADDRESS_LIMITS[limits.address].count, ADDRESS_LIMITS[limits.address].seconds) : "",
          (limits?.account ?? [])
            .map(
              (name) =>
                `${ACCOUNT_LIMITS[name].what}: ${per(ACCOUNT_LIMITS[name].count, ACCOUNT_LIMITS[name].seconds)}`,
            )
            .join("; ") || "–",
        ],
      ),
    ];
    const widths = rows[0]?.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0))) ?? [];
    const line = (row: string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
    const [head = [], ...body] = rows;
    return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
  }

  it("has the limits of every route", () => {
    expect(readme.includes(`\n${table()}\n`), `The table is now:\n\n${table()}\n\n`).toBe(true);
  });
});
