// Calls the routes as the contract describes them, so that a test of all routes cannot forget a new one.
import { OPERATIONS } from "../../src/core/contract/contract.ts";
import type { Answer, Browser, Send } from "./browser.ts";
import type { TestDatabase } from "./database.ts";
import { AUTH_SECRET, BASE_URL, CATALOGUE_TOKEN } from "./isolate.ts";
import { type Made, prepare, type Query } from "./prepare.ts";

export type Described = (typeof OPERATIONS)[number];

/** Behind a reader's session, of whatever age and proof. */
export const READER_OPERATIONS = OPERATIONS.filter(({ caller }) => caller !== "anyone" && caller !== "site-token");

/** Path and query that the route accepts. */
export function pathOf({ path, exampleQuery }: Described): string {
  return exampleQuery ? `${path}?${new URLSearchParams(exampleQuery)}` : path;
}

export const queryOf =
  (database: TestDatabase): Query =>
  (text, values) =>
    database.query(text, values);

/** What the Workers of the tests are built with. */
export const WORKER = { authSecret: AUTH_SECRET, baseUrl: BASE_URL };

/** Makes what the route needs, before something keeps it from being made. To be given to `call`. */
export const madeFor = (browser: Browser, operation: Described): Promise<Made> =>
  prepare(operation, queryOf(browser.isolate.database), WORKER, browser.cookieHeader);

/**
 * Sends a request that the route accepts, from the Worker's own pages, but for what `options` say otherwise. What must
 * be there for that (a mailed secret, say) is made first, unless `made` says that it was.
 */
export async function call(
  browser: Browser,
  operation: Described,
  { path = pathOf(operation), made: given, ...options }: Send & { path?: string; made?: Made } = {},
): Promise<Answer> {
  const { method, body, caller } = operation;
  const cookie = options.headers?.Cookie ?? browser.cookieHeader;
  const bare = "json" in options || "body" in options;
  const made = given ?? (bare ? {} : await prepare(operation, queryOf(browser.isolate.database), WORKER, cookie));
  return browser.send(path, {
    method,
    origin: caller === "site-token" ? null : BASE_URL,
    ...(body && { json: body.example }),
    ...("json" in made && { json: made.json }),
    ...options,
    headers: {
      ...(caller === "site-token" && { Authorization: `Bearer ${CATALOGUE_TOKEN}` }),
      ...options.headers,
      ...(made.cookie && { Cookie: [cookie, made.cookie].filter(Boolean).join("; ") }),
    },
  });
}
