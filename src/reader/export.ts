// GET /api/export: everything stored about a reader, each part with what it is. No hash, token or secret is in it:
// the columns are named one by one, so that a new one is not exported before somebody has thought about it.
import { desc, eq, type SQL } from "drizzle-orm";
import type { Context } from "hono";
import type { Database } from "../db/client.ts";
import {
  account,
  auditEvent,
  backgroundInformation,
  passkey,
  personalizationProfile,
  profile,
  readingProgress,
  session,
  user,
} from "../db/schema/index.ts";
import { BACKGROUND_COLUMNS, PROFILE_COLUMNS } from "../db/selections.ts";
import type { AppEnv } from "../http/app-env.ts";
import { problem } from "../http/problem.ts";

/** One transaction, one round trip: the parts are of the same moment. */
function readAll(db: Database, userId: string, note: readonly SQL[]) {
  return db.batch([
    db
      .select({
        id: user.id,
        email: user.email,
        emailVerified: user.emailVerified,
        name: user.name,
        image: user.image,
        role: user.role,
        isActive: user.isActive,
        createdAt: user.createdAt,
        updatedAt: user.updatedAt,
        lastLoginAt: user.lastLoginAt,
        locale: user.locale,
        inactiveWarnedAt: user.inactiveWarnedAt,
        twoFactorEnabled: user.twoFactorEnabled,
        skillLevel: user.skillLevel,
        operatingSystem: user.operatingSystem,
        subscriptionStatus: user.subscriptionStatus,
      })
      .from(user)
      .where(eq(user.id, userId)),
    db
      .select({
        provider: account.providerId,
        scope: account.scope,
        createdAt: account.createdAt,
        updatedAt: account.updatedAt,
      })
      .from(account)
      .where(eq(account.userId, userId)),
    db
      .select({
        id: session.id,
        scope: session.scope,
        method: session.method,
        origin: session.origin,
        authenticatedAt: session.authenticatedAt,
        createdAt: session.createdAt,
        expiresAt: session.expiresAt,
        lastAccessedAt: session.lastAccessedAt,
        ipAddress: session.ipAddress,
        userAgent: session.userAgent,
      })
      .from(session)
      .where(eq(session.userId, userId)),
    db
      .select({
        name: passkey.name,
        deviceType: passkey.deviceType,
        backedUp: passkey.backedUp,
        createdAt: passkey.createdAt,
        lastUsedAt: passkey.lastUsedAt,
      })
      .from(passkey)
      .where(eq(passkey.userId, userId)),
    db
      .select({ ...BACKGROUND_COLUMNS, createdAt: backgroundInformation.createdAt })
      .from(backgroundInformation)
      .where(eq(backgroundInformation.userId, userId)),
    db
      .select({ ...PROFILE_COLUMNS, createdAt: profile.createdAt })
      .from(profile)
      .where(eq(profile.userId, userId)),
    db
      .select({
        preferredCategories: personalizationProfile.preferredCategories,
        recommendedContent: personalizationProfile.recommendedContent,
        basis: personalizationProfile.basis,
        lastPersonalizationUpdate: personalizationProfile.lastPersonalizationUpdate,
        createdAt: personalizationProfile.createdAt,
        updatedAt: personalizationProfile.updatedAt,
      })
      .from(personalizationProfile)
      .where(eq(personalizationProfile.userId, userId)),
    db
      .select({
        site: readingProgress.site,
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
        createdAt: readingProgress.createdAt,
        updatedAt: readingProgress.updatedAt,
      })
      .from(readingProgress)
      .where(eq(readingProgress.userId, userId)),
    db
      .select({
        action: auditEvent.action,
        at: auditEvent.createdAt,
        actorId: auditEvent.actorId,
        detail: auditEvent.detail,
        ipAddress: auditEvent.ipAddress,
        userAgent: auditEvent.userAgent,
      })
      .from(auditEvent)
      .where(eq(auditEvent.userId, userId))
      .orderBy(desc(auditEvent.createdAt)),
    ...note.map((statement) => db.execute(statement)),
  ]);
}

/**
 * @param note written in the same transaction: that somebody was given it
 * @returns undefined when there is no such reader
 */
export async function exportOf(db: Database, userId: string, now: number, ...note: SQL[]) {
  const [users, accounts, sessions, passkeys, backgrounds, profiles, personalizations, progress, events] =
    await readAll(db, userId, note);
  const [reader] = users;
  if (!reader) return undefined;
  const part = <T>(about: string, data: T) => ({ about, data });
  return {
    format: "docent-export",
    version: 1,
    exportedAt: new Date(now).toISOString(),
    user: part("Your account. A second factor's secret and backup codes are not part of an export.", reader),
    signInMethods: part(
      "The ways you can sign in. Passwords and providers' tokens are not part of an export.",
      accounts,
    ),
    sessions: part("Where you are signed in, with the address and browser the sign-in came from.", sessions),
    passkeys: part("The passkeys you have added.", passkeys),
    background: part("What you told us about yourself.", backgrounds[0] ?? null),
    profile: part("Your public profile and display preferences.", profiles[0] ?? null),
    personalization: part("What was recommended to you, why, and what you asked for.", personalizations[0] ?? null),
    progress: part("The pages you opened, finished, saved or judged.", progress),
    events: part(
      "What happened to your account, and who did it. Where from, only if it was you.",
      events.map(({ actorId, ipAddress, userAgent, ...event }) =>
        actorId === userId
          ? { ...event, by: "you", ipAddress, userAgent }
          : { ...event, by: actorId === null ? "system" : "administrator", ipAddress: null, userAgent: null },
      ),
    ),
  };
}

export function exportHandlers(deps: { db: Database; now: () => number }) {
  return {
    async read(c: Context<AppEnv>): Promise<Response> {
      const found = await exportOf(deps.db, c.get("session").userId, deps.now());
      // The account was deleted while a cache still knew it.
      if (!found) return problem(c, "unauthenticated");
      c.header("Content-Disposition", 'attachment; filename="docent-export.json"');
      return c.json(found);
    },
  };
}
