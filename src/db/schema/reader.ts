// The tables of the reader room: what readers told us, what was recommended to them, and how far they read.
import { sql } from "drizzle-orm";
import { boolean, check, index, jsonb, pgTable, primaryKey, smallint, text, uuid, varchar } from "drizzle-orm/pg-core";
import type { Background } from "../../core/background.ts";
import type { Basis, StoredRecommendation } from "../../core/personalization.ts";
import { THEMES } from "../../core/profile.ts";
import { FEEDBACK } from "../../core/reading-progress.ts";
import { LEVELS } from "../../core/vocabulary.ts";
import { user } from "./auth.ts";
import { createdAndUpdated, id, jsonCheck, moment, oneOf, stringList } from "./columns.ts";

/**
 * Bytes of a reader's jsonb columns, as Postgres prints them (a control character takes six). Lists and set-ups hold
 * whatever the wire schema allows; `answers` and `recommendedContent` are tighter, so their writers check first.
 */
export const READER_JSON_BYTES = {
  /** 50 terms of 60 characters. */
  terms: 20_480,
  hardwareSetup: 20_480,
  technicalPreferences: 1_024,
  answers: 65_536,
  answeredAt: 8_192,
  recommendedContent: 262_144,
  basis: 16_384,
  /** 50 categories of 100 characters. */
  preferredCategories: 32_768,
} as const;

const reader = () =>
  uuid("user_id")
    .notNull()
    .references(() => user.id, { onDelete: "cascade" });

export const backgroundInformation = pgTable(
  "background_information",
  {
    id: id(),
    userId: reader().unique(),
    softwareTools: stringList("software_tools"),
    hardwareSetup: jsonb("hardware_setup").$type<Background["hardwareSetup"]>().notNull().default({}),
    programmingLanguages: stringList("programming_languages"),
    technicalPreferences: jsonb("technical_preferences")
      .$type<Background["technicalPreferences"]>()
      .notNull()
      .default({}),
    experienceLevel: text("experience_level", { enum: LEVELS }),
    primaryDomain: varchar("primary_domain", { length: 100 }),
    /** Answers to the owner's own questions, by question id. */
    answers: jsonb("answers").$type<Background["answers"]>().notNull().default({}),
    /** RFC 3339 times, by field name: two devices' answers merge answer by answer. */
    answeredAt: jsonb("answered_at").$type<Background["answeredAt"]>().notNull().default({}),
    questionnaireVersion: varchar("questionnaire_version", { length: 60 }),
    ...createdAndUpdated(),
  },
  (table) => [
    index("background_information_updated_at").on(table.updatedAt),
    check("background_information_experience_level", oneOf(table.experienceLevel, LEVELS)),
    check("background_information_software_tools", jsonCheck(table.softwareTools, "array", READER_JSON_BYTES.terms)),
    check(
      "background_information_programming_languages",
      jsonCheck(table.programmingLanguages, "array", READER_JSON_BYTES.terms),
    ),
    check(
      "background_information_hardware_setup",
      jsonCheck(table.hardwareSetup, "object", READER_JSON_BYTES.hardwareSetup),
    ),
    check(
      "background_information_technical_preferences",
      jsonCheck(table.technicalPreferences, "object", READER_JSON_BYTES.technicalPreferences),
    ),
    check("background_information_answers", jsonCheck(table.answers, "object", READER_JSON_BYTES.answers)),
    check("background_information_answered_at", jsonCheck(table.answeredAt, "object", READER_JSON_BYTES.answeredAt)),
  ],
);

export const personalizationProfile = pgTable(
  "personalization_profile",
  {
    id: id(),
    userId: reader().unique(),
    recommendedContent: jsonb("recommended_content").$type<StoredRecommendation[]>().notNull().default([]),
    /** By site. Where all but `rankedAt` is equal to what is so now, the site's list still holds. */
    basis: jsonb("basis").$type<Record<string, Basis>>().notNull().default({}),
    preferredCategories: stringList("preferred_categories"),
    lastPersonalizationUpdate: moment("last_personalization_update"),
    ...createdAndUpdated(),
  },
  (table) => [
    check(
      "personalization_profile_recommended_content",
      jsonCheck(table.recommendedContent, "array", READER_JSON_BYTES.recommendedContent),
    ),
    check("personalization_profile_basis", jsonCheck(table.basis, "object", READER_JSON_BYTES.basis)),
    check(
      "personalization_profile_preferred_categories",
      jsonCheck(table.preferredCategories, "array", READER_JSON_BYTES.preferredCategories),
    ),
  ],
);

export const profile = pgTable(
  "profile",
  {
    id: id(),
    userId: reader().unique(),
    displayName: varchar("display_name", { length: 255 }),
    bio: varchar("bio", { length: 500 }),
    avatarUrl: varchar("avatar_url", { length: 512 }),
    coverUrl: varchar("cover_url", { length: 512 }),
    website: varchar("website", { length: 255 }),
    location: varchar("location", { length: 100 }),
    /** The longest that each of the two services gives out. */
    twitterHandle: varchar("twitter_handle", { length: 15 }),
    githubUsername: varchar("github_username", { length: 39 }),
    theme: text("theme", { enum: THEMES }).notNull().default("system"),
    /** Off until the reader asks for them. */
    notificationsEnabled: boolean("notifications_enabled").notNull().default(false),
    ...createdAndUpdated(),
  },
  (table) => [check("profile_theme", oneOf(table.theme, THEMES))],
);

/** A time per field, so that merging two devices' events gives the same in any order, however often. */
export const readingProgress = pgTable(
  "reading_progress",
  {
    userId: reader(),
    site: varchar("site", { length: 60 }).notNull(),
    /** No foreign key: a reader's progress outlives a page that is renamed, or missing from one push. */
    pageKey: varchar("page_key", { length: 512 }).notNull(),
    percent: smallint("percent").notNull().default(0),
    openedAt: moment("opened_at"),
    completedAt: moment("completed_at"),
    /** Saved while this is later than `unsaved_at`: a flag alone could not be merged in any order. */
    savedAt: moment("saved_at"),
    unsavedAt: moment("unsaved_at"),
    /** Dismissed while this is later than `restored_at`. */
    dismissedAt: moment("dismissed_at"),
    restoredAt: moment("restored_at"),
    feedback: text("feedback", { enum: FEEDBACK }),
    /** Also when feedback was taken back: then `feedback` is null and this is not. */
    feedbackAt: moment("feedback_at"),
    /** The content hash of the page as the reader saw it last. */
    seenHash: varchar("seen_hash", { length: 128 }),
    /** When that was: an event need not know the hash. */
    seenAt: moment("seen_at"),
    ...createdAndUpdated(),
  },
  (table) => [
    // Leads with user_id, so it is the foreign key's index too.
    primaryKey({ columns: [table.userId, table.site, table.pageKey] }),
    check("reading_progress_percent", sql`${table.percent} between 0 and 100`),
    check("reading_progress_feedback", oneOf(table.feedback, FEEDBACK)),
    check("reading_progress_feedback_has_time", sql`${table.feedback} is null or ${table.feedbackAt} is not null`),
  ],
);
