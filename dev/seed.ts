// Fills a development database: the demo's catalogue and the ready-made readers, through the Worker's real API. Only the
// admin's role is set by SQL, because no API grants one. Call it for a database that `npm start` made, and no other.
import type { CatalogueInput } from "../src/core/catalogue.ts";
import type { Session } from "./neon/backend.ts";
import type { SeedReader } from "./readers.ts";

export interface SeedTarget {
  workerUrl: string;
  /** The docs origin that the readers sign up from. */
  docsOrigin: string;
  run<Result>(work: (session: Session) => Promise<Result>): Promise<Result>;
  fetch: typeof fetch;
}

/** @throws when the Worker does not accept it. */
export async function pushCatalogue(
  target: Pick<SeedTarget, "workerUrl" | "fetch">,
  site: string,
  token: string,
  catalogue: CatalogueInput,
): Promise<void> {
  await ask(target, `/api/catalog?site=${encodeURIComponent(site)}`, "PUT", catalogue, {
    authorization: `Bearer ${token}`,
  });
}

/**
 * Makes the readers that are not there yet; those that are stay as a contributor left them.
 * @returns how many were made.
 */
export async function seedReaders(target: SeedTarget, readers: readonly SeedReader[]): Promise<number> {
  let made = 0;
  for (const reader of readers) {
    const found = await target.run(async (session) => {
      const { rows } = await session.query('select id from "user" where email = $1', [reader.email]);
      return rows.length > 0;
    });
    if (found) continue;
    await signUp(target, reader);
    made += 1;
  }
  return made;
}

async function signUp(target: SeedTarget, { email, name, password, background, admin }: SeedReader): Promise<void> {
  const origin = target.docsOrigin;
  const response = await ask(target, "/api/auth/sign-up/email", "POST", { email, name, password }, { origin });
  const cookie = response.headers
    .getSetCookie()
    .map((header) => header.split(";", 1)[0])
    .join("; ");
  if (background) await ask(target, "/api/background", "PUT", background, { origin, cookie });
  if (admin) {
    await target.run((session) => session.query(`update "user" set role = 'admin' where email = $1`, [email]));
  }
  // Nobody uses this session, and the cache may know it with an older role.
  await ask(target, "/api/auth/sign-out", "POST", {}, { origin, cookie });
}

async function ask(
  target: Pick<SeedTarget, "workerUrl" | "fetch">,
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
