// The connection to Postgres: Neon's HTTP driver under drizzle, with what the driver lacks: a time limit, one retry
// of a read, and a clear word when Postgres could not be asked. Every statement of the Worker passes through here.
import { neon, neonConfig } from "@neondatabase/serverless";
import { drizzle, type NeonHttpDatabase } from "drizzle-orm/neon-http";
import * as schema from "./schema/index.ts";
import { DatabaseUnavailable, isAboutConnection } from "./unavailable.ts";

export type Database = NeonHttpDatabase<typeof schema>;

export interface DatabaseOptions {
  url: string;
  /** Where to send statements instead of Neon: a contributor's local endpoint. */
  endpoint?: string | undefined;
  /** Milliseconds one attempt may take; waking an idle database takes a few hundred. */
  timeoutMs: number;
  fetch: typeof fetch;
  /** Called before each HTTP call. */
  onCall: () => void;
  /**
   * Called when a call failed for good, for another reason than the values it was given.
   * @param reason an SQLSTATE, `status 500` or `no answer`: never Postgres' message, which may repeat a value
   */
  onFailure: (reason: string) => void;
}

type Send = (url: string, init: RequestInit) => Promise<Response>;

// The driver's hook is one for the whole program, but two Workers may live in it (in a test of two isolates, say):
// each hands its own sender through with the request.
const SENDER = "docentSender";
neonConfig.fetchFunction = (url: string, init: RequestInit & { [SENDER]: Send }) => {
  const { [SENDER]: send, ...rest } = init;
  return send(url, rest);
};

/**
 * Only a lone `select` is a read. A batch is never retried: the transaction may have been done. No query of this
 * project writes in a `select`.
 */
function isRead(init: RequestInit): boolean {
  return typeof init.body === "string" && /^\{"query":"\s*select\b/i.test(init.body);
}

/** The SQLSTATE of a refused statement; undefined when the body is no refusal of Postgres. */
function refusalOf(body: ArrayBuffer): string | undefined {
  try {
    const error: unknown = JSON.parse(new TextDecoder().decode(body));
    const named = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
    return /^[0-9A-Z]{5}$/.test(named) ? named : undefined;
  } catch {
    // No answer of the protocol: a proxy's page, say.
    return undefined;
  }
}

/** SQLSTATE classes 22 and 23 are about the values a statement was given; any other refusal is a fault of ours. */
const isAboutInput = (reason: string): boolean => /^2[23]...$/.test(reason);

function sender(options: DatabaseOptions): Send {
  const attempt = async (url: string, init: RequestInit): Promise<Response> => {
    options.onCall();
    let response: Response;
    let body: ArrayBuffer;
    try {
      response = await options.fetch(options.endpoint ?? url, {
        ...init,
        signal: AbortSignal.timeout(options.timeoutMs),
      });
      // Read here, under the same time limit: a connection can also break in the middle of the answer.
      body = await response.arrayBuffer();
    } catch (error) {
      throw new DatabaseUnavailable("no answer", { cause: error });
    }
    if (response.ok) return new Response(body, response);
    // 400 with an SQLSTATE is Postgres' refusal; without one, Neon has lost its own connection to Postgres. 413 and 507
    // are Neon's "too large", which a retry would only repeat. Everything else (a quota, a proxy, an endpoint that is
    // waking) is no answer to this statement.
    // https://github.com/neondatabase/neon/blob/main/proxy/src/serverless/sql_over_http.rs
    const refusal = response.status === 400 ? refusalOf(body) : undefined;
    const reason = refusal ?? `status ${response.status}`;
    const tooLarge = response.status === 413 || response.status === 507;
    if (refusal === undefined ? !tooLarge : isAboutConnection(refusal)) throw new DatabaseUnavailable(reason);
    if (!isAboutInput(reason)) options.onFailure(reason);
    return new Response(body, response);
  };
  return async (url, init) => {
    try {
      try {
        return await attempt(url, init);
      } catch (error) {
        if (!isRead(init)) throw error;
        return await attempt(url, init);
      }
    } catch (error) {
      options.onFailure(error instanceof DatabaseUnavailable ? error.message : "unknown");
      throw error;
    }
  };
}

/** Builds the database client; it opens no connection. */
export function createDatabase(options: DatabaseOptions): Database {
  const client = neon(options.url, {
    fetchOptions: { [SENDER]: sender(options) },
    disableWarningInBrowsers: true,
    // Of every batch, whatever the database's own default is: a statement that has waited for a lock sees what was
    // committed meanwhile.
    isolationLevel: "ReadCommitted",
  });
  return drizzle({ client, schema });
}
