// Every column that is stored, what it is for, and whether a reader's export has it. Not the configuration's: this is what
// Docent does. A new column without an entry fails `test/dev/privacy.test.ts`.
import { is } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import * as schema from "../src/db/schema/index.ts";

export interface Field {
  is: string;
  /** Its name in the export, where that is another than the column's in camelCase. */
  as?: string;
  /** Why it is not exported. */
  left?: string;
}

export interface StoredTable {
  /** A heading for readers. */
  title: string;
  /** What it is stored for. */
  purpose: string;
  /** The part of the export that has it. */
  part?: string;
  fields: Record<string, Field>;
}

const same = (reason: string, ...columns: string[]): Record<string, Field> =>
  Object.fromEntries(columns.map((column) => [column, { is: reason, left: reason }]));
const ROW = "which row it is";
const OWNER = "whose row it is";
const SECRET = "a secret, or the hash of one";
const times = { created_at: { is: "when it was stored first" }, updated_at: { is: "when it was stored last" } };
/** Nothing of it is in an export. */
const none = (reason: string, fields: Record<string, string>): Record<string, Field> =>
  Object.fromEntries(Object.entries(fields).map(([column, is]) => [column, { is, left: reason }]));
const when = { created_at: "when it was stored first", updated_at: "when it was stored last" };

export const STORED: Record<string, StoredTable> = {
  user: {
    title: "The account",
    purpose: "to know who signs in, and to write to them about their account",
    part: "user",
    fields: {
      id: { is: "the reader's id" },
      email: { is: "the e-mail address" },
      email_verified: { is: "whether the address was proved" },
      name: { is: "the name, if one was given" },
      image: { is: "the address of a picture, if one was given" },
      role: { is: "reader, moderator or administrator" },
      is_active: { is: "whether the account is switched on" },
      banned: { is: "whether it is banned", left: "a note of the site's administrators" },
      ban_reason: { is: "why", left: "a note of the site's administrators" },
      ban_expires: { is: "until when", left: "a note of the site's administrators" },
      last_login_at: { is: "when the reader last signed in" },
      two_factor_enabled: { is: "whether there is a second factor" },
      skill_level: { is: "a copy of the answer about experience" },
      operating_system: { is: "a copy of the answer about the system" },
      locale: { is: "the language of mails" },
      inactive_warned_at: { is: "when a warning was sent that the account will be deleted" },
      subscription_status: { is: "the state of a subscription; nothing writes it today" },
      stripe_customer_id: { is: "an id at a payment service; nothing writes it today", left: "another service's id" },
      ...times,
    },
  },
  session: {
    title: "Sessions",
    purpose: "to keep a reader signed in, and to show them where they are",
    part: "sessions",
    fields: {
      id: { is: ROW },
      ...same(SECRET, "token"),
      ...same(OWNER, "user_id"),
      expires_at: { is: "until when it is good: at most 30 days" },
      ip_address: { is: "the address the sign-in came from" },
      user_agent: { is: "the browser's description of itself" },
      last_accessed_at: { is: "the last use, to the hour" },
      ...same("always empty: nobody acts as somebody else", "impersonated_by"),
      authenticated_at: { is: "when a password or the like was last proved" },
      ...same("which sessions came from one sign-in", "login_id"),
      scope: { is: "what it may do" },
      origin: { is: "the docs page it belongs to, if only that" },
      method: { is: "how the reader signed in" },
      created_at: { is: "when the reader signed in" },
      ...same("when it was stored last", "updated_at"),
    },
  },
  account: {
    title: "Ways to sign in",
    purpose: "to recognise a password, or an account at a provider",
    part: "signInMethods",
    fields: {
      ...same(ROW, "id"),
      ...same(OWNER, "user_id"),
      provider_id: { is: "a password, or which provider", as: "provider" },
      account_id: { is: "the reader's id at the provider", left: "another service's id" },
      ...same("a provider's token, encrypted", "access_token", "refresh_token", "id_token"),
      ...same("until when a provider's token is good", "access_token_expires_at", "refresh_token_expires_at"),
      scope: { is: "what the provider was asked for" },
      ...same("the password's hash", "password"),
      ...times,
    },
  },
  passkey: {
    title: "Passkeys",
    purpose: "to sign in without a password",
    part: "passkeys",
    fields: {
      ...same(ROW, "id"),
      ...same(OWNER, "user_id"),
      name: { is: "the name the reader gave it" },
      ...same("what a signature is checked with", "public_key", "credential_id", "counter", "transports"),
      device_type: { is: "whether it is kept on one device" },
      backed_up: { is: "whether it is copied to others" },
      created_at: { is: "when it was added" },
      ...same("the model of the device", "aaguid"),
      last_used_at: { is: "when it was last used" },
    },
  },
  two_factor: {
    title: "The second factor",
    purpose: "to check codes of an app",
    fields: none(SECRET, {
      id: ROW,
      user_id: OWNER,
      secret: "the secret that the app has too, encrypted",
      backup_codes: "codes for whoever lost the app",
      verified: "whether a code was given once",
      failed_verification_count: "how often a code was wrong",
      locked_until: "until when no code is taken",
      last_used_step: "which half minute's code was used last",
    }),
  },
  verification: {
    title: "Mailed links and codes",
    purpose: "to know a mailed link or code again, once",
    fields: none(SECRET, {
      id: ROW,
      identifier: "the hash of the secret",
      value: "what it is for",
      expires_at: "until when it is good",
      user_id: OWNER,
      ...when,
    }),
  },
  attempt: {
    title: "Failed tries",
    purpose: "to stop whoever guesses passwords and codes",
    fields: none("it names nobody", {
      key: "the hash of what is counted, and for whom",
      count: "how often",
      expires_at: "when the count begins anew",
      ...when,
    }),
  },
  background_information: {
    title: "Answers",
    purpose: "to recommend pages that fit, and to choose between tabs and passages",
    part: "background",
    fields: {
      ...same(ROW, "id"),
      ...same(OWNER, "user_id"),
      software_tools: { is: "tools" },
      hardware_setup: { is: "system and devices" },
      programming_languages: { is: "languages" },
      technical_preferences: { is: "ways of learning" },
      experience_level: { is: "experience" },
      primary_domain: { is: "field" },
      answers: { is: "answers to the site's own questions" },
      answered_at: { is: "when each was answered" },
      questionnaire_version: { is: "which questionnaire it was" },
      ...times,
    },
  },
  personalization_profile: {
    title: "Recommendations",
    purpose: "to show a list at once, with its reasons",
    part: "personalization",
    fields: {
      ...same(ROW, "id"),
      ...same(OWNER, "user_id"),
      recommended_content: { is: "the pages that were recommended, and why" },
      basis: { is: "what the list was made from" },
      preferred_categories: { is: "categories the reader asked for" },
      last_personalization_update: { is: "when it was last made" },
      ...times,
    },
  },
  profile: {
    title: "Public profile",
    purpose: "to show what the reader wants shown, as they want it",
    part: "profile",
    fields: {
      ...same(ROW, "id"),
      ...same(OWNER, "user_id"),
      display_name: { is: "a name" },
      bio: { is: "a few lines" },
      avatar_url: { is: "a picture" },
      cover_url: { is: "a picture behind it" },
      website: { is: "a website" },
      location: { is: "a place" },
      twitter_handle: { is: "a name there" },
      github_username: { is: "a name there" },
      theme: { is: "light or dark" },
      notifications_enabled: { is: "whether the reader wants news" },
      ...times,
    },
  },
  reading_progress: {
    title: "Reading progress",
    purpose: "to mark what was read, and to recommend what follows",
    part: "progress",
    fields: {
      ...same(OWNER, "user_id"),
      site: { is: "the docs site" },
      page_key: { is: "the page" },
      percent: { is: "how far" },
      opened_at: { is: "when it was opened" },
      completed_at: { is: "when it was finished" },
      saved_at: { is: "when it was saved" },
      unsaved_at: { is: "and no longer" },
      dismissed_at: { is: "when it was put away" },
      restored_at: { is: "and brought back" },
      feedback: { is: "whether it was helpful" },
      feedback_at: { is: "when that was said" },
      seen_hash: { is: "which text was read" },
      seen_at: { is: "when" },
      ...times,
    },
  },
  audit_event: {
    title: "What happened to the account",
    purpose: "to see what was done to an account, by whom",
    part: "events",
    fields: {
      ...same(ROW, "id"),
      ...same(OWNER, "user_id"),
      actor_id: { is: "who acted", as: "by" },
      action: { is: "what was done" },
      ip_address: { is: "from which address" },
      user_agent: { is: "with which browser" },
      detail: { is: "a way in, a role, a time, a number" },
      created_at: { is: "when", as: "at" },
      ...same("when what tells who it was was taken away", "updated_at"),
    },
  },
};

/** Tables that hold nothing about readers. */
export const NOT_ABOUT_READERS = ["jwks", "page", "catalogue"];

/** By table: its columns, as the database has them. */
export const COLUMNS: ReadonlyMap<string, string[]> = new Map(
  Object.values(schema)
    .filter((one) => is(one, PgTable))
    .map((table) => getTableConfig(table))
    .map(({ name, columns }) => [name, columns.map((column) => column.name)]),
);
