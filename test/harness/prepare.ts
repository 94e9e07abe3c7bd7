// What a route needs that its example cannot hold: a secret that was mailed, a question that is open. Made as rows, as the
// Worker would have made them, so that the tests of all routes can call every one of them with success.
import type { OPERATIONS } from "../../src/core/contract/contract.ts";
import { BACKUP_CODE, insertSecondFactor, openQuestion, totpCode } from "./second-factor.ts";

type Described = (typeof OPERATIONS)[number];

export interface Made {
  /** Instead of the example. */
  json?: unknown;
  /** Beside the cookies that the browser sends: `name=value`. */
  cookie?: string;
}

/** Runs SQL behind the Worker's back. */
export type Query = (text: string, values: unknown[]) => Promise<Record<string, unknown>[]>;

/** What the Worker was built with. */
export interface Built {
  authSecret: string;
  baseUrl: string;
}

export interface Given {
  query: Query;
  worker: Built;
  /** Of the session that the request carries; undefined for nobody's. */
  reader: { userId: string; sessionId: string; email: string } | undefined;
}

/** The reader of the session; a new one where there is none. */
async function someReader({ query, reader }: Given): Promise<string> {
  if (reader) return reader.userId;
  const userId = crypto.randomUUID();
  await query(
    `insert into "user" (id, email, created_at, updated_at) values ($1, $2, $3::timestamptz, $3::timestamptz)`,
    [userId, `${userId}@example.test`, new Date().toISOString()],
  );
  return userId;
}

/** A question that is open, and what it is asked for. */
const questionFor = (code: () => string) => async (given: Given) => {
  const userId = await someReader(given);
  await insertSecondFactor(given.query, given.worker.authSecret, userId, false);
  return { json: { code: code() }, cookie: await openQuestion(given.query, userId) };
};

/** The reader has a second factor. */
const withFactor = async ({ query, worker, reader }: Given) => {
  if (reader) await insertSecondFactor(query, worker.authSecret, reader.userId, false);
  return {};
};

/** The reader has proved the address. */
const withVerifiedAddress = async ({ query, reader }: Given) => {
  if (reader) await query(`update "user" set email_verified = true where id = $1`, [reader.userId]);
  return {};
};

/**
 * By operation. Called anew for each request: what is used up by one is there for the next. To do it once more changes
 * nothing that a test of refusals looks at.
 */
const MAKE: Partial<Record<Described["id"], (given: Given) => Promise<Made>>> = {
  verifyTotp: questionFor(() => totpCode()),
  verifyBackupCode: questionFor(() => BACKUP_CODE),
  enableTwoFactor: withVerifiedAddress,
  newBackupCodes: withFactor,
  disableTwoFactor: withFactor,
};

const TOKEN = /__Host-docent\.session_token=([\w-]+)/;

export async function prepare({ id }: Described, query: Query, worker: Built, cookie: string): Promise<Made> {
  const make = MAKE[id];
  if (!make) return {};
  const token = TOKEN.exec(cookie)?.[1];
  const [row] =
    token === undefined
      ? []
      : await query(
          `select s.user_id as "userId", s.id as "sessionId", u.email from session s join "user" u on u.id = s.user_id
           where s.token = $1`,
          [token],
        );
  const reader = row && { userId: String(row.userId), sessionId: String(row.sessionId), email: String(row.email) };
  return make({ query, worker, reader });
}
