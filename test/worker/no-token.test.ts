// No script ever sees a session token: it is in Set-Cookie and nowhere else, in whatever spelling.
import { describe, expect, it } from "vitest";
import { OPERATIONS } from "../../src/core/contract/contract.ts";
import { type Answer, Browser } from "../harness/browser.ts";
import { push } from "../harness/catalogue.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, DOCS_CROSS_SITE, Isolate } from "../harness/isolate.ts";
import { call } from "../harness/operations.ts";

const database = await TestDatabase.create("no-token");
const isolate = await Isolate.create({ database });
expect((await push(isolate)).status).toBe(200);

const PASSWORD = "correct horse battery";
const NEW_PASSWORD = "another horse battery";
const email = "token@example.test";

/** Every token there has been: ended sessions are gone from the table. */
const tokens = new Set<string>();
/** The signature is as good as a token to whoever knows the id. */
const signatures = new Set<string>();

async function collect(browser: Browser): Promise<void> {
  for (const { token } of await database.query("select token from session")) tokens.add(String(token));
  const [, signature] = decodeURIComponent(browser.cookies.get("__Host-docent.session_token") ?? "").split(".");
  if (signature) signatures.add(signature);
}

/** Base64 of a text shows up as one of three strings, by where in the encoded whole it begins. */
const base64s = (text: string) =>
  [0, 1, 2].map((shift) => btoa("\0".repeat(shift) + text).slice(shift === 0 ? 0 : 4, -4));

const spellings = (secret: string) => [
  secret,
  encodeURIComponent(secret),
  encodeURIComponent(encodeURIComponent(secret)),
  [...secret].reverse().join(""),
  ...base64s(secret),
];

/** Every part of the answer that a script, a log or a proxy may read. */
const readable = (answer: Answer) =>
  [
    answer.text,
    ...[...answer.headers].filter(([name]) => name !== "set-cookie").map(([name, value]) => `${name}: ${value}`),
  ].join("\n");

/** The ways in and out, in an order in which each has something to say. */
const STORY: [path: string, json?: unknown][] = [
  ["/api/auth/sign-up/email", { email, password: PASSWORD, name: "Ada" }],
  ["/api/auth/sign-in/email", { email, password: PASSWORD }],
  ["/api/auth/sign-in/email", { email, password: "wrong horse battery" }],
  ["/api/auth/sign-in/email", { email, password: PASSWORD, rememberMe: false }],
  ["/api/auth/get-session"],
  ["/api/auth/update-user", { name: "Grace" }],
  ["/api/auth/change-password", { currentPassword: PASSWORD, newPassword: NEW_PASSWORD, revokeOtherSessions: false }],
  ["/api/auth/change-password", { currentPassword: NEW_PASSWORD, newPassword: PASSWORD }],
  ["/api/auth/revoke-other-sessions", {}],
  ["/api/auth/revoke-session", { token: "00000000-0000-4000-8000-000000000000" }],
  ["/api/auth/revoke-sessions", {}],
  ["/api/auth/sign-in/email", { email, password: PASSWORD }],
  ["/api/auth/delete-user", {}],
  ["/api/auth/sign-out", {}],
];

it("would be seen inside a larger value, also in base64", () => {
  for (const before of ["", "a", "ab", "abc"]) {
    const value = btoa(`${before}the-token-of-a-session|`);
    expect(spellings("the-token-of-a-session").some((spelling) => value.includes(spelling))).toBe(true);
  }
});

describe("a session token", () => {
  it("is in no answer's body and in no header but Set-Cookie", async () => {
    const driven = new Set(STORY.map(([path, json]) => `${json === undefined ? "GET" : "POST"} ${path}`));
    const others = OPERATIONS.filter(({ route }) => !driven.has(route));
    const browser = new Browser(isolate, BASE_URL);
    const answers: [string, string][] = [];
    for (const [path, json] of STORY) {
      const answer = json === undefined ? await browser.send(path) : await browser.post(path, json);
      const expected = JSON.stringify(json)?.includes("wrong horse") ? 401 : 200;
      expect([path, answer.status], answer.text).toEqual([path, expected]);
      answers.push([path, readable(answer)]);
      await collect(browser);
      // Everything else, while somebody is signed in.
      if (path !== "/api/auth/get-session") continue;
      for (const operation of others) {
        answers.push([operation.route, readable(await call(browser, operation))]);
        await collect(browser);
      }
      // The routes of administrators have made them one.
      await database.query(`update "user" set role = 'user'`);
    }
    expect(answers.length).toBe(STORY.length + others.length);
    // Those of the story, and those of every other way in.
    expect(tokens.size).toBeGreaterThanOrEqual(5);
    expect(signatures.size).toBe(tokens.size);
    for (const [path, text] of answers) {
      for (const secret of [...tokens, ...signatures].flatMap(spellings)) expect(text, path).not.toContain(secret);
    }
  });

  it("is in no answer when the database fails, whatever the cookie's form", async () => {
    const browser = new Browser(isolate, DOCS_CROSS_SITE);
    expect((await browser.signUp()).status).toBe(200);
    await collect(browser);
    await database.inject({ effect: "sql-error", matching: "^(insert|update|delete)", times: null });
    for (const [path, json] of STORY) {
      const answer = await browser.send(path, {
        origin: BASE_URL,
        ...(json !== undefined && { method: "POST", json }),
      });
      for (const secret of [...tokens, ...signatures].flatMap(spellings))
        expect(readable(answer), path).not.toContain(secret);
    }
    await database.heal();
  });

  it("is in no log line and in no mail", async () => {
    await isolate.settle();
    const written = JSON.stringify([isolate.logs, isolate.sent]);
    expect(isolate.sent.length).toBeGreaterThan(0);
    for (const secret of [...tokens, ...signatures].flatMap(spellings)) expect(written).not.toContain(secret);
  });

  it("is taken for the id it stands for by no route", async () => {
    const browser = new Browser(isolate, BASE_URL);
    await browser.signUp();
    const [row] = await database.query("select token from session order by created_at desc limit 1");
    const answer = await browser.post("/api/auth/revoke-session", { token: row?.token });
    expect(answer.status, answer.text).toBe(422);
    expect(answer.text).not.toContain(String(row?.token));
  });
});
