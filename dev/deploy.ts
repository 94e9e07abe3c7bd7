// The second half of `npm run deploy`, after the migration: `wrangler deploy`, which builds the assets and has to know which
// ways in have their secret. Cloudflare is asked for their names; nobody can ask it for their values.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";
import * as z from "zod";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const listed = z.array(z.object({ name: z.string() }));

/** What `wrangler secret list --format json` prints. @returns undefined when that is no list: not deployed yet, say */
export function namesListed(printed: string): string[] | undefined {
  try {
    return listed.parse(JSON.parse(printed)).map(({ name }) => name);
  } catch {
    return undefined;
  }
}

/** Of a file for `--secrets-file`: JSON, or lines like those of .dev.vars. */
export function namesInFile(text: string): string[] {
  try {
    return Object.keys(z.record(z.string(), z.unknown()).parse(JSON.parse(text)));
  } catch {
    return Object.keys(parseEnv(text));
  }
}

/** The value of `--secrets-file`, in either spelling. */
export function secretsFileOf(args: readonly string[]): string | undefined {
  const at = args.indexOf("--secrets-file");
  return at >= 0
    ? args[at + 1]
    : args.find((one) => one.startsWith("--secrets-file="))?.slice("--secrets-file=".length);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wrangler = join(createRequire(import.meta.url).resolve("wrangler/package.json"), "..", "bin", "wrangler.js");
  const args = process.argv.slice(2);
  const list = spawnSync(process.execPath, [wrangler, "secret", "list", "--format", "json"], {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["inherit", "pipe", "inherit"],
  });
  const file = secretsFileOf(args);
  const names = [...(namesListed(list.stdout) ?? []), ...(file ? namesInFile(readFileSync(file, "utf8")) : [])];
  const DOCENT_SECRETS = process.env.DOCENT_SECRETS ?? names.join(",");
  const deployed = spawnSync(process.execPath, [wrangler, "deploy", ...args], {
    cwd: ROOT,
    stdio: "inherit",
    env: { ...process.env, DOCENT_SECRETS },
  });
  process.exitCode = deployed.status ?? 1;
}
