// `npm run migrate`, the first half of `npm run deploy`: applies `migrations/` to the database that DATABASE_URL names.
// It reads the environment or `.dev.vars`, never both: a production URL must not meet a development endpoint.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { httpTarget } from "./migration-targets.ts";
import { applyMigrations } from "./migrations.ts";

const root = join(import.meta.dirname, "..");

interface Source {
  name: string;
  values: Partial<Record<string, string>>;
}

function source(): Source {
  if (process.env.DATABASE_URL) return { name: "the environment", values: process.env };
  const file = join(root, ".dev.vars");
  return { name: ".dev.vars", values: existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {} };
}

/** The exit code, after saying what was done or what is wrong. */
async function main(): Promise<number> {
  const { name, values } = source();
  const databaseUrl = values.DATABASE_URL;
  if (!databaseUrl || !URL.canParse(databaseUrl)) {
    console.error("npm run migrate needs DATABASE_URL, a Postgres URL, in the environment or in .dev.vars.");
    return 1;
  }
  const endpoint = values.DATABASE_ENDPOINT || undefined;
  if (endpoint !== undefined && !/^http:\/\/(localhost|127\.0\.0\.1)(:\d+)?\//.test(endpoint)) {
    console.error("DATABASE_ENDPOINT is for an endpoint on this machine only, like http://localhost:5488/sql.");
    return 1;
  }
  const { hostname, pathname } = new URL(databaseUrl);
  console.log(`Migrating ${pathname.slice(1)} on ${endpoint ?? hostname} (DATABASE_URL from ${name})`);
  try {
    const outcome = await applyMigrations(httpTarget(databaseUrl, endpoint), join(root, "migrations"));
    if (outcome.kind === "changed") {
      console.error(
        `Migration ${outcome.name} was edited after it had been applied. Undo the edit and make a new one instead.`,
      );
      return 1;
    }
    for (const applied of outcome.applied) console.log(`  applied ${applied}`);
    console.log(outcome.applied.length === 0 ? `  up to date (${outcome.total} applied before)` : "  done");
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.error("Nothing of the failed migration was kept. Those before it stay applied.");
    return 1;
  }
}

process.exitCode = await main();
