// A closed loop: each connection sends its next request when it has the answer to the last one.
import { Client } from "undici";

export interface Shot {
  method: "GET" | "POST";
  path: string;
  headers: Record<string, string>;
  body?: string;
}

export interface LoadOptions {
  /** The next request; undefined when there is none left, which ends the load. */
  next: () => Shot | undefined;
  connections: readonly Client[];
  /** How long to go on beginning requests. */
  milliseconds: number;
  /** Requests in all, at most. */
  atMost: number;
}

export interface Load {
  /** Milliseconds each request took, until the last byte of its answer. */
  latencies: number[];
  /** From the first request to the last answer. */
  seconds: number;
}

export function connect(origin: string, count: number): Client[] {
  // Kept open between two measurements of the same Worker.
  return Array.from({ length: count }, () => new Client(origin, { keepAliveTimeout: 600_000, pipelining: 1 }));
}

/** @throws when an answer is not 200: a refusal would be measured as if it were the answer */
export async function load({ next, connections, milliseconds, atMost }: LoadOptions): Promise<Load> {
  const latencies: number[] = [];
  const began = performance.now();
  let left = atMost;
  const loop = async (client: Client) => {
    while (left > 0 && performance.now() - began < milliseconds) {
      const shot = next();
      if (!shot) return;
      left -= 1;
      const sent = performance.now();
      const { statusCode, body } = await client.request({ ...shot, body: shot.body ?? null });
      if (statusCode !== 200) throw new Error(`${shot.method} ${shot.path}: ${statusCode} ${await body.text()}`);
      await body.dump();
      latencies.push(performance.now() - sent);
    }
  };
  await Promise.all(connections.map(loop));
  return { latencies, seconds: (performance.now() - began) / 1000 };
}
