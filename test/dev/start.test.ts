// `npm start` itself, on a copy of the checkout and on free ports: up, used, stopped, up again.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { neon, neonConfig } from "@neondatabase/serverless";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { CheckoutCopy, type Started, UP, up } from "./checkout-copy.ts";

const copy = await CheckoutCopy.make();
const { root, ports } = copy;
const urlOf = copy.url.bind(copy);
// What an owner keeps here must never be used by `npm start`.
const PRODUCTION = "postgres://owner:secret@production.example/live";
writeFileSync(join(root, ".dev.vars"), `DATABASE_URL=${PRODUCTION}\n`);
afterAll(() => copy.remove());

function start(command?: string, args?: string[], env: Record<string, string> = {}): Started {
  const started = copy.start(command, args, { DATABASE_URL: PRODUCTION, ...env });
  onTestFinished(started.stop);
  return started;
}

const signIn = async (email: string, password: string) => {
  const response = await fetch(urlOf("WORKER", "/api/auth/sign-in/email"), {
    method: "POST",
    headers: { "content-type": "application/json", origin: urlOf("DOCS", "") },
    body: JSON.stringify({ email, password }),
  });
  const body = (await response.json()) as { user?: { name: string; role: string } };
  expect(response.status, JSON.stringify(body)).toBe(200);
  return body.user;
};

test("a port in use ends it with the name of the variable, before anything was made", async () => {
  const taken = createServer();
  onTestFinished(() => void taken.close());
  await new Promise<void>((resolve) => taken.listen(Number(ports.DOCENT_PORT_MAILBOX), "127.0.0.1", resolve));
  const started = start();
  expect(await started.ended).toBe(1);
  expect(started.output()).toContain("is in use. Set DOCENT_PORT_MAILBOX to another port");
  expect(existsSync(join(root, ".docent"))).toBe(false);
});

test("everything comes up, stops on SIGTERM, and goes on where it was at the next start", {
  timeout: 300_000,
}, async () => {
  const first = start();
  await up(first);
  expect(first.output()).toContain("4 made now, 4 in all");
  for (const url of [
    urlOf("DOCS"),
    urlOf("DOCS_CROSS_SITE", "/", "127.0.0.1"),
    urlOf("MAILBOX"),
    urlOf("WORKER", "/docent.js"),
    urlOf("WORKER", "/readyz"),
  ]) {
    expect((await fetch(url)).status, url).toBe(200);
  }
  expect(await signIn("ada@example.test", "ada-learns-robotics")).toMatchObject({ name: "Ada", role: "user" });
  expect(await signIn("admin@example.test", "admin-of-this-machine")).toMatchObject({ role: "admin" });
  const catalogue = (await (await fetch(urlOf("WORKER", "/api/catalog?site=course"))).json()) as { pages: unknown[] };
  expect(catalogue.pages.length).toBeGreaterThanOrEqual(10);

  // As if it had been stopped while Ada and the administrator were being made.
  neonConfig.fetchEndpoint = () => urlOf("DATABASE", "/sql");
  const sql = neon("postgres://docent:docent@localhost/docent");
  await sql`delete from background_information where user_id = (select id from "user" where email like 'ada@%')`;
  await sql`update "user" set role = 'user'`;
  await sql`delete from docent_development.seeded where email like 'ad%'`;

  const second = start();
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain("is in use");

  first.process.kill("SIGTERM");
  expect(await first.ended, first.output()).toBe(0);
  for (const name of Object.keys(ports)) {
    const url = `http://localhost:${ports[name]}/`;
    await expect(fetch(url), url).rejects.toThrow("fetch failed");
  }

  const again = start();
  await up(again);
  expect(again.output()).toContain("0 applied now");
  expect(again.output()).toContain("2 made now, 4 in all");
  const readers = await sql`select u.email, u.role, b.user_id is not null as answered from "user" u
    left join background_information b on b.user_id = u.id order by u.email`;
  expect(readers).toEqual([
    { email: "ada@example.test", role: "user", answered: true },
    { email: "admin@example.test", role: "admin", answered: false },
    { email: "grace@example.test", role: "user", answered: true },
    { email: "omar@example.test", role: "user", answered: true },
  ]);
  expect(await signIn("grace@example.test", "grace-builds-robots")).toMatchObject({ name: "Grace" });
  // Nothing of the contributor's own reached the Worker.
  const log = readFileSync(join(root, ".docent", "wrangler.log"), "utf8");
  expect(log).toContain("Using secrets defined in .docent/dev.vars");
  expect(log.match(/Using secrets defined in (?!\.docent)/)).toBeNull();

  // The Worker dies: it is started again, with everything that was there.
  const kill = () => childrenOf(again.process.pid).map((child) => process.kill(child, "SIGKILL")).length;
  expect(kill()).toBeGreaterThanOrEqual(1);
  await expect.poll(() => again.output(), { timeout: 60_000 }).toContain("The Worker is up again.");
  expect(again.output()).toContain("wrangler dev was ended by SIGKILL; starting it again.");
  expect(await signIn("grace@example.test", "grace-builds-robots")).toMatchObject({ name: "Grace" });
  expect(readFileSync(join(root, ".docent", "wrangler.log"), "utf8").startsWith(log)).toBe(true);

  // Once more, and now it does not come up: everything else goes with it, and says why.
  const before = again.output().length;
  kill();
  await expect.poll(() => again.output().slice(before)).toContain("starting it again");
  await expect.poll(kill).toBeGreaterThanOrEqual(1);
  expect(await again.ended).toBe(1);
  expect(again.output()).toContain("The Worker is down: wrangler dev was ended by SIGKILL.");
  expect(again.output()).toContain("The last lines of .docent/wrangler.log:");
});

test("it stops, also in the middle of starting, when npm's shell dies instead of handing the signal on", async () => {
  const shell = ["-c", '"$0" dev/start.ts; exit $?', process.execPath];
  const started = start("sh", shell, { npm_lifecycle_event: "start" });
  await expect.poll(started.output, { timeout: 30_000 }).toContain("Database");
  started.process.kill("SIGKILL");
  // Its output closes when the last process that holds it is gone.
  await started.ended;
  expect(started.output()).toContain("Stopping.");
  expect(started.output()).not.toContain(UP);
});

function childrenOf(parent: number | undefined): number[] {
  const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  return rows
    .map((row) => row.trim().split(/\s+/).map(Number))
    .filter(([, ppid]) => ppid === parent)
    .flatMap(([pid]) => (pid === undefined ? [] : [pid]));
}
