// Administrators and others in tests, as rows: what they may do is for the routes to say.
import { expect } from "vitest";
import { type Answer, Browser } from "./browser.ts";
import { BASE_URL, type Isolate } from "./isolate.ts";
import { insertSession, type SessionRow } from "./sessions.ts";

export type Role = "user" | "moderator" | "admin";

/** A reader with a session, and the requests that they make from the Worker's own page. */
export class Person {
  readonly #isolate: Isolate;
  readonly row: SessionRow;

  constructor(isolate: Isolate, row: SessionRow) {
    this.#isolate = isolate;
    this.row = row;
  }

  static async of(isolate: Isolate, role: Role = "user", columns = "email_verified = true"): Promise<Person> {
    const row = await insertSession(isolate.database);
    await isolate.database.query(`update "user" set role = '${role}', ${columns} where id = $1`, [row.userId]);
    return new Person(isolate, row);
  }

  get id(): string {
    return this.row.userId;
  }

  post(path: string, json: unknown): Promise<Answer> {
    return new Browser(this.#isolate, BASE_URL).post(path, json, { headers: { Cookie: this.row.cookie } });
  }

  get(path: string): Promise<Answer> {
    return new Browser(this.#isolate, BASE_URL).send(path, { headers: { Cookie: this.row.cookie } });
  }

  /** Do they have a session that is good? */
  async isSignedIn(): Promise<boolean> {
    const { status } = await new Browser(this.#isolate).send("/api/session", { headers: { Cookie: this.row.cookie } });
    expect([200, 401]).toContain(status);
    return status === 200;
  }
}

/** What the audit trail says of a reader, the newest last. */
export async function eventsOf(isolate: Isolate, userId: string): Promise<Record<string, unknown>[]> {
  const rows = await isolate.database.query(
    "select action, actor_id, detail, ip_address, user_agent from audit_event where user_id = $1 order by created_at, id",
    [userId],
  );
  return rows.map((row) => ({ ...row, detail: JSON.parse(String(row.detail)) as unknown }));
}
