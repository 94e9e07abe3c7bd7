// A port in use is a clear message, before anything has started.
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { type Ports, readPorts, unavailablePorts } from "../../dev/ports.ts";

const DEFAULTS: Ports = { worker: 8787, docs: 4321, docsCrossSite: 4322, mailbox: 8025, database: 5488 };

/** A port that somebody listens on, for as long as the test runs. */
function occupiedPort(host: string): Promise<number> {
  const server = createServer();
  onTestFinished(() => void server.close());
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, host, () => {
      const address = server.address();
      if (typeof address === "object" && address !== null) resolve(address.port);
    });
  });
}

/** Ports that nobody listens on: they were free a moment ago. */
async function freePorts(): Promise<Ports> {
  const free = async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    await new Promise((resolve) => server.close(resolve));
    return typeof address === "object" && address !== null ? address.port : 0;
  };
  return {
    worker: await free(),
    docs: await free(),
    docsCrossSite: await free(),
    mailbox: await free(),
    database: await free(),
  };
}

test("without variables the ports are the documented ones", () => {
  expect(readPorts({})).toEqual({ ports: DEFAULTS });
  expect(readPorts({ DOCENT_PORT_WORKER: "" })).toEqual({ ports: DEFAULTS });
});

test("each variable moves its own port", () => {
  expect(
    readPorts({
      DOCENT_PORT_WORKER: "1001",
      DOCENT_PORT_DOCS: "1002",
      DOCENT_PORT_DOCS_CROSS_SITE: "1003",
      DOCENT_PORT_MAILBOX: "1004",
      DOCENT_PORT_DATABASE: "1005",
    }),
  ).toEqual({ ports: { worker: 1001, docs: 1002, docsCrossSite: 1003, mailbox: 1004, database: 1005 } });
});

test.each(["0", "65536", "80.5", "http", "-1"])("the port %j is refused with the name of its variable", (text) => {
  expect(readPorts({ DOCENT_PORT_MAILBOX: text })).toEqual({
    mistakes: [`DOCENT_PORT_MAILBOX must be a port, 1 to 65535, not "${text}".`],
  });
});

test("one port for two servers is refused", () => {
  expect(readPorts({ DOCENT_PORT_DOCS: "8787" })).toEqual({
    mistakes: ["Port 8787 is meant for the Worker and for the demo docs: change DOCENT_PORT_DOCS."],
  });
});

test("free ports are no problem", async () => {
  expect(await unavailablePorts(await freePorts())).toEqual([]);
});

test.each(["127.0.0.1", "0.0.0.0"])("a port in use on %s is named with the variable that changes it", async (host) => {
  const taken = await occupiedPort(host);
  expect(await unavailablePorts({ ...(await freePorts()), mailbox: taken })).toEqual([
    `Port ${taken}, for the mailbox, is in use. Set DOCENT_PORT_MAILBOX to another port, or free this one.`,
  ]);
});
