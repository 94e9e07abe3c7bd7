// Makes an administrator from the command line, where nobody is signed in: the one way to the first of them.
import { sql } from "drizzle-orm";
import * as z from "zod/mini";
import { inTurn } from "../db/administrators.ts";
import type { Database } from "../db/client.ts";
import { user } from "../db/schema/index.ts";
import { auditInsert } from "./audit.ts";

const outcome = z.object({
  made: z.number(),
  found: z.number(),
  verified: z.nullable(z.boolean()),
  standing: z.nullable(z.boolean()),
  role: z.nullable(z.string()),
  administrators: z.number(),
});

export type Appointment =
  | "made"
  /** They are one already. */
  | "was-already"
  | "unknown"
  /** Nobody has proved that the address is theirs. */
  | "unverified"
  /** Banned, or switched off. */
  | "blocked"
  /** There is an administrator, who can appoint others. */
  | "not-the-first";

/** @param another also where there is an administrator already */
export async function appoint(db: Database, email: string, another: boolean, at: Date): Promise<Appointment> {
  const time = sql`${at.toISOString()}::timestamptz`;
  const [, { rows }] = await db.batch([
    inTurn(db),
    db.execute(sql`
      with target as (
        select id, email_verified, role,
          is_active and (not banned or ban_expires <= ${time}) as standing
        from ${user} where email = ${email.toLowerCase()}),
      administrators as (select count(*)::int as n from ${user} where role = 'admin'),
      made as (
        update ${user} set role = 'admin', updated_at = ${time} from target
        where ${user.id} = target.id and target.role <> 'admin' and target.email_verified and target.standing
          and (${another}::boolean or (select n from administrators) = 0)
        returning target.id, target.role as was_role),
      noted as (${auditInsert(
        {
          action: "role.changed",
          userId: sql`id`,
          actorId: null,
          at,
          detail: sql`jsonb_build_object('role', 'admin', 'previousRole', was_role)`,
        },
        sql`made`,
      )})
      select (select count(*)::int from made) as made, (select count(*)::int from target) as found,
        (select email_verified from target) as verified, (select standing from target) as standing,
        (select role from target) as role, (select n from administrators) as administrators`),
  ]);
  const [row] = z.parse(z.array(outcome), rows);
  if (!row || row.found === 0) return "unknown";
  if (row.made > 0) return "made";
  if (row.role === "admin") return "was-already";
  if (row.administrators > 0 && !another) return "not-the-first";
  return row.verified ? "blocked" : "unverified";
}
