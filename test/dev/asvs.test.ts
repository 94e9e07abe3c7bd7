// docs/asvs.md goes through all requirements of levels 1 and 2 in its chapters, and what it names as shown is a test
// that is there, and that CI runs. Whether the test shows it, nobody checks but its reader.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..", "..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** How many requirements of levels 1 and 2 each section of the standard has: they are the first ones. */
const REQUIREMENTS: Record<string, number> = {
  "3.2": 2,
  "3.3": 4,
  "3.4": 6,
  "3.5": 5,
  "3.7": 2,
  "4.1": 3,
  "4.2": 1,
  "4.3": 2,
  "4.4": 4,
  "6.1": 3,
  "6.2": 12,
  "6.3": 4,
  "6.4": 4,
  "6.5": 5,
  "6.6": 3,
  "6.8": 4,
  "7.1": 3,
  "7.2": 4,
  "7.3": 2,
  "7.4": 5,
  "7.5": 2,
  "7.6": 2,
  "9.1": 3,
  "9.2": 4,
  "10.1": 2,
  "10.2": 2,
  "10.3": 4,
  "10.4": 11,
  "10.5": 5,
  "10.6": 2,
  "10.7": 3,
};

const text = read("docs/asvs.md");
const rows = [...text.matchAll(/^\| (\d+\.\d+\.\d+) +\| ([12]) +\| (.+?) +\| (.+?) +\| (.+?) +\|$/gm)].map(
  ([, id = "", level = "", what = "", status = "", shown = ""]) => ({ id, level, what, status, shown }),
);
const named = rows.flatMap(({ id, shown }) =>
  [...shown.matchAll(/`(test\/[\w./-]+\.test\.ts)` › ((?:"[^"]+"(?:, )?)+)/g)].flatMap(([, file = "", titles = ""]) =>
    [...titles.matchAll(/"([^"]+)"/g)].map(([, title = ""]) => ({ id, file, title })),
  ),
);

test("every requirement of levels 1 and 2 is there, once, and no other", () => {
  const all = Object.entries(REQUIREMENTS).flatMap(([section, which]) =>
    Array.from({ length: which }, (_, at) => `${section}.${at + 1}`),
  );
  expect(rows.map(({ id }) => id)).toEqual(all);
});

test("each is met, not met or not applicable, and the sum is what is said of it", () => {
  const count = (status: string) => rows.filter((row) => row.status === status).length;
  const [met, not, none] = [count("met"), count("not met"), count("not applicable")];
  expect(met + not + none).toBe(rows.length);
  expect(text.replace(/\s+/g, " ")).toContain(
    `Of ${rows.length} requirements ${met} are met, ${not} are not, ${none} do not apply.`,
  );
});

test("what is met is shown by a test, or where there is nothing to run by a document or the code", () => {
  const bare = rows.filter(
    ({ status, shown }) => status === "met" && !/`test\/|\]\([\w/.#-]+\.md(#[\w-]+)?\)|`src\//.test(shown),
  );
  expect(bare).toEqual([]);
  expect(named.length).toBeGreaterThan(80);
});

test("what is not met has its reason", () => {
  const [, reasons = ""] = text.split("## What is not met, and why");
  expect(rows.filter(({ status, id }) => status === "not met" && !reasons.includes(id)).map(({ id }) => id)).toEqual(
    [],
  );
});

/** The folders that the commands of .ci/run look into. */
const suites = () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const ci = read(".ci/run");
  const run = ["test", "test:browser"].filter((name) =>
    ci.includes(`npm ${name === "test" ? "" : "run --silent "}${name}`),
  );
  return run.flatMap((name) => [...(scripts[name] ?? "").matchAll(/--project (\w+)/g)].map(([, project]) => project));
};

describe("each test that is named", () => {
  test("is in its file, by that title, and is not skipped", () => {
    const missing = named.filter(({ file, title }) => {
      if (!existsSync(join(ROOT, file))) return true;
      const source = read(file);
      const at = source.indexOf(`"${title}"`);
      if (at < 0) return true;
      return /\b(?:it|test|describe)\.(?:skip|todo|only)\b[^;]*$/.test(source.slice(Math.max(0, at - 60), at));
    });
    expect(missing).toEqual([]);
  });

  test("is part of a suite that CI runs", () => {
    const projects = suites();
    expect(projects).toEqual(expect.arrayContaining(["worker", "browser"]));
    expect(named.filter(({ file }) => !projects.includes(file.split("/")[1]))).toEqual([]);
  });
});
