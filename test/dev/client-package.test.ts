// A TypeScript docs project can import the API's types from the package, as npm packs it.
import { execFile } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { scratchFolder } from "./scratch-folder.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "..", "..");

const USE = `
import { hc } from "hono/client";
import type { Answer, Background, DocentApi } from "docent/client";

export const client = hc<DocentApi>("https://auth.example.com", { init: { credentials: "include" } });

export async function levelOf(): Promise<Background["experienceLevel"]> {
  const answer = await client.api.me.$get();
  // Nothing has changed, for who asks with If-None-Match.
  if (answer.status === 304) return null;
  if (answer.status !== 200) throw new Error((await answer.json()).code);
  const me: Answer<"GET /api/me"> = await answer.json();
  return me.background.experienceLevel;
}
`;

const ELEMENTS = `
import "docent/elements";
export const limit: string | null | undefined = document.querySelector("docent-recommendations")?.getAttribute("limit");
`;

const MISUSE = `
import { hc } from "hono/client";
import type { DocentApi } from "docent/client";
void hc<DocentApi>("/").api.background.$put({ json: { experienceLevel: "wizard" } });
`;

/** A docs project with the packed package, hono and zod installed. */
async function project(files: Record<string, string>, moduleResolution: "bundler" | "nodenext"): Promise<string> {
  const folder = scratchFolder();
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "docent"), { recursive: true });
  await run("npm", ["pack", "--pack-destination", folder], { cwd: ROOT });
  await run("tar", ["-xzf", "docent-0.1.0.tgz", "--strip-components=1", "-C", join(modules, "docent")], {
    cwd: folder,
  });
  for (const name of ["hono", "zod"]) symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const module = moduleResolution === "bundler" ? "esnext" : "nodenext";
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: "es2022",
    lib: ["es2022", "dom"],
    types: [],
    module,
    moduleResolution,
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: Object.keys(files) }));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  return folder;
}

const compile = (folder: string) =>
  run(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", folder]).then(
    () => "",
    (error: { stdout: string }) => error.stdout,
  );

test.each(["bundler", "nodenext"] as const)("a docs project compiles against the package (%s)", async (resolution) => {
  expect(await compile(await project({ "use.ts": USE, "elements.ts": ELEMENTS }, resolution))).toBe("");
});

test("a wrong use does not compile", async () => {
  expect(await compile(await project({ "misuse.ts": MISUSE }, "bundler"))).toMatch(/misuse\.ts.*"wizard"/);
});
