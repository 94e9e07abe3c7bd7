// Columns that several rooms select in the same form: what the API shows of a background and of a profile.
// `updatedAt` stands first and must: drizzle takes a left-joined row for absent when its first column is null, and
// every other one here may be.
import { backgroundInformation, profile } from "./schema/index.ts";

export const BACKGROUND_COLUMNS = {
  updatedAt: backgroundInformation.updatedAt,
  experienceLevel: backgroundInformation.experienceLevel,
  primaryDomain: backgroundInformation.primaryDomain,
  programmingLanguages: backgroundInformation.programmingLanguages,
  softwareTools: backgroundInformation.softwareTools,
  hardwareSetup: backgroundInformation.hardwareSetup,
  technicalPreferences: backgroundInformation.technicalPreferences,
  answers: backgroundInformation.answers,
  answeredAt: backgroundInformation.answeredAt,
  questionnaireVersion: backgroundInformation.questionnaireVersion,
};

export const PROFILE_COLUMNS = {
  updatedAt: profile.updatedAt,
  displayName: profile.displayName,
  bio: profile.bio,
  avatarUrl: profile.avatarUrl,
  coverUrl: profile.coverUrl,
  website: profile.website,
  location: profile.location,
  twitterHandle: profile.twitterHandle,
  githubUsername: profile.githubUsername,
  theme: profile.theme,
  notificationsEnabled: profile.notificationsEnabled,
};
