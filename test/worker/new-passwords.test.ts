// What a new password may be, on every route that takes one; the contract says which those are.
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { identifierOf } from "../../src/auth/one-time-tokens.ts";
import { OPERATIONS } from "../../src/core/contract/contract.ts";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { CONFIG, Isolate } from "../harness/isolate.ts";
import { call, type Described, queryOf, WORKER } from "../harness/operations.ts";
import { type Made, prepare } from "../harness/prepare.ts";

const database = await TestDatabase.create("new-passwords");
const isolate = await Isolate.create({ database });
const PASSWORD = "correct horse battery";
const REFUSED = expect.objectContaining({ code: "PASSWORD_COMPROMISED" }) as unknown;

type Fields = Record<string, unknown>;
const fieldsOf = ({ body }: Described) => (body?.example ?? {}) as Fields;
/** The field of the new password; elsewhere a password is compared and not chosen. */
const fieldOf = (operation: Described) =>
  "newPassword" in fieldsOf(operation) ? "newPassword" : operation.id === "signUp" ? "password" : undefined;
const TAKING = OPERATIONS.filter((operation) => fieldOf(operation) !== undefined);

const tokenOf = ({ json }: Made) => z.object({ token: z.string() }).parse(json).token;

let number = 0;

/** Calls a route with a new password, by a reader with this address, in a form that is otherwise accepted. */
async function choose(operation: Described, password: string, at = isolate) {
  number += 1;
  const email = `chooser-${number}@example.test`;
  const browser = new Browser(at);
  if (operation.id !== "signUp") {
    expect((await browser.signUp(email, PASSWORD)).status).toBe(200);
    await database.query(`update "user" set email_verified = true where email = $1`, [email]);
  }
  const made = await prepare(operation, queryOf(database), WORKER, browser.cookieHeader);
  // A link is good for the reader it was mailed to.
  const [link] = await database.query(
    `select u.email from verification v join "user" u on u.id = v.user_id where v.identifier = $1`,
    [operation.id === "resetPassword" ? await identifierOf("reset-password", tokenOf(made)) : ""],
  );
  const address = link ? String(link.email) : email;
  const json: Fields = {
    ...fieldsOf(operation),
    ...(made.json as Fields | undefined),
    ...(operation.id === "signUp" && { email }),
    [fieldOf(operation) ?? ""]: password
      .replaceAll("<email>", address)
      .replaceAll("<name>", address.slice(0, address.indexOf("@"))),
  };
  return call(browser, operation, { made: { ...made, json } });
}

const hashes = async () => JSON.stringify(await database.query("select password from account order by id"));

it("is asked about every route that takes a new password", () => {
  expect(TAKING.map(({ id }) => id)).toEqual(expect.arrayContaining(["signUp", "changePassword"]));
});

describe.each(TAKING)("$route", (operation) => {
  it.each(["password", "PASSWORD", "12345678", "qwertyuiop", "iloveyou", "Password1"])(
    "refuses %j, one of the commonest, and changes nothing",
    async (password) => {
      const answer = await choose(operation, password);
      expect([answer.status, answer.body], answer.text).toEqual([400, REFUSED]);
      expect(answer.text).not.toContain(`"${password}"`);
    },
  );

  it.each(["<email>", "<name>2026!", "Course 2026", "LOCALHOST"])(
    "refuses %j, which anybody would try first",
    async (password) => {
      const answer = await choose(operation, password);
      expect([answer.status, answer.body], answer.text).toEqual([400, REFUSED]);
    },
  );

  it("takes any other, in any script, with spaces and without rules about kinds of characters", async () => {
    for (const password of [
      "aaaabbbbcccc-dddd",
      "пароль для курса",
      "علم الروبوتات",
      "机器人课程我喜欢学",
      "🤖🦾🦿🔧🔩⚙️🛠️🧰",
    ]) {
      const answer = await choose(operation, password);
      expect([password, answer.status], answer.text).toEqual([password, operation.answer ? 200 : 204]);
    }
  });

  it("takes 8 to 128 characters, and neither fewer nor more", async () => {
    for (const [length, status] of [
      [7, 422],
      [8, 200],
      [128, 200],
      [129, 422],
    ] as const) {
      const answer = await choose(operation, "zq".repeat(65).slice(0, length));
      expect([length, answer.status], answer.text).toEqual([length, status]);
    }
  });
});

it("is compared as it was given: no case folded, nothing cut", async () => {
  const email = "exactly@example.test";
  const password = `Zq${"x".repeat(125)}!`;
  expect((await new Browser(isolate).signUp(email, password)).status).toBe(200);
  const signIn = (given: string) => new Browser(isolate).post("/api/auth/sign-in/email", { email, password: given });
  for (const other of [password.toLowerCase(), password.slice(0, -1), password.slice(0, 72), ` ${password.slice(1)}`]) {
    expect((await signIn(other)).status).toBe(401);
  }
  expect((await signIn(password)).status).toBe(200);
});

it("changes no stored hash when it is refused", async () => {
  const change = OPERATIONS.find(({ id }) => id === "changePassword");
  if (!change) throw new Error("The contract has no change of password");
  await choose(change, "another horse battery");
  const before = await hashes();
  const answer = await choose(change, "password1");
  expect(answer.status).toBe(400);
  // One more account, and the same hashes.
  expect((await hashes()).length).toBeGreaterThan(before.length);
  expect(JSON.parse(await hashes())).toEqual(expect.arrayContaining(JSON.parse(before)));
});

describe("known from a breach elsewhere", () => {
  // SHA-1 of "a breached horse battery".
  const BREACHED = "a breached horse battery";
  const asked: string[] = [];
  const signUp = OPERATIONS.find(({ id }) => id === "signUp");
  const withService = (answer: () => Promise<Response>, on = true) =>
    Isolate.create({
      database,
      config: { ...CONFIG, passwords: { breachCheck: on } },
      internet: async (url) => {
        if (!url.startsWith("https://api.pwnedpasswords.com/")) return new Response(null, { status: 202 });
        asked.push(url);
        return answer();
      },
    });
  const suffixOf = async (password: string) => {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-1", new TextEncoder().encode(password)));
    const hex = [...digest]
      .map((byte) => byte.toString(16).padStart(2, "0"))
      .join("")
      .toUpperCase();
    return { prefix: hex.slice(0, 5), suffix: hex.slice(5) };
  };
  const tryWith = async (at: Isolate) => {
    if (!signUp) throw new Error("The contract has no sign-up");
    asked.length = 0;
    return choose(signUp, BREACHED, at);
  };

  it("is refused, and the service learns five digits of a hash", async () => {
    const { prefix, suffix } = await suffixOf(BREACHED);
    const at = await withService(async () => new Response(`${"0".repeat(35)}:3\r\n${suffix}:12\r\n`));
    const answer = await tryWith(at);
    expect([answer.status, answer.body], answer.text).toEqual([400, REFUSED]);
    expect(asked).toEqual([`https://api.pwnedpasswords.com/range/${prefix}`]);
  });

  it("is not refused for what only pads the answer, or for another's hash", async () => {
    const { suffix } = await suffixOf(BREACHED);
    const at = await withService(async () => new Response(`${suffix}:0\r\n${"F".repeat(35)}:9`));
    expect((await tryWith(at)).status).toBe(200);
  });

  it.each([
    ["is down", async () => new Response("busy", { status: 503 })],
    [
      "cannot be reached",
      async () => {
        throw new TypeError("Network connection lost.");
      },
    ],
    [
      "says nothing in time",
      async () => {
        throw new DOMException("timed out", "TimeoutError");
      },
    ],
    ["talks nonsense", async () => new Response("<html>\u0000")],
  ])("keeps nobody from signing up when the service %s", async (_, answer) => {
    const at = await withService(answer);
    expect((await tryWith(at)).status).toBe(200);
    expect(asked.length).toBe(1);
  });

  it("is not asked about unless the owner has switched it on", async () => {
    const at = await withService(async () => new Response("x"), false);
    expect((await tryWith(at)).status).toBe(200);
    expect(asked).toEqual([]);
  });
});
