// The answers of GET /healthz and GET /readyz.
import * as z from "zod/mini";

export const healthResponse = z.object({ alive: z.literal(true) });
export type HealthResponse = z.infer<typeof healthResponse>;

const part = z.enum(["ok", "failing"]);

/** Without the secret there is `status` and nothing else. */
export const readinessResponse = z.object({
  /**
   * "ok"; "degraded" when it answers, but slower or not for long (KV fails); "failing", with 503, when it cannot do its
   * work: Postgres fails, or lacks a migration that this build needs.
   */
  status: z.enum(["ok", "degraded", "failing"]),
  database: z.optional(part),
  kv: z.optional(part),
  /** Missing while the database fails. */
  migrations: z.optional(
    z.object({
      /** "ahead": the database has migrations of a newer build, which is so in the middle of every deployment. */
      state: z.enum(["current", "behind", "ahead"]),
      /** The newest of this build's migrations that is applied, by name; null when none is. */
      applied: z.nullable(z.string()),
      /** The newest migration of this build, by name. */
      expected: z.string(),
      /** Those of this build that are not applied, by name. */
      missing: z.array(z.string()),
      /** How many are applied that this build does not know. */
      unknown: z.int(),
    }),
  ),
});
export type ReadinessResponse = z.infer<typeof readinessResponse>;
