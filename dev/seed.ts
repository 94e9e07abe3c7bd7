// Fills a development database with the ready-made readers, through the Worker's real API. Only the admin's role is set
// by SQL, because no API grants one. Call it for a database that `npm start` made, and no other.
import { MARK } from "./marker.ts";
import type { Session } from "./neon/backend.ts";
import type { SeedReader } from "./readers.ts";

export interface SeedTarget {
  workerUrl: string;
  /** The docs origin that the readers sign up from. */
  docsOrigin: string;
  run<Result>(work: (session: Session) => Promise<Result>): Promise<Result>;
  fetch: typeof fetch;
}

/**
 * Makes the readers that were never made; those that were stay as a contributor left them. One whose making was
 * interrupted is finished.
 * @returns how many were made.
 */
export async function seedReaders(target: SeedTarget, readers: readonly SeedReader[]): Promise<number> {
  const seeded = await target.run(async (session) => {
    await session.query(`create table if not exists ${MARK}.seeded (email text primary key)`);
    const { rows } = await session.query(`select email from ${MARK}.seeded`);
    return new Set(rows.map((row) => row.email));
  });
  const missing = readers.filter((reader) => !seeded.has(reader.email));
  for (const reader of missing) {
    await seedReader(target, reader);
    await target.run((session) => session.query(`insert into ${MARK}.seeded (email) values ($1)`, [reader.email]));
  }
  return missing.length;
}

async function seedReader(target: SeedTarget, { email, name, password, background, admin }: SeedReader): Promise<void> {
  const origin = target.docsOrigin;
  const exists = await target.run(async (session) => {
    const { rows } = await session.query('select from "user" where email = $1', [email]);
    return rows.length > 0;
  });
  const response = exists
    ? await ask(target, "/api/auth/sign-in/email", "POST", { email, password }, { origin })
    : await ask(target, "/api/auth/sign-up/email", "POST", { email, name, password }, { origin });
  const cookie = response.headers
    .getSetCookie()
    .map((header) => header.split(";", 1)[0])
    .join("; ");
  if (background) await ask(target, "/api/background", "PUT", background, { origin, cookie });
  if (admin) {
    await target.run((session) =>
      session.query(`update "user" set role = 'admin', email_verified = true where email = $1`, [email]),
    );
  }
  // Nobody uses this session, and the cache may know it with an older role.
  await ask(target, "/api/auth/sign-out", "POST", {}, { origin, cookie });
}

async function ask(
  target: SeedTarget,
  path: string,
  method: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Response> {
  const response = await target.fetch(`${target.workerUrl}${path}`, {
    method,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${await response.text()}`);
  return response;
}
