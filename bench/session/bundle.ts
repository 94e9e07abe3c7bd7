// Bundles the bench's Workers exactly as a deployment is bundled: by wrangler, with the settings of wrangler.toml.
import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { unstable_readConfig } from "wrangler";
import * as z from "zod";

const ROOT = join(import.meta.dirname, "..", "..");

export interface Bundles {
  compatibilityDate: string;
  compatibilityFlags: string[];
  /** The text of each Worker's only module, by its name. */
  scripts: Record<string, string>;
}

/**
 * @param names files of `workers/`, without `.ts`
 * @param dir an empty folder for what wrangler writes
 * @throws what wrangler prints when a Worker does not bundle
 */
export async function bundle(names: readonly string[], dir: string): Promise<Bundles> {
  const { compatibility_date, compatibility_flags, minify, alias } = unstable_readConfig({
    config: join(ROOT, "wrangler.toml"),
  });
  const aliases = Object.fromEntries(
    Object.entries(z.record(z.string(), z.string()).parse(alias ?? {})).map(([from, to]) => [from, join(ROOT, to)]),
  );
  const wrangler = join(createRequire(import.meta.url).resolve("wrangler/package.json"), "..", "bin", "wrangler.js");
  const one = async (name: string): Promise<[string, string]> => {
    const folder = join(dir, name);
    const config = join(folder, "wrangler.json");
    await mkdir(folder);
    await writeFile(
      config,
      JSON.stringify({
        name,
        main: join(import.meta.dirname, "workers", `${name}.ts`),
        compatibility_date,
        compatibility_flags,
        minify,
        // Better Auth by itself is measured whole. The paths are those of wrangler.toml's folder.
        alias: name.startsWith("stock") ? {} : aliases,
      }),
    );
    const out = join(folder, "out");
    await promisify(execFile)(
      process.execPath,
      [wrangler, "deploy", "--dry-run", "--config", config, "--outdir", out],
      {
        cwd: ROOT,
        env: { ...process.env, WRANGLER_SEND_METRICS: "false", NO_COLOR: "1", WRANGLER_LOG_PATH: join(folder, "logs") },
      },
    );
    return [name, await readFile(join(out, `${name}.js`), "utf8")];
  };
  return {
    compatibilityDate: compatibility_date ?? "",
    compatibilityFlags: compatibility_flags ?? [],
    scripts: Object.fromEntries(await Promise.all(names.map(one))),
  };
}
