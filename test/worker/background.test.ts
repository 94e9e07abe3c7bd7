// The background: a reader's own answers, read in one statement, replaced as a whole or not at all.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { EMPTY_BACKGROUND } from "../../src/core/background.ts";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { Isolate } from "../harness/isolate.ts";

const database = await TestDatabase.create("background");
const isolate = await Isolate.create({ database });
const PATH = "/api/background";
const AT = "2026-03-01T12:00:00.000Z";

const FULL = {
  experienceLevel: "advanced",
  primaryDomain: "robotics 🦾",
  programmingLanguages: ["Python", "C++"],
  softwareTools: ["ROS 2"],
  hardwareSetup: { operatingSystem: "linux", devices: ["Jetson Orin"], gpu: "RTX 4090", memoryGb: 64 },
  technicalPreferences: { learningStyle: "hands-on", sessionMinutes: 30 },
  answers: { goal: "walk", years: 3, remote: true, robots: ["Spot"], constructor: "not a problem" },
  questionnaireVersion: "1",
};

async function newReader(): Promise<Browser> {
  const browser = new Browser(isolate);
  expect((await browser.signUp()).status).toBe(200);
  expect((await browser.send("/api/session")).status).toBe(200);
  await isolate.settle();
  return browser;
}

/** All of it, also what no answer shows. */
const stored = () =>
  database.query(
    `select (select jsonb_agg(b order by b.user_id) from background_information b) as backgrounds, (select jsonb_agg(u order by u.id) from "user" u) as users`,
  );

/** The fast copy on the user row can be wrong for nobody. */
async function expectCopies(): Promise<void> {
  const rows = await database.query(
    `select u.skill_level as level, b.experience_level as its_level, u.operating_system as system, b.hardware_setup->>'operatingSystem' as its_system
     from "user" u left join background_information b on b.user_id = u.id`,
  );
  for (const row of rows) expect([row.level, row.system]).toEqual([row.its_level, row.its_system]);
}

describe("reading", () => {
  it("shows a reader who has answered nothing an empty background, in one statement", async () => {
    const reader = await newReader();
    const cost = await isolate.cost(async () => {
      const answer = await reader.send(PATH);
      expect([answer.status, answer.body], answer.text).toEqual([200, EMPTY_BACKGROUND]);
      expect(answer.headers.get("cache-control")).toBe("no-store");
    });
    expect(cost).toEqual({ sql: 1, kv: 0 });
  });
});

describe("replacing", () => {
  it("keeps everything, with the time of each answer, in one atomic batch", async () => {
    const reader = await newReader();
    const { mark } = await database.requests();
    const answer = await reader.put(PATH, FULL);
    expect([answer.status, answer.body], answer.text).toMatchObject([200, { ...FULL, updatedAt: AT }]);
    const { requests } = await database.requests(mark);
    expect(requests.map(({ batch }) => batch)).toEqual([true]);
    const read = await reader.send(PATH);
    expect(read.body).toEqual(answer.body);
    const answered =
      "experienceLevel primaryDomain programmingLanguages softwareTools hardwareSetup.operatingSystem hardwareSetup.devices hardwareSetup.gpu hardwareSetup.memoryGb technicalPreferences.learningStyle technicalPreferences.sessionMinutes answers.goal answers.years answers.remote answers.robots answers.constructor";
    expect(read.body).toHaveProperty("answeredAt", Object.fromEntries(answered.split(" ").map((field) => [field, AT])));
    await expectCopies();
  });

  it("shows in the session's own answer at once, in this isolate and in one that knew the old", async () => {
    const reader = await newReader();
    await reader.put(PATH, FULL);
    await isolate.settle();
    const fresh = new Browser(await Isolate.create({ database }));
    for (const [name, value] of reader.cookies) fresh.cookies.set(name, value);
    for (const browser of [reader, fresh]) {
      const { body } = await browser.send("/api/session");
      expect(body).toMatchObject({ reader: { skillLevel: "advanced", operatingSystem: "linux", background: FULL } });
    }
  });

  it.each([
    ["nothing", {}],
    ["null", { experienceLevel: null, primaryDomain: null, questionnaireVersion: null }],
    [
      "empty lists",
      { programmingLanguages: [], softwareTools: [], hardwareSetup: {}, technicalPreferences: {}, answers: {} },
    ],
  ])("clears what a second one leaves out: %s", async (_, body) => {
    const reader = await newReader();
    await reader.put(PATH, FULL);
    const answer = await reader.put(PATH, body);
    expect([answer.status, answer.body], answer.text).toEqual([200, { ...EMPTY_BACKGROUND, updatedAt: AT }]);
    await expectCopies();
  });

  it("touches nobody else", async () => {
    const [one, other] = [await newReader(), await newReader()];
    await one.put(PATH, FULL);
    const before = (await one.send(PATH)).body;
    await other.put(PATH, { experienceLevel: "beginner", hardwareSetup: { operatingSystem: "windows" } });
    expect((await one.send(PATH)).body).toEqual(before);
    await expectCopies();
  });

  it("ends with one of two that arrive at once, whole", async () => {
    const reader = await newReader();
    const bodies = [FULL, { experienceLevel: "beginner", hardwareSetup: { operatingSystem: "windows" } }];
    const answers = await Promise.all(bodies.map((body) => reader.put(PATH, body)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers.map(({ body }) => body)).toContainEqual((await reader.send(PATH)).body);
    await expectCopies();
  });

  it.each([
    ["refuses the background", { effect: "sql-error", matching: 'insert into "background_information"' }, 500],
    ["refuses the copy", { effect: "sql-error", matching: 'update "user"' }, 500],
    ["is gone before", { effect: "drop", matching: "background_information" }, 503],
    ["is restarting", { effect: "sql-error", code: "57P01" }, 503],
  ] as const)("leaves everything as it was when Postgres %s", async (_, fault, status) => {
    const reader = await newReader();
    await reader.put(PATH, FULL);
    await reader.send("/api/session");
    await isolate.settle();
    const before = await stored();
    await database.inject({ ...fault, times: null });
    const answer = await reader.put(PATH, { experienceLevel: "beginner" });
    await database.heal();
    expect([answer.status, answer.setCookies], answer.text).toEqual([status, []]);
    expect(await stored()).toEqual(before);
    await expectCopies();
  });

  it("is 401 and leaves no row when the account was deleted while a cache still knew it", async () => {
    const reader = await newReader();
    const { body } = await reader.send("/api/session");
    const { id } = (body as { reader: { id: string } }).reader;
    await database.query(`delete from "user" where id = $1`, [id]);
    const answer = await reader.put(PATH, FULL);
    expect([answer.status, answer.body], answer.text).toMatchObject([401, { code: "unauthenticated" }]);
    expect(await database.query("select 1 from background_information where user_id = $1", [id])).toEqual([]);
  });
});

describe("with the reader it is meant for", () => {
  it.each(["PUT", "PATCH"])("%s is refused from anybody else, and changes nothing", async (method) => {
    const [reader, other] = [await newReader(), await newReader()];
    const { user } = z.parse(z.object({ user: z.object({ id: z.string() }) }), (await reader.send("/api/me")).body);
    const before = await stored();
    const send = (browser: Browser, whose: string) =>
      browser.send(`${PATH}?reader=${whose}`, { method, json: { experienceLevel: "expert" } });
    expect((await send(other, user.id)).status).toBe(401);
    expect((await other.send("/api/session")).body).toMatchObject({ session: { id: expect.anything() as unknown } });
    expect((await send(reader, "nobody")).status).toBe(422);
    expect(await stored()).toEqual(before);
    const answer = await send(reader, user.id.toUpperCase());
    expect([answer.status, answer.body]).toMatchObject([200, { experienceLevel: "expert" }]);
  });
});
