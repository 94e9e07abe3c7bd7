// The SQL of the second factor. Each statement that decides touches `two_factor` before `verification`: of two that
// wait for each other, Postgres would end one.
import { type SQL, sql } from "drizzle-orm";
import * as z from "zod/mini";
import type { AuditInsert } from "../../db/audit.ts";
import type { Database } from "../../db/client.ts";
import { session, twoFactor, user, verification } from "../../db/schema/index.ts";
import type { Caller } from "../../http/caller.ts";

/** Wrong codes that one question takes: whoever has used them up proves the first factor again. */
export const TRIES = 5;
/** Wrong codes in a row before an account makes the app's codes wait. */
export const FREE_FAILURES = 5;
/** Wrong codes in a row after which only a backup code helps (NIST SP 800-63B, 3.2.2: at most 100). */
export const MAX_FAILURES = 100;
/** Seconds to wait after the first wrong code too many; twice as long after each further one, up to the second. */
const WAIT_SECONDS = { first: 60, longest: 3600 };

const moment = z.nullable(
  z.pipe(
    z.string(),
    z.transform((text) => new Date(text)),
  ),
);
export const factorRow = z.object({
  id: z.string(),
  secret: z.string(),
  lastUsedStep: z.nullable(z.number()),
  failures: z.number(),
  lockedUntil: moment,
});
/** A reader's second factor, once it was confirmed. */
export type Factor = z.infer<typeof factorRow>;

/** For the columns of a statement that joins `two_factor t`. */
export const FACTOR = sql`case when t.id is not null then jsonb_build_object('id', t.id, 'secret', t.secret,
  'lastUsedStep', t.last_used_step, 'failures', coalesce(t.failed_verification_count, 0),
  'lockedUntil', t.locked_until) end as factor`;

const timestamp = (at: Date) => sql`${at.toISOString()}::timestamptz`;

export async function findFactor(db: Database, userId: string): Promise<Factor | undefined> {
  const { rows } = await db.execute(
    sql`select ${FACTOR} from ${twoFactor} t where t.user_id = ${userId}::uuid and t.verified`,
  );
  return z.parse(z.array(z.object({ factor: factorRow })), rows)[0]?.factor;
}

/** How often a question was answered wrongly. A `case`, so that a value of another purpose is never read as this. */
const triesOf = (identifier: string) =>
  sql`case when identifier = ${identifier} then coalesce((value::jsonb ->> 'tries')::int, 0) else ${TRIES} end`;

const question = z.object({
  identifier: z.string(),
  userId: z.string(),
  value: z.pipe(
    z.string(),
    z.transform((text) => z.parse(z.object({ method: z.string(), remember: z.boolean() }), JSON.parse(text))),
  ),
  factor: z.nullable(factorRow),
});
export type Question = z.infer<typeof question>;

/** The open question of one of these secrets, the newest, with the factor it asks for. */
export async function findQuestion(db: Database, identifiers: string[], now: Date): Promise<Question | undefined> {
  const { rows } = await db.execute(sql`
    select v.identifier, v.user_id as "userId", v.value, ${FACTOR}
    from ${verification} v left join ${twoFactor} t on t.user_id = v.user_id and t.verified
    where v.identifier = any(array(select jsonb_array_elements_text(${JSON.stringify(identifiers)}::jsonb)))
      and v.expires_at > ${timestamp(now)} and v.user_id is not null
    order by v.created_at desc limit 1`);
  return z.parse(z.array(question), rows)[0];
}

/**
 * Items of a `with`, of which `taken` has a row when the app's code was taken: once, and by nobody who has to wait.
 * @param when what else must hold
 */
export function takeStep(factor: Factor, step: number, at: Date, when = sql`true`): SQL {
  return sql`taken as (
    update ${twoFactor} set last_used_step = ${step}::bigint, failed_verification_count = 0, locked_until = null
    where id = ${factor.id}::uuid and verified and coalesce(last_used_step, 0) < ${step}::bigint
      and coalesce(failed_verification_count, 0) < ${MAX_FAILURES}
      and (locked_until is null or locked_until <= ${timestamp(at)}) and ${when}
    returning user_id)`;
}

/** The same for a backup code, which is gone with it. Also while the app's codes have to wait, and ends that. */
export function takeBackupCode(
  factor: Factor,
  hash: string,
  caller: Caller,
  at: Date,
  auditInsert: AuditInsert,
  when = sql`true`,
): SQL {
  const event = { action: "backup-code.used", userId: sql`user_id`, actorId: sql`user_id`, at, ...caller } as const;
  return sql`taken as (
    update ${twoFactor} set backup_codes = (backup_codes::jsonb - ${hash}::text)::text, failed_verification_count = 0,
      locked_until = null
    where id = ${factor.id}::uuid and verified and jsonb_exists(backup_codes::jsonb, ${hash}::text)
      and ${when}
    returning user_id), told as (${auditInsert(event, sql`taken`)})`;
}

/** Takes a code by itself. @returns false when somebody else was faster, or it has to wait by now */
export async function take(db: Database, taking: SQL): Promise<boolean> {
  const { rows } = await db.execute(sql`with ${taking} select user_id from taken`);
  return rows.length > 0;
}

/** Takes the code, then the question with it; `given` has a row when both were still good. */
export function answerQuestion(taking: SQL, identifier: string, at: Date): SQL {
  return sql`${taking}, given as (
    delete from ${verification} v using taken where v.identifier = ${identifier} and v.user_id = taken.user_id
      and v.expires_at > ${timestamp(at)} and ${triesOf(identifier)} < ${TRIES} returning v.user_id)`;
}

const failure = z.object({ tries: z.nullable(z.number()), failures: z.nullable(z.number()), lockedUntil: moment });
export type Failure = z.infer<typeof failure>;

/**
 * Counts a wrong code: for the account, and for the question if it answers one.
 * @returns `failures` only when it was counted; `lockedUntil` as it is now
 */
export async function countFailure(
  db: Database,
  factor: Factor,
  at: Date,
  identifier: string | null,
): Promise<Failure> {
  const now = timestamp(at);
  const next = sql`coalesce(failed_verification_count, 0) + 1`;
  const tries = identifier === null ? sql`null` : triesOf(identifier);
  const { rows } = await db.execute(sql`
    with counted as (
      update ${twoFactor} set failed_verification_count = least(${next}, ${MAX_FAILURES}),
        locked_until = case when ${next} >= ${FREE_FAILURES} then ${now} + interval '1 second' *
          least(${WAIT_SECONDS.longest}, ${WAIT_SECONDS.first} * 2 ^ least(${next} - ${FREE_FAILURES}, 10)) end
      where id = ${factor.id}::uuid and verified and (locked_until is null or locked_until <= ${now})
      returning failed_verification_count as failures, locked_until),
    tried as (
      update ${verification} set value = (value::jsonb || jsonb_build_object('tries', ${tries} + 1))::text
      where identifier = ${identifier}::text and expires_at > ${now} and ${tries} < ${TRIES}
        and (select count(*) from counted) >= 0
      returning (value::jsonb ->> 'tries')::int as tries)
    select (select tries from tried) as tries, (select failures from counted) as failures,
      coalesce((select locked_until from counted),
        (select locked_until from ${twoFactor} where id = ${factor.id}::uuid)) as "lockedUntil"`);
  const [row] = z.parse(z.array(failure), rows);
  return row ?? { tries: null, failures: null, lockedUntil: null };
}

/** Sessions of the reader of `from` that did not come from the sign-in that goes on. */
export const endOthers = (loginId: string, from: SQL): SQL =>
  sql`delete from ${session} s using ${from} where s.user_id = ${from}.user_id and s.login_id <> ${loginId}::uuid
    returning s.token`;

export const endedTokens = sql`(select coalesce(jsonb_agg(token), '[]'::jsonb) from ended) as ended`;

/** Marks the reader of `from`. */
export const setEnabled = (enabled: boolean, at: Date, from: SQL): SQL =>
  sql`update ${user} u set two_factor_enabled = ${enabled}::boolean, updated_at = ${timestamp(at)} from ${from}
    where u.id = ${from}.user_id returning u.*`;
