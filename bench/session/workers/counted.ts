// What the bench reads of a Worker beside its answers: calls to KV, and work that outlives the response. Read through a
// socket of its own, so that no measured request pays for it.
import { WorkerEntrypoint } from "cloudflare:workers";

const totals = { kv: 0, pending: 0 };

/** The binding, counting its calls. */
export function countedKv(kv: KVNamespace): KVNamespace {
  const counted =
    <Args extends unknown[], Result>(call: (...args: Args) => Result) =>
    (...args: Args): Result => {
      totals.kv += 1;
      return call(...args);
    };
  return {
    get: counted(kv.get.bind(kv)),
    put: counted(kv.put.bind(kv)),
    delete: counted(kv.delete.bind(kv)),
    list: kv.list.bind(kv),
    getWithMetadata: kv.getWithMetadata.bind(kv),
  } as KVNamespace;
}

/** Notes work until it has settled. */
export function noted(work: Promise<unknown>): Promise<unknown> {
  totals.pending += 1;
  return work.finally(() => {
    totals.pending -= 1;
  });
}

/** Answers `{kv, pending}`: calls to KV so far, and pieces of work that have not settled yet. */
export class Totals extends WorkerEntrypoint {
  override fetch(): Response {
    return Response.json(totals);
  }
}
