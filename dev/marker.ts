// The mark of a database that `npm start` made: seeding and reset touch no other, whatever a variable points at.
import type { Session } from "./neon/backend.ts";

/** The schema that is the mark; what development remembers about this database is in it. */
export const MARK = "docent_development";

/** Schemas that hold something of somebody: an empty database has none, and `public` only as an empty default. */
const CONTENTS = `
  select 1 from pg_namespace n
  where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
    and n.nspname !~ '^pg_(temp|toast_temp)_'
    and (n.nspname <> 'public'
      or exists (select from pg_class where relnamespace = n.oid)
      or exists (select from pg_proc where pronamespace = n.oid)
      or exists (select from pg_type where typnamespace = n.oid))
  limit 1`;

/** `made`: empty until now, and marked. `ours`: marked before. `foreign`: neither, and left exactly as it was. */
export type Claim = "made" | "ours" | "foreign";

export async function claim(session: Session): Promise<Claim> {
  if (await isMarked(session)) return "ours";
  const { rows } = await session.query(CONTENTS);
  if (rows.length > 0) return "foreign";
  await session.query(`create schema ${MARK}`);
  await session.query(
    `comment on schema ${MARK} is 'Made by "npm start" of Docent; "npm run reset" empties this database'`,
  );
  return "made";
}

export async function isMarked(session: Session): Promise<boolean> {
  const { rows } = await session.query("select from pg_namespace where nspname = $1", [MARK]);
  return rows.length > 0;
}

/** Empties a marked database, the mark included; `false`, and nothing done, for any other. */
export async function empty(session: Session): Promise<boolean> {
  if (!(await isMarked(session))) return false;
  await session.query("begin");
  for (const schema of ["drizzle", "public", MARK]) await session.query(`drop schema if exists ${schema} cascade`);
  await session.query("create schema public");
  await session.query("commit");
  return true;
}
