// GET /api/personalization and PUT /api/personalization/preferences, and the only writes of the personalization
// profile. The ranking itself is the content room's; it is handed `storeRecommendations`.
import { eq, sql } from "drizzle-orm";
import type { Context } from "hono";
import {
  type Basis,
  type Personalization,
  preferencesInput,
  type StoredRecommendation,
} from "../core/personalization.ts";
import type { Database } from "../db/client.ts";
import { personalizationProfile } from "../db/schema/index.ts";
import { READER_JSON_BYTES } from "../db/schema/reader.ts";
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

/** The best of a list that fit into the column; Postgres prints a space after each comma and colon. */
function fitting(list: readonly StoredRecommendation[]): StoredRecommendation[] {
  const sizes = list.map((one) => {
    const json = JSON.stringify(one);
    return new TextEncoder().encode(json).byteLength + (json.match(/[,:]/g)?.length ?? 0) + ", ".length;
  });
  let left = READER_JSON_BYTES.recommendedContent - "[]".length;
  const end = sizes.findIndex((size) => {
    left -= size;
    return left < 0;
  });
  return list.slice(0, end === -1 ? list.length : end);
}

/**
 * Stores the list of one site and leaves those of the others, in one statement; where they do not fit together, the
 * others are ranked again when they are asked for. A list that was made from newer inputs stays: this one was slow.
 * A newer one that comes from the future was made by a wrong clock, and counts for nothing.
 * @throws a foreign key violation when the reader has been deleted in the meantime
 */
export async function storeRecommendations(
  db: Database,
  userId: string,
  id: string,
  site: string,
  list: readonly StoredRecommendation[],
  basis: Basis,
  at: Date,
): Promise<void> {
  const { recommendedContent, basis: bases } = personalizationProfile;
  const own = fitting(list);
  const ownBasis = { [site]: basis };
  const [listJson, basisJson] = [JSON.stringify(own), JSON.stringify(ownBasis)];
  const others = sql`coalesce((select jsonb_agg(one) from jsonb_array_elements(${recommendedContent}) one where one ->> 'site' <> ${site}), '[]'::jsonb)`;
  const lists = sql`${others} || ${listJson}::jsonb`;
  const fit = sql`octet_length((${lists})::text) <= ${READER_JSON_BYTES.recommendedContent}
    and octet_length((${bases} || ${basisJson}::jsonb)::text) <= ${READER_JSON_BYTES.basis}`;
  const stored = sql`(${bases} -> ${site}::text ->> 'rankedAt')::timestamptz`;
  const values = { lastPersonalizationUpdate: at, updatedAt: at };
  await db
    .insert(personalizationProfile)
    .values({ id, userId, recommendedContent: own, basis: ownBasis, createdAt: at, ...values })
    .onConflictDoUpdate({
      target: personalizationProfile.userId,
      set: {
        recommendedContent: sql`case when ${fit} then ${lists} else ${listJson}::jsonb end`,
        basis: sql`case when ${fit} then ${bases} || ${basisJson}::jsonb else ${basisJson}::jsonb end`,
        ...values,
      },
      setWhere: sql`coalesce(${stored} <= ${basis.rankedAt}::timestamptz or ${stored} > ${at.toISOString()}::timestamptz, true)`,
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
