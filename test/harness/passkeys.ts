// Passkeys and challenges as rows, as the Worker would have made them.
import { identifierOf, newSecret, type Purpose } from "../../src/auth/one-time-tokens.ts";
import { userHandleOf } from "../../src/auth/passkeys/relying-party.ts";
import { Authenticator } from "./authenticator.ts";
import type { Query } from "./prepare.ts";

/** Gives the reader a passkey. */
export async function insertPasskey(
  query: Query,
  userId: string,
  origin: string,
): Promise<{ id: string; authenticator: Authenticator }> {
  const authenticator = await Authenticator.create(origin);
  authenticator.belongTo(userHandleOf(userId));
  const id = crypto.randomUUID();
  await query(
    `insert into passkey (id, name, public_key, user_id, credential_id, counter, device_type, backed_up, transports, created_at)
     values ($1, 'Phone', $2, $3, $4, 0, 'singleDevice', false, 'internal', $5)`,
    [
      id,
      btoa(String.fromCharCode(...(await authenticator.publicKey()))),
      userId,
      authenticator.credentialId,
      new Date().toISOString(),
    ],
  );
  return { id, authenticator };
}

/** @param where the session's id, or the secret of the browser's cookie */
export async function insertChallenge(
  query: Query,
  purpose: Purpose,
  where: string,
  userId: string | null,
): Promise<string> {
  const challenge = newSecret();
  await query(
    `insert into verification (id, identifier, value, user_id, expires_at, created_at, updated_at)
     values ($1, $2, '{}', $3, $4::timestamptz + interval '5 minutes', $4, $4)`,
    [crypto.randomUUID(), await identifierOf(purpose, `${where}\n${challenge}`), userId, new Date().toISOString()],
  );
  return challenge;
}
