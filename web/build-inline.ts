// Builds the inline tag: what stands between <script> and </script> on an owner's pages, and its hash for their
// content security policy. Nothing of a configuration is in it, so it is the same for every owner of this version.
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** The oldest browsers that have what the widget is built on: light-dark(), popover, constructed style sheets. */
export const TARGET = ["chrome123", "firefox125", "safari17.5"];

/** Bytes, as it stands in the page. */
export const INLINE_LIMIT = 1024;

export interface InlineTag {
  /** Without a character around it: the hash is of exactly this text. */
  code: string;
  /** Like `sha256-…`, as a policy names it between quotes. */
  hash: string;
}

export async function buildInlineTag(): Promise<InlineTag> {
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(new URL(".", import.meta.url)),
    entryPoints: ["inline.ts"],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: TARGET,
    legalComments: "none",
    // "use strict" costs bytes; the types and the linter leave nothing for it to find.
    tsconfigRaw: { compilerOptions: { alwaysStrict: false } },
  });
  const code = (outputFiles[0]?.text ?? "").trim();
  return { code, hash: `sha256-${createHash("sha256").update(code).digest("base64")}` };
}
