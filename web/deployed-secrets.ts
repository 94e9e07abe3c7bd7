// Which secrets the deployment has that is being built for, by name: a way in without its secret is off, and the public
// configuration, a static file, must not offer it. Their values are never read into a build.
import { readFile } from "node:fs/promises";
import { parseEnv } from "node:util";

/**
 * `DOCENT_SECRETS`, names with commas in between, says it outright: `npm run deploy` asks Cloudflare, `npm start` reads
 * its own variables. Without it: what is set in `.dev.vars`, in the environment, or among the variables of `wrangler.toml`;
 * what is "none" is not there.
 */
export async function deployedSecrets(env: Readonly<Record<string, string | undefined>>): Promise<ReadonlySet<string>> {
  const said = env.DOCENT_SECRETS;
  if (said !== undefined) return new Set(said.split(",").map((name) => name.trim()));
  const file = parseEnv(await readFile(new URL("../.dev.vars", import.meta.url), "utf8").catch(() => ""));
  const toml = await readFile(new URL("../wrangler.toml", import.meta.url), "utf8").catch(() => "");
  const variables = Object.fromEntries(
    [...toml.matchAll(/^([A-Z_]+)\s*=\s*"(.*)"/gm)].map(([, name, value]) => [name, value]),
  );
  const all: Record<string, string | undefined> = { ...variables, ...env, ...file };
  return new Set(Object.entries(all).flatMap(([name, value]) => (value && value !== "none" ? [name] : [])));
}
