// GET /healthz and GET /readyz. A public probe must not keep the database awake: without the secret, /readyz says
// only that the Worker is configured and answers.
import { sql } from "drizzle-orm";
import type { Context } from "hono";
import type { Database } from "../db/client.ts";
import type { AppEnv } from "../http/app-env.ts";
import { RETRY_AFTER_SECONDS } from "../http/problem.ts";

export interface HealthDeps {
  db: Database;
  kv: KVNamespace;
  readySecret: string | undefined;
}

/** Compared by digest, in constant time. */
async function isSecret(header: string | undefined, secret: string | undefined): Promise<boolean> {
  const given = /^Bearer (\S{16,256})$/i.exec(header ?? "")?.[1];
  if (given === undefined || secret === undefined) return false;
  const digest = (text: string) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return crypto.subtle.timingSafeEqual(await digest(given), await digest(secret));
}

const works = (probe: Promise<unknown>): Promise<"ok" | "failing"> =>
  probe.then(
    () => "ok" as const,
    () => "failing" as const,
  );

export function healthHandlers(deps: HealthDeps) {
  return {
    alive: (c: Context<AppEnv>) => c.json({ alive: true }),

    async ready(c: Context<AppEnv>): Promise<Response> {
      if (!(await isSecret(c.req.header("authorization"), deps.readySecret))) return c.json({ ready: true });
      const request = c.get("request");
      request.kv += 1;
      const [database, kv] = await Promise.all([works(deps.db.execute(sql`select 1`)), works(deps.kv.get("ready"))]);
      // KV is never required: without it every session is looked up in Postgres.
      const ready = database === "ok";
      if (!ready) c.header("Retry-After", String(RETRY_AFTER_SECONDS));
      return c.json({ ready, database, kv }, ready ? 200 : 503);
    },
  };
}
