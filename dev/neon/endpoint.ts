// An HTTP server that speaks Neon's protocol in front of PGlite or any Postgres, for this machine only.
// It checks no password: whoever can reach 127.0.0.1 may use it, so it refuses every request that a web page made.
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { answerJson, answerText, readBody, serveOnLoopback } from "../loopback-server.ts";
import { type Backend, databaseError } from "./backend.ts";
import { control } from "./control.ts";
import { execute } from "./execute.ts";
import { concerns, createFaults, type Fault, type Faults } from "./faults.ts";
import { errorAnswer, parseRequest, type QueryAnswer, type SqlRequest } from "./protocol.ts";
import { createRecorder, type Recorder } from "./recorder.ts";

/** Neon's own limit for a request and for an answer, in bytes. */
const NEON_LIMIT = 64 * 1024 * 1024;

export interface NeonEndpointOptions {
  /** 0 takes any free port. */
  port: number;
  backend: Backend;
  /** Bytes, for tests of what happens beyond. */
  limits?: { request?: number; answer?: number };
}

export interface NeonEndpoint {
  /** Like `http://localhost:5488/sql`: what `neonConfig.fetchEndpoint` and `DATABASE_ENDPOINT` take. */
  url: string;
  port: number;
  faults: Faults;
  requests: Recorder;
  backend: Backend;
  /** Cuts every connection, then closes the backend. */
  close(): Promise<void>;
}

/** What an answer is, once it is known: a body with its status, or none at all. */
type Reply = { status: number; body: unknown; headers?: Record<string, string> } | "drop" | "hang";

/** @throws the system's error when the port is taken. */
export async function startNeonEndpoint(options: NeonEndpointOptions): Promise<NeonEndpoint> {
  const { backend, limits = {} } = options;
  const faults = createFaults();
  const recorder = createRecorder();
  const closing = new AbortController();

  async function handler(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.origin !== undefined || (request.headers["sec-fetch-site"] ?? "none") !== "none") {
      answerText(response, 403, "No web page may use this endpoint.");
      return;
    }
    const url = new URL(request.url ?? "/", "http://localhost");
    if (url.pathname !== "/sql") {
      if (await control({ backend, faults, recorder }, request, response, url)) return;
      answerText(response, 404, "Only POST /sql is Neon's; the control routes are in dev/neon/control.ts.");
      return;
    }
    if (request.method !== "POST") {
      response.setHeader("allow", "POST");
      answerText(response, 405, "SQL is sent with POST.");
      return;
    }
    const reply = await answer(request);
    if (reply === "drop") request.socket.destroy();
    else if (reply !== "hang") answerJson(response, reply.status, reply.body, reply.headers);
  }

  async function answer(request: IncomingMessage): Promise<Reply> {
    const limit = limits.request ?? NEON_LIMIT;
    const body = await readBody(request, limit);
    if (body === null) return refuse(413, `request is too large (max is ${limit} bytes)`);
    const parsed = parseRequest(request.headers, body);
    if ("mistake" in parsed) return refuse(400, parsed.mistake);

    const recorded = recorder.record(parsed);
    const taken = faults.take({ database: parsed.database, texts: parsed.statements.map(({ text }) => text) });
    const early = await suffer(taken, "before");
    if (early) {
      recorded.outcome = early.name;
      return early.reply;
    }
    const { outcome, reply } = await run(parsed, taken);
    recorded.outcome = outcome;
    const late = await suffer(taken, "after");
    if (late) recorded.outcome = late.name;
    return late?.reply ?? reply;
  }

  async function run(request: SqlRequest, taken: Fault[]): Promise<{ outcome: string; reply: Reply }> {
    const limit = limits.answer ?? NEON_LIMIT;
    const bodyOf = (answers: QueryAnswer[]) => (request.batch === null ? answers[0] : { results: answers });
    try {
      const answers = await backend.run(request.database, (session) =>
        execute(session, request, {
          before: (text) => refuseStatement(taken, text),
          after: (all) => {
            if (Buffer.byteLength(JSON.stringify(bodyOf(all))) > limit) throw new AnswerTooLarge(limit);
          },
        }),
      );
      return { outcome: "ok", reply: { status: 200, body: bodyOf(answers), headers: batchHeaders(request) } };
    } catch (error) {
      if (error instanceof AnswerTooLarge) return { outcome: "too large", reply: refuse(507, error.message) };
      const body = errorAnswer(error);
      // An error without a severity did not come from Postgres: the server behind is gone, or this endpoint has a bug.
      return { outcome: body.code ?? "failed", reply: { status: body.severity === null ? 500 : 400, body } };
    }
  }

  /** The faults of one moment, in order: waits for each latency; the first that ends the request does. */
  async function suffer(taken: Fault[], when: "before" | "after"): Promise<{ name: string; reply: Reply } | undefined> {
    for (const fault of taken) {
      if (fault.effect === "sql-error" || fault.when !== when) continue;
      const name = `${fault.effect} ${when}`;
      if (fault.effect === "latency") {
        // Closing ends the wait early; the connection is gone by then.
        await wait(fault.milliseconds, undefined, { signal: closing.signal }).catch(() => {});
      } else if (fault.effect === "status") return { name, reply: refuse(fault.status, "injected fault") };
      else return { name, reply: fault.effect };
    }
    return undefined;
  }

  const server = await serveOnLoopback({ port: options.port, names: ["localhost", "127.0.0.1"], handler });
  return {
    url: `http://localhost:${server.port}/sql`,
    port: server.port,
    faults,
    requests: recorder,
    backend,
    async close() {
      closing.abort();
      await server.close();
      await backend.close();
    },
  };
}

/** Thrown inside the transaction, because Neon counts while it reads rows: a batch that is too large is rolled back. */
class AnswerTooLarge extends Error {
  constructor(limit: number) {
    super(`response is too large (max is ${limit} bytes)`);
  }
}

function refuse(status: number, message: string): Reply {
  return { status, body: errorAnswer(new Error(message)) };
}

function refuseStatement(taken: Fault[], text: string): void {
  for (const fault of taken) {
    if (fault.effect === "sql-error" && concerns(fault, text))
      throw databaseError("ERROR", fault.code, "injected fault");
  }
}

/** A batch's answer repeats what it was run with. */
function batchHeaders(request: SqlRequest): Record<string, string> {
  const headers: Record<string, string> = {};
  if (request.batch?.readOnly) headers["neon-batch-read-only"] = "true";
  if (request.batch?.deferrable) headers["neon-batch-deferrable"] = "true";
  return headers;
}
