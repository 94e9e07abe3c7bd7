// GET /healthz and GET /readyz. A public probe must not keep the database awake: without the secret, /readyz says
// only that the Worker is configured and answers.
import type { Context } from "hono";
import type { HealthResponse, ReadinessResponse } from "../core/health.ts";
import type { Database } from "../db/client.ts";
import type { AppEnv } from "../http/app-env.ts";
import { RETRY_AFTER_SECONDS } from "../http/problem.ts";
import { withinTime } from "../http/time-limit.ts";
import { type Migration, migrationLevel } from "./migration-level.ts";
import { findAppliedMigrations } from "./queries.ts";

/** Milliseconds after which KV counts as failing, as for a session. */
const KV_TIMEOUT_MS = 1_000;

export interface HealthDeps {
  db: Database;
  kv: KVNamespace;
  readySecret: string | undefined;
  /** Those this build was made with, oldest first. */
  migrations: readonly Migration[];
}

/** Compared by digest, in constant time. */
async function isSecret(header: string | undefined, secret: string | undefined): Promise<boolean> {
  const given = /^Bearer (\S{16,256})$/i.exec(header ?? "")?.[1];
  if (given === undefined || secret === undefined) return false;
  const digest = (text: string) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return crypto.subtle.timingSafeEqual(await digest(given), await digest(secret));
}

/** What a probe found; undefined when it failed. */
const tried = <T>(probe: Promise<T>): Promise<{ found: T } | undefined> =>
  probe.then(
    (found) => ({ found }),
    () => undefined,
  );

export function healthHandlers(deps: HealthDeps) {
  return {
    alive: (c: Context<AppEnv>) => c.json({ alive: true } satisfies HealthResponse),

    async ready(c: Context<AppEnv>): Promise<Response> {
      if (!(await isSecret(c.req.header("authorization"), deps.readySecret))) {
        return c.json({ status: "ok" } satisfies ReadinessResponse);
      }
      c.get("request").kv += 1;
      const [applied, kv] = await Promise.all([
        tried(findAppliedMigrations(deps.db)),
        tried(withinTime(deps.kv.get("ready"), KV_TIMEOUT_MS)),
      ]);
      const migrations = applied && migrationLevel(deps.migrations, applied.found);
      const works = migrations !== undefined && migrations.state !== "behind";
      if (!works) c.header("Retry-After", String(RETRY_AFTER_SECONDS));
      const answer: ReadinessResponse = {
        // KV is never required: without it every session is looked up in Postgres.
        status: works ? (kv ? "ok" : "degraded") : "failing",
        database: applied ? "ok" : "failing",
        kv: kv ? "ok" : "failing",
        ...(migrations && { migrations }),
      };
      return c.json(answer, works ? 200 : 503);
    },
  };
}
