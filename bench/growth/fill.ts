// Fills a migrated database with readers, as many as asked for, the same ones each time. Plain SQL inside Postgres:
// nothing here goes through the Worker, but what it makes is what the Worker would have written.
import { hashPassword } from "better-auth/crypto";
import * as z from "zod";
import type { Session } from "../../dev/neon/backend.ts";
import { SITE } from "./real-worker.ts";

export interface Size {
  /** Numbered from 0. */
  users: number;
  sessionsPerUser: number;
  /** On average: one reader in a hundred has read half of the catalogue, the others two pages in a hundred. */
  progressPerUser: number;
  /** In the site's catalogue. */
  pages: number;
}

/** Everybody's. */
export const PASSWORD = "correct horse battery";
export const emailOf = (user: number) => `reader-${user}@example.test`;

/** 32 characters, like a token; and as a version 4 UUID. */
const MD5 = (what: string, number: string) => `md5('${what} ' || ${number})`;
const ID = (what: string, number: string) =>
  `overlay(overlay(${MD5(what, number)} placing '4' from 13) placing '8' from 17)::uuid`;

/** One statement that names a reader's sessions, the newest last. */
export const SESSIONS_OF = `select id, token from session where user_id = ${ID("user", "$1::int")} order by created_at`;
export const USER_ID = `select ${ID("user", "$1::int")}::text as id`;

const definitions = z.array(z.object({ drop: z.string(), create: z.string() }));

/** Keys and indexes, in the order in which they can be dropped; they can be made again in the opposite one. */
const KEYS_AND_INDEXES = `
  select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop,
    format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as create
  from pg_constraint where contype in ('p', 'u', 'f') and connamespace = 'public'::regnamespace
  order by contype = 'f' desc, conname`;
const OTHER_INDEXES = `
  select format('drop index %s', indexrelid::regclass) as drop, pg_get_indexdef(indexrelid) as create
  from pg_index i join pg_class c on c.oid = i.indexrelid
  where c.relnamespace = 'public'::regnamespace
    and not exists (select 1 from pg_constraint where conindid = i.indexrelid)
  order by c.relname`;

/** What the Worker would have written, for users from 0 up to $1; $2 is now. Each is one table. */
const rows = ({ sessionsPerUser, progressPerUser, pages }: Size, passwordHash: string): string[] => {
  const heavy = Math.floor(pages / 2);
  const light = Math.max(1, Math.round((progressPerUser * 100 - heavy) / 99));
  const users = "generate_series(0, $1::int - 1) n";
  // Spread over what a session lasts and a day: a day's worth of them has expired and waits for the purge.
  const began = `$2::timestamptz - interval '31 days' * ((n::bigint * 7919 + k * 104729) % 10000) / 10000.0`;
  return [
    `insert into "user" (id, email, email_verified, name, last_login_at, skill_level, operating_system, created_at, updated_at)
     select ${ID("user", "n")}, 'reader-' || n || '@example.test', n % 2 = 0, 'Reader ' || n, at,
       (array['beginner','intermediate','advanced','expert'])[n % 4 + 1], (array['linux','macos','windows'])[n % 3 + 1], at, at
     from ${users}, lateral (select $2::timestamptz - interval '2 years' * (n % 10000) / 10000.0 as at) t`,
    `insert into account (id, user_id, provider_id, account_id, password, created_at, updated_at)
     select ${ID("account", "n")}, ${ID("user", "n")}, 'credential', ${ID("user", "n")}::text, '${passwordHash}',
       $2::timestamptz, $2::timestamptz from ${users}`,
    `insert into session (id, token, user_id, expires_at, ip_address, user_agent, last_accessed_at, authenticated_at,
       login_id, created_at, updated_at)
     select ${ID("session", "n || ' ' || k")}, ${MD5("token", "n || ' ' || k")}, ${ID("user", "n")},
       at + interval '30 days', '203.0.113.' || n % 250, repeat('Mozilla/5.0 ', 9), at, at,
       ${ID("login", "n || ' ' || k")}, at, at
     from ${users}, generate_series(1, ${sessionsPerUser}) k, lateral (select ${began} as at) t`,
    `insert into verification (id, identifier, value, expires_at, created_at, updated_at)
     select ${ID("verification", "n")}, ${MD5("identifier", "n")}, ${MD5("value", "n")}, at, at - interval '2 hours',
       at - interval '2 hours'
     from ${users}, lateral (select $2::timestamptz + interval '1 minute' * (n % 100 - 5) as at) t`,
    `insert into background_information (id, user_id, software_tools, hardware_setup, programming_languages,
       experience_level, primary_domain, answers, answered_at, created_at, updated_at)
     select ${ID("background", "n")}, ${ID("user", "n")}, '["ros 2","gazebo"]', '{"gpu":"rtx 4090"}', '["python","c++"]',
       (array['beginner','intermediate','advanced','expert'])[n % 4 + 1], 'manipulation', '{"goal":"a robot arm"}', '{}',
       $2::timestamptz - interval '1 second' * n, $2::timestamptz - interval '1 second' * n from ${users} where n % 10 < 6`,
    `insert into profile (id, user_id, display_name, bio, created_at, updated_at)
     select ${ID("profile", "n")}, ${ID("user", "n")}, 'Reader ' || n, 'Builds small robots.', $2::timestamptz,
       $2::timestamptz from ${users} where n % 5 = 0`,
    `insert into personalization_profile (id, user_id, recommended_content, basis, preferred_categories,
       last_personalization_update, created_at, updated_at)
     select ${ID("personalization", "n")}, ${ID("user", "n")},
       (select jsonb_agg(jsonb_build_object('site', '${SITE}', 'page', '/page-' || (n + i) % ${pages}, 'score', i, 'reasons',
         '[]'::jsonb)) from generate_series(1, 10) i), '{}', '["Perception"]', $2::timestamptz, $2::timestamptz,
       $2::timestamptz from ${users} where n % 10 < 6`,
    `insert into reading_progress (user_id, site, page_key, percent, opened_at, completed_at, seen_hash, created_at, updated_at)
     select ${ID("user", "n")}, '${SITE}', '/page-' || (n * 7 + k) % ${pages}, 100, at, at, '1', at, at
     from ${users}, lateral generate_series(1, case when n % 100 = 0 then ${heavy} else ${light} end) k,
       lateral (select $2::timestamptz - interval '1 minute' * (n % 1000 + k) as at) t`,
    `insert into audit_event (id, user_id, actor_id, action, created_at, updated_at)
     select ${ID("event", "n || ' ' || k")}, ${ID("user", "n")}, ${ID("user", "n")}, 'session.created',
       $2::timestamptz - interval '1 minute' * n, $2::timestamptz - interval '1 minute' * n
     from ${users}, generate_series(1, 2) k`,
    `insert into attempt (key, count, expires_at, created_at, updated_at)
     select ${MD5("attempt", "n")}, 1, at, at - interval '1 hour', at - interval '1 hour'
     from ${users}, lateral (select $2::timestamptz + interval '1 minute' * (n % 100 - 5) as at) t where n % 10 = 0`,
    `insert into two_factor (id, secret, backup_codes, user_id)
     select ${ID("factor", "n")}, ${MD5("secret", "n")}, '[]', ${ID("user", "n")} from ${users} where n % 20 = 0`,
    `insert into passkey (id, public_key, user_id, credential_id, counter, device_type, backed_up, created_at)
     select ${ID("passkey", "n")}, ${MD5("key", "n")}, ${ID("user", "n")}, ${MD5("credential", "n")}, 0, 'singleDevice',
       false, $2::timestamptz from ${users} where n % 20 = 0`,
  ];
};

/**
 * Keys and indexes are made after the rows, which is several times faster, exactly as the migrations made them.
 * @param now a millisecond of the epoch: what has expired and what has not depends on it
 * @param tell hears what is being done
 */
export async function fill(session: Session, size: Size, now: number, tell = (_: string) => {}): Promise<void> {
  const run = async (text: string, values: unknown[] = []) => {
    tell(text);
    return session.query(text, values);
  };
  await session.query("set maintenance_work_mem = '512MB'");
  const constraints = definitions.parse((await run(KEYS_AND_INDEXES)).rows);
  const indexes = definitions.parse((await run(OTHER_INDEXES)).rows);
  for (const { drop } of [...constraints, ...indexes]) await run(drop);
  const hash = await hashPassword(PASSWORD);
  const values = [size.users, new Date(now).toISOString()];
  for (const text of rows(size, hash)) await run(text, text.includes("$2") ? values : values.slice(0, 1));
  for (const { create } of [...indexes, ...constraints.toReversed()]) await run(create);
  await run("vacuum (analyze)");
}
