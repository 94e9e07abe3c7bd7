// Which database a command means, and how to reach it: over HTTP, as the Worker does. Never prints a password.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { createDatabase, type Database } from "../src/db/client.ts";
import { Refusal } from "./refusal.ts";

/** Milliseconds: waking an idle database takes a few hundred. */
const TIMEOUT_MS = 15_000;

export interface Connection {
  db: Database;
  /** What it is, for people: the database and its host. */
  description: string;
}

interface Source {
  name: string;
  values: Partial<Record<string, string>>;
}

const file = (name: string, path: string): Source => ({
  name,
  values: existsSync(path) ? parseEnv(readFileSync(path, "utf8")) : {},
});

/**
 * One source, never two mixed: a production URL must not meet a development endpoint.
 * @param local the database of `npm start`
 */
function sourceOf(folder: string, local: boolean): Source {
  if (local) return file("npm start", join(folder, ".docent", "dev.vars"));
  if (process.env.DATABASE_URL) return { name: "the environment", values: process.env };
  return file(".dev.vars", join(folder, ".dev.vars"));
}

/** @throws Refusal when no database is named, or one that cannot be */
export function connect(folder: string, { local }: { local: boolean }): Connection {
  const { name, values } = sourceOf(folder, local);
  const { DATABASE_URL: url, DATABASE_ENDPOINT: endpoint } = values;
  if (!url || !URL.canParse(url)) {
    throw new Refusal(
      local
        ? "There is no database of `npm start` here: start it first, in the same folder."
        : "Which database? Set DATABASE_URL, the deployment's Neon connection string, in the environment or in .dev.vars, or give --local for the one of `npm start`.",
    );
  }
  if (endpoint && !/^http:\/\/(localhost|127\.0\.0\.1)(:\d+)?\//.test(endpoint)) {
    throw new Refusal("DATABASE_ENDPOINT is for an endpoint on this machine only, like http://localhost:5488/sql.");
  }
  const { hostname, pathname } = new URL(url);
  return {
    db: createDatabase({
      url,
      endpoint: endpoint || undefined,
      timeoutMs: TIMEOUT_MS,
      fetch,
      onCall() {},
      onFailure() {},
    }),
    description: `${pathname.slice(1)} on ${endpoint ? new URL(endpoint).host : hostname} (from ${name})`,
  };
}
