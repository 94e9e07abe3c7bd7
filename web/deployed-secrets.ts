// Which secrets the deployment has that is being built for, by name: a way in without its secret is off, and the public
// configuration, a static file, must not offer it. Their values are never read into a build.
import { readFile } from "node:fs/promises";
import { parseEnv } from "node:util";

/**
 * `DOCENT_SECRETS`, names with commas in between, says it outright: `npm run deploy` asks Cloudflare, `npm start` reads
 * its own variables. Without it: what is set in `.dev.vars` or in the environment.
 */
export async function deployedSecrets(env: Readonly<Record<string, string | undefined>>): Promise<ReadonlySet<string>> {
  const said = env.DOCENT_SECRETS;
  if (said !== undefined) return new Set(said.split(",").map((name) => name.trim()));
  const file = parseEnv(await readFile(new URL("../.dev.vars", import.meta.url), "utf8").catch(() => ""));
  return new Set(Object.entries({ ...env, ...file }).flatMap(([name, value]) => (value ? [name] : [])));
}
