// Who is banned, switched off or deleted gets in by no way: neither by one that was begun before, nor by a new one. Each
// way is seen to let another reader in. Done by an administrator, which also takes back what was promised; and by SQL,
// which does not, so that each way has to look for itself. Providers are in provider-sign-in.test.ts.
import { beforeAll, describe, expect, it } from "vitest";
import { OPERATIONS } from "../../src/core/contract/contract.ts";
import { Person } from "../harness/administrators.ts";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, DOCS_SAME_SITE, Isolate } from "../harness/isolate.ts";
import { call, type Described, queryOf, WORKER } from "../harness/operations.ts";
import { prepare } from "../harness/prepare.ts";
import { insertBearer, insertSession, type SessionRow } from "../harness/sessions.ts";

const PASSWORD = "correct horse battery";
const database = await TestDatabase.create("blocked");
const isolate = await Isolate.create({ database });
let hash = "";
let admin: Person;

beforeAll(async () => {
  await new Browser(isolate).signUp("hash@example.test", PASSWORD);
  hash = String((await database.query("select password from account"))[0]?.password);
  admin = await Person.of(isolate, "admin");
});

const hasSession = (body: unknown) => (body as { session?: unknown }).session instanceof Object;

function operation(id: Described["id"]): Described {
  const found = OPERATIONS.find((one) => one.id === id);
  if (!found) throw new Error(`There is no ${id}.`);
  return found;
}

/** Begun now. @returns goes on with it: does it let the reader in? */
type Way = (row: SessionRow) => Promise<() => Promise<boolean>>;

/** What was mailed to the reader, or asked of them, is brought from a browser that has no session. */
const begun =
  (id: Described["id"]): Way =>
  async ({ cookie }) => {
    const made = await prepare(operation(id), queryOf(database), WORKER, cookie);
    return async () => {
      const browser = new Browser(isolate, BASE_URL);
      const answer = await call(browser, operation(id), { made });
      expect([200, 400, 401, 403], answer.text).toContain(answer.status);
      return hasSession((await browser.send("/api/session")).body);
    };
  };

const WAYS: Record<string, Way> = {
  "the session that was there": async ({ cookie }) => {
    return async () =>
      hasSession((await new Browser(isolate).send("/api/session", { headers: { Cookie: cookie } })).body);
  },
  "a docs page's bearer": async (row) => {
    const Authorization = await insertBearer(database, row, DOCS_SAME_SITE);
    return async () =>
      hasSession((await new Browser(isolate).send("/api/session", { headers: { Authorization } })).body);
  },
  "their password":
    async ({ userId }) =>
    async () => {
      const browser = new Browser(isolate);
      const email = `${userId}@example.test`;
      await browser.post("/api/auth/sign-in/email", { email, password: PASSWORD });
      return hasSession((await browser.send("/api/session")).body);
    },
  "a mailed link": begun("redeemMagicLink"),
  "a passkey": begun("passkeySignIn"),
  "an app's code": begun("verifyTotp"),
  "a backup code": begun("verifyBackupCode"),
  "a hand-off's code": begun("redeemHandOff"),
};

const byAdministrator = (path: string, more: object) => async (userId: string) => {
  const answer = await admin.post(`/api/admin/${path}`, { userId, ...more });
  expect(answer.status, answer.text).toBe(200);
};
const bySql = (text: string) => (userId: string) => database.query(text, [userId]);
const BLOCKED: Record<string, (userId: string) => Promise<unknown>> = {
  banned: byAdministrator("ban", { reason: "Spam" }),
  "banned (SQL)": bySql(`update "user" set banned = true where id = $1`),
  deactivated: byAdministrator("deactivate", {}),
  "deactivated (SQL)": bySql(`update "user" set is_active = false where id = $1`),
  deleted: byAdministrator("delete-user", {}),
  "deleted (SQL)": bySql(`delete from "user" where id = $1`),
};

describe.each(Object.entries(WAYS))("%s", (_, way) => {
  it("lets a reader in", async () => {
    const goOn = await way(await insertSession(database, { password: hash }));
    expect(await goOn()).toBe(true);
  });

  it.each(Object.entries(BLOCKED))("lets nobody in who was %s since it was begun", async (_, block) => {
    const row = await insertSession(database, { password: hash });
    const goOn = await way(row);
    await block(row.userId);
    const sessions = () => database.query("select id from session where user_id = $1", [row.userId]);
    const before = await sessions();
    expect(await goOn()).toBe(false);
    // None that is new; some ways end what they find.
    expect(before).toEqual(expect.arrayContaining(await sessions()));
  });
});
