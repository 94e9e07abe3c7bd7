// The documents say what is true: every link, command, setting, route and test that they name is there, and every
// route and setting that is there is named. What a sentence means, nobody checks but its reader.
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import MarkdownIt from "markdown-it";
import { describe, expect, test } from "vitest";
import { readPorts } from "../../dev/ports.ts";
import { parseConfig } from "../../src/core/define-config.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const documents = globSync(["*.md", "docs/**/*.md", "bench/**/*.md"], { cwd: ROOT }).sort();
const readme = read("README.md");

const markdown = new MarkdownIt();
const tokensOf = (path: string) =>
  markdown.parse(read(path), {}).flatMap((token) => [token, ...(token.children ?? [])]);

/** Where links and images lead. */
const targetsOf = (path: string) =>
  tokensOf(path).flatMap((token) => {
    const target = token.type === "link_open" ? token.attrGet("href") : token.type === "image" && token.attrGet("src");
    return target ? [decodeURI(String(target))] : [];
  });

/** The anchors of a document's headings, as repository hosts make them. */
function anchorsOf(path: string): string[] {
  const tokens = tokensOf(path);
  return tokens.flatMap((token, at) =>
    token.type === "heading_open"
      ? [
          (tokens[at + 1]?.content ?? "")
            .toLowerCase()
            .replace(/[^\p{L}\p{N}\s_-]/gu, "")
            .replaceAll(" ", "-"),
        ]
      : [],
  );
}

/** A document in one line, so that a sentence is found wherever its lines break. */
const inOneLine = (path: string) => read(path).replace(/\s+/g, " ");

/** What stands in the `column`-th cell of the table whose first heading is `heading`, without its code marks. */
function table(heading: string): string[][] {
  const [, rows = ""] = new RegExp(`^\\| ${heading} +\\|.*\\n\\|[-| ]+\\|\\n((?:\\|.*\\n)+)`, "m").exec(readme) ?? [];
  return rows
    .trimEnd()
    .split("\n")
    .map((row) =>
      row
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
const code = (cell: string | undefined) => /^`(.*)`$/.exec(cell ?? "")?.[1] ?? "";

test("there are documents", () => {
  expect(documents).toEqual(expect.arrayContaining(["README.md", join("docs", "api", "README.md"), "CONTRIBUTING.md"]));
});

describe.each(documents)("%s", (path) => {
  test("links to files, headings and images that exist", () => {
    const broken = targetsOf(path).filter((target) => {
      if (/^[a-z]+:/.test(target)) return !target.startsWith("https://");
      const [file = "", anchor] = target.split("#");
      const found = file === "" ? path : relative(ROOT, join(ROOT, dirname(path), file));
      return !existsSync(join(ROOT, found)) || (anchor !== undefined && !anchorsOf(found).includes(anchor));
    });
    expect(broken).toEqual([]);
  });

  test("names commands, files and tests that exist", () => {
    const text = inOneLine(path);
    const scripts = Object.keys((JSON.parse(read("package.json")) as { scripts: object }).scripts);
    const commands = [...text.matchAll(/npm run (?:--silent )?([a-z][a-z:-]*)/g)].map(([, name]) => name);
    expect.soft(commands.filter((name) => name === undefined || !scripts.includes(name))).toEqual([]);

    const files = [...text.matchAll(/`((?:src|dev|web|test|bench|docs|migrations|\.ci)\/[\w./-]*)`/g)].map(
      ([, file]) => file,
    );
    expect.soft(files.filter((file) => file === undefined || !existsSync(join(ROOT, file)))).toEqual([]);

    const missing = [...text.matchAll(/`(test\/[\w./-]+\.test\.ts)` › ((?:"[^"]+"(?:, )?)+)/g)].flatMap(
      ([, file = "", names = ""]) =>
        [...names.matchAll(/"([^"]+)"/g)].flatMap(([, name = ""]) =>
          read(file).includes(`"${name}"`) ? [] : [`${file} › ${name}`],
        ),
    );
    expect.soft(missing).toEqual([]);
  });
});

describe("the README", () => {
  test("has every setting of the Worker, with its default and bounds, and no other", () => {
    const [, body = ""] = /^const variables = z\.object\(\{\n(.*?)^\}\);/ms.exec(read("src/config.ts")) ?? [];
    const settings = [...body.matchAll(/^ {2}([A-Z_]+): (.*)/gm)].map(([, name = "", schema = ""]) => ({
      name,
      numbers: /^seconds\((\d+), (\d+), (\d+)\)/.exec(schema)?.slice(1) ?? [],
    }));
    const rows = table("name");
    expect(settings.length).toBeGreaterThan(10);
    expect(rows.map(([name]) => code(name)).sort()).toEqual(settings.map(({ name }) => name).sort());
    for (const { name, numbers } of settings) {
      const [, , bounds] = rows.find(([cell]) => code(cell) === name) ?? [];
      if (numbers.length > 0) expect([name, bounds]).toEqual([name, `${numbers[0]}; ${numbers[1]} to ${numbers[2]}`]);
    }
    const example = [...read(".dev.vars.example").matchAll(/^(?:# )?([A-Z_]+)=/gm)].map(([, name]) => name);
    expect(example.filter((name) => !settings.some((one) => one.name === name))).toEqual([]);
  });

  test("has every port of `npm start`, with its default", () => {
    const rows = table("variable").filter(([name]) => code(name).startsWith("DOCENT_PORT_"));
    const usual = readPorts({});
    expect(readPorts(Object.fromEntries(rows.map(([name, , port = ""]) => [code(name), port])))).toEqual(usual);
    const moved = rows.filter(([name]) => JSON.stringify(readPorts({ [code(name)]: "1" })) !== JSON.stringify(usual));
    expect(moved.length).toBe(Object.keys("ports" in usual ? usual.ports : {}).length);
  });

  test("shows a docent.config.ts that the Worker would accept", () => {
    const [, object = ""] = /^export default defineConfig\((\{\n.*?^\})\);/ms.exec(readme) ?? [];
    expect(object).toContain("sites");
    // What stands in the example is our own, and plain JavaScript.
    const config: unknown = new Function(`return (${object})`)();
    expect(parseConfig(config)).not.toHaveProperty("mistakes");
  });

  test("has every route that is mounted, with who may call it from where, and no other", () => {
    const mounted = [
      ...read("src/app.ts").matchAll(/^ {2,4}app\.(get|post|put|patch|delete)\("([^"]+)", (.*)\);/gm),
    ].map(([, method = "", path = "", handlers = ""]) => {
      const names = handlers.split(", ");
      const origin = names.includes("own") ? "own" : names.includes("docs") ? "docs" : "anyone";
      return `${method.toUpperCase()} ${path} from ${origin}`;
    });
    expect(mounted.length).toBeGreaterThan(10);
    expect(
      table("route")
        .map(([route, , origin]) => `${code(route)} from ${origin}`)
        .sort(),
    ).toEqual(mounted.sort());
  });

  test("sends to API documents that have the same routes", () => {
    const routes = table("route").map(([route, , origin]) => `### ${route} · ${origin}`);
    const pages = documents.filter((path) => path.startsWith(join("docs", "api")));
    const headings = pages.flatMap((path) => read(path).match(/^### `[A-Z]+ \/.*$/gm) ?? []);
    expect(headings.map((heading) => heading.replace(/ with the site's token$/, "")).sort()).toEqual(routes.sort());
  });
});
