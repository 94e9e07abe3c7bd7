// A proxy that takes away every cookie which the Worker sets for a docs page: to that page, the browser behind it is one
// that keeps no cookie of another site, not even a partitioned one. Chromium has no such setting that leaves storage alone.
import { createServer, request } from "node:http";

export interface CookieEater {
  /** What a browser needs to be behind it. */
  proxy: { server: string; bypass: string };
  stop(): Promise<void>;
}

/** @param docs the origin of the docs pages */
export async function startCookieEater(docs: string): Promise<CookieEater> {
  const server = createServer((incoming, outgoing) => {
    const passed = request(incoming.url ?? "", { method: incoming.method, headers: incoming.headers }, (answer) => {
      const headers = { ...answer.headers };
      if (incoming.headers.origin === docs) delete headers["set-cookie"];
      outgoing.writeHead(answer.statusCode ?? 502, headers);
      answer.pipe(outgoing);
    });
    passed.on("error", () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    // Chromium passes by a proxy on the way to this machine, unless told otherwise.
    proxy: { server: `http://127.0.0.1:${port}`, bypass: "<-loopback>" },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
