// A reader's second factor as rows, and the codes that a real authenticator app would show.
import { TOTP } from "otpauth";
import { identifierOf, newSecret } from "../../src/auth/one-time-tokens.ts";
import { backupCodeHash } from "../../src/auth/second-factor/backup-codes.ts";
import { SecretSealer } from "../../src/auth/second-factor/sealed-secret.ts";
import { base32 } from "../../src/auth/second-factor/totp.ts";
import type { Query } from "./prepare.ts";

export const BACKUP_CODE = "abcd-efgh-jkmn-pqrs";
const SECRET = new Uint8Array(new TextEncoder().encode("twenty bytes of them"));

/** What the app shows at this moment of the test's clock, or `steps` of half a minute later. */
export const totpCode = (steps = 0, secret: string = base32(SECRET)): string =>
  new TOTP({ secret }).generate({ timestamp: Date.now() + steps * 30_000 });

/** Another code than those that are right now. */
export function wrongCode(): string {
  const right = new Set([-1, 0, 1].map((steps) => totpCode(steps)));
  return ["000000", "111111", "222222", "333333"].find((code) => !right.has(code)) ?? "444444";
}

/** Gives the reader a confirmed second factor; asked for at sign-in where `enabled`. */
export async function insertSecondFactor(
  query: Query,
  authSecret: string,
  userId: string,
  enabled = true,
): Promise<void> {
  await query(
    `insert into two_factor (id, user_id, secret, backup_codes, verified) values ($1, $2, $3, $4, true)
     on conflict (user_id) do update set secret = excluded.secret, backup_codes = excluded.backup_codes,
       verified = true, last_used_step = null, failed_verification_count = 0, locked_until = null`,
    [
      crypto.randomUUID(),
      userId,
      await new SecretSealer(authSecret).seal(userId, SECRET),
      JSON.stringify([await backupCodeHash(BACKUP_CODE)]),
    ],
  );
  if (enabled) await query(`update "user" set two_factor_enabled = true where id = $1`, [userId]);
}

/** A sign-in that has left its question open. @returns the cookie that holds it */
export async function openQuestion(query: Query, userId: string, method = "password"): Promise<string> {
  const secret = newSecret();
  const at = new Date();
  await query(
    `insert into verification (id, identifier, value, user_id, expires_at, created_at, updated_at)
     values ($1, $2, $3, $4, $5::timestamptz + interval '10 minutes', $5, $5)`,
    [
      crypto.randomUUID(),
      await identifierOf("second-factor", secret),
      JSON.stringify({ method, remember: true }),
      userId,
      at.toISOString(),
    ],
  );
  return `__Host-docent.two_factor=${secret}`;
}
