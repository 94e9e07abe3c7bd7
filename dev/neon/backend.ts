// What stands behind the Neon-compatible endpoint: databases by name, each giving one session at a time to a request.
// PGlite and a real Postgres are driven through the same `pg` client, so both answer with the same fields and errors.
import pg from "pg";

/** One Postgres session. Every value comes back as the text that Postgres prints, whatever its type. */
export type Session = pg.ClientBase;

export interface Backend {
  /**
   * Runs `work` with a session of its own, which no other request shares and which remembers nothing of the last one.
   * @throws a `pg.DatabaseError` with code 3D000 when there is no such database.
   */
  run<Result>(database: string, work: (session: Session) => Promise<Result>): Promise<Result>;
  /** Forgets a database that was made for a test. One that was not is left alone. */
  drop(database: string): Promise<void>;
  close(): Promise<void>;
}

/** Hands every value through as text: the endpoint's answer is raw text, and the driver at the other end parses it. */
export const RAW_TEXT: pg.CustomTypesConfig = { getTypeParser: () => (text: string) => text };

/** Makes a session as good as new: a request's open transaction, settings or temporary tables are not the next one's. */
export async function resetSession(session: Session & { getTransactionStatus?(): string | null }): Promise<void> {
  if (session.getTransactionStatus?.() !== "I") await session.query("rollback");
  await session.query("discard all");
}

/** The error that Postgres itself gives for a database that does not exist. */
export function unknownDatabase(database: string): pg.DatabaseError {
  return databaseError("FATAL", "3D000", `database "${database}" does not exist`);
}

export function databaseError(severity: string, code: string, message: string): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError(message, message.length, "error"), { severity, code });
}

/** Names of databases that may be made on demand; what does not fit is refused before it gets anywhere near SQL. */
export const DATABASE_NAME = /^[a-z][a-z0-9_-]{0,39}$/;
