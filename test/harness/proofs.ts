// A code that was mailed to a reader, as a row.
import { identifierOf } from "../../src/auth/one-time-tokens.ts";
import { mailCodeHash } from "../../src/auth/proofs/mail-code.ts";
import type { Query } from "./prepare.ts";

export async function insertMailCode(
  query: Query,
  { userId, sessionId }: { userId: string; sessionId: string },
  code: string,
): Promise<void> {
  const at = new Date();
  const identifier = await identifierOf("step-up-code", sessionId);
  await query("delete from verification where identifier = $1", [identifier]);
  await query(
    `insert into verification (id, identifier, value, user_id, expires_at, created_at, updated_at)
     values ($1, $2, $3, $4, $5::timestamptz + interval '10 minutes', $5, $5)`,
    [
      crypto.randomUUID(),
      identifier,
      JSON.stringify({ code: await mailCodeHash(sessionId, code), tries: 0 }),
      userId,
      at.toISOString(),
    ],
  );
}
