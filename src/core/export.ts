// The wire schema of `GET /api/export`: everything stored about a reader, each part with what it is.
import * as z from "zod/mini";
import { auditDetail } from "./audit.ts";
import { background } from "./background.ts";
import { personalization, storedRecommendation } from "./personalization.ts";
import { time, uuid } from "./primitives.ts";
import { profile } from "./profile.ts";
import { readingProgress } from "./reading-progress.ts";

const part = <T extends z.ZodMiniType>(data: T) => z.object({ about: z.string(), data });

const text = z.nullable(z.string());
const maybe = z.nullable(time);
/** When it was stored first, and last. */
const row = { createdAt: time, updatedAt: time };

export const exportAnswer = z.object({
  format: z.literal("docent-export"),
  version: z.literal(1),
  exportedAt: time,
  user: part(
    z.object({
      id: uuid,
      email: z.string(),
      emailVerified: z.boolean(),
      name: z.string(),
      image: text,
      role: z.string(),
      isActive: z.boolean(),
      createdAt: time,
      updatedAt: time,
      lastLoginAt: maybe,
      locale: text,
      inactiveWarnedAt: maybe,
      twoFactorEnabled: z.boolean(),
      skillLevel: text,
      operatingSystem: text,
      subscriptionStatus: text,
    }),
  ),
  signInMethods: part(z.array(z.object({ provider: z.string(), scope: text, createdAt: time, updatedAt: time }))),
  sessions: part(
    z.array(
      z.object({
        id: uuid,
        scope: z.string(),
        method: text,
        origin: text,
        authenticatedAt: time,
        createdAt: time,
        expiresAt: time,
        lastAccessedAt: maybe,
        ipAddress: text,
        userAgent: text,
      }),
    ),
  ),
  passkeys: part(
    z.array(
      z.object({
        name: text,
        deviceType: z.string(),
        backedUp: z.boolean(),
        createdAt: maybe,
        lastUsedAt: maybe,
      }),
    ),
  ),
  background: part(z.nullable(z.extend(background, row))),
  profile: part(z.nullable(z.extend(profile, row))),
  personalization: part(
    z.nullable(
      z.extend(z.omit(personalization, { recommendedContent: true }), {
        ...row,
        recommendedContent: z.array(storedRecommendation),
      }),
    ),
  ),
  progress: part(
    z.array(
      z.extend(readingProgress, {
        site: z.string(),
        unsavedAt: maybe,
        restoredAt: maybe,
        feedbackAt: maybe,
        seenAt: maybe,
        createdAt: time,
        updatedAt: time,
      }),
    ),
  ),
  events: part(
    z.array(
      z.object({
        action: z.string(),
        at: time,
        by: z.enum(["you", "administrator", "system"]),
        detail: auditDetail,
        ipAddress: text,
        userAgent: text,
      }),
    ),
  ),
});
