// What both processes of the bench agree on: the Workers, their databases and KV, and the message between the two.

/** Of Docent's tables, and of stock Better Auth's. */
export const DOCENT_DATABASE = "docent";
export const STOCK_DATABASE = "stock";
export const AUTH_SECRET = "secret-of-the-bench-0123456789-0123456789";
export const BASE_URL = "https://auth.example.com";
/** The page that every measured request comes from. */
export const DOCS_ORIGIN = "https://docs.example.com";

export const databaseUrl = (database: string) => `postgres://docent:docent@localhost/${database}`;

export type WorkerName =
  | "bare"
  | "docent"
  | "docent-still"
  | "docent-skipping"
  | "docent-still-silent"
  | "docent-unwritten"
  | "stock"
  | "stock-joins"
  | "stock-cookie-cache"
  | "stock-secondary-storage";

export interface WorkerSetting {
  /** File of `workers/`, without `.ts`. */
  script: "bare" | "docent" | "stock";
  database: string;
  /** Namespace of KV. Bare reads what Docent wrote. */
  kv: "docent" | "stock";
  bindings?: Record<string, string>;
}

const docent = (CLOCK: string, bindings?: Record<string, string>): WorkerSetting => ({
  script: "docent",
  database: DOCENT_DATABASE,
  kv: "docent",
  bindings: { CLOCK, ...bindings },
});
const stock = (STOCK: string): WorkerSetting => ({
  script: "stock",
  database: STOCK_DATABASE,
  kv: "stock",
  bindings: { STOCK },
});

/** Each is a Worker of its own, in an isolate of its own. */
export const WORKERS: Record<WorkerName, WorkerSetting> = {
  bare: { script: "bare", database: DOCENT_DATABASE, kv: "docent" },
  docent: docent("running"),
  "docent-still": docent("still"),
  "docent-skipping": docent("skipping"),
  // Without one part each, which tells what the part costs.
  "docent-still-silent": docent("still", { SILENT: "yes" }),
  "docent-unwritten": docent("running", { UNWRITTEN: "yes" }),
  stock: stock("plain"),
  "stock-joins": stock("joins"),
  "stock-cookie-cache": stock("cookie-cache"),
  "stock-secondary-storage": stock("secondary-storage"),
};

/**
 * The variable of the environment that gives the stage's workerd an inspector. It keeps what is logged, which costs more
 * than writing it: Docent's Workers then log nothing.
 */
export const INSPECTED = "DOCENT_BENCH_INSPECTED";

/** What the stage says when it stands. */
export interface Stage {
  /** Origin of the database endpoint. */
  database: string;
  /** The moment at which Docent's clock stands still, in milliseconds since the epoch. */
  stillAt: number;
  /** Process id of workerd; undefined where processes cannot be looked up. */
  workerd: number | undefined;
  /** Origin of workerd's inspector, if it was asked for. */
  inspector: string | undefined;
  /** Folder of the bundles: `<script>/out/<script>.js`, and its source map. */
  bundles: string;
  /** Origins of each Worker and of its totals. */
  workers: Partial<Record<WorkerName, { url: string; totals: string }>>;
}
