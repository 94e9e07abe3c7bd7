// The SQL of the content room: one named function per question.
import { and, asc, eq, sql } from "drizzle-orm";
import type { CataloguePage } from "../core/catalogue.ts";
import type { Database } from "../db/client.ts";
import { backgroundInformation, catalogue, page, readingProgress, user } from "../db/schema/index.ts";
import { BACKGROUND_COLUMNS } from "../db/selections.ts";

/** Rows of one INSERT: at 22 parameters each, below Postgres' limit of 65,535. */
const ROWS_PER_INSERT = 1000;

/** The version of a site's catalogue, or undefined when none was pushed. */
export async function findCatalogueVersion(db: Database, site: string): Promise<string | undefined> {
  const [row] = await db
    .select({ version: catalogue.version })
    .from(catalogue)
    .where(eq(catalogue.site, site))
    .limit(1);
  return row?.version;
}

/** All pages of a site, in the site's own order, with the version they are of. */
export async function findPages(db: Database, site: string): Promise<{ version: string; pages: CataloguePage[] }> {
  const rows = await db
    .select({
      catalogueVersion: catalogue.version,
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
    })
    .from(page)
    .innerJoin(catalogue, eq(catalogue.site, page.site))
    .where(eq(page.site, site))
    .orderBy(asc(page.position), asc(page.path));
  return {
    version: rows[0]?.catalogueVersion ?? "",
    pages: rows.map(({ catalogueVersion: _, ...row }) => row),
  };
}

/**
 * Replaces a site's catalogue, atomically: nobody ever reads half of it. Two pushes at once happen one after the
 * other, whichever comes first.
 */
export async function replaceCatalogue(
  db: Database,
  site: string,
  version: string,
  pages: readonly CataloguePage[],
  at: Date,
  randomId: () => string,
): Promise<void> {
  const rows = pages.map((one) => ({ id: randomId(), site, ...one, createdAt: at, updatedAt: at }));
  const inserts = Array.from({ length: Math.ceil(rows.length / ROWS_PER_INSERT) }, (_, chunk) =>
    db.insert(page).values(rows.slice(chunk * ROWS_PER_INSERT, (chunk + 1) * ROWS_PER_INSERT)),
  );
  await db.batch([
    db.execute(sql`select pg_advisory_xact_lock(hashtext(${`catalogue ${site}`}))`),
    db.delete(page).where(eq(page.site, site)),
    ...inserts,
    db
      .insert(catalogue)
      .values({ id: randomId(), site, version, pushedAt: at, createdAt: at, updatedAt: at })
      .onConflictDoUpdate({ target: catalogue.site, set: { version, pushedAt: at, updatedAt: at } }),
  ]);
}

/**
 * Everything that ranking for a reader needs and that changes from reader to reader, in one statement, with the
 * catalogue's version to tell whether the pages at hand are current. Undefined when the reader no longer exists.
 */
export async function findRankingInput(db: Database, userId: string, site: string) {
  const progress = db
    .select({
      rows: sql<unknown>`coalesce(jsonb_agg(jsonb_build_object(
        'pageKey', ${readingProgress.pageKey},
        'percent', ${readingProgress.percent},
        'openedAt', ${readingProgress.openedAt},
        'completedAt', ${readingProgress.completedAt},
        'savedAt', case when ${readingProgress.savedAt} > coalesce(${readingProgress.unsavedAt}, '-infinity') then ${readingProgress.savedAt} end,
        'dismissedAt', case when ${readingProgress.dismissedAt} > coalesce(${readingProgress.restoredAt}, '-infinity') then ${readingProgress.dismissedAt} end,
        'feedback', ${readingProgress.feedback},
        'seenHash', ${readingProgress.seenHash}
      )), '[]'::jsonb)`.as("rows"),
    })
    .from(readingProgress)
    .where(and(eq(readingProgress.userId, userId), eq(readingProgress.site, site)))
    .as("progress");
  const [row] = await db
    .select({
      catalogueVersion: catalogue.version,
      progress: progress.rows,
      background: BACKGROUND_COLUMNS,
    })
    .from(user)
    .leftJoin(catalogue, eq(catalogue.site, site))
    .leftJoin(backgroundInformation, eq(backgroundInformation.userId, user.id))
    .crossJoin(progress)
    .where(eq(user.id, userId))
    .limit(1);
  return row;
}
