// V8's sampling profiler inside workerd, by the Chrome DevTools protocol.
import * as z from "zod";

const targets = z.array(z.object({ id: z.string(), webSocketDebuggerUrl: z.string() }));
const answer = z.object({ id: z.number(), result: z.unknown(), error: z.unknown() }).partial();

const callFrame = z.object({
  functionName: z.string(),
  url: z.string(),
  /** Both from 0. */
  lineNumber: z.number(),
  columnNumber: z.number(),
});
const cpuProfile = z.object({
  nodes: z.array(z.object({ id: z.number(), callFrame, children: z.array(z.number()).optional() })),
  samples: z.array(z.number()),
  /** Microseconds before each sample. */
  timeDeltas: z.array(z.number()),
});
export type CpuProfile = z.infer<typeof cpuProfile>;

export class Profiler {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #sent = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#received(String(data)));
    socket.addEventListener("close", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("The inspector has closed."));
    });
  }

  /** @param interval microseconds between two samples */
  static async of(inspector: string, worker: string, interval: number): Promise<Profiler> {
    const list = targets.parse(await (await fetch(`${inspector}/json`)).json());
    const target = list.find(({ id }) => id === worker || id.endsWith(`:${worker}`));
    if (!target) throw new Error(`No ${worker} among ${list.map(({ id }) => id).join(", ")}`);
    const url = new URL(target.webSocketDebuggerUrl);
    url.host = new URL(inspector).host;
    const socket = new WebSocket(url.href);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", reject);
    });
    const profiler = new Profiler(socket);
    await profiler.#ask("Profiler.enable");
    await profiler.#ask("Profiler.setSamplingInterval", { interval });
    return profiler;
  }

  async start(): Promise<void> {
    await this.#ask("Profiler.start");
  }

  async stop(): Promise<CpuProfile> {
    return z.object({ profile: cpuProfile }).parse(await this.#ask("Profiler.stop")).profile;
  }

  close(): void {
    this.#socket.close();
  }

  #ask(method: string, params: object = {}): Promise<unknown> {
    this.#sent += 1;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(this.#sent, waiting);
    this.#socket.send(JSON.stringify({ id: this.#sent, method, params }));
    return waiting.promise;
  }

  #received(text: string): void {
    const { id, result, error } = answer.parse(JSON.parse(text));
    // What has no id is an event that nobody asked for.
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (id !== undefined) this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(JSON.stringify(error)));
  }
}
