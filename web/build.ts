// Builds what the browser needs into dist/assets: the loader, the parts it loads, the public configuration and the
// headers of both. Wrangler's own build step; works without a network.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { type BuildOptions, build, type Plugin, transform } from "esbuild";
import ownerConfig from "../docent.config.ts";
import { parseConfig } from "../src/core/define-config.ts";
import { describeApi } from "../src/core/openapi.ts";
import { publicConfigOf } from "../src/core/public-config.ts";
import { accountHeaders, buildAccountPage } from "./build-account.ts";
import { buildInlineTag, INLINE_LIMIT, TARGET } from "./build-inline.ts";
import { deployedSecrets } from "./deployed-secrets.ts";
import type { Asset, PartName } from "./part-name.ts";

const WEB = fileURLToPath(new URL(".", import.meta.url));
const OUT = fileURLToPath(new URL("../dist/assets/", import.meta.url));

/** What is loaded on demand, each a module of its own. */
const PARTS: Readonly<Record<PartName, string>> = {
  widget: "widget.ts",
  dialog: "dialog.ts",
  local: "reader/local.ts",
  "hand-off": "hand-off/finish.ts",
  ur: "locales/ur.ts",
};

/**
 * Bytes, gzipped. Every reader pays for the first; one who is signed in pays for the second as well. The third is what
 * the hosted page needs before it shows anything.
 */
const LIMITS = { loader: 5 * 1024, widget: 25 * 1024, account: 30 * 1024 };

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

const parsed = parseConfig(ownerConfig);
if ("mistakes" in parsed) {
  for (const { path, message } of parsed.mistakes) console.error(`docent.config.ts: ${path}: ${message}`);
  process.exit(1);
}

/** Ids of the owner's own questions: what `data-for` may name beside the keys that every site has. */
const questions = parsed.config.questionnaire.questions.flatMap(({ field }) =>
  field.startsWith("answers.") ? [field.slice("answers.".length)] : [],
);

const publicConfig = publicConfigOf(parsed.config, await deployedSecrets(process.env));

/**
 * Is there any way in from a docs page? A passkey is none: it is asked for on the Worker's own page, and makes nobody an
 * account. Without one, what is remembered stays on the reader's device, and nobody is asked to sign in. */
const { password, magicLink, providers } = publicConfig.methods;
const signIn = password || magicLink || providers.length > 0;

const shared = {
  absWorkingDir: WEB,
  define: { DOCENT_QUESTIONS: JSON.stringify(questions.join()), DOCENT_SIGN_IN: JSON.stringify(signIn) },
  bundle: true,
  minify: true,
  metafile: true,
  write: false,
  target: TARGET,
  legalComments: "none",
  plugins: [cssAsText],
} satisfies BuildOptions;

const size = (contents: Uint8Array): number => gzipSync(contents, { level: 9 }).byteLength;

/** Lit's own style sheets: our elements have no `static styles`, so nothing of it is ever of use. */
const withoutLitStyles: Plugin = {
  name: "without-lit-styles",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]@lit[\\/]reactive-element[\\/]css-tag\.js$/ }, () => ({
      contents: `export const adoptStyles = () => {}, getCompatibleStyle = (style) => style;
        export let CSSResult, css, supportsAdoptingStyleSheets, unsafeCSS;`,
    }));
  },
};

/**
 * The other parts are loaded after the widget. Said to esbuild, what they share with it is in one file with it, and not
 * in a handful of small ones that compress worse.
 */
const afterTheWidget: Plugin = {
  name: "after-the-widget",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]web[\\/](dialog|reader[\\/]local)\.ts$/ }, async ({ path }) => ({
      contents: `${await readFile(path, "utf8")}\nimport ${JSON.stringify(join(WEB, "widget.ts"))};\n`,
      loader: "ts",
    }));
  },
};

/** The parts as modules, and for each the files it needs, its own first. */
async function buildParts(): Promise<{ assets: Asset[]; parts: Record<PartName, string[]> }> {
  const result = await build({
    ...shared,
    entryPoints: PARTS,
    plugins: [...shared.plugins, afterTheWidget, withoutLitStyles],
    format: "esm",
    splitting: true,
    outdir: join(OUT, "docent"),
    entryNames: "[name]-[hash]",
    chunkNames: "shared-[hash]",
  });
  // The only line breaks that are left stand in templates of HTML, where they are spaces.
  const assets = result.outputFiles.map((file) => ({
    path: relative(OUT, file.path),
    contents: new TextEncoder().encode(file.text.replace(/\n\s*/g, " ")),
  }));
  const outputs = new Map(
    Object.entries(result.metafile.outputs).map(([path, output]) => [relative(OUT, join(WEB, path)), output]),
  );
  const filesOf = (path: string): string[] => [
    path,
    ...(outputs.get(path)?.imports ?? []).flatMap((one) => filesOf(relative(OUT, join(WEB, one.path)))),
  ];
  const partOf = (part: PartName): string[] => {
    const found = [...outputs].find(([, output]) => output.entryPoint === PARTS[part]);
    if (!found) throw new Error(`esbuild made nothing of ${PARTS[part]}`);
    return [...new Set(filesOf(found[0]))];
  };
  return {
    assets,
    parts: {
      widget: partOf("widget"),
      dialog: partOf("dialog"),
      local: partOf("local"),
      "hand-off": partOf("hand-off"),
      ur: partOf("ur"),
    },
  };
}

async function buildLoader(parts: Record<PartName, string[]>): Promise<Asset> {
  const result = await build({
    ...shared,
    entryPoints: ["loader.ts"],
    format: "iife",
    outfile: join(OUT, "docent.js"),
    define: { ...shared.define, DOCENT_PARTS: JSON.stringify(parts) },
  });
  const [file] = result.outputFiles;
  if (!file) throw new Error("esbuild made no loader");
  return { path: "docent.js", contents: file.contents };
}

function headersFile(immutable: readonly string[]): string {
  const rule = (path: string, cache: string) => [path, ...[...COMMON_HEADERS, cache].map((line) => `  ${line}`)];
  return [
    "/*",
    "  Strict-Transport-Security: max-age=63072000; includeSubDomains",
    ...rule("/docent.js", SHORT),
    ...rule("/docent/config.json", SHORT),
    ...rule("/openapi.json", SHORT),
    ...rule("/docent/docent.d.ts", SHORT),
    ...rule("/docent/inline.js", SHORT),
    ...rule("/docent/inline.sha256", SHORT),
    ...immutable.flatMap((path) => rule(`/${path}`, FOREVER)),
    ...accountHeaders,
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

const { assets, parts } = await buildParts();
const loader = await buildLoader(parts);
const inline = await buildInlineTag();
const account = await buildAccountPage({
  web: WEB,
  out: OUT,
  shared: { ...shared, plugins: [...shared.plugins, withoutLitStyles] },
});
const text = new TextEncoder();
// The loader after the parts it names.
const files: Asset[] = [
  ...assets,
  ...account.modules,
  { path: "docent/config.json", contents: text.encode(JSON.stringify(publicConfig)) },
  { path: "openapi.json", contents: text.encode(`${JSON.stringify(describeApi(), null, 1)}\n`) },
  { path: "docent/docent.d.ts", contents: await readFile(join(WEB, "docent.d.ts")) },
  { path: "docent/inline.js", contents: text.encode(inline.code) },
  { path: "docent/inline.sha256", contents: text.encode(inline.hash) },
  { path: "_headers", contents: text.encode(headersFile([...assets, ...account.modules].map((asset) => asset.path))) },
  loader,
  ...account.pages,
];

await writeChanged(files);

const gzipped = new Map(files.map((file) => [file.path, size(file.contents)]));
const sum = (paths: readonly string[]) => paths.reduce((total, path) => total + (gzipped.get(path) ?? 0), 0);
const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`;
const signedIn = new Set(parts.widget);
const rows: [name: string, bytes: number, limit: number | undefined][] = [
  ["loader, for every reader", size(loader.contents), LIMITS.loader],
  ["widget, for a signed-in reader", sum([...signedIn]), LIMITS.widget],
  ["dialog, when it is opened", sum(parts.dialog.filter((path) => !signedIn.has(path))), undefined],
  ["local, without an account", sum(parts.local.filter((path) => !signedIn.has(path))), undefined],
  ["hand-off, back from the Worker", sum(parts["hand-off"].filter((path) => !signedIn.has(path))), undefined],
  ["Urdu, on Urdu pages", sum(parts.ur), undefined],
  ["account page", sum(account.first), LIMITS.account],
];
for (const [name, bytes, limit] of rows) {
  console.log(`  ${name.padEnd(32)} ${kilobytes(bytes).padStart(8)} gzipped${limit ? ` of ${kilobytes(limit)}` : ""}`);
}
const inlineBytes = text.encode(inline.code).byteLength;
console.log(`  ${"inline tag, if there is one".padEnd(32)} ${inlineBytes} of ${INLINE_LIMIT} bytes, '${inline.hash}'`);
const over = rows.filter(([, bytes, limit]) => limit !== undefined && bytes > limit).map(([name]) => name);
if (inlineBytes > INLINE_LIMIT) over.push("inline tag");
for (const name of over) console.error(`${name}: over its limit`);
if (over.length > 0) process.exitCode = 1;
