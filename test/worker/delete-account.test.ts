// Deleting an account: every row gone, every session ended, nothing left that tells who it was, and never the last
// administrator. By the reader, and by an administrator for a reader who cannot.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { eventsOf, Person } from "../harness/administrators.ts";
import { Browser } from "../harness/browser.ts";
import { push } from "../harness/catalogue.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, DOCS_CROSS_SITE, Isolate, SITE } from "../harness/isolate.ts";
import { insertSession } from "../harness/sessions.ts";

const database = await TestDatabase.create("delete-account");
const isolate = await Isolate.create({ database });
expect((await push(isolate)).status).toBe(200);

const PASSWORD = "correct horse battery";
const PATH = "/api/auth/delete-user";

/** A reader with something in every table that can hold something of theirs. */
async function readerWithEverything(email: string) {
  const browser = new Browser(isolate, BASE_URL);
  expect((await browser.signUp(email, PASSWORD)).status).toBe(200);
  const [row] = await database.query(`select id from "user" where email = $1`, [email]);
  const id = String(row?.id);
  const at = new Date().toISOString();
  await browser.put("/api/background", { experienceLevel: "beginner" });
  await browser.send("/api/profile", { method: "PATCH", json: { displayName: "Ada" } });
  await browser.post("/api/progress", { site: SITE, sentAt: at, events: [{ type: "complete", page: "/linux", at }] });
  await browser.send(`/api/recommendations?site=${SITE}`);
  await isolate.settle();
  await database.query(
    `insert into verification (id, identifier, value, user_id, expires_at, created_at, updated_at)
     values (gen_random_uuid(), 'a mail link', '{}', $1, '2099-01-01', $2, $2)`,
    [id, at],
  );
  await database.query(
    `insert into two_factor (id, secret, backup_codes, user_id) values (gen_random_uuid(), 'x', 'x', $1)`,
    [id],
  );
  await database.query(
    `insert into passkey (id, public_key, user_id, credential_id, counter, device_type, backed_up)
     values (gen_random_uuid(), 'x', $1::uuid, 'a credential of ' || $2::text, 0, 'x', false)`,
    [id, email],
  );
  await database.query(
    `insert into audit_event (id, user_id, actor_id, action, ip_address, user_agent, created_at, updated_at)
     values (gen_random_uuid(), $1, $1, 'session.created', '198.51.100.7', 'Firefox of ' || $2::text, $3, $3)`,
    [id, email, at],
  );
  return { browser, id, email };
}

/** By table: how many rows name the reader, in whatever column and form. */
async function mentions(id: string, email: string): Promise<Record<string, number>> {
  const tables = await database.query(
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
  );
  const counts = tables.map(
    ({ name }) =>
      `(select count(*)::int from "${String(name)}" t where strpos(t::text, $1) > 0 or strpos(t::text, $2) > 0) as "${String(name)}"`,
  );
  const [row = {}] = await database.query(`select ${counts.join(", ")}`, [id, email]);
  return Object.fromEntries(
    Object.entries(row)
      .map(([name, count]) => [name, Number(count)] as const)
      .filter(([, count]) => count > 0),
  );
}

const receipts = () =>
  isolate.sent
    .filter(({ body }) => body.includes("was deleted"))
    .map(({ body }) => z.object({ to: z.string() }).parse(JSON.parse(body)).to);

describe("an account that its reader deletes", () => {
  it("leaves no row in any table, but for a trail that no longer tells who it was", async () => {
    const { browser, id, email } = await readerWithEverything("everything@example.test");
    const before = await mentions(id, email);
    expect(Object.keys(before).sort()).toEqual(
      [
        "account",
        "audit_event",
        "background_information",
        "passkey",
        "personalization_profile",
        "profile",
        "reading_progress",
        "session",
        "two_factor",
        "user",
        "verification",
      ].sort(),
    );
    const answer = await browser.post(PATH, {});
    expect([answer.status, answer.body]).toEqual([200, { success: true, message: "User deleted" }]);
    expect(Object.keys(await mentions(id, email))).toEqual(["audit_event"]);
    const events = await eventsOf(isolate, id);
    expect(new Set(events.map(({ action }) => action))).toEqual(
      new Set(["account.created", "account.deleted", "session.created"]),
    );
    for (const event of events) expect(event).toMatchObject({ actor_id: id, ip_address: null, user_agent: null });
    expect(JSON.stringify(events)).not.toContain(email);
  });

  it("is signed out everywhere at once, its cookie gone in both forms, with a receipt by mail", async () => {
    const { browser, id, email } = await readerWithEverything("signed-out@example.test");
    const elsewhere = new Browser(isolate, DOCS_CROSS_SITE);
    await elsewhere.post("/api/auth/sign-in/email", { email, password: PASSWORD });
    expect((await elsewhere.send("/api/session")).status).toBe(200);
    const mine = browser.cookieHeader;
    const answer = await browser.post(PATH, {});
    expect(answer.setCookies.filter((cookie) => cookie.includes("session_token=; Max-Age=0"))).toHaveLength(2);
    for (const headers of [{ Cookie: mine }, { Cookie: elsewhere.cookieHeader }]) {
      expect((await new Browser(isolate).send("/api/session", { headers })).status).toBe(401);
    }
    await isolate.settle();
    expect(receipts().filter((to) => to === email)).toHaveLength(1);
    expect(JSON.stringify(isolate.logs)).not.toContain(email);
    expect(id).toBeTruthy();
  });

  it("is another reader's when somebody signs up with the address again", async () => {
    const { browser, id, email } = await readerWithEverything("again@example.test");
    expect((await browser.post(PATH, {})).status).toBe(200);
    const again = new Browser(isolate, BASE_URL);
    const answer = await again.signUp(email, PASSWORD);
    expect([answer.status, (answer.body as { user: { id: string } }).user.id === id]).toEqual([200, false]);
    expect((await again.send(`/api/me?site=${SITE}`)).body).toMatchObject({ background: { experienceLevel: null } });
    expect((await again.send("/api/audit")).text).not.toContain("account.deleted");
  });

  it("needs a proof of the last ten minutes, and nothing more", async () => {
    const reader = await Person.of(isolate);
    await database.query(
      "update session set authenticated_at = authenticated_at - interval '10 minutes' where id = $1",
      [reader.row.sessionId],
    );
    const refused = await reader.post(PATH, {});
    expect([refused.status, refused.body]).toMatchObject([403, { code: "STEP_UP_REQUIRED" }]);
    expect(await reader.isSignedIn()).toBe(true);
  });

  it("is deleted once when it is asked twice at the same moment: one receipt, one event, and both are told", async () => {
    const first = await Person.of(isolate);
    const second = new Person(isolate, await insertSession(database, { of: first.row }));
    const sent = receipts().length;
    const answers = await Promise.all([first.post(PATH, {}), second.post(PATH, {})]);
    for (const { status } of answers) expect([200, 401]).toContain(status);
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    await isolate.settle();
    expect(receipts().length - sent).toBe(1);
    expect(await eventsOf(isolate, first.id)).toHaveLength(1);
    expect((await first.post(PATH, {})).status).toBe(401);
  });

  it("stays as it was when Postgres cannot be reached, and so does its cookie", async () => {
    const { browser, id, email } = await readerWithEverything("outage@example.test");
    const before = await mentions(id, email);
    await database.inject({ effect: "drop", matching: "pg_advisory", times: 1 });
    const answer = await browser.post(PATH, {});
    expect([answer.status, answer.setCookies]).toEqual([503, []]);
    await database.heal();
    expect(await mentions(id, email)).toEqual(before);
    expect((await browser.send("/api/me")).status).toBe(200);
  });
});

describe("an administrator's own account", () => {
  it("is not deleted while nobody else could act, and is when somebody can", async () => {
    const own = await TestDatabase.create("last-admin");
    const here = await Isolate.create({ database: own });
    const last = await Person.of(here, "admin");
    for (const other of ["banned = true", "is_active = false"]) await Person.of(here, "admin", other);
    await Person.of(here, "moderator");
    const refused = await last.post(PATH, {});
    expect([refused.status, refused.body]).toMatchObject([409, { code: "LAST_ADMINISTRATOR" }]);
    expect(await last.isSignedIn()).toBe(true);
    await Person.of(here, "admin");
    expect((await last.post(PATH, {})).status).toBe(200);
  });

  it("is left to one of the two there are when both delete theirs at once", async () => {
    const own = await TestDatabase.create("two-last-admins");
    const here = await Isolate.create({ database: own });
    for (let round = 0; round < 3; round += 1) {
      const both = [await Person.of(here, "admin"), await Person.of(here, "admin")];
      const answers = await Promise.all(both.map((one) => one.post(PATH, {})));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      expect(await own.count("user")).toBe(1);
      await own.query(`delete from "user"`);
    }
  });
});

describe("an account that an administrator deletes", () => {
  it("is as gone as one that its reader deleted, with a receipt, and the trail has who did it", async () => {
    const admin = await Person.of(isolate, "admin");
    const { browser, id, email } = await readerWithEverything("cannot-sign-in@example.test");
    const answer = await admin.post("/api/admin/delete-user", { userId: id });
    expect([answer.status, answer.body]).toEqual([200, { status: true }]);
    expect(Object.keys(await mentions(id, email))).toEqual(["audit_event"]);
    expect((await browser.send("/api/session")).status).toBe(401);
    await isolate.settle();
    expect(receipts()).toContain(email);
    const events = await eventsOf(isolate, id);
    expect(events.filter(({ action }) => action === "account.deleted")).toMatchObject([{ actor_id: admin.id }]);
    expect((await admin.post("/api/admin/delete-user", { userId: id })).status).toBe(404);
    expect(receipts().filter((to) => to === email)).toHaveLength(1);
  });
});
