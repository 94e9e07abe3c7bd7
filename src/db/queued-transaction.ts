// A transaction for Better Auth over a driver that has none. Inserts are queued and sent as one atomic batch at the
// end; anything that needs an answer from Postgres sends what is queued first. A sign-up is a read and three inserts,
// so it becomes two round trips, and no user is ever left without an account.
// Not a general transaction: reads see nothing that is still queued, and what was sent stays when a later statement
// fails. Better Auth's flows that mix updates and deletes are as they would be without a transaction.
import { getTableColumns, type Table } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import type { Database } from "./client.ts";

type Queued = Parameters<Database["batch"]>[0][number];

/** The row that an insert of `values` will have made: what was given, and the column's constant defaults. */
function insertedRow(table: Table, values: Record<string, unknown>): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const [key, column] of Object.entries(getTableColumns(table))) {
    const given = values[key];
    if (given !== undefined) row[key] = given;
    else if (!column.hasDefault) row[key] = null;
    else if (column.default !== undefined && typeof column.default !== "object") row[key] = column.default;
    else if (column.default === null) row[key] = null;
    else throw new Error(`A queued insert cannot know the default of ${key}`);
  }
  return row;
}

/** Delays a lazily run query until what is queued has been sent. */
function after<T extends object>(flush: () => Promise<void>, query: T): T {
  return new Proxy(query, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== "function") return member;
      if (key === "then") {
        return (resolve: (value: unknown) => unknown, reject: (error: unknown) => unknown) =>
          flush()
            .then(() => target)
            .then(resolve, reject);
      }
      return (...args: unknown[]) => {
        const result: unknown = member.apply(target, args);
        return typeof result === "object" && result !== null && !(result instanceof Promise)
          ? after(flush, result)
          : result;
      };
    },
  });
}

/**
 * `db` with a `transaction` that queues inserts. A statement that Postgres refuses surfaces when the queue is sent,
 * as the driver's error with its SQLSTATE.
 */
export function withQueuedTransactions(db: Database): Database {
  async function transaction<T>(run: (tx: unknown) => Promise<T>): Promise<T> {
    let queue: Queued[] = [];
    const flush = async () => {
      const [first, ...rest] = queue;
      queue = [];
      if (first) await db.batch([first, ...rest]);
    };
    const insert = (table: PgTable) => ({
      values: (values: Record<string, unknown>) => {
        const row = insertedRow(table, values);
        queue.push(db.insert(table).values(values));
        return { returning: () => Promise.resolve([row]) };
      },
    });
    const tx = new Proxy(db, {
      get(target, key) {
        if (key === "insert") return insert;
        const member: unknown = Reflect.get(target, key, target);
        if (key === "query" && typeof member === "object" && member !== null) return after(flush, member);
        if (typeof member !== "function") return member;
        return (...args: unknown[]) => {
          const result: unknown = member.apply(target, args);
          return typeof result === "object" && result !== null ? after(flush, result) : result;
        };
      },
    });
    const result = await run(tx);
    await flush();
    return result;
  }
  return new Proxy(db, {
    get: (target, key) => (key === "transaction" ? transaction : Reflect.get(target, key, target)),
  });
}
