// Remembers the requests that reached the endpoint, so that a test can count round trips exactly.
import type { SqlRequest } from "./protocol.ts";

export interface RecordedRequest {
  /** Counts up over all databases; ask for what came after it. */
  sequence: number;
  database: string;
  batch: boolean;
  statements: { text: string; params: (string | null)[] }[];
  /** `pending` until answered; then `ok`, an SQLSTATE, or the fault that happened. */
  outcome: string;
}

export interface Recorder {
  record(request: SqlRequest): RecordedRequest;
  /** Requests after `since`, oldest first; of one database when it is named. */
  list(filter?: { database?: string | undefined; since?: number | undefined }): RecordedRequest[];
  /** The last sequence number given: what to pass as `since` later. */
  mark(): number;
  clear(database?: string): void;
}

/** Older requests are forgotten: an `npm start` may run for days. */
const KEPT = 5_000;

export function createRecorder(): Recorder {
  let requests: RecordedRequest[] = [];
  let sequence = 0;
  return {
    record(request) {
      sequence += 1;
      const recorded: RecordedRequest = {
        sequence,
        database: request.database,
        batch: request.batch !== null,
        statements: request.statements.map(({ text, params }) => ({ text, params })),
        outcome: "pending",
      };
      requests.push(recorded);
      if (requests.length > 2 * KEPT) requests = requests.slice(-KEPT);
      return recorded;
    },
    list: ({ database, since = 0 } = {}) =>
      requests.filter(
        (request) => request.sequence > since && (database === undefined || request.database === database),
      ),
    mark: () => sequence,
    clear(database) {
      requests = database === undefined ? [] : requests.filter((request) => request.database !== database);
    },
  };
}
