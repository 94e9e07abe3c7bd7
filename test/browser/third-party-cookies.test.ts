// The other browser tests say "with third-party cookies blocked". Here is the proof that they are, and that the proof
// can fail: the same page in a browser that allows them keeps the cookie.
import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser } from "./chromium.ts";

const servers: Server[] = [];
let docs: string;
let other: string;

async function serve(host: string, handler: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return `http://${host}:${typeof address === "object" && address !== null ? address.port : 0}`;
}

beforeAll(async () => {
  docs = await serve("127.0.0.1", (_request, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><p>docs");
  });
  other = await serve("localhost", (request, response) => {
    response
      .writeHead(200, {
        "access-control-allow-origin": docs,
        "access-control-allow-credentials": "true",
        ...(request.url === "/set" && {
          "set-cookie": [
            "plain=1; Path=/; Secure; HttpOnly; SameSite=None",
            "__Host-partitioned=1; Path=/; Secure; HttpOnly; SameSite=None; Partitioned",
          ],
        }),
      })
      .end(request.headers.cookie ?? "");
  });
});
afterAll(() => {
  for (const server of servers) server.close();
});

async function cookiesKept(blocked: "third-party" | "none"): Promise<string[]> {
  const browser = await openBrowser({ blocked });
  try {
    const page = await browser.context.newPage();
    await page.goto(docs);
    const ask = (path: string) =>
      page.evaluate(async (url) => (await fetch(url, { credentials: "include" })).text(), other + path);
    await ask("/set");
    await page.reload();
    return (await ask("/")).split("; ").sort();
  } finally {
    await browser.close();
  }
}

test("blocked: an unpartitioned cookie of another site is lost, a partitioned one is kept", async () => {
  expect(await cookiesKept("third-party")).toEqual(["__Host-partitioned=1"]);
});

test("allowed: both are kept", async () => {
  expect(await cookiesKept("none")).toEqual(["__Host-partitioned=1", "plain=1"]);
});
