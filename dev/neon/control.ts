// The endpoint's routes besides /sql, for tests that run inside workerd and reach it by fetch only:
//   GET    /requests?database=&since=   what arrived: {mark, requests}
//   DELETE /requests?database=          forgets it
//   POST   /faults                      adds a fault (faults.ts says what it may be)
//   DELETE /faults?database=            takes faults back
//   DELETE /databases?database=         drops a test's database
import type { IncomingMessage, ServerResponse } from "node:http";
import * as z from "zod";
import { answerJson, readBody } from "../loopback-server.ts";
import type { Backend } from "./backend.ts";
import { type Faults, faultInput } from "./faults.ts";
import type { Recorder } from "./recorder.ts";

const FAULT_BYTES = 10_000;

export interface Controls {
  backend: Backend;
  faults: Faults;
  recorder: Recorder;
}

/** Answers a control request; `false` when the path is none of them. */
export async function control(
  { backend, faults, recorder }: Controls,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<boolean> {
  const database = url.searchParams.get("database") ?? undefined;
  switch (`${request.method} ${url.pathname}`) {
    case "GET /requests": {
      const since = Number(url.searchParams.get("since") ?? 0);
      answerJson(response, 200, { mark: recorder.mark(), requests: recorder.list({ database, since }) });
      return true;
    }
    case "DELETE /requests":
      recorder.clear(database);
      break;
    case "POST /faults": {
      const parsed = z
        .string()
        .transform((text, context): unknown => {
          try {
            return JSON.parse(text);
          } catch {
            context.addIssue("must be JSON");
            return z.NEVER;
          }
        })
        .pipe(faultInput)
        .safeParse(await readBody(request, FAULT_BYTES));
      if (!parsed.success) {
        answerJson(response, 400, { message: z.prettifyError(parsed.error) });
        return true;
      }
      faults.add(parsed.data);
      break;
    }
    case "DELETE /faults":
      faults.clear(database);
      break;
    case "DELETE /databases":
      if (database !== undefined) await backend.drop(database);
      break;
    default:
      return false;
  }
  response.writeHead(204).end();
  return true;
}
