// Whole rows: the largest that the wire schemas let through fit their columns, and a reader's all go with the reader.
import { randomUUID } from "node:crypto";
import type { PGlite } from "@electric-sql/pglite";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BACKGROUND_LIMITS, backgroundInput } from "../../src/core/background.ts";
import { CATALOGUE_LIMITS, cataloguePage } from "../../src/core/catalogue.ts";
import * as schema from "../../src/db/schema/index.ts";
import { migratedDatabase } from "./migrated-database.ts";
import { ADA, BOB, type Database, insertReader, NOW, times } from "./sample-rows.ts";

let pg: PGlite;
let db: Database;

beforeAll(async () => {
  pg = await migratedDatabase();
  db = drizzle(pg, { schema });
  await insertReader(db, ADA, "ada");
  await insertReader(db, BOB, "bob");
});

afterAll(() => pg.close());

describe("the largest input that the wire schemas let through", () => {
  // A control character is the costliest: Postgres prints it as \u0001.
  const term = (length: number) => "\u0001".repeat(length);
  const terms = (length: number, count: number) => Array.from({ length: count }, () => term(length));

  it("fits a background", async () => {
    const most = terms(BACKGROUND_LIMITS.term, BACKGROUND_LIMITS.terms);
    const { programmingLanguages = [], ...input } = backgroundInput.parse({
      primaryDomain: term(100),
      programmingLanguages: most,
      softwareTools: most,
      hardwareSetup: { operatingSystem: "windows", devices: most, gpu: term(100), memoryGb: 4096 },
      technicalPreferences: { learningStyle: "hands-on", sessionMinutes: 480 },
      answers: {},
      questionnaireVersion: term(60),
    });
    const fields = Array.from(
      { length: BACKGROUND_LIMITS.answers },
      (_, n) => `answers.q${String(n).padStart(59, "0")}`,
    );
    const answeredAt = Object.fromEntries([...fields, ...Object.keys(input)].map((key) => [key, NOW.toISOString()]));
    const { softwareTools = [], hardwareSetup = {}, technicalPreferences = {} } = input;
    const row = { programmingLanguages, softwareTools, hardwareSetup, technicalPreferences, answeredAt };
    const ofAda = eq(schema.backgroundInformation.userId, ADA);
    await db.update(schema.backgroundInformation).set(row).where(ofAda);
    expect(await db.query.backgroundInformation.findFirst({ where: ofAda })).toMatchObject(row);
  });

  it("fits a page", async () => {
    const most = terms(CATALOGUE_LIMITS.term, CATALOGUE_LIMITS.terms);
    const input = cataloguePage.parse({
      path: `/${"漢".repeat(CATALOGUE_LIMITS.path - 1)}`,
      pageKey: term(CATALOGUE_LIMITS.path),
      lang: "x".repeat(35),
      version: term(60),
      title: term(CATALOGUE_LIMITS.title),
      summary: term(CATALOGUE_LIMITS.summary),
      categories: most,
      tags: most,
      level: "expert",
      operatingSystems: most,
      languages: most,
      tools: most,
      hardware: most,
      prerequisites: terms(CATALOGUE_LIMITS.path, CATALOGUE_LIMITS.terms),
      minutes: 100_000,
      position: 1_000_000,
      contentHash: term(128),
    });
    await db.insert(schema.page).values({ id: randomUUID(), site: "s".repeat(60), ...input, ...times });
    const ofPage = eq(schema.page.path, input.path);
    expect(await db.query.page.findFirst({ where: ofPage })).toMatchObject(input);
  });
});

describe("deleting a reader", () => {
  const rowsOf = async (userId: string) => {
    const tables = await pg.query<{ name: string }>(`
      select table_name as name from information_schema.columns
      where table_schema = 'public' and column_name = 'user_id' order by 1`);
    const counts: Record<string, number> = {};
    for (const { name } of tables.rows) {
      const { rows } = await pg.query(`select from "${name}" where user_id = $1`, [userId]);
      counts[name] = rows.length;
    }
    return counts;
  };
  const each = (count: number) => ({
    account: count,
    audit_event: 1,
    background_information: count,
    passkey: count,
    personalization_profile: count,
    profile: count,
    reading_progress: count,
    session: count,
    two_factor: count,
    verification: count,
  });

  it("deletes every row of theirs, keeps the audit trail, and leaves other readers alone", async () => {
    const reader = randomUUID();
    await insertReader(db, reader, "leaver");
    expect(await rowsOf(reader)).toEqual(each(1));
    await db.delete(schema.user).where(eq(schema.user.id, reader));
    expect(await rowsOf(reader)).toEqual(each(0));
    expect(await rowsOf(BOB)).toEqual(each(1));
  });
});
