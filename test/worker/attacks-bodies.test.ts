// Attacks by what a body holds, on every route of the contract: fields that are the server's, and passwords whose only
// use is the work they make. That a body is JSON of its form, and bounded, bad-input.test.ts and origins.test.ts show.
import { describe, expect, it } from "vitest";
import { OPERATIONS } from "../../src/core/contract/contract.ts";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { Isolate } from "../harness/isolate.ts";
import { call, type Described, queryOf, WORKER } from "../harness/operations.ts";
import { prepare } from "../harness/prepare.ts";

const database = await TestDatabase.create("attacks-bodies");
const isolate = await Isolate.create({ database });
const WITH_BODY = OPERATIONS.filter(({ body }) => body);

type Fields = Record<string, unknown>;

/** What only the server decides, as Better Auth, the tables and their plugins name it. */
const SERVERS: Fields = {
  id: "00000000-0000-4000-8000-000000000001",
  userId: "00000000-0000-4000-8000-000000000001",
  user_id: "00000000-0000-4000-8000-000000000001",
  role: "admin",
  isActive: true,
  banned: false,
  banReason: "",
  emailVerified: true,
  email_verified: true,
  twoFactorEnabled: false,
  token: "a-token-of-my-own-choice",
  sessionId: "00000000-0000-4000-8000-000000000001",
  loginId: "00000000-0000-4000-8000-000000000001",
  scope: "account",
  origin: "https://evil.example",
  expiresAt: "2099-01-01T00:00:00Z",
  authenticatedAt: "2099-01-01T00:00:00Z",
  impersonatedBy: "00000000-0000-4000-8000-000000000001",
  providerId: "credential",
  stripeCustomerId: "cus_1",
  subscriptionStatus: "active",
  createdAt: "2000-01-01T00:00:00Z",
  callbackURL: "https://evil.example/",
  redirectTo: "https://evil.example/",
  constructor: { prototype: { role: "admin" } },
};

/** Everything that says who somebody is, and what they may do. */
const standing = () =>
  database.query(
    `select (select jsonb_agg(u order by u.id) from "user" u) as users, (select jsonb_agg(a order by a.id) from account a) as accounts,
       (select jsonb_agg(jsonb_build_array(id, user_id, scope, origin, expires_at, authenticated_at) order by id) from session) as sessions`,
  );

async function newReader(): Promise<Browser> {
  const browser = new Browser(isolate);
  expect((await browser.signUp()).status).toBe(200);
  return browser;
}

/** A body that the route accepts from this reader. */
async function accepted(operation: Described, browser: Browser) {
  const made = await prepare(operation, queryOf(database), WORKER, browser.cookieHeader);
  return { made, body: { ...(operation.body?.example as Fields), ...(made.json as Fields | undefined) } };
}

describe.each(WITH_BODY)("$route", (operation) => {
  it("takes no field that is the server's, names it, and changes nothing", async () => {
    const browser = await newReader();
    const { made, body } = await accepted(operation, browser);
    const before = await standing();
    for (const [name, value] of Object.entries(SERVERS)) {
      if (name in body) continue;
      const answer = await call(browser, operation, { made: { ...made, json: { ...body, [name]: value } } });
      expect([name, answer.status], answer.text).toEqual([name, 422]);
      expect(answer.text, name).toContain(`"path":"${name}"`);
    }
    await isolate.settle();
    expect(await standing()).toEqual(before);
  });
});

const NAMES = ["name", "displayName"];
const WITH_NAME = WITH_BODY.filter(({ body }) => NAMES.some((name) => Object.keys(body?.example ?? {}).includes(name)));

it("is asked about every route that takes a name", () => {
  expect(WITH_NAME.map(({ id }) => id)).toEqual(
    expect.arrayContaining(["signUp", "updateUser", "changeProfile", "registerPasskey", "renamePasskey"]),
  );
});

describe.each(WITH_NAME)("$route", (operation) => {
  it.each(["A\r\nBcc: all@example.test", "A\nB", "A\rB", "A\u0000B", "A\u2028B", "A\u0085B"])(
    "takes no name that breaks its line: %j",
    async (value) => {
      const browser = await newReader();
      const { made, body } = await accepted(operation, browser);
      const before = await standing();
      isolate.sent.length = 0;
      for (const name of NAMES.filter((one) => one in body)) {
        const answer = await call(browser, operation, { made: { ...made, json: { ...body, [name]: value } } });
        expect([name, answer.status], answer.text).toEqual([name, 422]);
        expect(answer.text).toContain(`"path":"${name}"`);
      }
      await isolate.settle();
      expect(await standing()).toEqual(before);
      expect(isolate.sent).toEqual([]);
    },
  );
});

const WITH_PASSWORD = WITH_BODY.filter(({ body }) =>
  Object.keys(body?.example as Fields).some((name) => /password/i.test(name)),
);

it("is asked about every route that takes a password", () => {
  expect(WITH_PASSWORD.map(({ id }) => id)).toEqual(expect.arrayContaining(["signUp", "signIn", "changePassword"]));
});

describe.each(WITH_PASSWORD)("$route", (operation) => {
  it.each([
    ["129 characters", "x".repeat(129), 422],
    ["129 characters of four bytes", "🤖".repeat(129), 422],
    ["a million characters", "x".repeat(1_000_000), 413],
    ["a million characters of four bytes", "🤖".repeat(250_000), 413],
    ["a thousand combining marks", `e${"\u0301".repeat(1_000)}`, 422],
  ])("refuses a password of %s before it is looked at", async (_, password, status) => {
    const browser = await newReader();
    const { made, body } = await accepted(operation, browser);
    await isolate.settle();
    for (const name of Object.keys(body).filter((one) => /password/i.test(one))) {
      const lookUps = await database.roundTrips(async () => {
        const answer = await call(browser, operation, { made: { ...made, json: { ...body, [name]: password } } });
        expect([name, answer.status], answer.text.slice(0, 300)).toEqual([name, status]);
      });
      // Whoever is signed in is asked about; the password is not.
      expect(lookUps, name).toBeLessThanOrEqual(operation.caller === "anyone" ? 0 : 1);
    }
  });
});
