// Builds what the browser needs into dist/assets: the loader, the parts it loads, the public configuration and the
// headers of both. Wrangler's own build step; works without a network.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { type BuildOptions, build, type Plugin, transform } from "esbuild";
import ownerConfig from "../docent.config.ts";
import { type DocentConfig, parseConfig } from "../src/core/define-config.ts";
import type { PartName } from "./host.ts";

const WEB = fileURLToPath(new URL(".", import.meta.url));
const OUT = fileURLToPath(new URL("../dist/assets/", import.meta.url));

/** Bytes, gzipped. Every reader pays for the first; one who is signed in pays for the second as well. */
const LIMITS = { loader: 5 * 1024, widget: 25 * 1024 };

/** The oldest browsers that have what the widget is built on: light-dark(), popover, constructed style sheets. */
const TARGET = ["chrome123", "firefox125", "safari17.5"];

/** Same for every asset: any docs site may load them, and none is ever taken for something else. */
const COMMON_HEADERS = [
  "Access-Control-Allow-Origin: *",
  "Cross-Origin-Resource-Policy: cross-origin",
  "X-Content-Type-Options: nosniff",
];
/** Names that never change: fresh for five minutes, and while a new one is fetched the old one serves. */
const SHORT = "Cache-Control: public, max-age=300, stale-while-revalidate=86400";
/** Names with a hash of their content. */
const FOREVER = "Cache-Control: public, max-age=31536000, immutable";

/** `import css from "./x.css"` gives minified text, to be put into a constructed style sheet. */
const cssAsText: Plugin = {
  name: "css-as-text",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true, target: TARGET });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

const shared = {
  absWorkingDir: WEB,
  bundle: true,
  minify: true,
  metafile: true,
  write: false,
  target: TARGET,
  legalComments: "none",
  plugins: [cssAsText],
} satisfies BuildOptions;

interface Asset {
  /** Relative to dist/assets, with forward slashes. */
  path: string;
  contents: Uint8Array;
}

const size = (contents: Uint8Array): number => gzipSync(contents, { level: 9 }).byteLength;

/** The parts as modules, and for each the files it needs, its own first. */
async function buildParts(): Promise<{ assets: Asset[]; parts: Record<PartName, string[]> }> {
  const result = await build({
    ...shared,
    entryPoints: { widget: "widget.ts", dialog: "dialog.ts" },
    format: "esm",
    splitting: true,
    outdir: join(OUT, "docent"),
    entryNames: "[name]-[hash]",
    chunkNames: "shared-[hash]",
  });
  const assets = result.outputFiles.map((file) => ({ path: relative(OUT, file.path), contents: file.contents }));
  const outputs = new Map(
    Object.entries(result.metafile.outputs).map(([path, output]) => [relative(OUT, join(WEB, path)), output]),
  );
  const partOf = (entry: string): string[] => {
    const found = [...outputs].find(([, output]) => output.entryPoint === entry);
    if (!found) throw new Error(`esbuild made nothing of ${entry}`);
    const [path, { imports }] = found;
    return [path, ...imports.map((one) => relative(OUT, join(WEB, one.path)))];
  };
  return { assets, parts: { widget: partOf("widget.ts"), dialog: partOf("dialog.ts") } };
}

async function buildLoader(parts: Record<PartName, string[]>): Promise<Asset> {
  const result = await build({
    ...shared,
    entryPoints: ["loader.ts"],
    format: "iife",
    outfile: join(OUT, "docent.js"),
    define: { DOCENT_PARTS: JSON.stringify(parts) },
  });
  const [file] = result.outputFiles;
  if (!file) throw new Error("esbuild made no loader");
  return { path: "docent.js", contents: file.contents };
}

/** What any browser may know of the configuration: an allow-list. */
function publicConfig(config: DocentConfig) {
  return {
    sites: config.sites.map(({ id, name }) => ({ id, name })),
    methods: config.methods,
    questionnaire: config.questionnaire,
  };
}

function headersFile(immutable: readonly string[]): string {
  const rule = (path: string, cache: string) => [path, ...[...COMMON_HEADERS, cache].map((line) => `  ${line}`)];
  return [
    ...rule("/docent.js", SHORT),
    ...rule("/docent/config.json", SHORT),
    ...immutable.flatMap((path) => rule(`/${path}`, FOREVER)),
    "",
  ].join("\n");
}

/** Writes what differs and removes what is left of earlier builds: a Worker that serves the folder sees no gap. */
async function writeChanged(files: readonly Asset[]): Promise<void> {
  await mkdir(join(OUT, "docent"), { recursive: true });
  for (const { path, contents } of files) {
    const before = await readFile(join(OUT, path)).catch(() => undefined);
    if (!before?.equals(contents)) await writeFile(join(OUT, path), contents);
  }
  const kept = new Set(files.map((file) => join(OUT, file.path)));
  for (const entry of await readdir(OUT, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !kept.has(path)) await rm(path);
  }
}

const parsed = parseConfig(ownerConfig);
if ("mistakes" in parsed) {
  for (const { path, message } of parsed.mistakes) console.error(`docent.config.ts: ${path}: ${message}`);
  process.exit(1);
}

const { assets, parts } = await buildParts();
const loader = await buildLoader(parts);
const text = new TextEncoder();
// The loader after the parts it names.
const files: Asset[] = [
  ...assets,
  { path: "docent/config.json", contents: text.encode(JSON.stringify(publicConfig(parsed.config))) },
  { path: "_headers", contents: text.encode(headersFile(assets.map((asset) => asset.path))) },
  loader,
];

await writeChanged(files);

const gzipped = new Map(files.map((file) => [file.path, size(file.contents)]));
const sum = (paths: readonly string[]) => paths.reduce((total, path) => total + (gzipped.get(path) ?? 0), 0);
const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`;
const rows: [name: string, bytes: number, limit: number | undefined][] = [
  ["loader, for every reader", size(loader.contents), LIMITS.loader],
  ["widget, for a signed-in reader", sum(parts.widget), LIMITS.widget],
  ["dialog, when it is opened", sum(parts.dialog.filter((path) => !parts.widget.includes(path))), undefined],
];
for (const [name, bytes, limit] of rows) {
  console.log(`  ${name.padEnd(32)} ${kilobytes(bytes).padStart(8)} gzipped${limit ? ` of ${kilobytes(limit)}` : ""}`);
}
const over = rows.filter(([, bytes, limit]) => limit !== undefined && bytes > limit);
for (const [name] of over) console.error(`${name}: over its limit`);
if (over.length > 0) process.exitCode = 1;
