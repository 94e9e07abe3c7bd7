// Tells an outage from an answer. An outage is when we cannot know; a refused statement is an answer.

/** Postgres could not be asked, or did not say what it did. */
export class DatabaseUnavailable extends Error {
  override name = "DatabaseUnavailable";
}

/**
 * SQLSTATE classes that say "not now" rather than "not so": connection exceptions, insufficient resources, operator
 * intervention (a restart). https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const OUTAGE_CLASSES = new Set(["08", "53", "57"]);

/** Says "not now" with an SQLSTATE. */
const isNotNow = (state: string): boolean => OUTAGE_CLASSES.has(state.slice(0, 2));

/**
 * The connection itself: lost, shut down, starting up (57P03: a database that is waking), or one too many. Another
 * attempt may find it well; for want of memory or disk, or after a cancelled statement, it would only add to the load.
 */
export const isAboutConnection = (state: string): boolean => /^(08...|57P0.|53300)$/.test(state);

/** The driver nests what happened: drizzle in `cause`, the Neon driver in `sourceError`. */
function* chain(error: unknown): Generator<object> {
  const seen = new Set<object>();
  for (let at = error; typeof at === "object" && at !== null && !seen.has(at); ) {
    seen.add(at);
    yield at;
    at = "cause" in at && at.cause ? at.cause : "sourceError" in at ? at.sourceError : undefined;
  }
}

/** The SQLSTATE of a refused statement, or undefined when the error is something else. */
export function sqlState(error: unknown): string | undefined {
  for (const at of chain(error)) {
    if ("code" in at && typeof at.code === "string" && /^[0-9A-Z]{5}$/.test(at.code)) return at.code;
  }
  return undefined;
}

/** Did this fail because Postgres could not be asked? */
export function isUnavailable(error: unknown): boolean {
  for (const at of chain(error)) if (at instanceof DatabaseUnavailable) return true;
  return isNotNow(sqlState(error) ?? "");
}

/** The name of the constraint an integrity violation (class 23) is about. */
export function violatedConstraint(error: unknown): string | undefined {
  if (!sqlState(error)?.startsWith("23")) return undefined;
  for (const at of chain(error)) if ("constraint" in at && typeof at.constraint === "string") return at.constraint;
  return undefined;
}

/** A row's parent is gone: the reader was deleted while a cache still knew them. */
export function violatesForeignKey(error: unknown): boolean {
  return sqlState(error) === "23503";
}
