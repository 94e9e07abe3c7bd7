// A docs project in TypeScript compiles against docent.d.ts, and a wrong use of it does not.
import { execFile } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { scratchFolder } from "./scratch-folder.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "..", "..");

/** What the compiler says about a project of this one file. */
async function compile(source: string): Promise<string> {
  const folder = scratchFolder();
  copyFileSync(join(ROOT, "web/docent.d.ts"), join(folder, "docent.d.ts"));
  // The widget's own description of its events, to hold the two together.
  writeFileSync(
    join(folder, "events.d.ts"),
    readFileSync(join(ROOT, "web/page/events.ts"), "utf8")
      .replace(/^export function[\s\S]*/m, "")
      .replace(/import .*\n/, "type Facts = Readonly<Record<string, readonly string[]>>;\n"),
  );
  writeFileSync(join(folder, "use.ts"), source);
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        strict: true,
        noEmit: true,
        target: "es2022",
        lib: ["es2022", "dom"],
        types: [],
        module: "esnext",
      },
      include: ["."],
    }),
  );
  return run(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", folder]).then(
    () => "",
    (error: { stdout: string }) => error.stdout,
  );
}

test("elements, attributes and events are known", async () => {
  const said = await compile(`
    const button: HTMLElement = document.createElement("docent-account");
    document.querySelector("docent-recommendations")?.setAttribute("limit", "3");
    document.addEventListener("docent-ready", ({ detail }) => button.toggleAttribute("data-in", detail.signedIn));
    document.addEventListener("docent-facts-changed", (event) => {
      const systems: readonly string[] | undefined = event.detail.facts["os"];
      void systems;
    });
    document.addEventListener("docent-saved", ({ detail: { what, where } }) => {
      if (what === "feedback" && where === "device") document.title = what;
    });
    const attributes: DocentJsx<{ id?: string }> = {
      "docent-account": { id: "a" },
      "docent-recommendations": { limit: 3 },
      "docent-continue": {},
      "docent-page": {},
      "docent-saved": {},
      "docent-passages": {},
    };
    void attributes;
    export {};
  `);
  expect(said).toBe("");
});

test.each([
  ['document.addEventListener("docent-saved", ({ detail }) => detail.who);', "'who'"],
  ['document.addEventListener("docent-saved", ({ detail }) => detail.where === "cloud");', "cloud"],
  ['document.addEventListener("docent-ready", (event: CustomEvent<string>) => event);', "string"],
  ['const limit: DocentAttributes["docent-recommendations"] = { limit: "many" }; void limit;', "many"],
  ['const facts: DocentFacts = { os: "linux" }; void facts;', "readonly string\\[\\]"],
  ['const tag: keyof DocentAttributes = "docent-acount"; void tag;', "docent-acount"],
])("%s does not compile", async (source, reason) => {
  expect(await compile(source)).toMatch(new RegExp(`use\\.ts.*${reason}`, "s"));
});

test("they are the events that the widget announces, and its elements", async () => {
  const said = await compile(`
    import type { DocentEvents } from "./events";
    type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
    type Frozen<T> = { [Name in keyof T]: { readonly [Key in keyof T[Name]]: T[Name][Key] } };
    export const same: Same<Frozen<DocentEvents>, { [Name in keyof DocentEventDetails]: DocentEventDetails[Name] }> = true;
  `);
  expect(said).toBe("");
  const drawings = readFileSync(join(ROOT, "web/elements/drawings.ts"), "utf8");
  const kinds = /const KINDS = (\[.*?\])/s.exec(drawings)?.[1] ?? "[]";
  const described = readFileSync(join(ROOT, "web/docent.d.ts"), "utf8").match(/"docent-[a-z]+": DocentElement/g) ?? [];
  const names = described.map((line) => line.replace(/^"docent-|": .*$/g, ""));
  expect(names).toEqual([...JSON.parse(kinds.replace(/,\s*\]/, "]")), "passages"]);
});
