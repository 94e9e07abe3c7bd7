// GET /api/me: everything a page shows of its reader, in one round trip; for one site also what they read there.
import { and, desc, eq, sql } from "drizzle-orm";
import type { Context } from "hono";
import * as z from "zod/mini";
import { EMPTY_BACKGROUND } from "../core/background.ts";
import { meQuery, progressSummary, readPage } from "../core/me.ts";
import { EMPTY_PROFILE } from "../core/profile.ts";
import type { Database } from "../db/client.ts";
import {
  backgroundInformation,
  page,
  personalizationProfile,
  profile,
  readingProgress,
  user,
} from "../db/schema/index.ts";
import { BACKGROUND_COLUMNS, PROFILE_COLUMNS } from "../db/selections.ts";
import type { AppEnv } from "../http/app-env.ts";
import { readQuery } from "../http/body.ts";
import { jsonWithEtag } from "../http/etag.ts";
import { problem } from "../http/problem.ts";

/** Times as Postgres writes them in JSON, made RFC 3339 in UTC. */
const storedTime = z.nullable(
  z.pipe(
    z.string(),
    z.transform((text) => new Date(text).toISOString()),
  ),
);
const storedReading = z.array(
  z.extend(readPage, {
    openedAt: storedTime,
    completedAt: storedTime,
    savedAt: storedTime,
    unsavedAt: storedTime,
    dismissedAt: storedTime,
    restoredAt: storedTime,
    feedbackAt: storedTime,
  }),
);

/** Most pages of one site that an answer holds; a catalogue has no more. */
const MAX_PAGES = 5000;

/** What the reader did with each page of a site, the page touched last first, with where it is found now. */
function readingOf(db: Database, userId: string, site: string | undefined) {
  const rows = db
    .select()
    .from(readingProgress)
    .where(and(eq(readingProgress.userId, userId), eq(readingProgress.site, site ?? "")))
    .orderBy(desc(readingProgress.updatedAt), readingProgress.pageKey)
    .limit(MAX_PAGES)
    .as("rows");
  // Drizzle leaves out the table where it sees only one, so the comparison of two tables is spelled out.
  return db
    .select({
      pages: sql<unknown>`coalesce(jsonb_agg(jsonb_build_object(
        'pageKey', ${rows.pageKey}, 'percent', ${rows.percent}, 'openedAt', ${rows.openedAt},
        'completedAt', ${rows.completedAt}, 'savedAt', ${rows.savedAt}, 'unsavedAt', ${rows.unsavedAt},
        'dismissedAt', ${rows.dismissedAt}, 'restoredAt', ${rows.restoredAt}, 'feedback', ${rows.feedback},
        'feedbackAt', ${rows.feedbackAt}, 'places', coalesce((
          select jsonb_agg(jsonb_build_object('path', ${page.path}, 'lang', ${page.lang}, 'title', ${page.title}) order by ${page.position}, ${page.path})
          from ${page} where ${page.site} = ${site ?? ""} and page.page_key = rows.page_key
        ), '[]'::jsonb)) order by ${rows.updatedAt} desc, ${rows.pageKey}), '[]'::jsonb)`.as("pages"),
    })
    .from(rows)
    .as("reading");
}

/** The statement that finds everything; no row when the account was deleted while a cache still knew it. */
export function meStatement(db: Database, userId: string, site?: string) {
  const counts = db
    .select({
      site: readingProgress.site,
      opened: sql<number>`count(*) filter (where ${readingProgress.openedAt} is not null)`.as("opened"),
      completed: sql<number>`count(*) filter (where ${readingProgress.completedAt} is not null)`.as("completed"),
      saved:
        sql<number>`count(*) filter (where ${readingProgress.savedAt} > coalesce(${readingProgress.unsavedAt}, '-infinity'))`.as(
          "saved",
        ),
    })
    .from(readingProgress)
    .where(eq(readingProgress.userId, userId))
    .groupBy(readingProgress.site)
    .as("counts");
  const summary = db
    .select({
      sites:
        sql<unknown>`coalesce(jsonb_object_agg(${counts.site}, jsonb_build_object('opened', ${counts.opened}, 'completed', ${counts.completed}, 'saved', ${counts.saved})), '{}'::jsonb)`.as(
          "sites",
        ),
    })
    .from(counts)
    .as("summary");
  const reading = readingOf(db, userId, site);
  return db
    .select({
      user: {
        id: user.id,
        email: user.email,
        emailVerified: user.emailVerified,
        name: user.name,
        image: user.image,
        role: user.role,
        createdAt: user.createdAt,
        skillLevel: user.skillLevel,
        operatingSystem: user.operatingSystem,
      },
      background: BACKGROUND_COLUMNS,
      profile: PROFILE_COLUMNS,
      preferredCategories: personalizationProfile.preferredCategories,
      progress: summary.sites,
      reading: reading.pages,
    })
    .from(user)
    .leftJoin(backgroundInformation, eq(backgroundInformation.userId, user.id))
    .leftJoin(profile, eq(profile.userId, user.id))
    .leftJoin(personalizationProfile, eq(personalizationProfile.userId, user.id))
    .crossJoin(summary)
    .crossJoin(reading)
    .where(eq(user.id, userId))
    .limit(1);
}

type Row = Awaited<ReturnType<typeof meStatement>>[number];

/** The answer of a row. `site` was named: then it says what the reader did there. */
export function meOf(row: Row, site: boolean) {
  return {
    user: row.user,
    background: row.background ?? EMPTY_BACKGROUND,
    profile: row.profile ?? EMPTY_PROFILE,
    preferences: { preferredCategories: row.preferredCategories ?? [] },
    progress: z.parse(progressSummary, row.progress),
    ...(site && { reading: z.parse(storedReading, row.reading) }),
  };
}

export function meHandlers(deps: { db: Database; sites: ReadonlySet<string> }) {
  return {
    async read(c: Context<AppEnv>): Promise<Response> {
      const query = readQuery(c, meQuery);
      if (!query.ok) return query.response;
      const { site } = query.value;
      if (site !== undefined && !deps.sites.has(site)) return problem(c, "unknown-site");
      const [row] = await meStatement(deps.db, c.get("session").userId, site);
      // The account was deleted while a cache still knew it.
      if (!row) return problem(c, "unauthenticated");
      return jsonWithEtag(c, meOf(row, site !== undefined));
    },
  };
}
