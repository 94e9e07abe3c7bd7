// Bundles `docent` into one file that any Node runs: a package in node_modules may hold no TypeScript to be run.
import { join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");

await build({
  entryPoints: [join(root, "cli/docent.ts")],
  outfile: join(root, "dist/cli/docent.js"),
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  // What commander requires of Node, in a module.
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
});
