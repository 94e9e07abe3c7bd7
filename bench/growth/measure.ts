// `npm run bench:growth`: how long each statement of the Worker takes in a Postgres with a million readers, and whether
// it finds its rows by an index there. Starts a Postgres of its own; DOCENT_BENCH_POSTGRES names another, on which the
// role may create databases. `--write` puts the tables into README.md and docs/growth.md; `--users 20000` is a rehearsal.
import { readFile, writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startNeonEndpoint } from "../../dev/neon/endpoint.ts";
import { testBackend } from "../../dev/neon/test-backend.ts";
import { replaceBetweenMarkers } from "../markdown.ts";
import { callEveryRoute, pushCatalogue } from "./every-statement.ts";
import { fill } from "./fill.ts";
import { startOwnPostgres } from "./own-postgres.ts";
import { startRealWorker } from "./real-worker.ts";
import { readmeTable, report } from "./report.ts";
import { fullScans, WatchedBackend } from "./watched-backend.ts";

const { values } = parseArgs({
  options: {
    users: { type: "string", default: "1000000" },
    readers: { type: "string", default: "200" },
    write: { type: "boolean", default: false },
  },
});
const SIZE = { users: Number(values.users), sessionsPerUser: 5, progressPerUser: 20, pages: 1000 };
const READERS = Number(values.readers);
const DATABASE = "growth";

/** The same ones each time. Every twentieth has read half of the catalogue: their answers are the largest. */
const readers = Array.from({ length: READERS }, (_, n) => {
  const anyone = (n * 7919 + 13) % SIZE.users;
  return n % 20 === 19 ? anyone - (anyone % 100) : anyone;
});

const own = process.env.DOCENT_BENCH_POSTGRES === undefined ? await startOwnPostgres() : undefined;
const backend = new WatchedBackend(testBackend(own?.connectionString ?? process.env.DOCENT_BENCH_POSTGRES));
const endpoint = await startNeonEndpoint({ port: 0, backend });
const worker = await startRealWorker(endpoint.url, DATABASE);
const began = Date.now();
const since = () => `${((Date.now() - began) / 1000).toFixed(0)} s`;

try {
  await backend.run(DATABASE, async (session) => {
    await fill(session, SIZE, Date.now(), (text) =>
      console.log(since(), text.trimStart().split("\n")[0]?.slice(0, 100)),
    );
    await pushCatalogue(worker, SIZE.pages);
    const version =
      (await session.query<{ v: string }>("select current_setting('server_version') as v")).rows[0]?.v ?? "";
    const one = async (text: string) => Number((await session.query<{ n: string }>(text)).rows[0]?.n);
    const facts = {
      users: await one(`select count(*) as n from "user"`),
      sessions: await one("select count(*) as n from session"),
      progress: await one("select count(*) as n from reading_progress"),
      bytes: await one("select pg_database_size(current_database()) as n"),
      pages: SIZE.pages,
      readers: new Set(readers).size,
      postgres: version.split(" ")[0] ?? "",
      machine: `${cpus().length} × ${cpus()[0]?.model.trim()}`,
    };
    console.log(since(), "filled", facts);

    const doing = (route: string) => {
      backend.doing = route;
    };
    // First the plans, of readers who are not measured.
    backend.explain = true;
    backend.seen.length = 0;
    for (const user of [SIZE.users - 1, SIZE.users - 100]) {
      await callEveryRoute(worker, session, user, SIZE.pages, doing);
    }
    const planned = backend.seen.splice(0);
    backend.explain = false;
    for (const [at, user] of [...new Set(readers)].entries()) {
      await callEveryRoute(worker, session, user, SIZE.pages, doing);
      if (at % 20 === 0) console.log(since(), `reader ${at + 1} of ${facts.readers}`);
    }
    doing("the daily chores");
    backend.explain = true;
    await worker.scheduled();
    if (worker.errors.length > 0) throw new Error(`The Worker has logged errors: ${worker.errors.join("\n")}`);
    const scans = [...planned, ...backend.seen].flatMap(({ text, plan }) =>
      plan && fullScans(plan).length > 0 ? [text] : [],
    );
    if (scans.length > 0) throw new Error(`Without an index:\n${scans.join("\n")}`);

    // Of the last fifteen minutes.
    const measured = { ...facts, load: loadavg()[2] ?? Number.NaN };
    const text = report(measured, backend.seen, [...planned, ...backend.seen]);
    console.log(`\n${text}`);
    if (values.write) {
      await writeFile(fileURLToPath(new URL("../../docs/growth.md", import.meta.url)), text);
      const readme = fileURLToPath(new URL("../../README.md", import.meta.url));
      const table = readmeTable(measured, backend.seen);
      await writeFile(readme, replaceBetweenMarkers(await readFile(readme, "utf8"), "growth", table));
    }
  });
} finally {
  await worker.close();
  await endpoint.close();
  await own?.stop();
}
