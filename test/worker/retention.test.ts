// What the daily chores do about accounts that nobody uses, and the audit trail: on the test's clock, and only what was
// promised. Nobody is deleted without a warning that went out, and nobody is warned twice.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { eventsOf, Person } from "../harness/administrators.ts";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { CONFIG, Isolate, type IsolateOptions } from "../harness/isolate.ts";
import { START } from "../setup.ts";

const database = await TestDatabase.create("retention");
const DAY = 86_400_000;
const PASSWORD = "correct horse battery";

const isolateWith = (accounts: object = {}, more: Partial<IsolateOptions> = {}) =>
  Isolate.create({ database, config: { ...CONFIG, accounts }, ...more });
const isolate = await isolateWith();

beforeEach(async () => {
  await database.heal();
  await database.query(`delete from "user"`);
  await database.query("delete from audit_event");
  isolate.logs.length = 0;
  isolate.sent.length = 0;
});

const ago = (days: number) => new Date(START.getTime() - days * DAY).toISOString();

/** A reader whose last sign-in was so many days before START. */
async function unusedFor(days: number, columns = "email_verified = true"): Promise<string> {
  const [row] = await database.query(
    `insert into "user" (id, email, last_login_at, created_at, updated_at)
     values (gen_random_uuid(), gen_random_uuid() || '@example.test', $1::timestamptz, $1::timestamptz, $1::timestamptz) returning id`,
    [ago(days)],
  );
  await database.query(`update "user" set ${columns} where id = $1`, [row?.id]);
  return String(row?.id);
}
const isThere = async (id: string) => (await database.query(`select 1 from "user" where id = $1`, [id])).length === 1;
/** Which of these are left. */
const left = async (readers: Record<string, string>) => {
  const there: string[] = [];
  for (const [name, id] of Object.entries(readers)) if (await isThere(id)) there.push(name);
  return there;
};
const warnings = (of: Isolate = isolate) => of.sent.filter(({ body }) => body.includes("will be deleted"));
const run = async (days = 0, of: Isolate = isolate) => {
  vi.setSystemTime(START.getTime() + days * DAY);
  await of.worker.scheduled();
  await of.settle();
  expect(of.logs.filter(({ level }) => level === "error")).toEqual([]);
};

describe("an account whose address nobody has proved", () => {
  const unverified = "email_verified = false";

  it("goes after 30 days without use, with an event by the system, and no other goes", async () => {
    const readers = {
      old: await unusedFor(31, unverified),
      "just in time": await unusedFor(30, unverified),
      proved: await unusedFor(31),
      moderator: await unusedFor(31, `${unverified}, role = 'moderator'`),
      admin: await unusedFor(31, `${unverified}, role = 'admin'`),
      banned: await unusedFor(31, `${unverified}, banned = true`),
      "switched off": await unusedFor(31, `${unverified}, is_active = false`),
      "signed in since": await unusedFor(31, `${unverified}, last_login_at = '${ago(29)}'`),
      "made behind our back": await unusedFor(31, `${unverified}, last_login_at = null`),
    };
    await run();
    expect(await left(readers)).toEqual(
      Object.keys(readers).filter((name) => name !== "old" && name !== "made behind our back"),
    );
    expect(await eventsOf(isolate, readers.old)).toMatchObject([
      { action: "account.deleted", actor_id: null, detail: { cause: "unverified" }, ip_address: null },
    ]);
    expect(isolate.sent).toEqual([]);
    expect(isolate.logs).toContainEqual({
      level: "info",
      message: "chore",
      name: "accounts never verified",
      removed: 2,
    });
  });

  it("stays while it is read with, though the last sign-in is longer ago", async () => {
    const here = await isolateWith({ deleteUnverifiedAfterDays: 1 });
    vi.setSystemTime(START.getTime() - 5 * DAY);
    const reader = await Person.of(here, "user", unverified);
    vi.setSystemTime(START.getTime() - DAY / 2);
    expect(await reader.isSignedIn()).toBe(true);
    await here.settle();
    await run(0, here);
    expect(await isThere(reader.id)).toBe(true);
    await run(1, here);
    expect(await isThere(reader.id)).toBe(false);
    // Its session was good for weeks.
    expect(await reader.isSignedIn()).toBe(false);
  });

  it("takes nothing of the day's KV writes as it goes, and its session is over all the same", async () => {
    const [here, elsewhere] = [await isolateWith({ deleteUnverifiedAfterDays: 1 }), await isolateWith()];
    vi.setSystemTime(START.getTime() - 2 * DAY);
    const reader = await Person.of(here, "user", unverified);
    expect(await reader.isSignedIn()).toBe(true);
    expect(await new Person(elsewhere, reader.row).isSignedIn()).toBe(true);
    for (const isolate of [here, elsewhere]) await isolate.settle();
    const { put } = here.kv;
    await run(0, here);
    expect(await isThere(reader.id)).toBe(false);
    expect(here.kv.put).toBe(put);
    for (const at of [here, elsewhere]) expect(await new Person(at, reader.row).isSignedIn()).toBe(false);
  });

  it.each([
    ["the owner wants none gone", { accounts: { deleteUnverifiedAfterDays: null } }, {}],
    ["no mail can be sent, and so nobody can prove an address", {}, { MAIL_TRANSPORT: "none", MAILBOX_URL: undefined }],
  ])("stays for ever where %s", async (_, config, bindings) => {
    const here = await Isolate.create({ database, config: { ...CONFIG, ...config }, bindings });
    const id = await unusedFor(2_000, unverified);
    await run(0, here);
    expect(await isThere(id)).toBe(true);
  });
});

describe("an account that nobody uses", () => {
  it("is warned of once, 30 days before two years are over, and goes when nobody came back", async () => {
    const readers = { unused: await unusedFor(701), "used until later": await unusedFor(699) };
    await run();
    expect(warnings()).toHaveLength(1);
    expect(warnings()[0]?.body).toContain("2026");
    await run(0.5);
    await run(29.9);
    expect(warnings().length).toBe(2);
    expect(await left(readers)).toEqual(["unused", "used until later"]);
    await run(30);
    expect(await left(readers)).toEqual(["used until later"]);
    expect(await eventsOf(isolate, readers.unused)).toMatchObject([
      { action: "account.deleted", actor_id: null, detail: { cause: "inactive" } },
    ]);
    expect(warnings().length).toBe(2);
  });

  it("stays when its reader signs in after the warning, and the count begins anew", async () => {
    const browser = new Browser(isolate);
    vi.setSystemTime(START.getTime() - 705 * DAY);
    await browser.signUp("back@example.test", PASSWORD);
    await database.query(`update "user" set email_verified = true`);
    await run();
    expect(warnings()).toHaveLength(1);
    vi.setSystemTime(START.getTime() + 10 * DAY);
    const back = await new Browser(isolate).post("/api/auth/sign-in/email", {
      email: "back@example.test",
      password: PASSWORD,
    });
    expect(back.status).toBe(200);
    await run(31);
    await run(600);
    expect(await database.count("user")).toBe(1);
    expect(warnings()).toHaveLength(1);
    await run(10 + 701);
    expect(warnings()).toHaveLength(2);
  });

  it("is never one with a role, nor one whose reader cannot come back", async () => {
    const readers = {
      admin: await unusedFor(3_000, "role = 'admin', email_verified = true"),
      moderator: await unusedFor(3_000, "role = 'moderator', email_verified = true"),
      banned: await unusedFor(3_000, "banned = true, email_verified = true"),
      "switched off": await unusedFor(3_000, "is_active = false, email_verified = true"),
    };
    await run();
    await run(60);
    expect(await left(readers)).toEqual(Object.keys(readers));
    expect(warnings()).toEqual([]);
  });

  it("is warned of again only when nobody knows whether the mail was taken, and is not deleted meanwhile", async () => {
    const id = await unusedFor(800);
    const failing = await isolateWith();
    // The run ends before it is noted what became of the mail.
    await database.inject({ effect: "drop", matching: "jsonb_array_elements_text", times: null });
    vi.setSystemTime(START);
    await failing.worker.scheduled();
    await database.heal();
    expect(failing.logs).toContainEqual(
      expect.objectContaining({ message: "chore failed", name: "warnings of inactive accounts" }),
    );
    expect(warnings(failing)).toHaveLength(1);
    await run(0.4);
    expect(warnings()).toEqual([]);
    await run(40);
    expect(await isThere(id)).toBe(true);
    expect(warnings()).toHaveLength(1);
    await run(69);
    expect(await isThere(id)).toBe(true);
    await run(70);
    expect(await isThere(id)).toBe(false);
  });

  it("is warned of by one of two runs at the same moment", async () => {
    for (let count = 0; count < 5; count += 1) await unusedFor(800);
    vi.setSystemTime(START);
    const other = await isolateWith();
    await Promise.all([isolate.worker.scheduled(), other.worker.scheduled()]);
    expect(warnings().length + warnings(other).length).toBe(5);
  });

  it("is one of so many a day as the Free plan has calls for, and the others' turn comes", async () => {
    for (let count = 0; count < 60; count += 1) await unusedFor(800);
    const sql = isolate.sql;
    await run();
    const first = warnings().length;
    expect(first).toBeGreaterThan(30);
    expect(first + isolate.sql - sql).toBeLessThanOrEqual(50);
    await run(1);
    expect(warnings()).toHaveLength(60);
    await run(30);
    expect(await database.count("user")).toBe(60 - first);
    await run(31);
    expect(await database.count("user")).toBe(0);
  });

  it.each([
    ["the owner wants none gone", { accounts: { deleteInactiveAfterDays: null } }, {}],
    ["no mail can be sent, and so nobody warned", {}, { MAIL_TRANSPORT: "none", MAILBOX_URL: undefined }],
  ])("stays for ever where %s", async (_, config, bindings) => {
    const here = await Isolate.create({ database, config: { ...CONFIG, ...config }, bindings });
    const id = await unusedFor(3_000);
    await run(0, here);
    await run(100, here);
    expect(await isThere(id)).toBe(true);
  });
});

describe("the audit trail", () => {
  it.each([
    [365, {}],
    [90, { auditDays: 90 }],
  ])("is kept for %i days, and no longer", async (days, accounts) => {
    const here = await isolateWith(accounts);
    for (const age of [days + 1, days - 1]) {
      await database.query(
        "insert into audit_event (id, action, created_at, updated_at) values (gen_random_uuid(), $1, $2, $2)",
        [`session.ended`, ago(age)],
      );
    }
    await run(0, here);
    expect(
      (await database.query("select created_at < $1::timestamptz as old from audit_event", [ago(days)])).map(
        ({ old }) => old,
      ),
    ).toEqual(["f"]);
  });
});
