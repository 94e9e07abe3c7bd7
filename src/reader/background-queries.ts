// The SQL of a reader's background: one named function per question. Every write keeps the fast copy on the user row
// equal, in the same batch, and empties the stored recommendations, which were made for another background.
import { eq, type SQL, sql } from "drizzle-orm";
import type { Background } from "../core/background.ts";
import type { Database } from "../db/client.ts";
import { backgroundInformation, personalizationProfile, user } from "../db/schema/index.ts";
import { BACKGROUND_COLUMNS } from "../db/selections.ts";

/** What the reader answered, or undefined when they have answered nothing yet. */
export async function findBackground(db: Database, userId: string) {
  const [row] = await db
    .select(BACKGROUND_COLUMNS)
    .from(backgroundInformation)
    .where(eq(backgroundInformation.userId, userId))
    .limit(1);
  return row;
}

/** A new background is ranked for at the next request, not at the one after it. */
const forgetRecommendations = (db: Database, userId: string, at: Date) =>
  db
    .update(personalizationProfile)
    .set({ recommendedContent: [], basis: {}, updatedAt: at })
    .where(eq(personalizationProfile.userId, userId));

/** Takes what the background now says; an update of the user row that found nothing would leave the two apart. */
const copyToUser = (db: Database, userId: string, at: Date) =>
  db
    .update(user)
    .set({
      skillLevel: sql`(select ${backgroundInformation.experienceLevel} from ${backgroundInformation} where ${backgroundInformation.userId} = ${userId})`,
      operatingSystem: sql`(select ${backgroundInformation.hardwareSetup} ->> 'operatingSystem' from ${backgroundInformation} where ${backgroundInformation.userId} = ${userId})`,
      updatedAt: at,
    })
    .where(eq(user.id, userId));

/**
 * Replaces the background.
 * @throws a foreign key violation when the reader has been deleted in the meantime
 */
export async function replaceBackground(
  db: Database,
  userId: string,
  id: string,
  background: Omit<Background, "updatedAt">,
  at: Date,
): Promise<void> {
  const values = { ...background, updatedAt: at };
  await db.batch([
    db
      .insert(backgroundInformation)
      .values({ id, userId, createdAt: at, ...values })
      .onConflictDoUpdate({ target: backgroundInformation.userId, set: values }),
    copyToUser(db, userId, at),
    forgetRecommendations(db, userId, at),
  ]);
}

/** What a PATCH names: columns to set as they are, and jsonb objects to merge, where null removes a key. */
export interface BackgroundChange {
  set: Partial<
    Pick<
      Background,
      "experienceLevel" | "primaryDomain" | "programmingLanguages" | "softwareTools" | "questionnaireVersion"
    >
  >;
  merge: Partial<Record<"hardwareSetup" | "technicalPreferences" | "answers", Record<string, unknown>>>;
  /** Times of the answers given; null where an answer was taken back. */
  answeredAt: Record<string, string | null>;
}

/** `jsonb_strip_nulls` reaches into nested objects, of which these have none. */
const merged = (
  column: SQL | (typeof BACKGROUND_COLUMNS)[keyof typeof BACKGROUND_COLUMNS],
  patch: Record<string, unknown>,
): SQL => sql`jsonb_strip_nulls(${column} || ${JSON.stringify(patch)}::jsonb)`;

/**
 * Changes only what is named, in SQL: two changes at once lose nothing of each other.
 * @returns the background as it then is
 * @throws a foreign key violation when the reader has been deleted in the meantime, a check violation when the
 *   answers have grown too many
 */
export async function changeBackground(db: Database, userId: string, id: string, change: BackgroundChange, at: Date) {
  const set: Record<string, unknown> = { ...change.set, updatedAt: at };
  const fresh: Record<string, unknown> = { ...change.set };
  for (const [name, patch] of Object.entries(change.merge) as ["answers", Record<string, unknown>][]) {
    set[name] = merged(backgroundInformation[name], patch);
    fresh[name] = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== null));
  }
  set.answeredAt = merged(backgroundInformation.answeredAt, change.answeredAt);
  fresh.answeredAt = Object.fromEntries(Object.entries(change.answeredAt).filter(([, value]) => value !== null));
  const [rows] = await db.batch([
    db
      .insert(backgroundInformation)
      .values({ id, userId, createdAt: at, updatedAt: at, ...fresh })
      .onConflictDoUpdate({ target: backgroundInformation.userId, set })
      .returning(BACKGROUND_COLUMNS),
    copyToUser(db, userId, at),
    forgetRecommendations(db, userId, at),
  ]);
  return rows[0];
}

/** Removes every answer. */
export async function deleteBackground(db: Database, userId: string, at: Date): Promise<void> {
  await db.batch([
    db.delete(backgroundInformation).where(eq(backgroundInformation.userId, userId)),
    copyToUser(db, userId, at),
    forgetRecommendations(db, userId, at),
  ]);
}
