// What PUT /api/background refuses, by the place of the mistake; nothing of a refused body is kept.
import { describe, expect, it } from "vitest";
import { BACKGROUND_LIMITS } from "../../src/core/background.ts";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { Isolate } from "../harness/isolate.ts";

const database = await TestDatabase.create("background-input");
const reader = new Browser(await Isolate.create({ database }));
expect((await reader.signUp()).status).toBe(200);
const PATH = "/api/background";

const stored = () =>
  database.query(
    `select (select jsonb_agg(b) from background_information b) as backgrounds, (select jsonb_agg(u) from "user" u) as users`,
  );

describe("PUT /api/background", () => {
  const many = (length: number, value: unknown = "x") => Array.from({ length }, () => value);
  const raw = (text: string) => ({ raw: text });
  const { term, terms, text, answers } = BACKGROUND_LIMITS;

  it.each<[string, unknown, string]>([
    ["a field that is not known", { role: "admin" }, "role"],
    ["a column", { skillLevel: "expert" }, "skillLevel"],
    ["an id of another reader", { userId: "00000000-0000-4000-8000-000000000000" }, "userId"],
    ["a field deep inside", { hardwareSetup: { cpu: "M4" } }, "hardwareSetup.cpu"],
    ["__proto__", raw('{"__proto__":{"experienceLevel":"expert"}}'), "__proto__"],
    [
      "__proto__ deep inside",
      raw('{"hardwareSetup":{"__proto__":{"operatingSystem":"linux"}}}'),
      "hardwareSetup.__proto__",
    ],
    ["a question with a dot", { answers: { "a.b": "x" } }, "answers.a.b"],
    ["an unknown level", { experienceLevel: "wizard" }, "experienceLevel"],
    ["an unknown system", { hardwareSetup: { operatingSystem: "Linux" } }, "hardwareSetup.operatingSystem"],
    ["a number for a text", { primaryDomain: 7 }, "primaryDomain"],
    ["an empty text", { primaryDomain: "" }, "primaryDomain"],
    ["a text for a list", { softwareTools: "git" }, "softwareTools"],
    ["an object for a list", { softwareTools: { 0: "git" } }, "softwareTools"],
    ["a list for an object", { hardwareSetup: [] }, "hardwareSetup"],
    ["a number in a list", { softwareTools: ["git", 7] }, "softwareTools[1]"],
    ["a long term", { softwareTools: ["x".repeat(term + 1)] }, "softwareTools[0]"],
    ["too many terms", { softwareTools: many(terms + 1) }, "softwareTools"],
    ["a long answer", { answers: { goal: "x".repeat(text + 1) } }, "answers.goal"],
    ["an object as an answer", { answers: { goal: {} } }, "answers.goal"],
    [
      "too many answers",
      { answers: Object.fromEntries(many(answers + 1).map((_, at) => [`a${at}`, true])) },
      "answers",
    ],
    ["NUL", { primaryDomain: "a\0b" }, "primaryDomain"],
    ["NUL in a list", { softwareTools: ["\0"] }, "softwareTools[0]"],
    ["NUL in an answer", { answers: { goal: "\0" } }, "answers.goal"],
    ["a lone surrogate", raw('{"primaryDomain":"\\ud800"}'), "primaryDomain"],
    ["a lone surrogate in an answer", raw('{"answers":{"goal":["\\udc00"]}}'), "answers.goal[0]"],
    ["a fraction", { hardwareSetup: { memoryGb: 1.5 } }, "hardwareSetup.memoryGb"],
    ["an infinite number", raw('{"answers":{"years":1e999}}'), "answers.years"],
    ["a time out of bounds", { technicalPreferences: { sessionMinutes: 4 } }, "technicalPreferences.sessionMinutes"],
    ["deep nesting", raw(`{"answers":{"goal":${"[".repeat(30_000)}${"]".repeat(30_000)}}}`), "answers.goal"],
    ["a list", [], ""],
    ["a text", "text", ""],
    ["null", raw("null"), ""],
  ])("names the place of %s", async (_, given, path) => {
    const before = await stored();
    const body =
      typeof given === "object" && given !== null && "raw" in given ? String(given.raw) : JSON.stringify(given);
    const answer = await reader.send(PATH, { method: "PUT", body, headers: { "Content-Type": "application/json" } });
    expect([answer.status, answer.body], answer.text).toMatchObject([
      422,
      { code: "invalid-request", errors: [{ path }] },
    ]);
    expect(await stored()).toEqual(before);
  });

  it.each(["", "{", "{}x", "{'a':1}", "\u0000", "[1,]", "NaN"])("says 400 to %j, which is no JSON", async (body) => {
    const answer = await reader.send(PATH, { method: "PUT", body, headers: { "Content-Type": "application/json" } });
    expect([answer.status, answer.body], answer.text).toMatchObject([400, { code: "invalid-json" }]);
  });

  it("says 400 to bytes that are no UTF-8", async () => {
    const body = new Uint8Array([...new TextEncoder().encode('{"primaryDomain":"'), 0xff, 0xfe, 0x22, 0x7d]);
    const answer = await reader.send(PATH, { method: "PUT", body, headers: { "Content-Type": "application/json" } });
    expect([answer.status, answer.body], answer.text).toMatchObject([400, { code: "invalid-json" }]);
  });

  it("takes a body with a byte order mark, and any parameter of the type", async () => {
    const headers = { "Content-Type": "Application/JSON ; charset=UTF-8" };
    const answer = await reader.send(PATH, { method: "PUT", body: '\ufeff{"primaryDomain":"robots"}', headers });
    expect([answer.status, answer.body], answer.text).toMatchObject([200, { primaryDomain: "robots" }]);
  });

  it.each([
    ["more than it has", "70000", '{"primaryDomain":"robots"}', 413],
    ["less than it has", "5", `{"primaryDomain":"${"x".repeat(70_000)}"}`, 413],
    ["nothing to count", "many", `{"primaryDomain":"${"x".repeat(70_000)}"}`, 413],
    ["a negative number", "-1", '{"primaryDomain":"robots"}', 200],
  ])("is not misled by a Content-Length that says %s", async (_, length, text, status) => {
    const body = new Blob([text]).stream();
    const headers = { "Content-Type": "application/json", "Content-Length": length };
    const answer = await reader.send(PATH, { method: "PUT", body, headers });
    expect(answer.status, answer.text).toBe(status);
  });

  it("takes __proto__ for no answer, and changes no object by it", async () => {
    const body = '{"answers":{"__proto__":{"polluted":"yes"},"goal":"walk"}}';
    const answer = await reader.send(PATH, { method: "PUT", body, headers: { "Content-Type": "application/json" } });
    expect([answer.status, answer.body], answer.text).toMatchObject([200, { answers: { goal: "walk" } }]);
    expect((await reader.send(PATH)).text).not.toContain("polluted");
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("names a bounded number of mistakes, whatever the body holds", async () => {
    const answer = await reader.put(PATH, Object.fromEntries(many(4_000).map((_, at) => [`field${at}`, 0])));
    expect([answer.status, (answer.body as { errors: unknown[] }).errors.length]).toEqual([422, 50]);
  });
});
