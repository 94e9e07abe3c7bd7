// The database of a test file: fresh and migrated, on the endpoint that the global set-up started. Real SQL only.
import { env } from "cloudflare:workers";
import * as z from "zod";
import type { FaultInput } from "../../dev/neon/faults.ts";

const bindings = z.object({ DATABASE_ENDPOINT: z.string() }).loose().parse(env);

export const ENDPOINT = bindings.DATABASE_ENDPOINT;

const used = new Set<string>();
let count = 0;

const control = (path: string, init?: RequestInit) => fetch(new URL(path, ENDPOINT), init);

const recorded = z.object({
  mark: z.number(),
  requests: z.array(
    z.object({
      batch: z.boolean(),
      statements: z.array(z.object({ text: z.string(), params: z.array(z.string().nullable()) })),
      outcome: z.string(),
    }),
  ),
});

export class TestDatabase {
  readonly name: string;

  private constructor(label: string) {
    count += 1;
    this.name = `${label}-${count}-${crypto.randomUUID().slice(0, 8)}`;
    used.add(this.name);
  }

  /**
   * Makes the database now, so that no test waits for it, or retries because of it.
   * @param label lower case letters; two databases of one label are two databases
   */
  static async create(label: string): Promise<TestDatabase> {
    const database = new TestDatabase(label);
    await database.query("select 1");
    return database;
  }

  get url(): string {
    return `postgres://docent:docent@localhost/${this.name}`;
  }

  /** Runs SQL behind the Worker's back. */
  async query(query: string, params: unknown[] = []): Promise<Record<string, unknown>[]> {
    const response = await control("/sql", {
      method: "POST",
      headers: { "Neon-Connection-String": this.url, "Neon-Raw-Text-Output": "true" },
      body: JSON.stringify({ query, params }),
    });
    const body: unknown = await response.json();
    if (!response.ok) throw new Error(`SQL failed: ${JSON.stringify(body)}`);
    return z.object({ rows: z.array(z.record(z.string(), z.unknown())) }).parse(body).rows;
  }

  /** How many rows a table has. */
  async count(table: string): Promise<number> {
    const [row] = await this.query(`select count(*)::int as n from "${table}"`);
    return Number(row?.n);
  }

  async inject(fault: FaultInput): Promise<void> {
    const response = await control("/faults", {
      method: "POST",
      body: JSON.stringify({ ...fault, database: this.name }),
    });
    if (!response.ok) throw new Error(`The fault was refused: ${await response.text()}`);
  }

  async heal(): Promise<void> {
    await control(`/faults?database=${this.name}`, { method: "DELETE" });
  }

  /** What reached Postgres since `mark`. */
  async requests(since = 0) {
    const response = await control(`/requests?database=${this.name}&since=${since}`);
    return recorded.parse(await response.json());
  }

  /** The round trips that `run` makes. */
  async roundTrips(run: () => Promise<unknown>): Promise<number> {
    const { mark } = await this.requests();
    await run();
    return (await this.requests(mark)).requests.length;
  }
}

/** Each clone takes 220 MB. */
export async function dropDatabases(): Promise<void> {
  for (const name of used) await control(`/databases?database=${name}`, { method: "DELETE" });
  used.clear();
}
