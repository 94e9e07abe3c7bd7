// The SQL about the catalogue: one named function per question.
import { and, asc, eq, notInArray, type SQL, sql } from "drizzle-orm";
import * as z from "zod/mini";
import { CATALOGUE_LIMITS, type CataloguePage, type CataloguePush } from "../core/catalogue.ts";
import type { Database } from "../db/client.ts";
import { catalogue, page } from "../db/schema/index.ts";

/** What the wire calls a field, and its column. */
const RECORD = {
  path: page.path,
  pageKey: page.pageKey,
  lang: page.lang,
  version: page.version,
  title: page.title,
  summary: page.summary,
  categories: page.categories,
  tags: page.tags,
  level: page.level,
  operatingSystems: page.operatingSystems,
  languages: page.languages,
  tools: page.tools,
  hardware: page.hardware,
  prerequisites: page.prerequisites,
  minutes: page.minutes,
  position: page.position,
  contentHash: page.contentHash,
} satisfies Record<keyof CataloguePage, unknown>;

/** Once for each field of a record, separated by commas. */
const each = (write: (field: string, column: string, type: string) => string): SQL =>
  sql.raw(
    Object.entries(RECORD)
      .map(([field, column]) => write(`"${field}"`, `"${column.name}"`, column.getSQLType()))
      .join(", "),
  );

/**
 * The version of a site's catalogue, and its pages in the site's own order unless that version is one of `known`: what
 * somebody has is not sent again. Undefined when none was pushed.
 */
export async function findCatalogue(
  db: Database,
  site: string,
  known: readonly string[],
): Promise<{ version: string; pages: CataloguePage[] | undefined } | undefined> {
  const rows = await db
    .select({ version: catalogue.version, page: RECORD })
    .from(catalogue)
    .leftJoin(page, and(eq(page.site, catalogue.site), notInArray(catalogue.version, [...known])))
    .where(eq(catalogue.site, site))
    .orderBy(asc(page.position), asc(page.path));
  const version = rows[0]?.version;
  if (version === undefined) return undefined;
  return { version, pages: known.includes(version) ? undefined : rows.flatMap((row) => row.page ?? []) };
}

const outcome = z.tuple([
  z.object({
    missing: z.nullable(z.array(z.string())),
    /** What `CATALOGUE_LIMITS.totalBytes` counts. A bigint, which comes as text. */
    bytes: z.coerce.number(),
    version: z.string(),
  }),
]);

/**
 * Makes a site's catalogue the one that is pushed, or changes nothing: it names the pages that are missing, or says how
 * many bytes the catalogue would have where that is too many. Two pushes at once happen one after the other: a statement
 * sees what was committed before it began (READ COMMITTED, which every batch asks for), and the second one begins when
 * the first push has let go of the lock. Judging and writing are one statement, so what was judged is what is replaced.
 *
 * The version is a hash over the pages as they are then stored, computed where all of them are: however a catalogue
 * came about, its version is the same. `::text` of a jsonb object is canonical.
 */
export async function replaceCatalogue(
  db: Database,
  site: string,
  { pages, changed, basis }: CataloguePush,
  at: Date,
  randomId: () => string,
): Promise<{ version: string } | { missing: string[] } | { bytes: number }> {
  const records = changed.map((record) => ({ ...record, id: randomId() }));
  const when = at.toISOString();
  // Two parameters for all pages: Postgres takes 65,535, and a page has 20 columns. "not in" and not "not exists": that is
  // always hashed, while a planner that expects few rows would compare every page with every other.
  const [, { rows }] = await db.batch([
    db.execute(sql`select pg_advisory_xact_lock(hashtext(${`catalogue ${site}`}))`),
    db.execute(sql`
with listed as materialized (
  select * from jsonb_to_recordset(${JSON.stringify(pages)}::jsonb) as l("path" varchar, "contentHash" varchar)
), given as materialized (
  select * from jsonb_to_recordset(${JSON.stringify(records)}::jsonb)
    as g("id" uuid, ${each((field, _, type) => `${field} ${type}`)})
), kept as (
  select ${each((field, column) => `p.${column} as ${field}`)}
  from ${page} p join listed l on l."path" = p.path and l."contentHash" = p.content_hash
  where p.site = ${site}
    and (${basis ?? null}::text is null or ${basis ?? null} = (select version from ${catalogue} where site = ${site}))
    and p.path not in (select "path" from given)
), result as materialized (
  select ${each((field) => field)} from given union all select ${each((field) => field)} from kept
), printed as materialized (
  select "path", to_jsonb(result)::text as record,
    jsonb_build_object('path', "path", 'contentHash', "contentHash")::text as entry
  from result
), judged as materialized (
  select
    (select jsonb_agg("path" order by "path" collate "C")
      from (select "path" from listed except select "path" from result) as absent) as missing,
    (select coalesce(sum(octet_length(record) + octet_length(entry)), 0) from printed) as bytes,
    (select encode(sha256(convert_to(coalesce(string_agg(record, chr(10) order by "path" collate "C"), ''), 'UTF8')), 'hex')
      from printed) as version
), accepted as materialized (
  select version from judged where missing is null and bytes <= ${CATALOGUE_LIMITS.totalBytes}
), removed as (
  delete from ${page} p using accepted where p.site = ${site} and p.path not in (select "path" from listed)
), written as (
  insert into ${page} as p (id, site, ${each((_, column) => column)}, created_at, updated_at)
  select g.id, ${site}, ${each((field) => `g.${field}`)}, ${when}::timestamptz, ${when}::timestamptz
  from given g, accepted
  on conflict (site, path) do update set
    ${each((_, column) => `${column} = excluded.${column}`)}, updated_at = excluded.updated_at
  where (${each((_, column) => `p.${column}`)}) is distinct from (${each((_, column) => `excluded.${column}`)})
), noted as (
  insert into ${catalogue} as c (id, site, version, pushed_at, created_at, updated_at)
  select ${randomId()}::uuid, ${site}, accepted.version, ${when}::timestamptz, ${when}::timestamptz, ${when}::timestamptz
  from accepted
  on conflict (site) do update set
    version = excluded.version, pushed_at = excluded.pushed_at, updated_at = excluded.updated_at
)
select missing, bytes, version from judged`),
  ]);
  const [{ missing, bytes, version }] = z.parse(outcome, rows);
  if (missing !== null) return { missing };
  return bytes > CATALOGUE_LIMITS.totalBytes ? { bytes } : { version };
}
