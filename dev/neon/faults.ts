// Faults that the endpoint produces on demand, so that a test can see what the Worker does when the database is slow,
// broken, or lost in the middle of a write. Only the development endpoint has them.
import * as z from "zod";

const selection = {
  /** Only requests to this database; without it, to any. */
  database: z.string().optional(),
  /** Only requests with a statement whose text matches this regular expression (case-insensitive). */
  matching: z
    .string()
    .refine((source) => {
      try {
        return Boolean(new RegExp(source));
      } catch {
        return false;
      }
    }, "must be a regular expression")
    .optional(),
  /** Lets this many selected requests through first: 2 breaks the third from now. */
  skip: z.int().min(0).default(0),
  /** How many selected requests it happens to; `null` for all until it is cleared. */
  times: z.int().min(1).nullable().default(1),
};
/** Before the statements run (nothing happened), or after they ran (it happened, but the caller does not learn it). */
const when = z.enum(["before", "after"]).default("before");

/** What `POST /faults` takes. */
export const faultInput = z.discriminatedUnion("effect", [
  /** Waits, then goes on. */
  z.strictObject({ effect: z.literal("latency"), milliseconds: z.int().min(0).max(600_000), when, ...selection }),
  /** Answers with this HTTP status, like Neon's 500 or 507. */
  z.strictObject({ effect: z.literal("status"), status: z.int().min(400).max(599), when, ...selection }),
  /** Cuts the connection without an answer. */
  z.strictObject({ effect: z.literal("drop"), when, ...selection }),
  /** Never answers, until the caller goes away. */
  z.strictObject({ effect: z.literal("hang"), when, ...selection }),
  /** Postgres refuses the first statement that matches, inside its transaction, with this SQLSTATE. */
  z.strictObject({
    effect: z.literal("sql-error"),
    code: z
      .string()
      .regex(/^[0-9A-Z]{5}$/)
      .default("XX000"),
    ...selection,
  }),
]);

export type FaultInput = z.input<typeof faultInput>;
export type Fault = z.output<typeof faultInput>;

export interface Faults {
  /** @throws when the fault does not make sense. */
  add(fault: FaultInput): void;
  /** Takes back every fault, or those of one database. */
  clear(database?: string): void;
  /** The faults that happen to this request, in the order they were added. Each call uses them up. */
  take(request: { database: string; texts: readonly string[] }): Fault[];
}

/** Whether a fault is about a statement with this text. */
export function concerns(fault: Fault, text: string): boolean {
  return fault.matching === undefined || new RegExp(fault.matching, "i").test(text);
}

export function createFaults(): Faults {
  let active: Fault[] = [];
  return {
    add(fault) {
      active.push(faultInput.parse(fault));
    },
    clear(database) {
      active = database === undefined ? [] : active.filter((fault) => fault.database !== database);
    },
    take({ database, texts }) {
      const taken: Fault[] = [];
      for (const fault of active) {
        if (fault.database !== undefined && fault.database !== database) continue;
        if (!texts.some((text) => concerns(fault, text))) continue;
        if (fault.skip > 0) {
          fault.skip -= 1;
          continue;
        }
        taken.push({ ...fault });
        if (fault.times !== null) fault.times -= 1;
      }
      active = active.filter((fault) => fault.times !== 0);
      return taken;
    },
  };
}
