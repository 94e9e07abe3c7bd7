// What a route needs that its example cannot hold: a secret that was mailed, a question that is open. Made as rows, as the
// Worker would have made them, so that the tests of all routes can call every one of them with success.
import type { OPERATIONS } from "../../src/core/contract/contract.ts";

type Described = (typeof OPERATIONS)[number];

export interface Made {
  /** Instead of the example. */
  json?: unknown;
  /** Beside the cookies that the browser sends: `name=value`. */
  cookie?: string;
}

/** Runs SQL behind the Worker's back. */
export type Query = (text: string, values: unknown[]) => Promise<Record<string, unknown>[]>;

export interface Given {
  query: Query;
  /** Of the session that the request carries; undefined for nobody's. */
  reader: { userId: string; sessionId: string; email: string } | undefined;
}

/** By operation. Called anew for each request: what is used up by one is there for the next. */
const MAKE: Partial<Record<Described["id"], (given: Given) => Promise<Made>>> = {};

const TOKEN = /__Host-docent\.session_token=([\w-]+)/;

export async function prepare({ id }: Described, query: Query, cookie: string): Promise<Made> {
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
  return make({ query, reader });
}
