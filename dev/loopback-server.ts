// An HTTP server for this machine only: 127.0.0.1 and, where there is one, ::1. Every development server stands on it.
// It must never bind another address, and it answers only the names it was given: a page anywhere on the web can make a
// browser call a loopback port through a name that resolves to 127.0.0.1 (DNS rebinding).
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** The names by which a development server may be called. */
export type LoopbackName = "localhost" | "127.0.0.1";

export interface LoopbackOptions {
  /** 0 takes any free port. */
  port: number;
  /** Names accepted in `Host`. With `localhost`, ::1 is bound as well, because some systems resolve it there first. */
  names: readonly LoopbackName[];
  handler: RequestHandler;
}

export interface LoopbackServer {
  port: number;
  /** Stops listening and cuts every open connection. */
  close(): Promise<void>;
}

/** A free port on 127.0.0.1 can be taken on ::1; with port 0 another one is tried, this many times. */
const ATTEMPTS = 10;

/**
 * Starts listening.
 * @throws the system's error (`EADDRINUSE`, `EACCES`) when the port cannot be had.
 */
export async function serveOnLoopback(options: LoopbackOptions): Promise<LoopbackServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await bind(options);
    } catch (error) {
      if (options.port !== 0 || attempt === ATTEMPTS || errorCode(error) !== "EADDRINUSE") throw error;
    }
  }
}

async function bind({ port, names, handler }: LoopbackOptions): Promise<LoopbackServer> {
  const first = createServer();
  const bound = await listen(first, port, "127.0.0.1");
  const servers = [first];
  if (names.includes("localhost")) {
    const second = createServer();
    try {
      await listen(second, bound, "::1");
      servers.push(second);
    } catch (error) {
      // A machine without IPv6 is served well by 127.0.0.1 alone.
      if (errorCode(error) === "EADDRINUSE") {
        await stop(first);
        throw error;
      }
    }
  }

  const hosts = new Set(names.map((name) => `${name}:${bound}`));
  if (names.includes("localhost")) hosts.add(`[::1]:${bound}`);
  for (const server of servers) {
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      if (!hosts.has(request.headers.host ?? "")) {
        answerText(response, 421, `This server answers to ${[...hosts].join(" and ")} only.`);
        return;
      }
      Promise.resolve()
        .then(() => handler(request, response))
        .catch((error: unknown) => {
          // The client went away while its body was being read: nobody is left to answer.
          if (request.destroyed && errorCode(error) === "ECONNRESET") return;
          console.error(error);
          if (response.headersSent) response.destroy();
          else answerText(response, 500, "This development server failed; its terminal shows why.");
        });
    });
  }
  return { port: bound, close: async () => void (await Promise.all(servers.map(stop))) };
}

function listen(server: Server, port: number, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host: address, exclusive: true }, () => {
      server.off("error", reject);
      const bound = server.address();
      resolve(typeof bound === "object" && bound !== null ? bound.port : port);
    });
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Plain text, never cached, never sniffed. */
export function answerText(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    })
    .end(`${text}\n`);
}

export function answerJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response
    .writeHead(status, {
      "content-type": "application/json",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      ...headers,
    })
    .end(JSON.stringify(body));
}

/**
 * Reads a whole body as text, or `null` when it is longer than `limit` bytes. The rest is read and thrown away, so that
 * the client gets to see the refusal instead of a broken pipe.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size <= limit) chunks.push(bytes);
    else chunks.length = 0;
  }
  return size <= limit ? Buffer.concat(chunks).toString("utf8") : null;
}

/** The `code` of a system error, like `EADDRINUSE`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
