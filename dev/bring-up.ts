// The parts of `npm start` in the order in which they need each other.
import { join } from "node:path";
import docentConfig from "../docent.config.ts";
import { parseConfig } from "../src/core/define-config.ts";
import { migrate, openDatabase } from "./database.ts";
import { buildDemo } from "./demo/build.ts";
import { startMailbox } from "./mailbox.ts";
import type { Ports } from "./ports.ts";
import type { Program } from "./processes.ts";
import { pushCatalogue } from "./push-catalogue.ts";
import { SEED_READERS } from "./readers.ts";
import { prepareWorkerVars } from "./secrets.ts";
import { type SeedTarget, seedReaders } from "./seed.ts";
import type { StateFolder } from "./state-folder.ts";
import { serveFolder } from "./static-server.ts";
import { line, table } from "./terminal.ts";
import { presentLine } from "./worker-log.ts";
import { startWorker, workerReady } from "./worker-process.ts";

/** What is up, as the ways to take it down, in the order in which it came up. */
export interface Running {
  close: (() => Promise<unknown>)[];
}

export interface BringUpOptions {
  root: string;
  state: StateFolder;
  ports: Ports;
  stop: AbortSignal;
  running: Running;
}

/**
 * Brings everything up and stays until `stop`, or until something fails.
 * @returns `null` after `stop`, otherwise what is wrong, in words.
 * @throws what a part could not handle.
 */
export async function bringUp({ root, state, ports, stop, running }: BringUpOptions): Promise<string | null> {
  const parsed = parseConfig(docentConfig);
  if ("mistakes" in parsed) {
    return parsed.mistakes.map(({ path, message }) => `docent.config.ts: ${path} ${message}`).join("\n");
  }
  // The demo docs stand for the first site, whatever an owner calls it: here its origins are those of the demo.
  const site = parsed.config.sites[0]?.id ?? "";
  const vars = prepareWorkerVars({ state, ports, site, randomText });
  console.log("Docent, on this machine only\n");

  const database = await openDatabase({
    state,
    postgres: process.env.DOCENT_DEV_POSTGRES || undefined,
    port: ports.database,
  });
  if ("refused" in database) return database.refused;
  running.close.push(() => database.endpoint.close());
  console.log(line("Database", `${database.endpoint.url} · ${database.description}`));
  if (stop.aborted) return null;

  const migrated = await migrate(database, root);
  if (migrated.kind === "changed") {
    return `Migration ${migrated.name} was edited after it had been applied here. Undo that, or \`npm run reset\`.`;
  }
  console.log(line("Migrations", `${migrated.applied.length} applied now, ${migrated.total} in all`));

  const mailbox = await startMailbox({ port: ports.mailbox, file: state.mailbox, now: Date.now });
  running.close.push(() => mailbox.close());
  console.log(line("Mailbox", vars.mailboxUrl));

  const folder = join(root, "dist", "demo");
  const { catalogue } = await buildDemo({ workerUrl: vars.workerUrl, siteId: site, outDir: folder });
  const sameSite = await serveFolder({ folder, port: ports.docs, name: "localhost" });
  running.close.push(() => sameSite.close());
  const crossSite = await serveFolder({ folder, port: ports.docsCrossSite, name: "127.0.0.1" });
  running.close.push(() => crossSite.close());
  console.log(line("Demo docs", `${vars.docsOrigins.join(" and ")} · ${catalogue.pages.length} pages`));
  if (stop.aborted) return null;

  let quiet = true;
  const start = (again = false) =>
    startWorker({
      root,
      state,
      port: ports.worker,
      again,
      onLine(text) {
        const shown = presentLine(text);
        if (shown && (shown.problem || !quiet)) console.log(shown.text);
      },
    });
  const isReady = () => workerReady(worker, { url: vars.workerUrl, secret: vars.readySecret, signal: stop });
  let worker = start();
  running.close.push(() => worker.stop());
  const ready = await isReady();
  if (!ready.ready) return stop.aborted ? null : workerFailure(ready.reason, worker);
  console.log(line("Worker", `${vars.workerUrl} · log in .docent/wrangler.log`));

  const target: SeedTarget = {
    workerUrl: vars.workerUrl,
    docsOrigin: vars.docsOrigins[0],
    run: database.run,
    fetch: (input, init) => fetch(input, { ...init, signal: stop }),
  };
  await pushCatalogue(target, site, vars.catalogueToken, catalogue);
  const made = await seedReaders(target, SEED_READERS);
  console.log(line("Readers", `${made} made now, ${SEED_READERS.length} in all`));

  console.log(`\n${summary(vars)}\n\nCtrl-C stops everything; \`npm run reset\` starts from empty.\n`);
  quiet = false;
  // Its proxy exits now and then when a connection has been idle for five seconds: see docs/development.md.
  for (;;) {
    const how = await Promise.race([worker.ended, stopped(stop)]);
    if (how === null) return null;
    console.log(`\nwrangler dev ${how}; starting it again.`);
    worker = start(true);
    const back = await isReady();
    if (!back.ready) return stop.aborted ? null : workerFailure(back.reason, worker);
    console.log("The Worker is up again.\n");
  }
}

function summary({ docsOrigins: [sameSite, crossSite], workerUrl, mailboxUrl }: ReturnType<typeof prepareWorkerVars>) {
  const addresses = [
    ["Demo docs, on the Worker's site", sameSite],
    ["Demo docs, on another site", crossSite],
    ["Worker", workerUrl],
    ["Mailbox", mailboxUrl],
  ];
  const readers = SEED_READERS.map(({ email, password, about }) => [email, password, about]);
  return `${table(addresses)}\n\n${table([["Reader", "Password", "About"], ...readers])}`;
}

function workerFailure(reason: string, worker: Program): string {
  return [`The Worker is down: ${reason}.`, "The last lines of .docent/wrangler.log:", ...worker.lastLines()].join(
    "\n  ",
  );
}

function stopped(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener("abort", () => resolve(null), { once: true });
  });
}

/** 192 random bits as text. */
function randomText(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64url");
}
