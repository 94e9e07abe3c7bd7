// The SQL of a reader's background: one named function per question.
import { eq } from "drizzle-orm";
import type { Background } from "../core/background.ts";
import type { Database } from "../db/client.ts";
import { backgroundInformation, user } from "../db/schema/index.ts";

/** What the reader answered, or undefined when they have answered nothing yet. */
export async function findBackground(db: Database, userId: string) {
  const [row] = await db
    .select({
      experienceLevel: backgroundInformation.experienceLevel,
      primaryDomain: backgroundInformation.primaryDomain,
      programmingLanguages: backgroundInformation.programmingLanguages,
      softwareTools: backgroundInformation.softwareTools,
      hardwareSetup: backgroundInformation.hardwareSetup,
      technicalPreferences: backgroundInformation.technicalPreferences,
      answers: backgroundInformation.answers,
      answeredAt: backgroundInformation.answeredAt,
      questionnaireVersion: backgroundInformation.questionnaireVersion,
      updatedAt: backgroundInformation.updatedAt,
    })
    .from(backgroundInformation)
    .where(eq(backgroundInformation.userId, userId))
    .limit(1);
  return row;
}

/**
 * Replaces the background and its fast copy on the user row, both or neither.
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
    db
      .update(user)
      .set({
        skillLevel: background.experienceLevel,
        operatingSystem: background.hardwareSetup.operatingSystem ?? null,
        updatedAt: at,
      })
      .where(eq(user.id, userId)),
  ]);
}
