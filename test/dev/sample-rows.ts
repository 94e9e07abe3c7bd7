// Valid rows for the tests of the data model: every value that the database asks for, and nothing more.
import { randomUUID } from "node:crypto";
import type { PgliteDatabase } from "drizzle-orm/pglite";
import * as schema from "../../src/db/schema/index.ts";

export type Database = PgliteDatabase<typeof schema>;

export const NOW = new Date("2026-01-01T12:00:00.000Z");
export const times = { createdAt: NOW, updatedAt: NOW };
/** `NOW` plus hours. */
export const later = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000);
export const ADA = "00000000-0000-4000-8000-00000000000a";
export const BOB = "00000000-0000-4000-8000-00000000000b";
const own = (userId: string) => ({ id: randomUUID(), userId, ...times });

/** One row in every table that belongs to a reader, all their own. */
export async function insertReader(db: Database, userId: string, name: string): Promise<void> {
  await db.insert(schema.user).values({ id: userId, email: `${name}@example.com`, name, ...times });
  await db.insert(schema.session).values({
    ...own(userId),
    token: `token of ${name}`,
    expiresAt: later(24),
    authenticatedAt: NOW,
    loginId: randomUUID(),
  });
  await db.insert(schema.account).values({ ...own(userId), providerId: "github", accountId: name });
  await db.insert(schema.twoFactor).values({ id: randomUUID(), userId, secret: "sealed", backupCodes: "sealed" });
  await db.insert(schema.passkey).values({
    id: randomUUID(),
    userId,
    publicKey: "key",
    credentialID: `credential of ${name}`,
    counter: 0,
    deviceType: "singleDevice",
    backedUp: false,
  });
  await db.insert(schema.backgroundInformation).values(own(userId));
  await db.insert(schema.personalizationProfile).values(own(userId));
  await db.insert(schema.profile).values(own(userId));
  await db.insert(schema.readingProgress).values({ userId, site: "course", pageKey: "/start", ...times });
  await db.insert(schema.verification).values({ ...own(userId), identifier: "hash", value: "{}", expiresAt: later(1) });
  await db.insert(schema.auditEvent).values({ ...own(userId), actorId: userId, action: "role.changed" });
}

export const aPage = (path: string) => ({
  id: randomUUID(),
  site: "course",
  pageKey: path,
  path,
  lang: "en",
  title: "A page",
  position: 0,
  contentHash: "hash",
  ...times,
});
