// The two ways a migration reaches a database: Neon's HTTP, as the Worker does, and a session of the endpoint's backend.
import { neon, neonConfig } from "@neondatabase/serverless";
import type { MigrationTarget } from "./migrations.ts";
import type { Session } from "./neon/backend.ts";
import { execute } from "./neon/execute.ts";

/**
 * A database by its Neon URL; `endpoint` sends the statements to a contributor's own endpoint instead.
 * The driver keeps that setting for the whole program: use one target in a process.
 */
export function httpTarget(databaseUrl: string, endpoint?: string): MigrationTarget {
  if (endpoint !== undefined) neonConfig.fetchEndpoint = () => endpoint;
  const sql = neon(databaseUrl);
  return (statements) => sql.transaction(statements.map(({ text, params = [] }) => sql.query(text, params)));
}

export function sessionTarget(session: Session): MigrationTarget {
  return async (statements) => {
    const answers = await execute(session, {
      statements: statements.map(({ text, params = [] }) => ({ text, params, arrayMode: false })),
      batch: { isolation: null, readOnly: false, deferrable: false },
    });
    return answers.map((answer) => answer.rows.filter(isRecord));
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
