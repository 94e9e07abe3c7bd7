// The second factor of a reader who is signed in: setting one up, confirming it with its first code, new backup codes,
// and taking it away. In Better Auth's paths and shapes. Each change ends the reader's other sessions in its own
// statement, writes its event and is told to the reader by mail: none of them may pass unnoticed.
import { type SQL, sql } from "drizzle-orm";
import type { Context } from "hono";
import * as z from "zod/mini";
import { ACCOUNT_BODY_BYTES, emptyInput } from "../../core/account.ts";
import type { AuditAction } from "../../core/audit.ts";
import { verifyTotpInput } from "../../core/second-factor.ts";
import type { AuditInsert } from "../../db/audit.ts";
import type { Database } from "../../db/client.ts";
import { twoFactor, user } from "../../db/schema/index.ts";
import type { AppEnv, CurrentSession } from "../../http/app-env.ts";
import { readJson } from "../../http/body.ts";
import { type Caller, callerOf } from "../../http/caller.ts";
import { USER_JSON, userOfRow } from "../sign-in/start-session.ts";
import { lockReader } from "../ways-in.ts";
import { backupCodeHash, newBackupCodes } from "./backup-codes.ts";
import type { SecondFactorNotice } from "./check.ts";
import { endedTokens, endOthers, setEnabled } from "./queries.ts";
import { wrongCode } from "./refusals.ts";
import type { SecretSealer } from "./sealed-secret.ts";
import { newTotpSecret, stepOf, totpUri } from "./totp.ts";

type C = Context<AppEnv>;

export interface SettingsDeps {
  db: Database;
  now: () => number;
  randomId: () => string;
  sealer: SecretSealer;
  /** What an authenticator app shows beside the code. */
  issuer: string;
  auditInsert: AuditInsert;
  /** These sessions have ended. */
  onEnded: (tokens: readonly string[]) => void;
  /** What caches hold of this reader is outdated. */
  onChanged: (c: C) => Promise<void>;
  /** Tells the reader, after the response. */
  notify: (userId: string, notice: { kind: SecondFactorNotice }) => void;
}

const stored = z.object({ email: z.string(), made: z.number() });
const unconfirmed = z.object({ id: z.string(), secret: z.string() });
const outcome = z.object({ user: userOfRow, ended: z.array(z.string()) });

export function settingsHandlers(deps: SettingsDeps) {
  const { db, now, sealer } = deps;

  /** Sealed, and not asked for before it was confirmed. One that was never confirmed makes place. */
  async function store(userId: string, secret: string, hashes: string) {
    const { rows } = await db.execute(sql`
      with made as (
        insert into ${twoFactor} (id, user_id, secret, backup_codes, verified, failed_verification_count)
        select ${deps.randomId()}::uuid, id, ${secret}, ${hashes}, false, 0 from ${user}
        where id = ${userId}::uuid and email_verified
        on conflict (user_id) do update set id = excluded.id, secret = excluded.secret,
          backup_codes = excluded.backup_codes, last_used_step = null where not two_factor.verified
        returning user_id)
      select email, (select count(*)::int from made) as made from ${user} where id = ${userId}::uuid`);
    return z.parse(z.array(stored), rows)[0];
  }

  /**
   * Runs a change of a factor. The reader's row is locked first, so that no sign-in that began before is missed.
   * @param changed a statement that returns the `user_id` whose factor has changed
   * @returns undefined when there was nothing to change
   */
  async function change(
    { userId, loginId }: CurrentSession,
    caller: Caller,
    action: AuditAction,
    changed: SQL,
    enabled: boolean,
  ) {
    const at = new Date(now());
    const noted = deps.auditInsert(
      { action, userId: sql`user_id`, actorId: sql`user_id`, at, ...caller },
      sql`changed`,
    );
    const [, { rows }] = await db.batch([
      lockReader(db, userId),
      db.execute(sql`
        with changed as (${changed}),
        marked as (${setEnabled(enabled, at, sql`changed`)}),
        ended as (${endOthers(loginId, sql`changed`)}),
        noted as (${noted})
        select ${USER_JSON} as user, ${endedTokens} from marked u`),
    ]);
    const [done] = z.parse(z.array(outcome), rows);
    if (done) deps.onEnded(done.ended);
    return done;
  }

  const codesAndHashes = async () => {
    const codes = newBackupCodes();
    return { codes, hashes: JSON.stringify(await Promise.all(codes.map(backupCodeHash))) };
  };

  return {
    /** `POST /api/auth/two-factor/enable`: a secret and backup codes, good for nothing until `confirm`. */
    async enable(c: C): Promise<Response> {
      const body = await readJson(c, emptyInput);
      if (!body.ok) return body.response;
      const { userId } = c.get("session");
      const secret = newTotpSecret();
      const { codes, hashes } = await codesAndHashes();
      const row = await store(userId, await sealer.seal(userId, secret), hashes);
      if (row?.made) {
        return c.json({ method: "totp", totpURI: totpUri(deps.issuer, row.email, secret), backupCodes: codes });
      }
      // Whoever could not read the mailbox could lock its owner out.
      if (!c.get("session").emailVerified) {
        return c.json({ code: "EMAIL_NOT_VERIFIED", message: "Verify your address first." }, 403);
      }
      return c.json({ code: "TOTP_ALREADY_ENABLED", message: "TOTP is already enabled" }, 400);
    },

    /** `POST /api/auth/two-factor/verify-totp` of a reader who is signed in: from here on it is asked for. */
    async confirm(c: C): Promise<Response> {
      const body = await readJson(c, verifyTotpInput, ACCOUNT_BODY_BYTES);
      if (!body.ok) return body.response;
      const current = c.get("session");
      const { rows } = await db.execute(
        sql`select id, secret from ${twoFactor} where user_id = ${current.userId}::uuid and not verified`,
      );
      const [row] = z.parse(z.array(unconfirmed), rows);
      if (!row) return c.json({ code: "TOTP_NOT_ENABLED", message: "TOTP not enabled" }, 400);
      const secret = await sealer.open(current.userId, row.secret);
      const step = secret && (await stepOf(secret, body.value.code, now()));
      if (step === undefined) return wrongCode(c, "app");
      const done = await change(
        current,
        callerOf(c.req.raw.headers),
        "second-factor.enabled",
        sql`update ${twoFactor} set verified = true, last_used_step = ${step}::bigint, failed_verification_count = 0,
            locked_until = null where id = ${row.id}::uuid and not verified returning user_id`,
        true,
      );
      if (!done) return wrongCode(c, "app");
      await deps.onChanged(c);
      deps.notify(current.userId, { kind: "second-factor-enabled" });
      return c.json({ token: current.id, user: done.user });
    },

    /** `POST /api/auth/two-factor/disable`. Where none is asked for there is nothing to take away, and that is fine. */
    async disable(c: C): Promise<Response> {
      const body = await readJson(c, emptyInput);
      if (!body.ok) return body.response;
      const current = c.get("session");
      const done = await change(
        current,
        callerOf(c.req.raw.headers),
        "second-factor.disabled",
        sql`delete from ${twoFactor} where user_id = ${current.userId}::uuid and verified returning user_id`,
        false,
      );
      if (done) {
        await deps.onChanged(c);
        deps.notify(current.userId, { kind: "second-factor-disabled" });
      }
      return c.json({ status: true });
    },

    /** `POST /api/auth/two-factor/generate-backup-codes`: the old ones are worth nothing from then on. */
    async newBackupCodes(c: C): Promise<Response> {
      const body = await readJson(c, emptyInput);
      if (!body.ok) return body.response;
      const current = c.get("session");
      const { codes, hashes } = await codesAndHashes();
      const done = await change(
        current,
        callerOf(c.req.raw.headers),
        "backup-codes.made",
        sql`update ${twoFactor} set backup_codes = ${hashes} where user_id = ${current.userId}::uuid and verified
            returning user_id`,
        true,
      );
      if (!done) return c.json({ code: "BACKUP_CODES_NOT_ENABLED", message: "Backup codes aren't enabled" }, 400);
      deps.notify(current.userId, { kind: "backup-codes-made" });
      return c.json({ status: true, backupCodes: codes });
    },
  };
}
