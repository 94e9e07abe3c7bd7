// Readers and sessions as rows, without the half second that a sign-up's hash takes: for tests of many sessions.
import { CredentialSigner } from "../../src/session/credential.ts";
import type { TestDatabase } from "./database.ts";
import { AUTH_SECRET } from "./isolate.ts";

export const SESSION_COOKIE = "__Host-docent.session_token";

export interface SessionRow {
  userId: string;
  sessionId: string;
  token: string;
  /** What a browser sends. */
  cookie: string;
}

const signer = new CredentialSigner(AUTH_SECRET);

/** A docs page's session beside this reader's, and what the page sends with it. The origin is the docs page's. */
export async function insertBearer(database: TestDatabase, of: SessionRow, origin: string): Promise<string> {
  const token = crypto.randomUUID().replaceAll("-", "");
  await database.query(
    `insert into session (id, token, user_id, expires_at, created_at, updated_at, authenticated_at, login_id, scope, origin)
     select gen_random_uuid(), $2, user_id, created_at + interval '7 days', created_at, updated_at, authenticated_at,
       login_id, 'docs', $3 from session where id = $1`,
    [of.sessionId, token, origin],
  );
  return `Bearer ${await signer.sign(token, "bearer")}`;
}

/**
 * A reader who signed in at this moment of the test's clock.
 * @param of whose second sign-in it is; a new reader's without it
 * @param password the stored hash of a password
 */
export async function insertSession(
  database: TestDatabase,
  {
    of,
    email,
    password,
    seconds = 30 * 86_400,
  }: { of?: SessionRow; email?: string; password?: string; seconds?: number } = {},
): Promise<SessionRow> {
  const at = new Date();
  const userId = of?.userId ?? crypto.randomUUID();
  const token = crypto.randomUUID().replaceAll("-", "");
  const sessionId = crypto.randomUUID();
  // One statement: tests of thousands of sessions wait for it.
  await database.query(
    `with reader as (insert into "user" (id, email, name, created_at, updated_at, last_login_at)
       select $1::uuid, $2::text, 'Reader', $3::timestamptz, $3::timestamptz, $3::timestamptz where $2 is not null
       returning id),
     account as (insert into account (id, user_id, provider_id, account_id, password, created_at, updated_at)
       select $4::uuid, id, 'credential', id::text, $5::text, $3::timestamptz, $3::timestamptz from reader
       where $5::text is not null)
     insert into session (id, token, user_id, expires_at, ip_address, user_agent, last_accessed_at, authenticated_at,
       login_id, created_at, updated_at)
     values ($6::uuid, $7, $1::uuid, $8::timestamptz, '203.0.113.7', 'Docent tests', $3, $3, $9::uuid, $3, $3)`,
    [
      userId,
      of ? null : (email ?? `${userId}@example.test`),
      at.toISOString(),
      crypto.randomUUID(),
      password ?? null,
      sessionId,
      token,
      new Date(at.getTime() + seconds * 1000).toISOString(),
      crypto.randomUUID(),
    ],
  );
  const cookie = `${SESSION_COOKIE}=${encodeURIComponent(await signer.sign(token))}`;
  return { userId, sessionId, token, cookie };
}
