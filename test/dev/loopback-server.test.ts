// What every development server has in common: loopback only, its own names only.

import { mkdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { answerText, type LoopbackName, type LoopbackServer, serveOnLoopback } from "../../dev/loopback-server.ts";
import { serveFolder } from "../../dev/static-server.ts";
import { scratchFolder } from "./scratch-folder.ts";

interface Answer {
  status: number | undefined;
  headers: Record<string, unknown>;
  body: string;
}

/** Node's fetch sets `Host` and tidies paths; the plain client sends what it is told. */
function ask(port: number, path: string, host: string, address = "127.0.0.1"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request({ host: address, port, path, headers: { host, origin: "http://localhost:1" } }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text) => {
        body += text;
      });
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body }));
    })
      .on("error", reject)
      .end();
  });
}

async function serve(names: LoopbackName[]): Promise<LoopbackServer> {
  const server = await serveOnLoopback({ port: 0, names, handler: (_, response) => answerText(response, 200, "here") });
  onTestFinished(() => server.close());
  return server;
}

async function serveDocs(name: LoopbackName): Promise<LoopbackServer> {
  const folder = scratchFolder();
  writeFileSync(join(folder, "secret.txt"), "not part of the docs");
  const docs = join(folder, "docs");
  mkdirSync(join(docs, "lesson"), { recursive: true });
  writeFileSync(join(docs, "index.html"), "<h1>Course</h1>");
  writeFileSync(join(docs, "lesson", "index.html"), "<h1>Lesson</h1>");
  const server = await serveFolder({ folder: docs, port: 0, name });
  onTestFinished(() => server.close());
  return server;
}

test("a name that is not its own is refused, whatever it resolves to", async () => {
  const { port } = await serve(["localhost", "127.0.0.1"]);
  const statusFor = async (host: string) => (await ask(port, "/", host)).status;
  expect(await statusFor(`localhost:${port}`)).toBe(200);
  expect(await statusFor(`127.0.0.1:${port}`)).toBe(200);
  expect(await statusFor(`attacker.example:${port}`)).toBe(421);
  expect(await statusFor("localhost")).toBe(421);
  expect(await statusFor(`localhost:${port}.attacker.example`)).toBe(421);
});

test("a server of one name does not answer to the other", async () => {
  const { port } = await serve(["127.0.0.1"]);
  expect((await ask(port, "/", `127.0.0.1:${port}`)).status).toBe(200);
  const refused = await ask(port, "/", `localhost:${port}`);
  expect([refused.status, refused.body]).toEqual([421, `This server answers to 127.0.0.1:${port} only.\n`]);
});

test("localhost is served on ::1 as well, where the machine has it", async () => {
  const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));
  const { port } = await serve(["localhost"]);
  const answered = await ask(port, "/", `localhost:${port}`, "::1")
    .then(({ status }) => status === 200)
    .catch(() => false);
  expect(answered).toBe(hasIpv6);
});

test("no address but loopback is bound", async () => {
  const { port } = await serve(["localhost", "127.0.0.1"]);
  const outside = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ internal, family }) => !internal && family === "IPv4");
  // Every address in 127.0.0.0/8 is this machine; a server on all addresses would answer on this one too.
  for (const address of ["127.0.0.2", ...outside.map((one) => one.address)]) {
    const connected = await new Promise<boolean>((resolve) => {
      const socket = connect({ port, host: address })
        .once("connect", () => resolve(true))
        .once("error", () => resolve(false));
      onTestFinished(() => void socket.destroy());
    });
    expect(connected, address).toBe(false);
  }
});

test("docs are served as files and folders, without CORS headers", async () => {
  const { port } = await serveDocs("localhost");
  const host = `localhost:${port}`;
  const index = await ask(port, "/", host);
  expect([index.status, index.headers["content-type"], index.body]).toEqual([
    200,
    "text/html; charset=utf-8",
    "<h1>Course</h1>",
  ]);
  expect((await ask(port, "/lesson/", host)).body).toBe("<h1>Lesson</h1>");
  expect((await ask(port, "/nothing.html", host)).status).toBe(404);
  expect(Object.keys(index.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
});

test.each(["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/..\\secret.txt", "//../secret.txt"])(
  "the docs server does not leave its folder for %s",
  async (path) => {
    const { port } = await serveDocs("127.0.0.1");
    const answer = await ask(port, path, `127.0.0.1:${port}`);
    expect(answer.status, answer.body).toBeGreaterThanOrEqual(400);
    expect(answer.body).not.toContain("not part of the docs");
  },
);
