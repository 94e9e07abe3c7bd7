// GET and POST /api/progress: how far the reader came, and the SQL that merges what their devices say.
import { and, desc, eq, sql } from "drizzle-orm";
import type { Context } from "hono";
import * as z from "zod/mini";
import { mergeEvents, type PageProgress, PROGRESS_LIMITS, progressInput } from "../core/progress-events.ts";
import type { Database } from "../db/client.ts";
import { page, readingProgress } from "../db/schema/index.ts";
import { violatesForeignKey } from "../db/unavailable.ts";
import type { AppEnv } from "../http/app-env.ts";
import { readJson, readQuery } from "../http/body.ts";
import { problem } from "../http/problem.ts";

/** Most rows that one answer holds; a catalogue has no more pages. */
const MAX_ROWS = 5000;

async function findProgress(db: Database, userId: string, site: string) {
  return db
    .select({
      pageKey: readingProgress.pageKey,
      percent: readingProgress.percent,
      openedAt: readingProgress.openedAt,
      completedAt: readingProgress.completedAt,
      savedAt: readingProgress.savedAt,
      unsavedAt: readingProgress.unsavedAt,
      dismissedAt: readingProgress.dismissedAt,
      restoredAt: readingProgress.restoredAt,
      feedback: readingProgress.feedback,
      feedbackAt: readingProgress.feedbackAt,
      seenHash: readingProgress.seenHash,
      seenAt: readingProgress.seenAt,
    })
    .from(readingProgress)
    .where(and(eq(readingProgress.userId, userId), eq(readingProgress.site, site)))
    .orderBy(desc(readingProgress.updatedAt), readingProgress.pageKey)
    .limit(MAX_ROWS);
}

const COLUMNS = ["opened_at", "completed_at", "saved_at", "unsaved_at", "dismissed_at", "restored_at"] as const;

/** The later time of each field, which is the same in any order of arrival. `greatest` passes over nulls. */
const LATEST = sql.raw(COLUMNS.map((name) => `${name} = greatest(p.${name}, excluded.${name})`).join(", "));

const iso = (time: number | null) => (time === null ? null : new Date(time).toISOString());

/**
 * Merges a batch into what is stored, in one statement. Pages that the site's catalogue does not have are left out,
 * or anybody could fill the table with names of their own; what is known of a page outlives it.
 * @returns the keys that were taken
 * @throws a foreign key violation when the reader has been deleted in the meantime
 */
async function mergeProgress(db: Database, userId: string, site: string, pages: PageProgress[], at: Date) {
  const rows = pages.map((one) => ({
    page_key: one.pageKey,
    percent: one.percent,
    opened_at: iso(one.openedAt),
    completed_at: iso(one.completedAt),
    saved_at: iso(one.savedAt),
    unsaved_at: iso(one.unsavedAt),
    dismissed_at: iso(one.dismissedAt),
    restored_at: iso(one.restoredAt),
    feedback: one.feedback,
    feedback_at: iso(one.feedbackAt),
    seen_hash: one.seenHash,
    seen_at: iso(one.seenAt),
  }));
  const now = at.toISOString();
  const result = await db.execute(sql`
    insert into ${readingProgress} as p (user_id, site, page_key, percent, opened_at, completed_at, saved_at, unsaved_at,
      dismissed_at, restored_at, feedback, feedback_at, seen_hash, seen_at, created_at, updated_at)
    select ${userId}::uuid, ${site}, e.page_key, e.percent, e.opened_at, e.completed_at, e.saved_at, e.unsaved_at,
      e.dismissed_at, e.restored_at, e.feedback, e.feedback_at, e.seen_hash, e.seen_at, ${now}::timestamptz, ${now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as e(page_key text, percent smallint, opened_at timestamptz,
      completed_at timestamptz, saved_at timestamptz, unsaved_at timestamptz, dismissed_at timestamptz,
      restored_at timestamptz, feedback text, feedback_at timestamptz, seen_hash text, seen_at timestamptz)
    where exists (select 1 from ${page} where ${page.site} = ${site} and ${page.pageKey} = e.page_key)
      or exists (select 1 from ${readingProgress} r where r.user_id = ${userId}::uuid and r.site = ${site} and r.page_key = e.page_key)
    order by e.page_key
    on conflict (user_id, site, page_key) do update set
      percent = greatest(p.percent, excluded.percent),
      ${LATEST},
      feedback = case when (excluded.feedback_at, coalesce(excluded.feedback, '')) > (coalesce(p.feedback_at, '-infinity'), coalesce(p.feedback, ''))
        then excluded.feedback else p.feedback end,
      feedback_at = greatest(p.feedback_at, excluded.feedback_at),
      seen_hash = case when (excluded.seen_at, coalesce(excluded.seen_hash, '')) > (coalesce(p.seen_at, '-infinity'), coalesce(p.seen_hash, ''))
        then excluded.seen_hash else p.seen_hash end,
      seen_at = greatest(p.seen_at, excluded.seen_at),
      updated_at = excluded.updated_at
    returning page_key`);
  return z.parse(z.array(z.object({ page_key: z.string() })), result.rows).map((row) => row.page_key);
}

/** Set and not taken back since. */
const holds = (set: Date | null, unset: Date | null): boolean => set !== null && (unset === null || set > unset);

const siteQuery = z.object({ site: z.string("is missing").check(z.minLength(1), z.maxLength(60)) });

export interface ProgressDeps {
  db: Database;
  sites: ReadonlySet<string>;
  now: () => number;
}

export function progressHandlers(deps: ProgressDeps) {
  return {
    async list(c: Context<AppEnv>): Promise<Response> {
      const query = readQuery(c, siteQuery);
      if (!query.ok) return query.response;
      const { site } = query.value;
      if (!deps.sites.has(site)) return problem(c, "unknown-site");
      const rows = await findProgress(deps.db, c.get("session").userId, site);
      return c.json({
        progress: rows.map((row) => ({
          ...row,
          saved: holds(row.savedAt, row.unsavedAt),
          dismissed: holds(row.dismissedAt, row.restoredAt),
        })),
      });
    },

    async merge(c: Context<AppEnv>): Promise<Response> {
      const body = await readJson(c, progressInput, PROGRESS_LIMITS.bodyBytes);
      if (!body.ok) return body.response;
      const { site } = body.value;
      if (!deps.sites.has(site)) return problem(c, "unknown-site");
      const pages = mergeEvents(body.value, deps.now());
      try {
        const at = new Date(deps.now());
        const taken = new Set(await mergeProgress(deps.db, c.get("session").userId, site, pages, at));
        return c.json({
          pages: taken.size,
          unknownPages: pages.map((one) => one.pageKey).filter((key) => !taken.has(key)),
        });
      } catch (error) {
        // The account was deleted while a cache still knew it.
        if (violatesForeignKey(error)) return problem(c, "unauthenticated");
        throw error;
      }
    },
  };
}
