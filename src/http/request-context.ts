// What one request carries with it, wherever the code is: its id, its exact counts, and what it has learned on the
// way. Async local storage, because Better Auth's hooks and the database driver are not given our arguments.
// Nothing here outlives its request, and nothing here is sent to anyone.
import { AsyncLocalStorage } from "node:async_hooks";

/** Where an answer to "who is this?" came from; `outage` is a cached session served while Postgres is down. */
export type Tier = "memory" | "kv" | "postgres" | "outage";

export interface RequestContext {
  readonly id: string;
  /** HTTP calls to Postgres, retries included. */
  sql: number;
  /** Calls to Workers KV, reads and writes. */
  kv: number;
  tier?: Tier;
  /** A call to Postgres failed for another reason than the caller's input; nothing the answer says can be trusted. */
  databaseFailed: boolean;
  /** Session tokens this request has seen, with the ids that stand for them in every answer. */
  readonly sessionIds: Map<string, string>;
}

export const requestContext = new AsyncLocalStorage<RequestContext>();

export function newRequestContext(id: string): RequestContext {
  return { id, sql: 0, kv: 0, databaseFailed: false, sessionIds: new Map() };
}
