// `docent privacy` says of every column what it is for, and an export has every column that is not left out for a reason.
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { privacyOf } from "../../cli/privacy.ts";
import { COLUMNS, NOT_ABOUT_READERS, STORED } from "../../cli/stored-fields.ts";
import { parseConfig } from "../../src/core/define-config.ts";
import { exportAnswer } from "../../src/core/export.ts";
import { scratchFolder } from "./scratch-folder.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "..", "..");
const SITE = { id: "docs", name: "Robots", origins: ["https://docs.example.com"] };

function configOf(more: object) {
  const parsed = parseConfig({ sites: [SITE], ...more });
  if ("mistakes" in parsed) throw new Error(JSON.stringify(parsed.mistakes));
  return parsed.config;
}

const camelCase = (column: string) => column.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** What a part of the export holds of one row. */
function exportedKeys(part: string): string[] {
  const described = z.object({ properties: z.record(z.string(), z.unknown()) }).parse(z.toJSONSchema(exportAnswer));
  const text = JSON.stringify(described.properties[part] ?? {});
  const data = z.object({ properties: z.object({ data: z.unknown() }) }).parse(JSON.parse(text)).properties.data;
  /** Of a list or of what may be null: the one object in it. */
  const object = (schema: unknown): string[] => {
    const { properties, items, anyOf } = z
      .looseObject({ properties: z.unknown(), items: z.unknown(), anyOf: z.array(z.unknown()).optional() })
      .partial()
      .parse(schema);
    if (properties) return Object.keys(properties);
    if (items) return object(items);
    return (anyOf ?? []).flatMap(object);
  };
  return object(data);
}

describe("what is stored", () => {
  test("is said of every table and column, and of none that is gone", () => {
    expect([...COLUMNS.keys()].sort()).toEqual([...Object.keys(STORED), ...NOT_ABOUT_READERS].sort());
    for (const [name, { fields }] of Object.entries(STORED)) {
      expect(Object.keys(fields).sort(), name).toEqual([...(COLUMNS.get(name) ?? [])].sort());
    }
  });

  test.each(Object.entries(STORED))(
    "of %s is in the export, or left out for a reason, and nothing else is",
    (_, stored) => {
      const expected = Object.entries(stored.fields).flatMap(([column, { as, left }]) =>
        left === undefined ? [as ?? camelCase(column)] : [],
      );
      expect(stored.part === undefined ? [] : exportedKeys(stored.part).sort()).toEqual(expected.sort());
    },
  );
});

describe("docent privacy", () => {
  const docent = (cwd: string) => run(process.execPath, [join(ROOT, "cli/docent.ts"), "privacy"], { cwd });

  test("prints what docs/privacy.md shows for the demo", async () => {
    const { stdout } = await docent(ROOT);
    expect(readFileSync(join(ROOT, "docs/privacy.md"), "utf8"), "npm run -s docent -- privacy > docs/privacy.md").toBe(
      stdout,
    );
  });

  test("says the times and the others of the configuration, and only those", () => {
    const plain = privacyOf(configOf({}));
    for (const one of ["365 days", "730 days", "30 days before"]) expect(plain).toContain(one);
    for (const one of ["GitHub |", "Google", "Turnstile", "Pwned"]) expect(plain).not.toContain(one);
    const full = privacyOf(
      configOf({
        accounts: { auditDays: 90, deleteUnverifiedAfterDays: 14, deleteInactiveAfterDays: 400, warnDays: 10 },
        methods: { github: { clientId: "a-client-id" }, google: { clientId: "a-client-id" } },
        passwords: { breachCheck: true },
        turnstile: { siteKey: "1x00000000000000000000AA" },
      }),
    );
    for (const one of ["90 days", "14 days", "400 days", "10 days before"]) expect(full).toContain(one);
    for (const one of ["GitHub", "Google", "Turnstile", "Pwned Passwords"]) expect(full).toContain(one);
    const never = privacyOf(configOf({ accounts: { deleteUnverifiedAfterDays: null, deleteInactiveAfterDays: null } }));
    expect(never.match(/as any other/g)).toHaveLength(2);
  });

  test("says what is wrong with the configuration, or that there is none, without a stack trace", async () => {
    const cwd = scratchFolder();
    const none = await docent(cwd).catch((error: { code: number; stderr: string }) => error);
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining("There is no docent.config.ts") as string });
    writeFileSync(join(cwd, "docent.config.ts"), "export default { sites: [] };\n");
    const wrong = await docent(cwd).catch((error: { code: number; stderr: string }) => error);
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringMatching(/^docent\.config\.ts: sites: /) as string });
  });
});
