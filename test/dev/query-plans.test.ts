// Every statement that the Worker sends finds its rows by an index, however many readers there are. Asked of a real
// Postgres (DOCENT_TEST_POSTGRES) that holds enough of them for its planner to mind; `npm run bench:growth` asks the
// same of a million readers, and how long it takes.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callEveryRoute, pushCatalogue } from "../../bench/growth/every-statement.ts";
import { fill } from "../../bench/growth/fill.ts";
import { type RealWorker, startRealWorker } from "../../bench/growth/real-worker.ts";
import { fullScans, nodesOf, WatchedBackend } from "../../bench/growth/watched-backend.ts";
import { startNeonEndpoint } from "../../dev/neon/endpoint.ts";
import { testBackend } from "../../dev/neon/test-backend.ts";

const server = process.env.DOCENT_TEST_POSTGRES;
const DATABASE = "plans";
const SIZE = { users: 20_000, sessionsPerUser: 5, progressPerUser: 10, pages: 200 };

describe.skipIf(!server)("with 20,000 readers, on Postgres", () => {
  const backend = new WatchedBackend(testBackend(server));
  let worker: RealWorker;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const endpoint = await startNeonEndpoint({ port: 0, backend });
    worker = await startRealWorker(endpoint.url, DATABASE);
    close = async () => {
      await worker.close();
      await endpoint.close();
    };
    await backend.run(DATABASE, (session) => fill(session, SIZE, Date.now()));
    await pushCatalogue(worker, SIZE.pages);
    backend.explain = true;
  });
  afterAll(() => close?.());

  const everything = async (user: number) => {
    backend.seen.length = 0;
    await backend.run(DATABASE, (session) => callEveryRoute(worker, session, user, SIZE.pages));
    await worker.scheduled();
    return backend.seen;
  };
  const missed = () =>
    backend.seen.flatMap(({ text, plan }) => (plan ? fullScans(plan) : []).map((node) => ({ text, node })));

  it("every statement of every route and chore finds its rows by an index", async () => {
    const seen = await everything(4321);
    expect(missed()).toEqual([]);
    expect(worker.errors).toEqual([]);
    // What was looked at: statements and tables that are known to be there.
    expect(seen.every(({ plan }) => plan)).toBe(true);
    expect(new Set(seen.map(({ text }) => text)).size).toBeGreaterThan(40);
    const tables = new Set(seen.flatMap(({ plan }) => (plan ? nodesOf(plan).map(({ table }) => table) : [])));
    for (const table of ["user", "session", "account", "verification", "reading_progress", "audit_event", "profile"]) {
      expect(tables).toContain(table);
    }
  });

  it.each([
    ["an index", "drop index session_login_id", "session"],
    [
      "a key",
      "alter table reading_progress drop constraint reading_progress_user_id_site_page_key_pk",
      "reading_progress",
    ],
  ])("would be seen to miss %s", async (_, drop, table) => {
    await backend.run(DATABASE, (session) => session.query(drop));
    await everything(table.length).catch(() => {});
    expect(new Set(missed().map(({ node }) => node.table))).toContain(table);
  });
});
