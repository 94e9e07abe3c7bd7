// A fresh Postgres in memory for the tests of the data model, and its structure as text. Nothing else touches it.
import { PGlite, type Transaction } from "@electric-sql/pglite";
import { drizzle } from "drizzle-orm/pglite";
import { migrate } from "drizzle-orm/pglite/migrator";

/** An empty database with every migration applied, in the order that a deployment applies them. */
export async function migratedDatabase(): Promise<PGlite> {
  const pg = new PGlite();
  await migrate(drizzle(pg), { migrationsFolder: new URL("../../migrations", import.meta.url).pathname });
  return pg;
}

const STRUCTURE = `
  select format('column %s.%s %s%s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
    case when a.attnotnull then ' not null' else '' end,
    ' default ' || pg_get_expr(d.adbin, d.adrelid), ' generated ' || nullif(a.attgenerated::text, '')) as line
  from pg_attribute a
    join pg_class c on c.oid = a.attrelid and c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attnum > 0 and not a.attisdropped
  union all
  select format('constraint %s.%s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
  from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n'
  union all
  select pg_get_indexdef(indexrelid) from pg_index join pg_class c on c.oid = indexrelid
  where c.relnamespace = 'public'::regnamespace
  union all
  select format('trigger %s.%s', tgrelid::regclass, tgname) from pg_trigger where not tgisinternal
  order by line`;

/** Every column, constraint, index and trigger as Postgres itself describes it, one per line. */
export async function structureOf(pg: PGlite | Transaction): Promise<string[]> {
  const { rows } = await pg.query<{ line: string }>(STRUCTURE);
  return rows.map((row) => row.line);
}

/** What `look` sees after `change`, which is taken back: how a test shows that a check can fail. */
export async function seenAfter<Seen>(pg: PGlite, change: string, look: (tx: Transaction) => Promise<Seen>) {
  return pg.transaction(async (tx) => {
    await tx.exec(change);
    const seen = await look(tx);
    await tx.rollback();
    return seen;
  });
}
