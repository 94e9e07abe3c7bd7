// The SQL about ranking: one named function per question.
import { and, desc, eq, sql } from "drizzle-orm";
import { CATALOGUE_LIMITS } from "../core/catalogue.ts";
import type { Database } from "../db/client.ts";
import { backgroundInformation, catalogue, personalizationProfile, readingProgress, user } from "../db/schema/index.ts";
import { BACKGROUND_COLUMNS } from "../db/selections.ts";

/**
 * Everything that ranking for a reader needs and that changes from reader to reader, in one statement: what they did
 * and said, each with its version; the list that is stored for the site, with what it was made from; and the
 * catalogue's version, to tell whether the pages at hand are current. Of what they did there are as many pages as a
 * catalogue may have, those that were touched last. Undefined when the reader no longer exists.
 *
 * Versions are hashes of what the ranker looks at. A time would not do: two changes can happen in one millisecond, and
 * the clocks of two isolates differ.
 */
export async function findRankingInput(db: Database, userId: string, site: string) {
  const newest = db
    .select()
    .from(readingProgress)
    .where(and(eq(readingProgress.userId, userId), eq(readingProgress.site, site)))
    .orderBy(desc(readingProgress.updatedAt), readingProgress.pageKey)
    .limit(CATALOGUE_LIMITS.pages)
    .as("newest");
  const progress = db
    .select({
      rows: sql<unknown>`coalesce(jsonb_agg(jsonb_build_object(
        'pageKey', ${newest.pageKey},
        'percent', ${newest.percent},
        'openedAt', ${newest.openedAt},
        'completedAt', ${newest.completedAt},
        'savedAt', case when ${newest.savedAt} > coalesce(${newest.unsavedAt}, '-infinity') then ${newest.savedAt} end,
        'dismissedAt', case when ${newest.dismissedAt} > coalesce(${newest.restoredAt}, '-infinity') then ${newest.dismissedAt} end,
        'feedback', ${newest.feedback},
        'seenHash', ${newest.seenHash}
      ) order by ${newest.pageKey}), '[]'::jsonb)`.as("rows"),
    })
    .from(newest)
    .as("progress");
  const { experienceLevel, primaryDomain, programmingLanguages, softwareTools, hardwareSetup } = backgroundInformation;
  const { preferredCategories, recommendedContent, basis } = personalizationProfile;
  const [row] = await db
    .select({
      catalogueVersion: catalogue.version,
      progress: progress.rows,
      background: BACKGROUND_COLUMNS,
      preferredCategories,
      storedList: sql<unknown>`(select jsonb_agg(one order by place) from jsonb_array_elements(${recommendedContent})
        with ordinality as list(one, place) where one ->> 'site' = ${site})`,
      storedBasis: sql<unknown>`${basis} -> ${site}::text`,
      versions: {
        background: sql<string>`md5(jsonb_build_array(${experienceLevel}, ${primaryDomain}, ${programmingLanguages}, ${softwareTools}, ${hardwareSetup})::text)`,
        progress: sql<string>`md5(${progress.rows}::text)`,
        preferences: sql<string>`md5(coalesce(${preferredCategories}, '[]'::jsonb)::text)`,
      },
    })
    .from(user)
    .leftJoin(catalogue, eq(catalogue.site, site))
    .leftJoin(backgroundInformation, eq(backgroundInformation.userId, user.id))
    .leftJoin(personalizationProfile, eq(personalizationProfile.userId, user.id))
    .crossJoin(progress)
    .where(eq(user.id, userId))
    .limit(1);
  return row;
}
