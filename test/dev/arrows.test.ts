// The arrows of the house can fail: every forbidden import is refused by Biome, every allowed one passes, and `core`
// knows no type of the Worker, the browser or Node.
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";

const ROOT = join(import.meta.dirname, "..", "..");
const ROOMS = ["auth", "session", "reader", "content", "admin", "insights", "mail", "maintenance"];

interface Arrows {
  refused: string[];
  allowed: string[];
}

const everyRoom = (prefix: string) => ROOMS.map((room) => `${prefix}${room}/x.ts`);
const OUTSIDE = ["../../dev/x.ts", "../../test/x.ts", "../../web/x.ts", "../../cli/x.ts", "../../bench/x.ts"];
const TOP = ["../app.ts", "../worker.ts", "../index.ts", "../config.ts"];
const LIBRARIES = ["hono", "hono/cors", "drizzle-orm", "drizzle-orm/pg-core", "better-auth", "better-auth/api"];

/** What each room of the browser may know of the others. */
const WEB_ROOMS: Record<string, string[]> = {
  account: ["api", "styles"],
  storage: [],
  page: [],
  styles: [],
  locales: [],
  api: ["page"],
  passages: ["api", "locales", "page", "storage", "styles"],
  reader: ["api", "page", "passages", "storage"],
  reading: ["locales", "page", "reader", "styles"],
  elements: ["api", "host.ts", "locales", "page", "reader", "reading", "storage", "styles"],
};
const WEB_ENTRIES = [
  "build.ts",
  "build-account.ts",
  "build-inline.ts",
  "dialog.ts",
  "host.ts",
  "inline.ts",
  "loader.ts",
  "widget.ts",
];

const webArrows = (room: string, may: string[]): Arrows => {
  const others = [...Object.keys(WEB_ROOMS).filter((one) => one !== room), ...WEB_ENTRIES];
  const path = (one: string) => (one.endsWith(".ts") ? `../${one}` : `../${one}/x.ts`);
  return {
    refused: [
      ...everyRoom("../../src/"),
      "../../src/http/x.ts",
      "../../src/db/x.ts",
      "../../dev/x.ts",
      "../../test/x.ts",
      ...others.filter((one) => !may.includes(one)).map(path),
    ],
    allowed: ["lit", "../../src/core/x.ts", "./x2.ts", ...may.map(path)],
  };
};

/** By the file that imports. */
const ARROWS: Record<string, Arrows> = {
  "src/core/x.ts": {
    refused: [
      ...LIBRARIES,
      "zod",
      "node:fs",
      "cloudflare:workers",
      "../db/x.ts",
      "../http/x.ts",
      ...everyRoom("../"),
      ...TOP,
    ],
    allowed: ["zod/mini", "zod/locales", "./x2.ts", "./ranker/x.ts"],
  },
  "src/core/ranker/x.ts": {
    refused: [
      ...LIBRARIES,
      "zod",
      "node:fs",
      "cloudflare:workers",
      "../../db/x.ts",
      "../../config.ts",
      ...everyRoom("../../"),
    ],
    allowed: ["zod/mini", "./x2.ts", "../vocabulary.ts"],
  },
  "src/http/x.ts": {
    refused: ["../db/x.ts", ...everyRoom("../"), ...TOP, ...OUTSIDE],
    allowed: ["hono", "../core/x.ts", "./x2.ts", "node:async_hooks"],
  },
  "src/db/x.ts": {
    refused: ["../http/x.ts", ...everyRoom("../"), ...TOP, ...OUTSIDE],
    allowed: ["drizzle-orm", "../core/x.ts", "./schema/index.ts"],
  },
  ...Object.fromEntries(
    ROOMS.map((room) => [
      `src/${room}/x.ts`,
      {
        refused: [...everyRoom("../").filter((path) => !path.startsWith(`../${room}/`)), ...TOP, ...OUTSIDE],
        allowed: [
          "hono",
          "drizzle-orm",
          "../http/x.ts",
          "../db/x.ts",
          "../db/schema/auth.ts",
          "../core/x.ts",
          "./x2.ts",
        ],
      },
    ]),
  ),
  // A room may grow folders of its own.
  "src/auth/methods/x.ts": {
    refused: [
      ...everyRoom("../../").filter((path) => !path.startsWith("../../auth/")),
      "../../app.ts",
      "../../../dev/x.ts",
    ],
    allowed: ["better-auth", "../x.ts", "../../http/x.ts", "../../db/schema/auth.ts", "../../core/x.ts"],
  },
  "src/app.ts": {
    refused: ["./worker.ts", "./index.ts", "./config.ts", "./core/x.ts"],
    allowed: ["hono", "./http/x.ts", ...everyRoom("./")],
  },
  "src/config.ts": {
    refused: ["./app.ts", "./worker.ts", "./index.ts", "./http/x.ts", "./db/x.ts", ...everyRoom("./")],
    allowed: ["zod/mini", "./core/x.ts"],
  },
  "src/worker.ts": { refused: ["./index.ts"], allowed: ["./app.ts", "./config.ts", "./db/x.ts", ...everyRoom("./")] },
  "src/index.ts": { refused: [], allowed: ["./worker.ts", "./config.ts", "../docent.config.ts", "cloudflare:workers"] },
  "web/x.ts": {
    refused: [
      ...everyRoom("../src/"),
      "../src/http/x.ts",
      "../src/db/x.ts",
      "../src/worker.ts",
      "../src/config.ts",
      "../dev/x.ts",
      "../test/x.ts",
    ],
    allowed: ["lit", "../src/core/x.ts", "./x2.ts"],
  },
  ...Object.fromEntries(Object.entries(WEB_ROOMS).map(([room, may]) => [`web/${room}/x.ts`, webArrows(room, may)])),
};

/** Ways to write one import. */
const FORMS: ((path: string) => string)[] = [
  (path) => `import "${path}";`,
  (path) => `import type { X } from "${path}";`,
  (path) => `export * from "${path}";`,
  (path) => `export const x = () => import("${path}");`,
];

const report = z.object({
  diagnostics: z.array(
    z.object({ category: z.string(), location: z.object({ path: z.string(), start: z.object({ line: z.number() }) }) }),
  ),
});

let folder = "";
/** `src/http/x.ts:3` for every refused import. */
const refusals = new Set<string>();

const run = (command: string, args: string[]) =>
  new Promise<string>((resolve) => {
    execFile(join(ROOT, "node_modules", ".bin", command), args, { cwd: folder, maxBuffer: 2 ** 26 }, (_, stdout) =>
      resolve(stdout),
    );
  });

const linesOf = ({ refused, allowed }: Arrows) =>
  [...refused.map((path) => [path, true] as const), ...allowed.map((path) => [path, false] as const)].flatMap(
    ([path, no]) => FORMS.map((form) => ({ text: form(path), no })),
  );

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "docent-arrows-"));
  await cp(join(ROOT, "biome.json"), join(folder, "biome.json"));
  for (const [file, arrows] of Object.entries(ARROWS)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(
      join(folder, file),
      linesOf(arrows)
        .map(({ text }) => text)
        .join("\n"),
    );
  }
  const args = [
    "lint",
    "--only=style/noRestrictedImports",
    "--vcs-enabled=false",
    "--max-diagnostics=none",
    "--reporter=json",
    ".",
  ];
  for (const { category, location } of report.parse(JSON.parse(await run("biome", args))).diagnostics) {
    if (category === "lint/style/noRestrictedImports") refusals.add(`${location.path}:${location.start.line}`);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(Object.entries(ARROWS))("%s", (file, arrows) => {
  it("may import what it is allowed and nothing that it is not, in whatever form", () => {
    const lines = linesOf(arrows);
    const seen = lines.map(({ text }, at) => [text, refusals.has(`${file}:${at + 1}`)]);
    expect(seen).toEqual(lines.map(({ text, no }) => [text, no]));
  });
});

describe("core", () => {
  it("knows no type of the Worker, the browser or Node", async () => {
    const names = ["fetch", "document", "window", "process", "Buffer", "URL", "crypto", "console", "setTimeout"];
    await writeFile(
      join(folder, "snippet.ts"),
      `${names.map((name) => `${name};`).join("\n")}\nlet kv: KVNamespace;\nlet ok: Map<string, Date>;\nexport { kv, ok };\n`,
    );
    await writeFile(
      join(folder, "tsconfig.json"),
      JSON.stringify({ extends: join(ROOT, "src", "core", "tsconfig.json"), include: ["snippet.ts"] }),
    );
    const output = await run("tsc", ["-p", join(folder, "tsconfig.json"), "--pretty", "false"]);
    const lines = [...output.matchAll(/^snippet\.ts\((\d+),\d+\): error TS(\d+)/gm)].map(([, line]) => Number(line));
    expect(lines, output).toEqual([...names, "KVNamespace"].map((_, at) => at + 1));
  });
});
