// Which of Better Auth's endpoints exist, and which can be reached: an upgrade that brings a new one fails here until
// somebody decides.
import { describe, expect, it } from "vitest";
import { createAuth } from "../../src/auth/better-auth.ts";
import { ANSWERED_BY_US, ANSWERED_FOR_PLUGINS, REFUSED, THROUGH_BETTER_AUTH } from "../../src/auth/routes.ts";
import { OPERATIONS } from "../../src/core/contract/contract.ts";
import { FREE_PLAN } from "../../src/core/define-config.ts";
import { createDatabase } from "../../src/db/client.ts";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { AUTH_SECRET, BASE_URL, CONFIG, Isolate } from "../harness/isolate.ts";
import { call } from "../harness/operations.ts";

const database = await TestDatabase.create("allow-list");
const isolate = await Isolate.create({ database });
const reader = new Browser(isolate, BASE_URL);
expect((await reader.signUp()).status).toBe(200);

/** Better Auth as the Worker builds it, to read which endpoints it has. Nothing is sent. */
const auth = createAuth({
  db: createDatabase({ url: database.url, timeoutMs: 1, fetch, onCall() {}, onFailure() {} }),
  baseUrl: BASE_URL,
  docsOrigins: new Set(),
  secret: AUTH_SECRET,
  waitUntil() {},
});
const endpoints = Object.values(auth.api)
  .map((endpoint: { path?: string }) => endpoint.path)
  .filter((path) => path !== undefined);

/** With something where a parameter goes. */
const filled = (path: string) => `/api/auth${path.replace(/:\w+/g, "value")}`;

/** Spellings that a router might take for the same path. */
const spellings = (path: string) => [
  path,
  `${path}/`,
  `${path}?x=/api/auth/sign-in/email`,
  path.toUpperCase(),
  path.replace("/api/auth", "/API/AUTH"),
  path.replace("/api/auth/", "/api/auth//"),
  path.replace("/api/auth/", "//api/auth/"),
  path.replace("/api/auth/", "/api/auth/./"),
  path.replace("/api/auth/", "/api/auth/x/../"),
  path.replace("/api/auth/", "/api/auth/x/%2e%2e/"),
  path.replace("/api/auth/", "/api/auth%2f"),
  path.replace("/api/auth/", "/api/auth%5c"),
  path.replace("/api/auth/", "/api/auth\\"),
  path.replace(/(.)$/, (last) => `%${last.charCodeAt(0).toString(16)}`),
  `${path}%00`,
  `${path}%20`,
  `${path};x`,
];

/** What is there is only read. */
const GETS: ReadonlySet<string> = new Set([
  "/get-session",
  "/list-sessions",
  "/list-accounts",
  "/passkey/list-user-passkeys",
]);

describe("Better Auth's endpoints", () => {
  it("are each passed on, answered by us, or refused by name, and no list names one that is gone", () => {
    const lists = [...THROUGH_BETTER_AUTH, ...ANSWERED_BY_US, ...Object.keys(REFUSED)];
    expect([...new Set(endpoints)].sort()).toEqual(lists.sort());
  });

  it.each(Object.keys(REFUSED))("never answer at %s, however it is spelt", async (path) => {
    const { sql } = isolate;
    for (const method of ["GET", "POST", "PUT", "DELETE"]) {
      for (const spelling of spellings(filled(path))) {
        // After the host: a path that begins with // would be taken for one.
        const answer = await reader.send(BASE_URL + spelling, {
          method,
          ...(method !== "GET" && { json: { token: "x" } }),
        });
        expect([method, spelling, answer.status], answer.text).toEqual([method, spelling, 404]);
        expect(answer.body).toMatchObject({ code: expect.stringMatching(/not.found/i) as string });
        expect(answer.setCookies).toEqual([]);
      }
    }
    expect(isolate.sql).toBe(sql);
  });

  it.each([...THROUGH_BETTER_AUTH, ...ANSWERED_BY_US, ...ANSWERED_FOR_PLUGINS])(
    "are not reached at another spelling of %s",
    async (path) => {
      for (const spelling of spellings(filled(path))) {
        // What is the same path to every URL parser, like /x/../, is the same route with the same checks.
        const same = decodeURI(new URL(BASE_URL + spelling).pathname) === filled(path);
        const answer = await reader.send(BASE_URL + spelling, {
          method: "POST",
          json: {},
          origin: "https://evil.example",
        });
        // There is nothing to POST to where a provider sends a reader back.
        const there = same && path !== "/callback/:id";
        const expected = there ? (GETS.has(path) ? 405 : 403) : 404;
        expect([spelling, answer.status], answer.text).toEqual([spelling, expected]);
      }
    },
  );

  it("have no route for passwords where they are switched off, and serve who is signed in", async () => {
    const off = await Isolate.create({ database, config: { ...CONFIG, ...FREE_PLAN } });
    const signedIn = new Browser(off, BASE_URL);
    for (const [name, value] of reader.cookies) signedIn.cookies.set(name, value);
    const before = await database.count("user");
    const gone = OPERATIONS.filter(({ wayIn }) => wayIn === "password");
    expect(gone.map(({ path }) => path)).toEqual(
      ["sign-up/email", "sign-in/email", "change-password", "prove/password", "set-password"].map(
        (path) => `/api/auth/${path}`,
      ),
    );
    for (const operation of gone) {
      const answer = await call(signedIn, operation);
      const { path } = operation;
      expect([path, answer.status, answer.setCookies]).toEqual([path, 404, []]);
      expect(answer.body).toMatchObject({ code: "NOT_FOUND", message: "There is nothing here." });
    }
    expect(await database.count("user")).toBe(before);
    expect((await signedIn.send("/api/me")).status).toBe(200);
  });
});
