// What PUT /api/background refuses beyond what bad-input.test.ts makes of its description, by the place of the mistake;
// nothing of a refused body is kept.
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
  const { answers } = BACKGROUND_LIMITS;
  const many = (length: number, value: unknown = "x") => Array.from({ length }, () => value);

  it.each<[string, unknown, string]>([
    ["a column", { skillLevel: "expert" }, "skillLevel"],
    ["an id of another reader", { userId: "00000000-0000-4000-8000-000000000000" }, "userId"],
    ["a question with a dot", { answers: { "a.b": "x" } }, "answers.a.b"],
    [
      "a system in the spelling of a page",
      { hardwareSetup: { operatingSystem: "Linux" } },
      "hardwareSetup.operatingSystem",
    ],
    [
      "too many answers",
      { answers: Object.fromEntries(many(answers + 1).map((_, at) => [`a${at}`, true])) },
      "answers",
    ],
  ])("names the place of %s", async (_, json, path) => {
    const before = await stored();
    const answer = await reader.put(PATH, json);
    expect([answer.status, answer.body], answer.text).toMatchObject([
      422,
      { code: "invalid-request", errors: [{ path }] },
    ]);
    expect(await stored()).toEqual(before);
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

  it("refuses __proto__ as the id of a question, and changes no object by it", async () => {
    const body = '{"answers":{"__proto__":{"polluted":"yes"},"goal":"walk"}}';
    const answer = await reader.send(PATH, { method: "PUT", body, headers: { "Content-Type": "application/json" } });
    expect([answer.status, answer.body], answer.text).toMatchObject([422, { errors: [{ path: "answers.__proto__" }] }]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("names a bounded number of mistakes, whatever the body holds", async () => {
    const answer = await reader.put(PATH, Object.fromEntries(many(4_000).map((_, at) => [`field${at}`, 0])));
    expect([answer.status, (answer.body as { errors: unknown[] }).errors.length]).toEqual([422, 50]);
  });
});
