// Secrets that are good once and for one thing, on every route that takes one: a secret made for anything else opens
// nothing and is not used up, and of many who bring the right one at once, one is let in.
import { describe, expect, it } from "vitest";
import { identifierOf, newSecret, PURPOSES, type Purpose } from "../../src/auth/one-time-tokens.ts";
import { OPERATIONS } from "../../src/core/contract/contract.ts";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { Isolate } from "../harness/isolate.ts";
import { call, type Described, queryOf, WORKER } from "../harness/operations.ts";
import { type Made, prepare } from "../harness/prepare.ts";

const database = await TestDatabase.create("attacks-tokens");
const isolate = await Isolate.create({ database });

interface Taken {
  operation: Described;
  purpose: Purpose;
  /** As it stands in the request. */
  secret: string;
  /** What is hashed with it: a flow's has its id behind it. */
  suffix: string;
  browser: Browser;
  made: Made;
}

async function newReader(): Promise<Browser> {
  const browser = new Browser(isolate);
  expect((await browser.signUp()).status).toBe(200);
  return browser;
}

/** What the route was given to be called with success, when there is a secret in it. */
async function taken(operation: Described): Promise<Taken | undefined> {
  const browser = operation.caller === "anyone" ? new Browser(isolate) : await newReader();
  const made = await prepare(operation, queryOf(database), WORKER, browser.cookieHeader);
  const rows = await database.query("select identifier from verification");
  const stored = new Set(rows.map(({ identifier }) => String(identifier)));
  const words = JSON.stringify(made).match(/[\w-]{20,}/g) ?? [];
  for (const secret of words) {
    for (const suffix of ["", ...words.map((word) => `.${word}`), ".cGFnZS1tYWRlLWZsb3ctaWQ"]) {
      for (const purpose of PURPOSES) {
        if (stored.has(await identifierOf(purpose, `${secret}${suffix}`))) {
          return { operation, purpose, secret, suffix, browser, made };
        }
      }
    }
  }
  return undefined;
}

const TAKING: { id: string; route: string; operation: Described }[] = [];
for (const operation of OPERATIONS) {
  if (await taken(operation)) TAKING.push({ id: operation.id, route: operation.route, operation });
}

/** The same request with another secret. */
function send({ operation, secret, browser, made }: Taken, instead: string) {
  const replaced = JSON.parse(JSON.stringify(made).replaceAll(secret, instead)) as Made;
  const one = new Browser(isolate);
  for (const [name, value] of browser.cookies) one.cookies.set(name, value);
  return call(one, operation, { made: replaced });
}

const succeeded = (status: number) => status < 300;

it("finds the routes that take a secret", () => {
  expect(TAKING.map(({ id }) => id)).toEqual(expect.arrayContaining(["verifyTotp", "redeemHandOff", "finishHandOff"]));
});

describe.each(TAKING)("$route", ({ operation }) => {
  it("takes its own secret, and none that was made for anything else, which stays unused", async () => {
    for (const other of PURPOSES) {
      const right = await taken(operation);
      if (!right) throw new Error(`${operation.route} takes no secret any more`);
      const own = await identifierOf(right.purpose, `${right.secret}${right.suffix}`);
      const secret = newSecret();
      const identifier = await identifierOf(other, `${secret}${right.suffix}`);
      // Everything but its purpose is as it should be.
      await database.query(
        `insert into verification (id, identifier, value, user_id, expires_at, created_at, updated_at)
         select gen_random_uuid(), $1, value, user_id, expires_at, created_at, updated_at from verification where identifier = $2`,
        [identifier, own],
      );
      const answer = await send(right, secret);
      const [left] = await database.query("select count(*)::int as n from verification where identifier = $1", [
        identifier,
      ]);
      const isOwn = other === right.purpose;
      expect([other, succeeded(answer.status)], answer.text).toEqual([other, isOwn]);
      if (!isOwn) expect([other, Number(left?.n)]).toEqual([other, 1]);
    }
  });

  it("takes no session for it, and no secret of it is a session", async () => {
    const right = await taken(operation);
    if (!right) throw new Error(`${operation.route} takes no secret any more`);
    const victim = await newReader();
    const signed = victim.cookies.get("__Host-docent.session_token") ?? "";
    const [row] = await database.query("select token from session order by created_at desc, id limit 1");
    for (const instead of [signed, decodeURIComponent(signed), String(row?.token)]) {
      expect(succeeded((await send(right, instead)).status), instead).toBe(false);
    }
    for (const headers of [
      { Cookie: `__Host-docent.session_token=${right.secret}` },
      { Authorization: `Bearer ${right.secret}` },
    ] as Record<string, string>[]) {
      for (const path of ["/api/background", "/api/auth/get-session"]) {
        const answer = await new Browser(isolate).send(path, { headers });
        expect([answer.status, answer.body === null]).toEqual(
          path.endsWith("get-session") ? [200, true] : [401, false],
        );
      }
    }
  });

  // To look at a link is not to follow it: whoever reads the mail twice sees twice what it does.
  it.skipIf(operation.id === "lookAtMailLink")(
    "lets one in of many who bring it at once, and none who comes later",
    async () => {
      const right = await taken(operation);
      if (!right) throw new Error(`${operation.route} takes no secret any more`);
      const answers = await Promise.all(Array.from({ length: 8 }, () => send(right, right.secret)));
      expect(
        answers.map(({ status }) => status).filter(succeeded),
        JSON.stringify(answers.map(({ status, text }) => [status, text])),
      ).toEqual([200]);
      expect(succeeded((await send(right, right.secret)).status)).toBe(false);
    },
  );

  it("takes none that is too old", async () => {
    const right = await taken(operation);
    if (!right) throw new Error(`${operation.route} takes no secret any more`);
    await database.query("update verification set expires_at = $1", [new Date().toISOString()]);
    expect(succeeded((await send(right, right.secret)).status)).toBe(false);
  });

  it.each(["", "x", "%00", "a".repeat(43), "'; drop table verification; --", "../../etc/passwd", "x".repeat(5_000)])(
    "takes no %j",
    async (instead) => {
      const right = await taken(operation);
      if (!right) throw new Error(`${operation.route} takes no secret any more`);
      const answer = await send(right, instead);
      expect([succeeded(answer.status), answer.status < 500], answer.text).toEqual([false, true]);
    },
  );
});
