// GET /api/personalization and PUT /api/personalization/preferences, and the only writes of the personalization
// profile. The ranking itself is the content room's; it is handed `storeRecommendations`.
import { eq, sql } from "drizzle-orm";
import type { Context } from "hono";
import { type Personalization, preferencesInput } from "../core/personalization.ts";
import type { Database } from "../db/client.ts";
import { personalizationProfile } from "../db/schema/index.ts";
import type { Basis, StoredRecommendation } from "../db/schema/reader.ts";
import { violatesForeignKey } from "../db/unavailable.ts";
import type { AppEnv } from "../http/app-env.ts";
import { readJson } from "../http/body.ts";
import { problem } from "../http/problem.ts";

async function findPersonalization(db: Database, userId: string) {
  const [row] = await db
    .select({
      preferredCategories: personalizationProfile.preferredCategories,
      recommendedContent: personalizationProfile.recommendedContent,
      basis: personalizationProfile.basis,
      lastPersonalizationUpdate: personalizationProfile.lastPersonalizationUpdate,
    })
    .from(personalizationProfile)
    .where(eq(personalizationProfile.userId, userId))
    .limit(1);
  return row;
}

/** @throws a foreign key violation when the reader has been deleted in the meantime */
async function storePreferences(db: Database, userId: string, id: string, preferredCategories: string[], at: Date) {
  // The lists were made for other preferences.
  const values = { preferredCategories, recommendedContent: [], basis: {}, updatedAt: at };
  await db
    .insert(personalizationProfile)
    .values({ id, userId, createdAt: at, ...values })
    .onConflictDoUpdate({ target: personalizationProfile.userId, set: values });
}

/**
 * Stores the list of one site and leaves those of the others, in one statement.
 * @throws a foreign key violation when the reader has been deleted in the meantime
 */
export async function storeRecommendations(
  db: Database,
  userId: string,
  id: string,
  site: string,
  list: StoredRecommendation[],
  basis: Basis[string],
  at: Date,
): Promise<void> {
  const others = sql`coalesce((select jsonb_agg(one) from jsonb_array_elements(${personalizationProfile.recommendedContent}) one where one ->> 'site' <> ${site}), '[]'::jsonb)`;
  await db
    .insert(personalizationProfile)
    .values({
      id,
      userId,
      recommendedContent: list,
      basis: { [site]: basis },
      lastPersonalizationUpdate: at,
      createdAt: at,
      updatedAt: at,
    })
    .onConflictDoUpdate({
      target: personalizationProfile.userId,
      set: {
        recommendedContent: sql`${others} || ${JSON.stringify(list)}::jsonb`,
        basis: sql`${personalizationProfile.basis} || ${JSON.stringify({ [site]: basis })}::jsonb`,
        lastPersonalizationUpdate: at,
        updatedAt: at,
      },
    });
}

export function personalizationHandlers(deps: { db: Database; now: () => number; randomId: () => string }) {
  return {
    async read(c: Context<AppEnv>): Promise<Response> {
      const row = await findPersonalization(deps.db, c.get("session").userId);
      const body: Personalization = {
        preferredCategories: row?.preferredCategories ?? [],
        recommendedContent: (row?.recommendedContent ?? []).map(({ page, ...rest }) => ({ ...rest, pageKey: page })),
        basis: row?.basis ?? {},
        lastPersonalizationUpdate: row?.lastPersonalizationUpdate?.toISOString() ?? null,
      };
      return c.json(body);
    },

    async replacePreferences(c: Context<AppEnv>): Promise<Response> {
      const body = await readJson(c, preferencesInput);
      if (!body.ok) return body.response;
      const { preferredCategories } = body.value;
      const at = new Date(deps.now());
      try {
        await storePreferences(deps.db, c.get("session").userId, deps.randomId(), preferredCategories, at);
        return c.json({ preferredCategories });
      } catch (error) {
        // The account was deleted while a cache still knew it.
        if (violatesForeignKey(error)) return problem(c, "unauthenticated");
        throw error;
      }
    },
  };
}
