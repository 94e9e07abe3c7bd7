// GET and PATCH /api/profile: the public profile and display preferences, and their SQL.
import { eq } from "drizzle-orm";
import type { Context } from "hono";
import { EMPTY_PROFILE, type Profile, type ProfilePatch, profilePatch } from "../core/profile.ts";
import type { Database } from "../db/client.ts";
import { profile } from "../db/schema/index.ts";
import { PROFILE_COLUMNS } from "../db/selections.ts";
import { violatesForeignKey } from "../db/unavailable.ts";
import type { AppEnv } from "../http/app-env.ts";
import { readJson } from "../http/body.ts";
import { problem } from "../http/problem.ts";

async function findProfile(db: Database, userId: string) {
  const [row] = await db.select(PROFILE_COLUMNS).from(profile).where(eq(profile.userId, userId)).limit(1);
  return row;
}

/**
 * Changes only what is named; two changes at once lose nothing of each other.
 * @throws a foreign key violation when the reader has been deleted in the meantime
 */
async function changeProfile(db: Database, userId: string, id: string, patch: ProfilePatch, at: Date) {
  const values = { ...patch, updatedAt: at };
  const [row] = await db
    .insert(profile)
    .values({ id, userId, createdAt: at, ...values })
    .onConflictDoUpdate({ target: profile.userId, set: values })
    .returning(PROFILE_COLUMNS);
  return row;
}

export function profileHandlers(deps: { db: Database; now: () => number; randomId: () => string }) {
  return {
    async read(c: Context<AppEnv>): Promise<Response> {
      const row = await findProfile(deps.db, c.get("session").userId);
      const body: Profile = row ? { ...row, updatedAt: row.updatedAt.toISOString() } : EMPTY_PROFILE;
      return c.json(body);
    },

    async change(c: Context<AppEnv>): Promise<Response> {
      const read = await readJson(c, profilePatch);
      if (!read.ok) return read.response;
      try {
        const at = new Date(deps.now());
        const row = await changeProfile(deps.db, c.get("session").userId, deps.randomId(), read.value, at);
        return c.json(row ? { ...row, updatedAt: row.updatedAt.toISOString() } : EMPTY_PROFILE);
      } catch (error) {
        // The account was deleted while a cache still knew it.
        if (violatesForeignKey(error)) return problem(c, "unauthenticated");
        throw error;
      }
    },
  };
}
