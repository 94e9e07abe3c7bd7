// Every example in docs/api is run, in its document's order, against `npm start`, and answers what is printed below it.
// `…` in a document stands for whatever is there; ids, times and hashes need only have the right form.
import { execFile, spawnSync } from "node:child_process";
import { globSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { parseEnv, promisify } from "node:util";
import MarkdownIt from "markdown-it";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CheckoutCopy, type Started, up } from "./checkout-copy.ts";
import { scratchFolder } from "./scratch-folder.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "..", "..");
const documents = globSync("docs/api/*.md", { cwd: ROOT }).sort();

interface Example {
  command: string;
  /** What is printed below it; undefined where the document shows nothing. */
  answer?: string;
  /** The answer is all that was printed; headers are shown in part. */
  whole: boolean;
}

/** Each block of shell commands, with the block of another kind that follows it at once. */
function examplesOf(path: string): Example[] {
  const tokens = new MarkdownIt().parse(readFileSync(join(ROOT, path), "utf8"), {});
  return tokens.flatMap((token, at) => {
    if (token.type !== "fence" || token.info !== "sh") return [];
    const next = tokens[at + 1];
    const answer = next?.type === "fence" && next.info !== "sh" ? next.content : undefined;
    return [{ command: token.content, whole: next?.info === "json", ...(answer !== undefined && { answer }) }];
  });
}

/** What differs from run to run, and white space, which is the formatter's. */
const normal = (text: string) =>
  text
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<id>")
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, "<time>")
    .replaceAll(/\b[0-9a-f]{64}\b/g, "<hash>")
    .replaceAll(/localhost:\d+|127\.0\.0\.1:\d+/g, "<host>")
    .replaceAll(/\s+/g, "");

function pattern(answer: string, whole: boolean): RegExp {
  const parts = normal(answer)
    .split("…")
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(whole ? `^${parts.join("[^]*?")}$` : parts.join("[^]*?"));
}

/** The examples use `--json`, which curl has since 7.82. */
const hasCurl = (() => {
  const [, major = "0", minor = "0"] =
    /^curl (\d+)\.(\d+)/.exec(spawnSync("curl", ["--version"], { encoding: "utf8" }).stdout ?? "") ?? [];
  return Number(major) > 7 || (Number(major) === 7 && Number(minor) >= 82);
})();

let copy: CheckoutCopy;
let started: Started;
beforeAll(async () => {
  if (!hasCurl) return;
  copy = await CheckoutCopy.make();
  started = copy.start();
  await up(started);
}, 200_000);
afterAll(async () => {
  if (!hasCurl) return;
  await started.stop();
  copy.remove();
});

test("the examples are found", () => {
  expect(documents.length).toBeGreaterThan(5);
  expect(documents.flatMap(examplesOf).length).toBeGreaterThan(30);
});

describe.skipIf(!hasCurl).each(documents)("%s", (path) => {
  test("answers what it says", { timeout: 120_000 }, async () => {
    const folder = scratchFolder();
    // The document says where the token is.
    symlinkSync(join(copy.root, ".docent"), join(folder, ".docent"));
    const env = {
      ...process.env,
      W: copy.url("WORKER", ""),
      D: copy.url("DOCS", ""),
      X: copy.url("DOCS_CROSS_SITE", "", "127.0.0.1"),
      TOKEN: readFileSync(join(copy.root, ".docent", "catalogue-token"), "utf8").trim(),
      READY_SECRET: parseEnv(readFileSync(join(copy.root, ".docent", "dev.vars"), "utf8")).READY_SECRET,
    };
    for (const { command, answer, whole } of examplesOf(path)) {
      // Fails with what was printed when a command fails.
      const { stdout, stderr } = await run("sh", ["-e", "-c", command], { cwd: folder, env });
      const said = `${command}\n${stdout}${stderr}`;
      if (answer !== undefined) expect(normal(stdout), said).toMatch(pattern(answer, whole));
      else expect(stdout, said).not.toMatch(/"(status|code)":\s*("[A-Z_]+"|[45]\d\d)/);
    }
  });
});
