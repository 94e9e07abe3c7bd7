// Neon's protocol of SQL over HTTP: what a request says, what an answer looks like. Pure: no I/O here.
// It follows what Neon's proxy does, as far as the published driver (@neondatabase/serverless) can tell the difference.
import type { IncomingHttpHeaders } from "node:http";
import * as z from "zod";

export interface Statement {
  text: string;
  /** Already text, as Postgres reads it; `null` is SQL's null. */
  params: (string | null)[];
  arrayMode: boolean;
}

export interface TransactionMode {
  isolation: string | null;
  readOnly: boolean;
  deferrable: boolean;
}

export interface SqlRequest {
  database: string;
  statements: Statement[];
  /** `null` for a single query, which needs no explicit transaction. */
  batch: TransactionMode | null;
}

export interface QueryAnswer {
  command: string;
  rowCount: number | null;
  rowAsArray: boolean;
  fields: Record<string, unknown>[];
  rows: unknown[];
}

/** The error fields that the driver copies into its `NeonDbError`. */
const ERROR_FIELDS = [
  "code",
  "detail",
  "hint",
  "position",
  "internalPosition",
  "internalQuery",
  "severity",
  "where",
  "table",
  "column",
  "schema",
  "dataType",
  "constraint",
  "file",
  "line",
  "routine",
] as const;

const query = z.object({
  query: z.string(),
  params: z.array(z.json()).default([]),
  arrayMode: z.boolean().nullish(),
});
const payload = z.union([query, z.object({ queries: z.array(query) })]);

const ISOLATION_LEVELS: Record<string, string> = {
  Serializable: "serializable",
  RepeatableRead: "repeatable read",
  ReadCommitted: "read committed",
  ReadUncommitted: "read uncommitted",
};

/** Understands a request, or says what is wrong with it. Every mistake is a 400. */
export function parseRequest(headers: IncomingHttpHeaders, body: string): SqlRequest | { mistake: string } {
  const target = parseConnectionString(one(headers["neon-connection-string"]));
  if ("mistake" in target) return target;
  // Without this header Neon converts values to JSON types. The driver always sends it; nobody here would test the rest.
  if (headers["neon-raw-text-output"] !== "true") {
    return { mistake: 'this endpoint answers in raw text only: send "Neon-Raw-Text-Output: true"' };
  }

  const level = one(headers["neon-batch-isolation-level"]);
  const isolation = level === undefined ? null : ISOLATION_LEVELS[level];
  if (isolation === undefined) return { mistake: "invalid isolation level" };

  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (error) {
    return { mistake: `could not parse the HTTP request body: ${error instanceof Error ? error.message : error}` };
  }
  const parsed = payload.safeParse(json);
  if (!parsed.success) return { mistake: "could not parse the HTTP request body: neither a query nor queries" };

  const arrayMode = headers["neon-array-mode"] === "true";
  const statement = (input: z.infer<typeof query>): Statement => ({
    text: input.query,
    params: input.params.map(paramText),
    arrayMode: input.arrayMode ?? arrayMode,
  });
  if ("query" in parsed.data) {
    return { database: target.database, statements: [statement(parsed.data)], batch: null };
  }
  return {
    database: target.database,
    statements: parsed.data.queries.map(statement),
    batch: {
      isolation,
      readOnly: headers["neon-batch-read-only"] === "true",
      deferrable: headers["neon-batch-deferrable"] === "true",
    },
  };
}

function parseConnectionString(text: string | undefined): { database: string } | { mistake: string } {
  if (text === undefined) return { mistake: "invalid header: Neon-Connection-String" };
  if (!URL.canParse(text)) return { mistake: "invalid connection string" };
  const url = new URL(text);
  if (url.protocol !== "postgres:" && url.protocol !== "postgresql:") return { mistake: "incorrect scheme" };
  if (url.username === "") return { mistake: "missing username" };
  // Neon refuses it too; a development URL without one would only fail after the deployment.
  if (url.password === "") return { mistake: "missing authentication credentials: required password" };
  let database: string;
  try {
    database = decodeURIComponent(url.pathname.slice(1));
  } catch {
    return { mistake: "invalid database name" };
  }
  return database === "" ? { mistake: "missing database name" } : { database };
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

/** A parameter as the text that Postgres reads: an array becomes `{…}`, an object JSON. */
export function paramText(value: z.core.util.JSONType): string | null {
  if (value === null || typeof value === "string") return value;
  return Array.isArray(value) ? arrayText(value) : JSON.stringify(value);
}

function arrayText(values: z.core.util.JSONType[]): string {
  const element = (value: z.core.util.JSONType): string => {
    if (value === null) return "NULL";
    if (Array.isArray(value)) return arrayText(value);
    // An array literal quotes a string as JSON does; an object is JSON inside such a string.
    return JSON.stringify(typeof value === "object" ? JSON.stringify(value) : value);
  };
  return `{${values.map(element).join(",")}}`;
}

/** The body of an error answer. `error` may be anything that was thrown. */
export function errorAnswer(error: unknown): Record<string, string | null> {
  const message = error instanceof Error ? error.message : String(error);
  const source: object = error instanceof Error ? error : {};
  const found: Record<string, unknown> = { ...source };
  const fields = ERROR_FIELDS.map((name) => [name, typeof found[name] === "string" ? found[name] : null]);
  return { message, ...Object.fromEntries(fields) };
}
