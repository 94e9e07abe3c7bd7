// How the tables join in drizzle's relational queries. Better Auth joins through them, and looks for the names used
// here: the model's own name towards one row, the model's name with an "s" towards many.
import { relations } from "drizzle-orm";
import { account, passkey, session, twoFactor, user } from "./auth.ts";
import { backgroundInformation, personalizationProfile, profile, readingProgress } from "./reader.ts";

export const userRelations = relations(user, ({ one, many }) => ({
  sessions: many(session),
  accounts: many(account),
  passkeys: many(passkey),
  twoFactors: many(twoFactor),
  backgroundInformation: one(backgroundInformation),
  personalizationProfile: one(personalizationProfile),
  profile: one(profile),
  readingProgress: many(readingProgress),
}));

export const sessionRelations = relations(session, ({ one }) => ({
  user: one(user, { fields: [session.userId], references: [user.id] }),
}));

export const accountRelations = relations(account, ({ one }) => ({
  user: one(user, { fields: [account.userId], references: [user.id] }),
}));

export const passkeyRelations = relations(passkey, ({ one }) => ({
  user: one(user, { fields: [passkey.userId], references: [user.id] }),
}));

export const twoFactorRelations = relations(twoFactor, ({ one }) => ({
  user: one(user, { fields: [twoFactor.userId], references: [user.id] }),
}));

export const backgroundInformationRelations = relations(backgroundInformation, ({ one }) => ({
  user: one(user, { fields: [backgroundInformation.userId], references: [user.id] }),
}));

export const personalizationProfileRelations = relations(personalizationProfile, ({ one }) => ({
  user: one(user, { fields: [personalizationProfile.userId], references: [user.id] }),
}));

export const profileRelations = relations(profile, ({ one }) => ({
  user: one(user, { fields: [profile.userId], references: [user.id] }),
}));

export const readingProgressRelations = relations(readingProgress, ({ one }) => ({
  user: one(user, { fields: [readingProgress.userId], references: [user.id] }),
}));
