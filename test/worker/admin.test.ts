// What administrators may do to others' accounts, and what nobody may: each change with what it ends, what it writes, and
// who is refused.
import { describe, expect, it, vi } from "vitest";
import { OPERATIONS } from "../../src/core/contract/contract.ts";
import { eventsOf, Person } from "../harness/administrators.ts";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, Isolate } from "../harness/isolate.ts";
import { call, madeFor } from "../harness/operations.ts";
import { insertBearer, insertSession } from "../harness/sessions.ts";

const database = await TestDatabase.create("admin");
const isolate = await Isolate.create({ database });
const admin = await Person.of(isolate, "admin");
const NOBODY = "00000000-0000-4000-8000-000000000000";
const PASSWORD = "correct horse battery";

const userRow = async (id: string) => {
  const [row] = await database.query(
    `select role, banned, ban_reason as reason, ban_expires as until, is_active as active from "user" where id = $1`,
    [id],
  );
  return row;
};
const count = async (table: string, userId: string) =>
  Number((await database.query(`select count(*)::int as n from "${table}" where user_id = $1`, [userId]))[0]?.n);
/** A mail link that was not used yet. */
const promise = (userId: string) =>
  database.query(
    `insert into verification (id, identifier, value, user_id, expires_at, created_at, updated_at)
     values (gen_random_uuid(), gen_random_uuid()::text, '{}', $1, '2099-01-01', $2, $2)`,
    [userId, new Date().toISOString()],
  );

describe("the administrators' routes", () => {
  const routes = OPERATIONS.filter(({ group }) => group === "administration");

  it.each(["user", "moderator"] as const)("are for nobody whose role is %s, however fresh the proof", async (role) => {
    const target = await Person.of(isolate);
    const person = await Person.of(isolate, role);
    const before = await userRow(target.id);
    expect(routes.length).toBeGreaterThan(10);
    for (const operation of routes) {
      const json = operation.body && { ...(operation.body.example as object), userId: target.id };
      const browser = new Browser(isolate);
      const headers = { Cookie: person.row.cookie };
      const answer = await call(browser, operation, { made: {}, headers, ...(json && { json }) });
      expect([operation.route, answer.status, answer.body]).toMatchObject([
        operation.route,
        403,
        { code: "forbidden" },
      ]);
      for (const secret of [target.id, "@example.test"]) expect(answer.text).not.toContain(secret);
    }
    expect(await userRow(target.id)).toEqual(before);
    expect(await target.isSignedIn()).toBe(true);
    expect(await eventsOf(isolate, target.id)).toEqual([]);
  });

  it("are closed the moment the role is taken away, whatever a cache remembers", async () => {
    const former = await Person.of(isolate, "admin");
    expect((await former.get("/api/admin/users")).status).toBe(200);
    expect((await former.get("/api/session")).body).toMatchObject({ reader: { role: "admin" } });
    await database.query(`update "user" set role = 'user' where id = $1`, [former.id]);
    expect((await former.get("/api/session")).body).toMatchObject({ reader: { role: "admin" } });
    expect((await former.get("/api/admin/users")).status).toBe(403);
  });

  it("change nothing without a proof of the last ten minutes, and show what they show at any age", async () => {
    const late = await Person.of(isolate, "admin");
    const target = await Person.of(isolate);
    await database.query(
      "update session set authenticated_at = authenticated_at - interval '10 minutes' where id = $1",
      [late.row.sessionId],
    );
    for (const operation of routes) {
      const made = await madeFor(new Browser(isolate), operation);
      const options = { made, headers: { Cookie: late.row.cookie } };
      const answer = await call(new Browser(isolate), operation, options);
      const expected = operation.caller === "admin" ? 200 : 403;
      expect([operation.route, answer.status], answer.text).toEqual([operation.route, expected]);
      if (expected === 403) expect(answer.body).toMatchObject({ code: "step-up-required" });
    }
    expect(await eventsOf(isolate, target.id)).toEqual([]);
  });

  it("are no bearer's, and say nothing while Postgres is down, also to an administrator whom a cache knows", async () => {
    const bearer = await Person.of(isolate, "admin");
    const headers = { Origin: BASE_URL, Authorization: await insertBearer(database, bearer.row, BASE_URL) };
    expect((await new Browser(isolate, BASE_URL).send("/api/admin/users", { headers })).status).toBe(403);
    expect((await admin.get("/api/session")).status).toBe(200);
    await database.inject({ effect: "drop", times: null });
    for (const operation of routes) {
      const answer = await call(new Browser(isolate), operation, { made: {}, headers: { Cookie: admin.row.cookie } });
      expect([operation.route, answer.status]).toEqual([operation.route, 503]);
    }
    await database.heal();
  });

  it("know no reader by an id that nobody has", async () => {
    for (const operation of routes.filter(({ refusals = [] }) => refusals.includes("not-found" as never))) {
      const { method, path, body } = operation;
      const answer =
        method === "GET"
          ? await admin.get(`${path}?id=${NOBODY}`)
          : await admin.post(path, { ...(body?.example as object), userId: NOBODY });
      expect([operation.route, answer.status]).toEqual([operation.route, 404]);
    }
    expect(await eventsOf(isolate, NOBODY)).toEqual([]);
  });

  it("do nothing to the administrator who asks", async () => {
    const before = await userRow(admin.id);
    for (const operation of routes.filter(({ refusals = [] }) => refusals.includes("own-account" as never))) {
      for (const id of [admin.id, admin.id.toUpperCase()]) {
        const answer = await admin.post(operation.path, { ...(operation.body?.example as object), userId: id });
        expect([operation.route, answer.status, answer.body]).toMatchObject([
          operation.route,
          409,
          { code: "own-account" },
        ]);
      }
    }
    expect(await userRow(admin.id)).toEqual(before);
    expect(await admin.isSignedIn()).toBe(true);
  });
});

describe("a role", () => {
  it("is given to a reader whose address is proved, is theirs at once here, and is in the trail", async () => {
    const target = await Person.of(isolate);
    expect((await target.get("/api/session")).body).toMatchObject({ reader: { role: "user" } });
    const answer = await admin.post("/api/admin/role", { userId: target.id, role: "moderator" });
    expect([answer.status, answer.body]).toMatchObject([200, { user: { id: target.id, role: "moderator" } }]);
    expect((await target.get("/api/session")).body).toMatchObject({ reader: { role: "moderator" } });
    expect(await eventsOf(isolate, target.id)).toMatchObject([
      {
        action: "role.changed",
        actor_id: admin.id,
        detail: { role: "moderator", previousRole: "user" },
        ip_address: "203.0.113.7",
      },
    ]);
    // The same once more is nothing new.
    expect((await admin.post("/api/admin/role", { userId: target.id, role: "moderator" })).status).toBe(200);
    expect(await eventsOf(isolate, target.id)).toHaveLength(1);
  });

  it.each(["moderator", "admin"])("of %s is not given to an address that nobody has proved", async (role) => {
    const target = await Person.of(isolate, "user", "email_verified = false");
    const answer = await admin.post("/api/admin/role", { userId: target.id, role });
    expect([answer.status, answer.body]).toMatchObject([409, { code: "address-unverified" }]);
    expect(await userRow(target.id)).toMatchObject({ role: "user" });
    expect(await eventsOf(isolate, target.id)).toEqual([]);
  });

  it("can be taken from an address that is no longer proved", async () => {
    const target = await Person.of(isolate, "admin", "email_verified = false");
    expect((await admin.post("/api/admin/role", { userId: target.id, role: "user" })).status).toBe(200);
    expect(await userRow(target.id)).toMatchObject({ role: "user" });
  });

  it("leaves one administrator when the two there are take it from each other at once, whoever is first", async () => {
    const own = await TestDatabase.create("two-admins");
    const here = await Isolate.create({ database: own });
    for (let round = 0; round < 5; round += 1) {
      const [one, other] = [await Person.of(here, "admin"), await Person.of(here, "admin")];
      const answers = await Promise.all([
        one.post("/api/admin/role", { userId: other.id, role: "user" }),
        other.post("/api/admin/role", { userId: one.id, role: "user" }),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
      const left = await own.query(`select id from "user" where role = 'admin'`);
      expect(left).toHaveLength(1);
      await own.query(`update "user" set role = 'user'`);
    }
  });

  it("leaves one administrator when two ban, deactivate, delete and demote each other at once", async () => {
    const own = await TestDatabase.create("two-admins-other-ways");
    const here = await Isolate.create({ database: own });
    const ways: [string, object][] = [
      ["role", { role: "user" }],
      ["ban", { reason: "x" }],
      ["deactivate", {}],
      ["delete-user", {}],
    ];
    for (const [path, body] of ways) {
      for (const [otherPath, otherBody] of ways) {
        const [one, other] = [await Person.of(here, "admin"), await Person.of(here, "admin")];
        await Promise.all([
          one.post(`/api/admin/${path}`, { userId: other.id, ...body }),
          other.post(`/api/admin/${otherPath}`, { userId: one.id, ...otherBody }),
        ]);
        const left = await own.query(`select id from "user" where role = 'admin' and is_active and not banned`);
        expect(left, `${path} and ${otherPath}`).toHaveLength(1);
        await own.query(`delete from "user"`);
      }
    }
  });
});

describe("a ban", () => {
  it("ends sessions and mailed secrets at once, keeps its reason from everybody else, and is in the trail", async () => {
    const target = await Person.of(isolate);
    await insertSession(database, { of: target.row });
    await promise(target.id);
    expect(await target.isSignedIn()).toBe(true);
    const until = "2099-01-01T00:00:00.000Z";
    const answer = await admin.post("/api/admin/ban", { userId: target.id, reason: "Sold robots in feedback", until });
    expect([answer.status, answer.body]).toMatchObject([
      200,
      { user: { banned: true, banExpires: until, banReason: "Sold robots in feedback" } },
    ]);
    expect(await target.isSignedIn()).toBe(false);
    expect([await count("session", target.id), await count("verification", target.id)]).toEqual([0, 0]);
    const events = await eventsOf(isolate, target.id);
    expect(events).toMatchObject([{ action: "account.banned", actor_id: admin.id, detail: { until } }]);
    await isolate.settle();
    const seen = JSON.stringify([events, isolate.logs, isolate.sent]);
    expect(seen).not.toContain("Sold robots");
  });

  it("lets nobody in by their password until it is lifted or over, and the refusal gives no reason", async () => {
    const browser = new Browser(isolate);
    const email = "banned@example.test";
    await browser.signUp(email, PASSWORD);
    const [row] = await database.query(`select id from "user" where email = $1`, [email]);
    const userId = String(row?.id);
    const signIn = () => new Browser(isolate).post("/api/auth/sign-in/email", { email, password: PASSWORD });
    const until = new Date(Date.now() + 3_600_000).toISOString();
    for (const lift of ["unban", "its end"]) {
      expect((await admin.post("/api/admin/ban", { userId, reason: "Sold robots", until })).status).toBe(200);
      const refused = await signIn();
      expect([refused.status, refused.body]).toMatchObject([403, { code: "ACCOUNT_BLOCKED" }]);
      expect(refused.text).not.toContain("robots");
      if (lift === "unban") {
        const answer = await admin.post("/api/admin/unban", { userId });
        expect(answer.body).toMatchObject({ user: { banned: false, banReason: null, banExpires: null } });
      } else vi.setSystemTime(Date.parse(until));
      expect((await signIn()).status, lift).toBe(200);
    }
    vi.useRealTimers();
    const actions = (await eventsOf(isolate, userId)).map(({ action, actor_id }) => [action, actor_id === admin.id]);
    expect(actions.filter(([, by]) => by).sort()).toEqual([
      ["account.banned", true],
      ["account.banned", true],
      ["account.unbanned", true],
    ]);
  });

  it.each([
    ["is over already", { until: "2020-01-01T00:00:00.000Z" }, "until"],
    ["has no reason", { reason: "" }, "reason"],
  ])("that %s is refused by the place", async (_, wrong, path) => {
    const target = await Person.of(isolate);
    const answer = await admin.post("/api/admin/ban", { userId: target.id, reason: "x", ...wrong });
    expect([answer.status, answer.body]).toMatchObject([422, { errors: [{ path }] }]);
    expect(await userRow(target.id)).toMatchObject({ banned: "f" });
  });
});

describe("an account that is switched off", () => {
  it("is signed out everywhere, let in by no way, and the same as before once it is switched on", async () => {
    const target = await Person.of(isolate);
    await promise(target.id);
    expect((await admin.post("/api/admin/deactivate", { userId: target.id })).body).toMatchObject({
      user: { isActive: false },
    });
    expect(await target.isSignedIn()).toBe(false);
    expect([await count("session", target.id), await count("verification", target.id)]).toEqual([0, 0]);
    const back = new Person(isolate, await insertSession(database, { of: target.row }));
    expect(await back.isSignedIn()).toBe(false);
    for (let twice = 0; twice < 2; twice += 1) {
      expect((await admin.post("/api/admin/activate", { userId: target.id })).body).toMatchObject({
        user: { isActive: true },
      });
    }
    expect(await back.isSignedIn()).toBe(true);
    const actions = (
      await database.query("select action from audit_event where user_id = $1 order by action", [target.id])
    ).map(({ action }) => action);
    expect(actions).toEqual(["account.activated", "account.deactivated"]);
  });
});

describe("a reader's sessions", () => {
  it("end all, or the one that is named and theirs, at once, with the trail saying how many", async () => {
    const target = await Person.of(isolate);
    const second = new Person(isolate, await insertSession(database, { of: target.row }));
    const stranger = await Person.of(isolate);
    const revoke = (more: object) => admin.post("/api/admin/revoke-sessions", { userId: target.id, ...more });
    expect((await revoke({ sessionId: stranger.row.sessionId })).body).toEqual({ ended: 0 });
    expect((await revoke({ sessionId: second.row.sessionId.toUpperCase() })).body).toEqual({ ended: 1 });
    expect([await target.isSignedIn(), await second.isSignedIn()]).toEqual([true, false]);
    expect((await revoke({})).body).toEqual({ ended: 1 });
    expect([await target.isSignedIn(), await stranger.isSignedIn()]).toEqual([false, true]);
    const events = await eventsOf(isolate, target.id);
    expect(events.map(({ action, detail }) => [action, detail]).sort()).toEqual([
      ["session.ended", { count: 1 }],
      ["sessions.ended", { count: 1 }],
    ]);
  });
});
