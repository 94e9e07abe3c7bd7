// Secrets that are good once and for one thing, and that no request carries whole: half of each is the session's, or the
// browser's cookie. attacks-tokens.test.ts tries those that are carried.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { identifierOf, PURPOSES, type Purpose } from "../../src/auth/one-time-tokens.ts";
import { OPERATIONS } from "../../src/core/contract/contract.ts";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { Isolate } from "../harness/isolate.ts";
import { call, type Described, madeFor } from "../harness/operations.ts";
import type { Made } from "../harness/prepare.ts";

const database = await TestDatabase.create("attacks-session-secrets");
const isolate = await Isolate.create({ database });

/** The purpose of each route's secret. */
const TAKING: Partial<Record<Described["id"], Purpose>> = {
  passkeySignIn: "passkey-sign-in",
  registerPasskey: "passkey-registration",
  provePasskey: "passkey-proof",
  proveMailCode: "step-up-code",
};

const signed = z.object({ response: z.object({ response: z.object({ clientDataJSON: z.string() }) }) });

/** What is hashed beside the session's id or the cookie's secret: of a passkey the challenge that was signed. */
function challengeIn({ json }: Made): string {
  const parsed = signed.safeParse(json);
  if (!parsed.success) return "";
  const text = atob(parsed.data.response.response.clientDataJSON.replaceAll("-", "+").replaceAll("_", "/"));
  return `\n${z.object({ challenge: z.string() }).parse(JSON.parse(text)).challenge}`;
}

/** Everything that the route needs to be called with success, and what its secret is hashed from. */
async function ready(operation: Described) {
  const browser = new Browser(isolate);
  expect((await browser.signUp()).status).toBe(200);
  const { session } = z
    .object({ session: z.object({ id: z.string() }) })
    .parse((await browser.send("/api/session")).body);
  const made = await madeFor(browser, operation);
  const half = made.cookie?.split("=")[1] ?? session.id;
  return { browser, made, secret: `${half}${challengeIn(made)}` };
}

const count = async (identifier: string) =>
  Number(
    (await database.query("select count(*)::int as n from verification where identifier = $1", [identifier]))[0]?.n,
  );

describe.each(OPERATIONS.filter(({ id }) => TAKING[id] !== undefined))("$route", (operation) => {
  const own = TAKING[operation.id] ?? "flow";

  it("takes what was made for it, and nothing that was made for anything else, which stays unused", async () => {
    for (const purpose of PURPOSES) {
      const { browser, made, secret } = await ready(operation);
      const before = await identifierOf(own, secret);
      expect(await count(before)).toBe(1);
      const identifier = await identifierOf(purpose, secret);
      // Everything but its purpose is as it should be.
      await database.query("update verification set identifier = $1 where identifier = $2", [identifier, before]);
      const { status, text } = await call(browser, operation, { made });
      expect([purpose, status < 300], text).toEqual([purpose, purpose === own]);
      if (purpose !== own) expect([purpose, await count(identifier)]).toEqual([purpose, 1]);
    }
  });

  it("lets one in of many who bring it at once, and none who comes later", async () => {
    const { browser, made } = await ready(operation);
    const answers = await Promise.all(Array.from({ length: 8 }, () => call(browser, operation, { made })));
    expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
    expect(answers.every(({ status }) => status < 500)).toBe(true);
    expect((await call(browser, operation, { made })).status).toBeGreaterThanOrEqual(400);
  });
});
