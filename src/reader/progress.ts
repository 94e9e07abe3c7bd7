// GET and POST /api/progress: how far the reader came, and the SQL that merges what their devices say.
import { and, desc, eq, sql } from "drizzle-orm";
import type { Context } from "hono";
import * as z from "zod/mini";
import { progressMergeQuery } from "../core/me.ts";
import { mergeEvents, type PageProgress } from "../core/merge-progress.ts";
import { siteQuery } from "../core/primitives.ts";
import { PROGRESS_LIMITS, progressInput } from "../core/progress-events.ts";
import type { Database } from "../db/client.ts";
import { page, readingProgress, user } from "../db/schema/index.ts";
import { violatesForeignKey } from "../db/unavailable.ts";
import type { AppEnv } from "../http/app-env.ts";
import { readJson, readQuery } from "../http/body.ts";
import { problem } from "../http/problem.ts";
import { meOf, meStatement } from "./me.ts";
import { isAnothers } from "./whose.ts";

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

/** Of one field with a time of its own, what was said last; of two at the same moment the same one in every order. */
const last = (value: string, at: string) =>
  sql.raw(`(array_agg(${value} order by ${at} desc nulls last, coalesce(${value}, '') desc))[1]`);

/**
 * The statement that merges a batch into what is stored. A page may be named by its key or by its path; a name that is
 * one page's key and another's path is the key. A page that is named by its path was seen as the catalogue had it then.
 * Pages that the site's catalogue does not have are left out, or anybody could fill the table with names of their own;
 * what is known of a page outlives it.
 * Its rows are the names that were taken. When the reader has been deleted in the meantime it breaks a foreign key, or,
 * where there was nothing to take, has a row of nulls.
 */
function mergeStatement(userId: string, site: string, pages: PageProgress[], at: Date) {
  const rows = pages.map((one) => ({
    name: one.pageKey,
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
  return sql`
    with said as (
      select s.name, coalesce(here.page_key, s.name) as page_key, s.percent, s.opened_at, s.completed_at, s.saved_at,
        s.unsaved_at, s.dismissed_at, s.restored_at, s.feedback, s.feedback_at,
        coalesce(s.seen_hash, here.content_hash) as seen_hash,
        case when s.seen_hash is null and here.content_hash is not null then s.opened_at else s.seen_at end as seen_at
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as s(name text, percent smallint, opened_at timestamptz,
        completed_at timestamptz, saved_at timestamptz, unsaved_at timestamptz, dismissed_at timestamptz,
        restored_at timestamptz, feedback text, feedback_at timestamptz, seen_hash text, seen_at timestamptz)
      left join lateral (
        select ${page.pageKey}, case when s.opened_at >= ${page.updatedAt} then ${page.contentHash} end as content_hash
        from ${page} where ${page.site} = ${site} and ${page.path} = s.name and (${page.pageKey} = s.name
          or not exists (select 1 from ${page} keyed where keyed.site = ${site} and keyed.page_key = s.name))
      ) here on true
    ), batch as (
      select page_key, max(percent) as percent, max(opened_at) as opened_at, max(completed_at) as completed_at,
        max(saved_at) as saved_at, max(unsaved_at) as unsaved_at, max(dismissed_at) as dismissed_at,
        max(restored_at) as restored_at, ${last("feedback", "feedback_at")} as feedback, max(feedback_at) as feedback_at,
        ${last("seen_hash", "seen_at")} as seen_hash, max(seen_at) as seen_at
      from said group by page_key
    ), taken as (
      insert into ${readingProgress} as p (user_id, site, page_key, percent, opened_at, completed_at, saved_at, unsaved_at,
        dismissed_at, restored_at, feedback, feedback_at, seen_hash, seen_at, created_at, updated_at)
      select ${userId}::uuid, ${site}, e.page_key, e.percent, e.opened_at, e.completed_at, e.saved_at, e.unsaved_at,
        e.dismissed_at, e.restored_at, e.feedback, e.feedback_at, e.seen_hash, e.seen_at, ${now}::timestamptz, ${now}::timestamptz
      from batch e
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
      returning page_key
    )
    select said.name, said.page_key from said join taken on taken.page_key = said.page_key
    union all
    select null, null where not exists (select 1 from ${user} where ${user.id} = ${userId}::uuid)`;
}

const takenRows = z.array(z.object({ name: z.nullable(z.string()), page_key: z.nullable(z.string()) }));

/** Set and not taken back since. */
const holds = (set: Date | null, unset: Date | null): boolean => set !== null && (unset === null || set > unset);

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
      const query = readQuery(c, progressMergeQuery);
      if (!query.ok) return query.response;
      const body = await readJson(c, progressInput, PROGRESS_LIMITS.bodyBytes);
      if (!body.ok) return body.response;
      const { site } = body.value;
      if (!deps.sites.has(site)) return problem(c, "unknown-site");
      // Somebody else signed in while the events waited.
      if (isAnothers(c, query.value.reader)) return problem(c, "unauthenticated");
      const { userId } = c.get("session");
      const pages = mergeEvents(body.value, deps.now());
      try {
        const at = new Date(deps.now());
        const merge = deps.db.execute(mergeStatement(userId, site, pages, at));
        const [merged, me] = query.value.with
          ? await deps.db.batch([merge, meStatement(deps.db, userId, site)])
          : [await merge, undefined];
        const taken = z.parse(takenRows, merged.rows);
        const names = new Set(taken.map((row) => row.name));
        if (names.has(null)) return problem(c, "unauthenticated");
        return c.json({
          pages: new Set(taken.map((row) => row.page_key)).size,
          unknownPages: pages.map((one) => one.pageKey).filter((name) => !names.has(name)),
          ...(me?.[0] && { me: meOf(me[0], true) }),
        });
      } catch (error) {
        // The account was deleted while a cache still knew it.
        if (violatesForeignKey(error)) return problem(c, "unauthenticated");
        throw error;
      }
    },
  };
}
