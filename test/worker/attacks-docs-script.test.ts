// A script that was injected into a docs page: it can send whatever the page can, with the reader's cookie and the
// page's Origin. What it reaches is written down here, route by route; a new one fails until somebody has decided.
import { describe, expect, it } from "vitest";
import { OPERATIONS } from "../../src/core/contract/contract.ts";
import { type Answer, Browser } from "../harness/browser.ts";
import { push } from "../harness/catalogue.ts";
import { TestDatabase } from "../harness/database.ts";
import { DOCS_CROSS_SITE, DOCS_SAME_SITE, Isolate } from "../harness/isolate.ts";
import { call, queryOf, WORKER } from "../harness/operations.ts";
import { prepare } from "../harness/prepare.ts";

const database = await TestDatabase.create("attacks-docs-script");
const isolate = await Isolate.create({ database });
expect((await push(isolate)).status).toBe(200);

/** Coming and going, who is reading, and what makes the page personal. Nothing of the account, of others, of admins. */
const WITHIN_REACH = [
  "signUp",
  "signIn",
  "signOut",
  "getSession",
  "whoIsThis",
  "sendMagicLink",
  "requestPasswordReset",
  "sendVerificationEmail",
  "verifyTotp",
  "verifyBackupCode",
  "redeemHandOff",
  "readMe",
  "readBackground",
  "replaceBackground",
  "changeBackground",
  "deleteBackground",
  "readProfile",
  "changeProfile",
  "readPersonalization",
  "replacePreferences",
  "refreshRecommendations",
  "listRecommendations",
  "listProgress",
  "mergeProgress",
  // Looked at without a cookie, by anybody.
  "pushCatalogue",
  "readCatalogue",
  "isAlive",
  "isReady",
];

const everything = () =>
  database.query(
    `select (select jsonb_agg(u order by u.id) from "user" u) as users, (select jsonb_agg(a order by a.id) from account a) as accounts,
       (select jsonb_agg(jsonb_build_array(id, user_id, scope, expires_at, authenticated_at) order by id) from session) as sessions,
       (select jsonb_agg(t order by t.id) from two_factor t) as factors, (select jsonb_agg(p order by p.id) from passkey p) as passkeys`,
  );

it("reaches these routes and no others, so far as they are there", () => {
  const reached = OPERATIONS.filter(({ origin }) => origin !== "own").map(({ id }) => id as string);
  expect(reached.filter((id) => !WITHIN_REACH.includes(id))).toEqual([]);
});

describe.each([DOCS_SAME_SITE, DOCS_CROSS_SITE])("a script at %s, with the reader's cookie", (origin) => {
  it("is refused by every route of the account, of administrators and of the export, and changes nothing there", async () => {
    const reader = new Browser(isolate, origin);
    expect((await reader.signUp()).status).toBe(200);
    // Also of one who may do everything.
    await database.query(`update "user" set role = 'admin'`);
    const own = OPERATIONS.filter((operation) => operation.origin === "own");
    expect(own.length).toBeGreaterThan(10);
    for (const operation of own) {
      // All that the route needs is there, so that nothing but the Origin can be what it refuses.
      const made = await prepare(operation, queryOf(database), WORKER, reader.cookieHeader);
      const before = await everything();
      for (const headers of [
        {},
        { "Sec-Fetch-Site": "same-origin" },
        { "Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate" },
        { Referer: "http://localhost:8787/account", "X-Forwarded-Host": "localhost:8787" },
      ] as Record<string, string>[]) {
        const answer = await call(reader, operation, { origin, headers, made });
        expect([operation.route, answer.status], answer.text).toEqual([operation.route, 403]);
        expect(answer.text).toMatch(/INVALID_ORIGIN|forbidden-origin/);
      }
      await isolate.settle();
      expect(await everything(), operation.route).toEqual(before);
    }
  });

  it("reads no token, hash, secret, code or second factor in what it may ask for", async () => {
    const reader = new Browser(isolate, origin);
    const signedUp = await reader.signUp();
    expect(signedUp.status).toBe(200);
    const answers: [string, Answer][] = [];
    for (const operation of OPERATIONS.filter((one) => one.origin === "docs" && one.method === "GET")) {
      answers.push([operation.route, await call(reader, operation, { origin })]);
    }
    const [row] = await database.query(
      `select s.token, a.password from session s join account a on a.user_id = s.user_id where s.user_id = $1 and a.password is not null`,
      [(signedUp.body as { user: { id: string } }).user.id],
    );
    expect([typeof row?.token, typeof row?.password]).toEqual(["string", "string"]);
    for (const [route, { text, headers }] of answers) {
      const seen = `${text}\n${[...headers].filter(([name]) => name !== "set-cookie").join("\n")}`;
      expect(seen, route).not.toContain(String(row?.token));
      expect(seen, route).not.toContain(String(row?.password));
      expect(seen, route).not.toMatch(/"(password|secret|backupCodes|accessToken|refreshToken|idToken)"/);
    }
  });

  it("gets no new cookie or credential out of the one it rides on", async () => {
    const reader = new Browser(isolate, origin);
    expect((await reader.signUp()).status).toBe(200);
    for (const operation of OPERATIONS.filter(
      ({ origin: allowed, caller }) => allowed === "docs" && caller === "reader",
    )) {
      const answer = await call(reader, operation, { origin });
      expect([operation.route, answer.setCookies]).toEqual([operation.route, []]);
    }
  });
});
