// What administrators see of readers: found by how an address or a name begins, page by page, each once; one reader with
// their sessions and their trail; and everything stored about a reader who cannot sign in.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { eventsOf, Person } from "../harness/administrators.ts";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { Isolate } from "../harness/isolate.ts";
import { insertSession } from "../harness/sessions.ts";
import { START } from "../setup.ts";

const database = await TestDatabase.create("admin-users");
const isolate = await Isolate.create({ database });
const admin = await Person.of(isolate, "admin");

let made = 0;
async function addReader(email: string, name = ""): Promise<string> {
  made += 1;
  const at = new Date(START.getTime() - 86_400_000 + made * 1000).toISOString();
  const [row] = await database.query(
    `insert into "user" (id, email, name, created_at, updated_at) values (gen_random_uuid(), $1, $2, $3, $3) returning id`,
    [email, name, at],
  );
  return String(row?.id);
}

const page = z.object({
  users: z.array(z.looseObject({ id: z.string(), email: z.string() })),
  next: z.nullable(z.string()),
});
async function list(query: string, more = ""): Promise<z.infer<typeof page>> {
  const answer = await admin.get(`/api/admin/users?query=${encodeURIComponent(query)}${more}`);
  expect(answer.status, answer.text).toBe(200);
  return page.parse(answer.body);
}
/** Every page, with so many readers on each. */
async function pages(query: string, limit: number): Promise<string[][]> {
  const found: string[][] = [];
  let cursor: string | null = null;
  do {
    const { users, next } = await list(query, `&limit=${limit}${cursor === null ? "" : `&cursor=${cursor}`}`);
    found.push(users.map(({ email }) => email));
    cursor = next;
  } while (cursor !== null && found.length < 50);
  return found;
}

describe("the list of readers", () => {
  it("finds who has an address or a name that begins so, addresses first, each once, in pages of any size", async () => {
    await addReader("zoe@example.test", "Lena Zoë");
    await addReader("lena.b@example.test", "Lena B");
    await addReader("lena.a@example.test", "Somebody");
    await addReader("lennart@example.test", "Lennart");
    await addReader("anna@example.test", "LENA the Second");
    await addReader("malena@example.test", "Malena");
    const all = ["lena.a@example.test", "lena.b@example.test", "anna@example.test", "zoe@example.test"];
    for (const query of ["lena", "LENA", "  Lena "]) {
      expect((await pages(query, 100)).flat(), query).toEqual(all);
    }
    for (const limit of [1, 2, 3, 4]) {
      const found = await pages("lena", limit);
      expect(found.flat()).toEqual(all);
      expect(found.every((one) => one.length <= limit && one.length > 0)).toBe(true);
    }
    expect((await pages("lena.b@example.test", 5)).flat()).toEqual(["lena.b@example.test"]);
    expect((await pages("nobody", 5)).flat()).toEqual([]);
  });

  it("takes what stands for other things elsewhere as it is: wildcards, quotes, other scripts", async () => {
    await addReader("percent%@example.test", "100 % robots");
    await addReader("under_score@example.test", "O'Brien");
    await addReader("urdu@example.test", "لینا روبوٹ");
    await addReader("capital@example.test", "ÄNNE");
    await addReader("emoji@example.test", "🤖 bot");
    for (const query of ["%", "_", "\\", "' or true --", "*", ".*"]) expect((await pages(query, 5)).flat()).toEqual([]);
    for (const [query, email] of [
      ["percent%", "percent%@example.test"],
      ["under_", "under_score@example.test"],
      ["o'br", "under_score@example.test"],
      ["لینا", "urdu@example.test"],
      ["🤖", "emoji@example.test"],
    ] as const) {
      expect((await pages(query, 5)).flat(), query).toEqual([email]);
    }
  });

  it("finds a reader by id, in any spelling, and nobody by the beginning of one", async () => {
    const id = await addReader("by-id@example.test");
    for (const query of [id, id.toUpperCase(), ` ${id}`]) {
      expect((await list(query)).users.map(({ email }) => email)).toEqual(["by-id@example.test"]);
    }
    expect((await list(id.slice(0, 13))).users).toEqual([]);
  });

  it("has the newest first without a query, each once, also when somebody signs up meanwhile", async () => {
    const newest = await database.query(`select email from "user" order by created_at desc, id desc`);
    const expected = newest.map(({ email }) => String(email));
    expect((await pages("", 3)).flat()).toEqual(expected);
    const first = await list("", "&limit=4");
    await database.query(
      `insert into "user" (id, email, created_at, updated_at) values (gen_random_uuid(), 'just-now@example.test', $1, $1)`,
      [new Date(START.getTime() + 60_000).toISOString()],
    );
    const second = await list("", `&limit=4&cursor=${first.next}`);
    expect([...first.users, ...second.users].map(({ email }) => email)).toEqual(expected.slice(0, 8));
  });

  it.each(["x", "WyJ4Il0", "W10", "%25", btoa('[9,"a","b"]'), "ÿ"])(
    "names the cursor %j as none of ours",
    async (cursor) => {
      for (const query of ["", "query=lena&"]) {
        const answer = await admin.get(`/api/admin/users?${query}cursor=${encodeURIComponent(cursor)}`);
        expect([answer.status, answer.body]).toMatchObject([422, { errors: [{ path: "query.cursor" }] }]);
      }
    },
  );
});

describe("one reader", () => {
  it("is shown with ways in, sessions by id, and standing, and with no token, hash or secret", async () => {
    const row = await insertSession(database, { email: "seen@example.test", password: "the-hash-of-a-password" });
    await insertSession(database, { of: row });
    await database.query(`update "user" set banned = true, ban_reason = 'Spam', ban_expires = $2 where id = $1`, [
      row.userId,
      "2026-01-01T00:00:00Z",
    ]);
    const answer = await admin.get(`/api/admin/user?id=${row.userId.toUpperCase()}`);
    expect([answer.status, answer.body]).toMatchObject([
      200,
      {
        user: { id: row.userId, email: "seen@example.test", banned: true, banReason: "Spam", role: "user" },
        methods: [{ provider: "credential" }],
        passkeys: 0,
        sessions: [{ userAgent: "Docent tests" }, { userAgent: "Docent tests" }],
      },
    ]);
    expect(answer.text).toContain(row.sessionId);
    for (const secret of [row.token, "the-hash-of"]) expect(answer.text).not.toContain(secret);
  });
});

describe("everything about a reader", () => {
  it("is handed to an administrator as to the reader themselves, and the trail says that it was", async () => {
    const reader = await Person.of(isolate);
    const own = await reader.get("/api/export");
    const answer = await admin.post("/api/admin/export", { userId: reader.id });
    expect([answer.status, answer.body]).toEqual([200, own.body]);
    expect(answer.text).toContain(reader.id);
    expect(await eventsOf(isolate, reader.id)).toMatchObject([{ action: "account.exported", actor_id: admin.id }]);
  });
});

describe("the audit trail", () => {
  const noted = async (userId: string, actorId: string | null, action: string, seconds: number) =>
    database.query(
      `insert into audit_event (id, user_id, actor_id, action, ip_address, user_agent, created_at, updated_at)
       values (gen_random_uuid(), $1, $2, $3, '198.51.100.7', 'Firefox', $4, $4)`,
      [userId, actorId, action, new Date(START.getTime() + seconds * 1000).toISOString()],
    );

  it("tells its reader who acted, and of others neither id, address nor where from", async () => {
    const reader = await Person.of(isolate);
    await noted(reader.id, reader.id, "session.created", 1);
    await noted(reader.id, admin.id, "role.changed", 2);
    await noted(reader.id, null, "account.changed", 3);
    await noted(admin.id, admin.id, "session.created", 4);
    const answer = await reader.get("/api/audit");
    const nowhere = { ipAddress: null, userAgent: null };
    expect(answer.body).toMatchObject({
      events: [
        { action: "account.changed", by: "system", ...nowhere },
        { action: "role.changed", by: "administrator", ...nowhere },
        { action: "session.created", by: "you", ipAddress: "198.51.100.7", userAgent: "Firefox" },
      ],
      next: null,
    });
    expect(answer.text).not.toContain(admin.id);
    const exported = await reader.get("/api/export");
    expect(exported.text).toContain("role.changed");
    expect(exported.text).not.toContain(admin.id);
    expect(JSON.stringify(exported.body)).toContain("Firefox");
    const shown = z
      .object({
        events: z.object({ data: z.array(z.looseObject({ by: z.string(), userAgent: z.nullable(z.string()) })) }),
      })
      .parse(exported.body).events.data;
    expect(shown.map(({ by, userAgent }) => [by, userAgent])).toEqual([
      ["system", null],
      ["administrator", null],
      ["you", "Firefox"],
    ]);
  });

  it("is paged, the newest first, for reader and administrator alike, and stays for administrators", async () => {
    const reader = await Person.of(isolate);
    for (let at = 0; at < 7; at += 1) await noted(reader.id, reader.id, "session.created", at);
    const answers = z.object({
      events: z.array(z.looseObject({ id: z.string(), at: z.string() })),
      next: z.nullable(z.string()),
    });
    for (const path of ["/api/audit?", `/api/admin/audit?id=${reader.id}&`]) {
      const person = path.startsWith("/api/admin") ? admin : reader;
      const times: string[] = [];
      for (let cursor: string | null = "", count = 0; cursor !== null && count < 10; count += 1) {
        const answer = await person.get(`${path}limit=3${cursor === "" ? "" : `&cursor=${cursor}`}`);
        const { events, next } = answers.parse(answer.body);
        times.push(...events.map(({ at }) => at));
        cursor = next;
      }
      expect(times).toHaveLength(7);
      expect(times).toEqual([...times].sort().reverse());
      const wrong = await person.get(`${path}cursor=nonsense`);
      expect([wrong.status, wrong.body]).toMatchObject([422, { errors: [{ path: "query.cursor" }] }]);
    }
    await database.query(`delete from "user" where id = $1`, [reader.id]);
    const gone = await admin.get(`/api/admin/audit?id=${reader.id}`);
    expect(answers.parse(gone.body).events).toHaveLength(7);
  });

  it("keeps one reader's events from another", async () => {
    const [reader, other] = [await Person.of(isolate), await Person.of(isolate)];
    await noted(reader.id, reader.id, "password.changed", 1);
    for (const query of ["", `?id=${reader.id}`, `?userId=${reader.id}`]) {
      expect((await other.get(`/api/audit${query}`)).body).toMatchObject({ events: [] });
    }
    const answer = await new Browser(isolate).send("/api/audit");
    expect(answer.status).toBe(403);
  });
});
