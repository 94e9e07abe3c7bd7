// Who has an account is not to be learned from a sign-in, nor from a sign-up where addresses are proved first, and not by how
// long they take either: the same statements and as many hashes of a password, whosever the address is.
import { expect, it, vi } from "vitest";
import type { AuthDeps } from "../../src/auth/better-auth.ts";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { CONFIG, Isolate } from "../harness/isolate.ts";
import { insertSession } from "../harness/sessions.ts";

const work = vi.hoisted(() => {
  // The set-up of all tests has loaded the Worker before.
  vi.resetModules();
  return { hashes: 0 };
});
/** The Worker's own, with a count of what costs time. */
vi.mock("../../src/auth/better-auth.ts", async (original) => {
  const real = await original<{ createAuth: typeof import("../../src/auth/better-auth.ts").createAuth }>();
  const counted =
    <Args extends unknown[], Value>(run: (...args: Args) => Value) =>
    (...args: Args): Value => {
      work.hashes += 1;
      return run(...args);
    };
  return {
    createAuth(deps: AuthDeps) {
      const auth = real.createAuth(deps);
      const context = auth.$context.then((found) => {
        const { hash, verify } = found.password;
        return { ...found, password: { ...found.password, hash: counted(hash), verify: counted(verify) } };
      });
      return { ...auth, $context: context };
    },
  };
});

const database = await TestDatabase.create("sign-in-work");
const open = await Isolate.create({ database });
const proving = await Isolate.create({ database, config: { ...CONFIG, accounts: { verifyAddress: true } } });

let count = 0;
/** An address of a reader with a password, and something else that is true of them. */
async function reader(set = ""): Promise<string> {
  count += 1;
  const email = `reader-${count}@example.test`;
  expect((await new Browser(open).signUp(email)).status).toBe(200);
  if (set) await database.query(`update "user" set ${set} where email = $1`, [email]);
  return email;
}
const WHO: Record<string, () => Promise<string>> = {
  "nobody's": async () => "nobody@example.test",
  "a reader's": () => reader(),
  "a proved reader's": () => reader("email_verified = true"),
  "a banned reader's": () => reader("banned = true"),
  "an inactive reader's": () => reader("is_active = false"),
  "that of a reader with a second factor": () => reader("email_verified = true, two_factor_enabled = true"),
  "that of a reader without a password": async () => {
    count += 1;
    const email = `reader-${count}@example.test`;
    await insertSession(database, { email });
    return email;
  },
};

/** What the answer says and has waited for. */
async function seen(isolate: Isolate, path: string, email: string): Promise<object> {
  await isolate.settle();
  const { mark } = await database.requests();
  work.hashes = 0;
  const answer = await new Browser(isolate).post(path, { email, password: "wrong horse battery" });
  const { hashes } = work;
  const { requests } = await database.requests(mark);
  return {
    status: answer.status,
    body: answer.text
      .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<id>")
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
      .replace(email, "<address>"),
    headers: [...answer.headers].filter(([name]) => name !== "x-request-id" && name !== "content-length"),
    cookies: answer.setCookies,
    statements: requests.map(({ statements }) => statements.map(({ text }) => text)),
    hashes,
  };
}

it.each([
  ["a sign-in with a wrong password", open, "/api/auth/sign-in/email", 401],
  ["a sign-in where addresses are proved first", proving, "/api/auth/sign-in/email", 401],
  ["a sign-up where addresses are proved first", proving, "/api/auth/sign-up/email", 200],
] as const)("%s is answered the same and does the same, whosever the address is", async (_, isolate, path, status) => {
  const answers: Record<string, object> = {};
  for (const [who, address] of Object.entries(WHO)) answers[who] = await seen(isolate, path, await address());
  const { "nobody's": nobody } = answers;
  expect(nobody).toMatchObject({ status, cookies: [], hashes: 1, statements: [[expect.any(String)]] });
  for (const [who, answer] of Object.entries(answers)) expect(answer, who).toEqual(nobody);
});
