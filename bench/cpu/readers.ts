// Readers to measure with, each signed in, as rows: no request before the measured one.
import { randomBytes, randomUUID } from "node:crypto";
import { hashPassword } from "better-auth/crypto";
import type { Backend } from "../../dev/neon/backend.ts";
import { DOCENT_COOKIE, signedCookie } from "../session/readers.ts";

export const PASSWORD = "correct horse battery";
export const DATABASE = "docent";

export interface Reader {
  email: string;
  cookie: string;
}

/** Of every reader: a hash takes longer than all else. */
const hash = await hashPassword(PASSWORD);

/** New readers with a password, signed in a moment ago. */
export async function newReaders(backend: Backend, count: number): Promise<Reader[]> {
  const readers = Array.from({ length: count }, () => {
    const id = randomUUID();
    return { id, email: `${id}@bench.test`, token: randomBytes(24).toString("base64url") };
  });
  const now = new Date();
  const rows = [
    JSON.stringify(readers),
    now.toISOString(),
    new Date(now.getTime() + 7 * 86_400_000).toISOString(),
    hash,
  ];
  await backend.run(DATABASE, (session) =>
    session.query(
      `with given as (select * from jsonb_to_recordset($1::jsonb) as given (id uuid, email text, token text)),
       readers as (insert into "user" (id, email, name, created_at, updated_at)
         select id, email, 'Reader', $2::timestamptz, $2::timestamptz from given),
       accounts as (insert into account (id, user_id, provider_id, account_id, password, created_at, updated_at)
         select gen_random_uuid(), id, 'credential', id::text, $4::text, $2::timestamptz, $2::timestamptz from given)
       insert into session (id, token, user_id, expires_at, user_agent, last_accessed_at, authenticated_at, login_id,
         created_at, updated_at)
       select gen_random_uuid(), token, id, $3::timestamptz, 'Docent bench', $2, $2, gen_random_uuid(), $2, $2 from given`,
      rows,
    ),
  );
  return readers.map(({ email, token }) => ({ email, cookie: signedCookie(DOCENT_COOKIE, token) }));
}
