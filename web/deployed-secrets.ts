// Which secrets the deployment has that is being built for, by name: a way in without its secret is off, and the public
// configuration, a static file, must not offer it. Their values are never read into a build.
import { readFile } from "node:fs/promises";
import { parseEnv } from "node:util";

/**
 * `DOCENT_SECRETS`, names with commas in between, says which: `npm run deploy` asks Cloudflare, `npm start` reads its own
 * variables. Without it: what is set in `.dev.vars` or in the environment. In any case the variables of `wrangler.toml`, of
 * which what is "none" is not there.
 */
export async function deployedSecrets(env: Readonly<Record<string, string | undefined>>): Promise<ReadonlySet<string>> {
  const said = env.DOCENT_SECRETS?.split(",").map((name) => name.trim());
  const file = parseEnv(await readFile(new URL("../.dev.vars", import.meta.url), "utf8").catch(() => ""));
  const toml = await readFile(new URL("../wrangler.toml", import.meta.url), "utf8").catch(() => "");
  const variables = Object.fromEntries(
    [...toml.matchAll(/^([A-Z_]+)\s*=\s*"(.*)"/gm)].map(([, name, value]) => [name, value]),
  );
  const set = (all: Readonly<Record<string, string | undefined>>) =>
    Object.entries(all).flatMap(([name, value]) => (value && value !== "none" ? [name] : []));
  return new Set(said ? [...set(variables), ...said] : set({ ...variables, ...env, ...file }));
}
