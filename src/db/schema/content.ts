// The tables of the content room: what each docs site's build said about its pages.
import { sql } from "drizzle-orm";
import { check, index, integer, pgTable, text, unique, varchar } from "drizzle-orm/pg-core";
import { LEVELS } from "../../core/vocabulary.ts";
import { createdAndUpdated, id, jsonCheck, moment, oneOf, stringList } from "./columns.ts";

/** Bytes of a page's jsonb columns, as Postgres prints them: what the catalogue's wire schema lets through fits. */
export const PAGE_JSON_BYTES = {
  /** 50 terms of 100 characters. */
  terms: 32_768,
  /** 50 page keys of 512 characters. */
  prerequisites: 163_840,
} as const;

export const page = pgTable(
  "page",
  {
    id: id(),
    site: varchar("site", { length: 60 }).notNull(),
    /** Shared by the translations and versions of a page, so not unique. */
    pageKey: varchar("page_key", { length: 512 }).notNull(),
    path: varchar("path", { length: 512 }).notNull(),
    lang: varchar("lang", { length: 35 }).notNull(),
    /** "" where the docs have only one. */
    version: varchar("version", { length: 60 }).notNull().default(""),
    title: varchar("title", { length: 300 }).notNull(),
    summary: varchar("summary", { length: 1000 }).notNull().default(""),
    categories: stringList("categories"),
    tags: stringList("tags"),
    level: text("level", { enum: LEVELS }),
    operatingSystems: stringList("operating_systems"),
    languages: stringList("languages"),
    tools: stringList("tools"),
    hardware: stringList("hardware"),
    prerequisites: stringList("prerequisites"),
    minutes: integer("minutes"),
    position: integer("position").notNull(),
    contentHash: varchar("content_hash", { length: 128 }).notNull(),
    ...createdAndUpdated(),
  },
  (table) => [
    unique("page_site_path").on(table.site, table.path),
    index("page_site_page_key").on(table.site, table.pageKey),
    // Recommendations never cross a reader's language or docs version.
    index("page_site_lang_version").on(table.site, table.lang, table.version),
    // The widget makes a link of it: "//evil" and "/\evil" would leave the site. chr(92) is the backslash.
    check(
      "page_path_stays_on_site",
      sql`${table.path} like '/%' and ${table.path} not like '//%' and strpos(${table.path}, chr(92)) = 0`,
    ),
    check("page_level", oneOf(table.level, LEVELS)),
    check("page_minutes", sql`${table.minutes} >= 0`),
    check("page_position", sql`${table.position} >= 0`),
    check("page_categories", jsonCheck(table.categories, "array", PAGE_JSON_BYTES.terms)),
    check("page_tags", jsonCheck(table.tags, "array", PAGE_JSON_BYTES.terms)),
    check("page_operating_systems", jsonCheck(table.operatingSystems, "array", PAGE_JSON_BYTES.terms)),
    check("page_languages", jsonCheck(table.languages, "array", PAGE_JSON_BYTES.terms)),
    check("page_tools", jsonCheck(table.tools, "array", PAGE_JSON_BYTES.terms)),
    check("page_hardware", jsonCheck(table.hardware, "array", PAGE_JSON_BYTES.terms)),
    check("page_prerequisites", jsonCheck(table.prerequisites, "array", PAGE_JSON_BYTES.prerequisites)),
  ],
);

/** One row per site: what caches, and the basis of stored recommendations, compare. */
export const catalogue = pgTable("catalogue", {
  id: id(),
  site: varchar("site", { length: 60 }).notNull().unique(),
  /** Hash over all pages of the push. */
  version: varchar("version", { length: 128 }).notNull(),
  pushedAt: moment("pushed_at").notNull(),
  ...createdAndUpdated(),
});
