// Every batch of the Worker names its isolation level: the queue of catalogue pushes would not be one under another.
import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { createDatabase } from "../../src/db/client.ts";
import { describeEndpoint, urlOf } from "./neon-endpoint.ts";

describeEndpoint("the Worker's batches", (opened) => {
  test("say that they read what is committed, whatever the database's default", async () => {
    const levels: (string | null)[] = [];
    const db = createDatabase({
      url: urlOf("batches"),
      endpoint: opened.endpoint.url,
      timeoutMs: 30_000,
      fetch: (input, init) => {
        levels.push(new Headers(init?.headers).get("Neon-Batch-Isolation-Level"));
        return fetch(input, init);
      },
      onCall: () => {},
      onFailure: () => {},
    });
    const [shown] = await db.batch([db.execute(sql`show transaction_isolation`), db.execute(sql`select 1`)]);
    expect([shown.rows, levels]).toEqual([[{ transaction_isolation: "read committed" }], ["ReadCommitted"]]);
  });
});
