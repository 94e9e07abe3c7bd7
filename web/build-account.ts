// Builds the hosted page: an asset that is served without a Worker invocation, its one module, and the parts that the
// module loads when they are needed.
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import type { Asset } from "./part-name.ts";

/** Nothing from elsewhere, no inline script, no style but constructed sheets, no frame around it, no form that is sent. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types lit-html",
].join("; ");

/** Lines of `_headers`. The page holds no secret; who is signed in is asked by its module. */
export const accountHeaders: readonly string[] = [
  "/account",
  "  ! Access-Control-Allow-Origin",
  `  Content-Security-Policy: ${POLICY}`,
  "  Cache-Control: no-cache",
  "  Cross-Origin-Opener-Policy: same-origin",
  "  Cross-Origin-Resource-Policy: same-origin",
  "  Permissions-Policy: camera=(), geolocation=(), microphone=()",
  "  Referrer-Policy: no-referrer",
  "  X-Content-Type-Options: nosniff",
  "/docent/icon.svg",
  "  Cache-Control: public, max-age=86400",
  "  X-Content-Type-Options: nosniff",
];

const ENTRY = "account/main.ts";

export interface AccountPage {
  /** What the page's own files are. */
  pages: Asset[];
  /** Their names hold a hash of their content. */
  modules: Asset[];
  /** Paths of what is loaded before anything is shown, in English. */
  first: string[];
}

export async function buildAccountPage(options: {
  web: string;
  out: string;
  shared: BuildOptions & { plugins: Plugin[] };
}): Promise<AccountPage> {
  const { web, out, shared } = options;
  const result = await build({
    ...shared,
    metafile: true,
    write: false,
    entryPoints: { account: ENTRY },
    format: "esm",
    splitting: true,
    outdir: join(out, "docent"),
    entryNames: "[name]-[hash]",
    chunkNames: "account-[name]-[hash]",
  });
  const modules = (result.outputFiles ?? []).map((file) => ({
    path: relative(out, file.path),
    contents: new TextEncoder().encode(file.text),
  }));
  const outputs = new Map(
    Object.entries(result.metafile.outputs).map(([path, output]) => [relative(out, join(web, path)), output]),
  );
  const [entry] = [...outputs].find(([, output]) => output.entryPoint === ENTRY) ?? [];
  if (entry === undefined) throw new Error(`esbuild made nothing of ${ENTRY}`);
  const needed = (path: string): string[] => [
    path,
    ...(outputs.get(path)?.imports ?? [])
      .filter(({ kind }) => kind === "import-statement")
      .flatMap((one) => needed(relative(out, join(web, one.path)))),
  ];
  const first = [...new Set(needed(entry))];
  const html = await readFile(join(web, "account/account.html"), "utf8");
  const preloads = first
    .slice(1)
    .map((path) => `<link rel="modulepreload" href="/${path}">\n`)
    .join("");
  const page = html.replace(
    '<script type="module" src="/DOCENT_ACCOUNT_SCRIPT"></script>',
    `${preloads}<script type="module" src="/${entry}"></script>`,
  );
  return {
    modules,
    first,
    pages: [
      { path: "account.html", contents: new TextEncoder().encode(page) },
      { path: "docent/icon.svg", contents: await readFile(join(web, "account/icon.svg")) },
    ],
  };
}
