// What the database itself refuses, whoever asks: one row of the table per constraint, each with a change it refuses
// and one beside it that it takes.
import { randomUUID } from "node:crypto";
import type { PGlite } from "@electric-sql/pglite";
import { drizzle } from "drizzle-orm/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as schema from "../../src/db/schema/index.ts";
import { migratedDatabase } from "./migrated-database.ts";
import { ADA, aPage, BOB, insertReader, later, NOW, times } from "./sample-rows.ts";

let pg: PGlite;

beforeAll(async () => {
  pg = await migratedDatabase();
  const db = drizzle(pg, { schema });
  await insertReader(db, ADA, "ada");
  await insertReader(db, BOB, "bob");
  await db.insert(schema.attempt).values({ key: "hash", count: 1, expiresAt: later(1), ...times });
  await db.insert(schema.page).values([aPage("/start"), aPage("/next")]);
  const aCatalogue = { version: "1", pushedAt: NOW, ...times };
  await db.insert(schema.catalogue).values([
    { id: randomUUID(), site: "course", ...aCatalogue },
    { id: randomUUID(), site: "other", ...aCatalogue },
  ]);
});

afterAll(() => pg.close());

/** The name of the constraint (or of the type) that refuses the change; undefined when it is taken. */
async function refusalOf(change: string): Promise<string | undefined> {
  try {
    await pg.transaction(async (tx) => {
      await tx.exec(change);
      await tx.rollback();
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return "constraint" in error && error.constraint ? String(error.constraint) : error.message;
  }
}

const oneRow: Readonly<Record<string, string>> = {
  attempt: "key = 'hash'",
  page: "path = '/start'",
  catalogue: "site = 'course'",
  user: `id = '${ADA}'`,
};
const set = (table: string, assignments: string) =>
  `update "${table}" set ${assignments} where ${oneRow[table] ?? `user_id = '${ADA}'`}`;

const text = (length: number) => `repeat('x', ${length})`;
/** A jsonb list or object that is printed in exactly `bytes` bytes. */
const list = (bytes: number) => `jsonb_build_array(repeat('x', ${bytes - '[""]'.length}))`;
const object = (bytes: number) => `jsonb_build_object('a', repeat('x', ${bytes - '{"a": ""}'.length}))`;
const words = (values: readonly string[]) => values.map((value) => `'${value}'`);

type Case = [rule: string, table: string, refused: string, taken: string, by: string];

const { READER_JSON_BYTES: READER, PAGE_JSON_BYTES: PAGE, AUDIT_DETAIL_BYTES, AUTH_LIMITS } = schema;
const jsonColumns: [table: string, column: string, kind: "array" | "object", bytes: number][] = [
  ["background_information", "software_tools", "array", READER.terms],
  ["background_information", "programming_languages", "array", READER.terms],
  ["background_information", "hardware_setup", "object", READER.hardwareSetup],
  ["background_information", "technical_preferences", "object", READER.technicalPreferences],
  ["background_information", "answers", "object", READER.answers],
  ["background_information", "answered_at", "object", READER.answeredAt],
  ["personalization_profile", "recommended_content", "array", READER.recommendedContent],
  ["personalization_profile", "basis", "object", READER.basis],
  ["personalization_profile", "preferred_categories", "array", READER.preferredCategories],
  ...["categories", "tags", "operating_systems", "languages", "tools", "hardware"].map(
    (column): [string, string, "array", number] => ["page", column, "array", PAGE.terms],
  ),
  ["page", "prerequisites", "array", PAGE.prerequisites],
  ["audit_event", "detail", "object", AUDIT_DETAIL_BYTES],
];

const jsonCases = jsonColumns.flatMap(([table, column, kind, bytes]): Case[] => {
  const [of, other] = kind === "array" ? [list, object] : [object, list];
  const by = `${table}_${column}`;
  return [
    [`${column} holds at most ${bytes} bytes`, table, `${column} = ${of(bytes + 1)}`, `${column} = ${of(bytes)}`, by],
    [`${column} is an ${kind}`, table, `${column} = ${other(20)}`, `${column} = ${of(20)}`, by],
  ];
});

const wordCases = (
  [
    ["user", "role", schema.ROLES],
    ["user", "skill_level", ["beginner", "intermediate", "advanced", "expert"]],
    ["user", "operating_system", ["linux", "macos", "windows"]],
    ["user", "subscription_status", schema.SUBSCRIPTION_STATUSES],
    ["session", "scope", ["account"]],
    ["background_information", "experience_level", ["beginner", "intermediate", "advanced", "expert"]],
    ["profile", "theme", ["light", "dark", "system"]],
    ["page", "level", ["beginner", "intermediate", "advanced", "expert"]],
  ] as const
).flatMap(([table, column, values]): Case[] =>
  words(values).map((value) => [
    `${column} may be ${value} and no unknown word`,
    table,
    `${column} = 'unknown'`,
    `${column} = ${value}`,
    `${table}_${column}`,
  ]),
);

const lengthCases = (
  [
    ["user", "email", AUTH_LIMITS.email],
    ["user", "name", AUTH_LIMITS.name],
    ["user", "image", AUTH_LIMITS.image],
    ["session", "token", 255],
    ["session", "ip_address", AUTH_LIMITS.ipAddress],
    ["session", "user_agent", AUTH_LIMITS.userAgent],
    ["profile", "bio", 500],
    ["profile", "website", 255],
    ["profile", "location", 100],
    ["audit_event", "ip_address", AUTH_LIMITS.ipAddress],
    ["audit_event", "user_agent", AUTH_LIMITS.userAgent],
  ] as const
).map(
  ([table, column, length]): Case => [
    `${column} has at most ${length} characters`,
    table,
    `${column} = ${text(length + 1)}`,
    `${column} = ${text(length)}`,
    `value too long for type character varying(${length})`,
  ],
);

const at = (hours: number, plus = "") => `expires_at = timestamptz '${later(hours).toISOString()}' ${plus}`;
const docs = (origin: string) => `scope = 'docs', origin = ${origin}`;
const otherCases: Case[] = [
  ["an address is in lower case", "user", "email = 'Ada@example.com'", "email = 'a@b.c'", "user_email_lower_case"],
  ["an address belongs to one reader", "user", "email = 'bob@example.com'", "email = 'a@b.c'", "user_email_unique"],
  ["a session ends after 30 days", "session", at(720, "+ interval '1 ms'"), at(720), "session_at_most_30_days"],
  [
    "nobody is impersonated",
    "session",
    `impersonated_by = '${BOB}'`,
    "impersonated_by = null",
    "session_never_impersonated",
  ],
  ["a token is one session's", "session", "token = 'token of bob'", "token = 'new'", "session_token_unique"],
  [
    "a bearer is bound to an origin",
    "session",
    docs("null"),
    docs("'https://docs.example.com'"),
    "session_docs_is_bound_and_short",
  ],
  [
    "a bearer ends after seven days",
    "session",
    `${docs("'https://docs.example.com'")}, ${at(168, "+ interval '1 ms'")}`,
    `${docs("'https://docs.example.com'")}, ${at(168)}`,
    "session_docs_is_bound_and_short",
  ],
  [
    "an identity at a provider is one reader's",
    "account",
    "account_id = 'bob'",
    "account_id = 'bob', provider_id = 'google'",
    "account_provider_id_account_id",
  ],
  ["an attempt is counted from one", "attempt", "count = 0", "count = 2", "attempt_count"],
  [
    "a passkey is one reader's",
    "passkey",
    "credential_id = 'credential of bob'",
    "credential_id = 'new'",
    "passkey_credential_id_unique",
  ],
  [
    "a row belongs to a reader",
    "session",
    "user_id = gen_random_uuid()",
    `user_id = '${BOB}'`,
    "session_user_id_user_id_fk",
  ],
  ...["two_factor", "background_information", "personalization_profile", "profile"].map(
    (table): Case => [
      "a reader has one row",
      table,
      `user_id = '${BOB}'`,
      `user_id = '${ADA}'`,
      `${table}_user_id_unique`,
    ],
  ),
  ["percent is at least 0", "reading_progress", "percent = -1", "percent = 0", "reading_progress_percent"],
  ["percent is at most 100", "reading_progress", "percent = 101", "percent = 100", "reading_progress_percent"],
  [
    "feedback is a known word",
    "reading_progress",
    "feedback = 'unknown', feedback_at = created_at",
    "feedback = 'too-hard', feedback_at = created_at",
    "reading_progress_feedback",
  ],
  [
    "feedback has its time",
    "reading_progress",
    "feedback = 'too-hard'",
    "feedback_at = created_at",
    "reading_progress_feedback_has_time",
  ],
  ["a path is a site's once", "page", "path = '/next'", "path = '/next', site = 'other'", "page_site_path"],
  ["a path starts with a slash", "page", "path = 'https://evil'", "path = '/'", "page_path_stays_on_site"],
  ["a path starts with one slash", "page", "path = '//evil'", "path = '/evil'", "page_path_stays_on_site"],
  ["a path has no backslash", "page", "path = '/' || chr(92) || 'evil'", "path = '/a%5Cb'", "page_path_stays_on_site"],
  ["reading takes no negative time", "page", "minutes = -1", "minutes = 0", "page_minutes"],
  ["a position is not negative", "page", "position = -1", "position = 0", "page_position"],
  ["a site has one catalogue", "catalogue", "site = 'other'", "site = 'new'", "catalogue_site_unique"],
];

const cases = [...otherCases, ...wordCases, ...lengthCases, ...jsonCases];

describe("the database refuses what breaks a rule and takes what keeps it", () => {
  it.each(cases)("%s: %s", async (_rule, table, refused, taken, by) => {
    expect(await refusalOf(set(table, refused))).toBe(by);
    expect(await refusalOf(set(table, taken))).toBeUndefined();
  });

  it("in a time zone whose days differ in length, too", async () => {
    // Between these two instants are thirty Berlin days of which one has 25 hours.
    const change = (end: string) =>
      `set local timezone = 'Europe/Berlin'; ${set("session", `created_at = '2026-10-10T00:00:00Z', expires_at = '${end}'`)}`;
    expect(await refusalOf(change("2026-11-09T00:00:00Z"))).toBeUndefined();
    expect(await refusalOf(change("2026-11-09T01:00:00Z"))).toBe("session_at_most_30_days");
  });

  it("and a progress row is one per reader, site and page", async () => {
    const copy = (pageKey: string) =>
      `insert into reading_progress (user_id, site, page_key, created_at, updated_at)
       select user_id, site, ${pageKey}, created_at, updated_at from reading_progress where user_id = '${ADA}'`;
    expect(await refusalOf(copy("page_key"))).toBe("reading_progress_user_id_site_page_key_pk");
    expect(await refusalOf(copy("'/next'"))).toBeUndefined();
  });

  it("and every check and unique constraint has its case here", async () => {
    const { rows } = await pg.query<{ name: string }>(`
      select conname as name from pg_constraint where contype in ('c', 'u') and connamespace = 'public'::regnamespace`);
    const tried = new Set(cases.map(([, , , , by]) => by));
    expect(rows.length).toBeGreaterThan(40);
    expect(rows.map((row) => row.name).filter((name) => !tried.has(name))).toEqual([]);
  });
});
