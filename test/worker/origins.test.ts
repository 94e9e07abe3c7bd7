// Who may call what, by Origin: every route the Worker mounts against every kind of caller. A new route fails here
// until the contract describes it.
import { describe, expect, it } from "vitest";
import { type AppDeps, createApp } from "../../src/app.ts";
import { NAVIGATIONS, OPERATIONS } from "../../src/core/contract/contract.ts";
import { Browser } from "../harness/browser.ts";
import { push } from "../harness/catalogue.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, CATALOGUE_TOKEN, DOCS_CROSS_SITE, DOCS_SAME_SITE, Isolate } from "../harness/isolate.ts";

const ROUTES = OPERATIONS.map(({ route, origin }) => [route, origin] as const);

/** What may be kept, by whom; everything else by nobody. */
const KEPT: Record<string, string> = {
  "GET /api/catalog": "public, max-age=290",
  "GET /api/me": "private, no-cache",
};

const LISTED = [BASE_URL, DOCS_SAME_SITE, DOCS_CROSS_SITE];
const UNLISTED = [
  "null",
  "",
  "https://evil.example",
  "http://localhost:4322",
  "http://localhost",
  "https://localhost:4321",
  "http://localhost:43210",
  "http://localhost:4321.evil.example",
  "http://localhost:4321/",
  "http://localhost:4321@evil.example",
  "HTTP://LOCALHOST:4321",
  "http://sub.localhost:4321",
  "http://127.0.0.1:4322, http://evil.example",
  "http://localhost:4321 http://evil.example",
];

const database = await TestDatabase.create("origins");
const isolate = await Isolate.create({ database });
const reader = new Browser(isolate);
expect((await reader.signUp()).status).toBe(200);
// So that every route is reached.
await database.query(`update "user" set role = 'admin'`);
const cookie = reader.cookieHeader;

interface Call {
  route: string;
  origin?: string | undefined;
  headers?: Record<string, string>;
  body?: BodyInit;
}

/** Not the harness' browser: callers send here what no browser would. */
function call({ route, origin, headers = {}, body }: Call): Promise<Response> {
  const [method = "", path = ""] = route.split(" ");
  return isolate.worker.fetch(
    new Request(new URL(`${path}?site=course`, BASE_URL), {
      method,
      headers: { ...(origin !== undefined && { Origin: origin }), ...headers },
      ...(body !== undefined && { body }),
    }),
  );
}

const cors = (response: Response) => [
  response.headers.get("access-control-allow-origin"),
  response.headers.get("access-control-allow-credentials"),
];
const isRead = (route: string) => route.startsWith("GET ");
/** No form can send a DELETE, and no page without a preflight: its type proves nothing more. */
const hasNoBody = (route: string) => route.startsWith("DELETE ");
const isApi = (route: string) => route.includes("/api/");

/** Everything a call could have changed. */
const stored = () =>
  database.query(
    `select (select jsonb_agg(u order by u.id) from "user" u) as users, (select jsonb_agg(s order by s.id) from session s) as sessions,
       (select jsonb_agg(a order by a.id) from account a) as accounts, (select jsonb_agg(b) from background_information b) as backgrounds,
       (select jsonb_agg(p) from page p) as pages, (select jsonb_agg(c) from catalogue c) as catalogues`,
  );

it("is asked about every route that is mounted, and the contract describes no other", () => {
  const nothing: unknown = new Proxy(() => {}, { get: () => nothing });
  const { routes } = createApp(nothing as AppDeps);
  const mounted = new Set(
    routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => `${method} ${path}`),
  );
  expect([...mounted].sort()).toEqual([...ROUTES.map(([route]) => String(route)), ...NAVIGATIONS].sort());
});

describe.each(ROUTES)("%s", (route, allowed) => {
  it.each(LISTED)("grants %s the use of credentials, and a preflight, with Vary", async (origin) => {
    if (!isApi(route)) return expect(cors(await call({ route, origin }))).toEqual([null, null]);
    const [method = ""] = route.split(" ");
    const preflight = await call({
      route: route.replace(method, "OPTIONS"),
      origin,
      headers: { "Access-Control-Request-Method": method, "Access-Control-Request-Headers": "content-type" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-methods")?.split(",")).toContain(method);
    expect(preflight.headers.get("access-control-allow-headers")?.toLowerCase().split(",")).toContain("content-type");
    for (const response of [preflight, await call({ route, origin })]) {
      expect(cors(response)).toEqual([origin, "true"]);
      expect(response.headers.get("vary")?.toLowerCase().split(", ")).toContain("origin");
    }
  });

  it.each([...UNLISTED, undefined])("grants %j nothing, with Vary", async (origin) => {
    for (const asked of [route, route.replace(/^\w+/, "OPTIONS")]) {
      const response = await call({ route: asked, origin, headers: { Cookie: cookie } });
      expect(cors(response), asked).toEqual([null, null]);
      if (isApi(route)) expect(response.headers.get("vary")?.toLowerCase()).toContain("origin");
    }
  });

  it.skipIf(allowed === "anyone")("refuses whom it must, whatever the cookie says, and asks nobody", async () => {
    const before = await stored();
    const sql = isolate.sql;
    const refused = [
      ...UNLISTED,
      ...(isRead(route) ? [] : [undefined]),
      ...(allowed === "own" ? [DOCS_SAME_SITE, DOCS_CROSS_SITE] : []),
    ];
    for (const origin of refused) {
      const headers = { Cookie: cookie, "Content-Type": "application/json" };
      const response = await call({ route, origin, headers, ...(!isRead(route) && { body: "{}" }) });
      const text = await response.text();
      expect([origin, response.status, text]).toEqual([
        origin,
        403,
        expect.stringMatching(/INVALID_ORIGIN|forbidden-origin/),
      ]);
    }
    expect(isolate.sql).toBe(sql);
    expect(await stored()).toEqual(before);
  });

  it("lets those through that may call it", async () => {
    const callers = [
      BASE_URL,
      ...(allowed === "own" ? [] : [DOCS_SAME_SITE, DOCS_CROSS_SITE]),
      ...(isRead(route) || allowed === "anyone" ? [undefined] : []),
    ];
    for (const origin of callers) {
      const headers = { "Content-Type": "application/json" };
      const response = await call({ route, origin, headers, ...(!isRead(route) && { body: "{}" }) });
      expect([origin, response.status]).not.toEqual([origin, 403]);
    }
  });

  it("is kept by no cache, sniffed, embedded or referred to by nobody", async () => {
    const { headers } = await call({ route, origin: BASE_URL, headers: { Cookie: cookie } });
    expect(Object.fromEntries(headers)).toMatchObject({
      "cache-control": KEPT[route] ?? "no-store",
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "cross-origin",
      "content-security-policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
      "referrer-policy": "no-referrer",
      "x-request-id": expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
  });

  it.skipIf(isRead(route) || hasNoBody(route))("takes JSON only, and changes nothing otherwise", async () => {
    const before = await stored();
    const types: [string | undefined, BodyInit][] = [
      [undefined, new TextEncoder().encode("{}")],
      ["text/plain", "{}"],
      ["text/plain;application/json", "{}"],
      ["text/plain, application/json", "{}"],
      ["application/x-www-form-urlencoded", "email=a@example.test&password=correct+horse"],
      ["multipart/form-data; boundary=x", "--x--"],
      ["application/jsonp", "{}"],
      ["application/problem+json", "{}"],
    ];
    for (const [type, body] of types) {
      const headers = {
        Cookie: cookie,
        ...(type && { "Content-Type": type }),
        ...(allowed === "anyone" && { Authorization: `Bearer ${CATALOGUE_TOKEN}` }),
      };
      const response = await call({ route, origin: BASE_URL, headers, body });
      expect([type, response.status, await response.text()]).toEqual([type, 415, expect.anything()]);
    }
    expect(await stored()).toEqual(before);
  });
});

describe("a read of the Worker's own pages", () => {
  it.each([
    ["same-origin", 200],
    ["none", 200],
    ["same-site", 403],
    ["cross-site", 403],
  ])("without Origin is judged by Sec-Fetch-Site: %s", async (site, status) => {
    const headers = { Cookie: cookie, "Sec-Fetch-Site": site };
    const response = await call({ route: "GET /api/auth/list-sessions", headers });
    expect(response.status, await response.text()).toBe(status);
  });
});

it("lets an unlisted page read the catalogue's answer no more than any other", async () => {
  expect((await push(isolate)).status).toBe(200);
  const response = await call({ route: "GET /api/catalog", origin: "https://evil.example" });
  expect([response.status, ...cors(response)]).toEqual([200, null, null]);
});
