// Attacks by the request line and its headers, on every route: other spellings of a path, another host, and what a
// client claims to have been told by a proxy.
import { describe, expect, it } from "vitest";
import { NAVIGATIONS, OPERATIONS } from "../../src/core/contract/contract.ts";
import { Browser } from "../harness/browser.ts";
import { push } from "../harness/catalogue.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, Isolate } from "../harness/isolate.ts";
import { call } from "../harness/operations.ts";

const database = await TestDatabase.create("attacks-requests");
const isolate = await Isolate.create({ database });
expect((await push(isolate)).status).toBe(200);
const reader = new Browser(isolate);
expect((await reader.signUp()).status).toBe(200);

const ROUTES = [
  ...OPERATIONS.map(({ method, path }) => [method, path] as const),
  ...NAVIGATIONS.map((route) => route.replace(":id", "google").split(" ") as [string, string]),
];

/** Paths that some server, proxy or framework takes for `path`. */
function spellings(path: string): string[] {
  const last = path.lastIndexOf("/") + 1;
  const hex = (at: number) => `%${path.charCodeAt(at).toString(16)}`;
  return [
    `/${path}`,
    `${path}/`,
    `${path}//`,
    path.replaceAll("/", "//"),
    path.replace(/\/(?=[^/]*$)/, "\\"),
    path.toUpperCase(),
    `${path.slice(0, last)}${path.slice(last, last + 1).toUpperCase()}${path.slice(last + 1)}`,
    `${path.slice(0, last)}%2f${path.slice(last)}`,
    `${path.slice(0, last)}%5c${path.slice(last)}`,
    `${path.slice(0, last)}%25${path.charCodeAt(last).toString(16)}${path.slice(last + 1)}`,
    `${path};x=1`,
    `${path}%00`,
    `${path}%20`,
    `${path}.json`,
    `${path}%3fx`,
    `/x/%2e%2e${path}%2f%2e%2e`,
  ].filter((one) => one !== path && hex(1) !== "");
}

describe.each(ROUTES)("%s %s", (method, path) => {
  it("is answered in its own spelling only: others find nothing, ask nobody and change nothing", async () => {
    for (const spelling of spellings(path)) {
      const url = new URL(BASE_URL + spelling);
      // What the URL parser, and every server before us, makes the same path is the same request.
      if (url.pathname === path) continue;
      const before = isolate.sql;
      const answer = await isolate.worker.fetch(
        new Request(url, {
          method,
          headers: { Origin: BASE_URL, Cookie: reader.cookieHeader, "Content-Type": "application/json" },
          ...(method !== "GET" && { body: "{}" }),
        }),
      );
      expect([spelling, answer.status, isolate.sql - before], await answer.text()).toEqual([spelling, 404, 0]);
      expect(answer.headers.get("set-cookie")).toBeNull();
    }
  });
});

const CLAIMS: Record<string, string> = {
  "X-Forwarded-Host": "evil.example",
  "X-Forwarded-Proto": "http",
  "X-Forwarded-For": "198.51.100.66",
  "X-Real-IP": "198.51.100.66",
  "True-Client-IP": "198.51.100.66",
  Forwarded: "for=198.51.100.66;host=evil.example;proto=http",
  "X-Host": "evil.example",
  "X-Original-URL": "/api/export",
  "X-Rewrite-URL": "/api/export",
  "X-HTTP-Method-Override": "DELETE",
};

describe("what a client claims to have been told by a proxy", () => {
  it("changes no answer, is in no mail, and is stored nowhere", async () => {
    for (const operation of OPERATIONS) {
      const [one, other] = [new Browser(isolate), new Browser(isolate)];
      if (operation.caller !== "anyone" && operation.caller !== "site-token") {
        for (const browser of [one, other]) expect((await browser.signUp()).status).toBe(200);
      }
      isolate.sent.length = 0;
      const fresh =
        operation.id === "signUp"
          ? { json: { email: `${crypto.randomUUID()}@example.test`, password: "correct horse" } }
          : {};
      const usual = await call(
        one,
        operation,
        operation.id === "signUp"
          ? { json: { email: `${crypto.randomUUID()}@example.test`, password: "correct horse" } }
          : {},
      );
      const claimed = await call(other, operation, { headers: CLAIMS, ...fresh });
      await isolate.settle();
      expect([operation.route, claimed.status], claimed.text).toEqual([operation.route, usual.status]);
      const said = [claimed.text, ...claimed.headers, ...isolate.sent.map(({ body }) => body)].join("\n");
      expect(said, operation.route).not.toMatch(/evil\.example|198\.51\.100\.66/);
    }
    const [stored] = await database.query(
      `select (select jsonb_agg(s) from session s)::text || coalesce((select jsonb_agg(e) from audit_event e)::text, '') as rows`,
    );
    expect(String(stored?.rows)).not.toMatch(/evil\.example|198\.51\.100\.66/);
  });
});

describe("a Worker that is deployed", () => {
  it("tells browsers never to come without TLS again, and a local one does not", async () => {
    const deployed = await Isolate.create({
      database,
      described: false,
      config: { sites: [{ id: "course", name: "Course", origins: ["https://docs.example.com"] }] },
      bindings: {
        BASE_URL: "https://auth.example.com",
        AUTH_SECRET: "of a deployment, and long enough for that",
        DATABASE_ENDPOINT: undefined,
        MAIL_TRANSPORT: "none",
        MAILBOX_URL: undefined,
      },
    });
    for (const { method, path } of OPERATIONS) {
      const answer = await deployed.worker.fetch(new Request(`https://auth.example.com${path}`, { method }));
      expect([path, answer.headers.get("strict-transport-security")]).toEqual([
        path,
        "max-age=63072000; includeSubDomains",
      ]);
    }
    expect((await reader.send("/api/session")).headers.get("strict-transport-security")).toBeNull();
  });
});

describe("another host", () => {
  it("in the Host header gets into no answer, cookie or mail", async () => {
    for (const host of ["evil.example", "localhost:8787.evil.example", "evil.example:8787"]) {
      for (const operation of OPERATIONS.filter(({ limits }) => limits?.address === "send" || limits === undefined)) {
        isolate.sent.length = 0;
        const browser = new Browser(isolate);
        if (operation.caller !== "anyone" && operation.caller !== "site-token") {
          for (const [name, value] of reader.cookies) browser.cookies.set(name, value);
        }
        const answer = await call(browser, operation, { headers: { Host: host } });
        await isolate.settle();
        const said = [answer.text, ...answer.headers, ...isolate.sent.map(({ body }) => body)].join("\n");
        expect(said, operation.route).not.toContain("evil.example");
      }
    }
  });

  it("in the address is served nothing by a Worker that is for this machine", async () => {
    const local = await Isolate.create({ database, described: false });
    for (const { method, path } of OPERATIONS) {
      const answer = await local.worker.fetch(new Request(`https://evil.example${path}`, { method }));
      expect([path, answer.status]).toEqual([path, 503]);
      expect(await answer.text()).not.toContain("evil.example");
    }
  });
});
