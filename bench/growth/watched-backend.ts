// A backend of the endpoint that writes down every statement that reaches Postgres: how it was planned and how long it
// took. So the list of statements is what the Worker sends, and nobody can forget to add one to it.
import * as z from "zod";
import type { Backend, Session } from "../../dev/neon/backend.ts";

/** One node of a plan, as `explain (format json)` prints it. */
export interface PlanNode {
  type: string;
  table?: string | undefined;
  index?: string | undefined;
  /** How rows are found: by what an index knows, or not at all. */
  condition?: string | undefined;
  children: PlanNode[];
}

export interface SeenStatement {
  text: string;
  /** What was being done when it was sent, as `doing` said. */
  doing: string;
  /** Milliseconds in Postgres and on the way to it on this machine. */
  ms: number;
  plan?: PlanNode;
}

const node: z.ZodType<PlanNode> = z
  .object({
    "Node Type": z.string(),
    "Relation Name": z.string().optional(),
    "Index Name": z.string().optional(),
    "Index Cond": z.string().optional(),
    "Recheck Cond": z.string().optional(),
    "TID Cond": z.string().optional(),
    get Plans(): z.ZodOptional<z.ZodArray<z.ZodType<PlanNode>>> {
      return z.array(node).optional();
    },
  })
  .transform((raw) => ({
    type: raw["Node Type"],
    table: raw["Relation Name"],
    index: raw["Index Name"],
    condition: raw["Index Cond"] ?? raw["Recheck Cond"] ?? raw["TID Cond"],
    children: raw.Plans ?? [],
  }));
const explained = z.tuple([z.object({ Plan: node })]);

/** What the endpoint gives `query`: a text alone opens or ends a transaction. */
const statement = z.object({ text: z.string(), values: z.array(z.string().nullable()) });

export class WatchedBackend implements Backend {
  readonly #backend: Backend;
  readonly seen: SeenStatement[] = [];
  /** Also ask for the plan of each statement, before it is run, in the same transaction and with the same values. */
  explain = false;
  doing = "";

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  run<Result>(database: string, work: (session: Session) => Promise<Result>): Promise<Result> {
    return this.#backend.run(database, (session) => work(this.#watch(session)));
  }

  drop(database: string): Promise<void> {
    return this.#backend.drop(database);
  }

  close(): Promise<void> {
    return this.#backend.close();
  }

  #watch(session: Session): Session {
    const query = async (...given: unknown[]): Promise<unknown> => {
      const sent = statement.safeParse(given[0]);
      const run = () => Reflect.apply(session.query, session, given) as Promise<unknown>;
      if (!sent.success) return run();
      const { text, values } = sent.data;
      const { doing } = this;
      const plan = this.explain ? await planOf(session, text, values) : undefined;
      const began = performance.now();
      const result = await run();
      this.seen.push({ text, doing, ms: performance.now() - began, ...(plan && { plan }) });
      return result;
    };
    return new Proxy(session, {
      get: (target, key) => (key === "query" ? query : Reflect.get(target, key, target)),
    });
  }
}

async function planOf(session: Session, text: string, values: (string | null)[]): Promise<PlanNode> {
  const { rows } = await session.query<{ "QUERY PLAN": string }>(`explain (format json) ${text}`, values);
  const [{ Plan }] = explained.parse(JSON.parse(rows[0]?.["QUERY PLAN"] ?? ""));
  return Plan;
}

/** The node and all below it. */
export const nodesOf = (plan: PlanNode): PlanNode[] => [plan, ...plan.children.flatMap(nodesOf)];

/** Tables whose size does not depend on how many readers there are. Every other table does, also one that is new. */
const OF_THE_SITE = new Set(["page", "catalogue", "jwks", "__drizzle_migrations"]);

/** The nodes that go through a whole table of readers: without an index, or through all of an index. */
export const fullScans = (plan: PlanNode): PlanNode[] =>
  nodesOf(plan).filter(
    ({ type, table, condition }) =>
      type.endsWith("Scan") && table !== undefined && !OF_THE_SITE.has(table) && condition === undefined,
  );
