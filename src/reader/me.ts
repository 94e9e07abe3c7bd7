// GET /api/me: everything a page shows of its reader, in one round trip.
import { eq, sql } from "drizzle-orm";
import type { Context } from "hono";
import * as z from "zod/mini";
import { EMPTY_BACKGROUND } from "../core/background.ts";
import { EMPTY_PROFILE } from "../core/profile.ts";
import type { Database } from "../db/client.ts";
import { backgroundInformation, personalizationProfile, profile, readingProgress, user } from "../db/schema/index.ts";
import { BACKGROUND_COLUMNS, PROFILE_COLUMNS } from "../db/selections.ts";
import type { AppEnv } from "../http/app-env.ts";
import { jsonWithEtag } from "../http/etag.ts";
import { problem } from "../http/problem.ts";

const progressSummary = z.record(
  z.string(),
  z.object({ opened: z.number(), completed: z.number(), saved: z.number() }),
);

async function findMe(db: Database, userId: string) {
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
  const [row] = await db
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
    })
    .from(user)
    .leftJoin(backgroundInformation, eq(backgroundInformation.userId, user.id))
    .leftJoin(profile, eq(profile.userId, user.id))
    .leftJoin(personalizationProfile, eq(personalizationProfile.userId, user.id))
    .crossJoin(summary)
    .where(eq(user.id, userId))
    .limit(1);
  return row;
}

export function meHandlers(deps: { db: Database }) {
  return {
    async read(c: Context<AppEnv>): Promise<Response> {
      const row = await findMe(deps.db, c.get("session").userId);
      // The account was deleted while a cache still knew it.
      if (!row) return problem(c, "unauthenticated");
      return jsonWithEtag(c, {
        user: row.user,
        background: row.background ?? EMPTY_BACKGROUND,
        profile: row.profile ?? EMPTY_PROFILE,
        preferences: { preferredCategories: row.preferredCategories ?? [] },
        progress: z.parse(progressSummary, row.progress),
      });
    },
  };
}
