// Runs a request's statements on a session: a query alone in its implicit transaction, a batch in an explicit one.
import type pg from "pg";
import type { Session } from "./backend.ts";
import type { QueryAnswer, SqlRequest, Statement, TransactionMode } from "./protocol.ts";

/** What either throws ends the request as if Postgres had refused the statement: a batch is rolled back. */
export interface Watch {
  before?(text: string): void;
  /** Called with all answers, in a batch before it is committed. */
  after?(answers: QueryAnswer[]): void;
}

/**
 * One answer for each statement.
 * @throws a `pg.DatabaseError` for whatever Postgres refused; nothing of the request is kept then.
 */
export async function execute(
  session: Session,
  request: Pick<SqlRequest, "statements" | "batch">,
  watch: Watch = {},
): Promise<QueryAnswer[]> {
  if (request.batch === null) return runAll(session, request.statements, watch);
  await session.query(beginText(request.batch));
  try {
    const answers = await runAll(session, request.statements, watch);
    // A deferred constraint fails here, which rolls back by itself.
    await session.query("commit");
    return answers;
  } catch (error) {
    // On a dead connection this fails as well; the first error is the one to tell.
    await session.query("rollback").catch(() => {});
    throw error;
  }
}

async function runAll(session: Session, statements: Statement[], watch: Watch): Promise<QueryAnswer[]> {
  const answers: QueryAnswer[] = [];
  for (const statement of statements) {
    watch.before?.(statement.text);
    answers.push(await runOne(session, statement));
  }
  watch.after?.(answers);
  return answers;
}

async function runOne(session: Session, statement: Statement): Promise<QueryAnswer> {
  // The extended protocol even without parameters: it takes exactly one statement, as Neon does.
  const config: pg.QueryArrayConfig & { queryMode: "extended" } = {
    text: statement.text,
    values: statement.params,
    rowMode: "array",
    queryMode: "extended",
  };
  const result = await session.query(config);
  const names = result.fields.map((field) => field.name);
  return {
    command: result.command ?? "",
    rowCount: result.rowCount,
    rowAsArray: statement.arrayMode,
    fields: result.fields.map((field) => ({
      name: field.name,
      dataTypeID: field.dataTypeID,
      tableID: field.tableID,
      columnID: field.columnID,
      dataTypeSize: field.dataTypeSize,
      dataTypeModifier: field.dataTypeModifier,
      format: "text",
    })),
    rows: statement.arrayMode
      ? result.rows
      : result.rows.map((row) => Object.fromEntries(names.map((name, column) => [name, row[column]]))),
  };
}

function beginText(mode: TransactionMode): string {
  const parts = ["begin"];
  if (mode.isolation !== null) parts.push(`isolation level ${mode.isolation}`);
  if (mode.readOnly) parts.push("read only");
  if (mode.deferrable) parts.push("deferrable");
  return parts.join(" ");
}
