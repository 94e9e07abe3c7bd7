// Two pushes of one catalogue at the same moment, on a server with more than one session: DOCENT_TEST_POSTGRES.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Session } from "../../dev/neon/backend.ts";
import { startNeonEndpoint } from "../../dev/neon/endpoint.ts";
import { testBackend } from "../../dev/neon/test-backend.ts";
import { findCatalogue, replaceCatalogue } from "../../src/content/catalogue-queries.ts";
import type { CataloguePage } from "../../src/core/catalogue.ts";
import { createDatabase, type Database } from "../../src/db/client.ts";
import { page as plainPage } from "../harness/page.ts";
import { urlOf } from "./neon-endpoint.ts";

const server = process.env.DOCENT_TEST_POSTGRES;
const SITE = "course";
const DATABASE = "races";

const page = (path: string, contentHash: string) => plainPage(path, { contentHash });
const OLD = [page("/a", "1"), page("/b", "1")];

describe.skipIf(!server)("two pushes at once, on Postgres", () => {
  const backend = testBackend(server);
  let db: Database;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const endpoint = await startNeonEndpoint({ port: 0, backend });
    close = () => endpoint.close();
    db = createDatabase({
      url: urlOf(DATABASE),
      endpoint: endpoint.url,
      timeoutMs: 30_000,
      fetch,
      onCall: () => {},
      onFailure: () => {},
    });
  });
  afterAll(() => close?.());

  const push = (pages: CataloguePage[], changed: CataloguePage[] = pages) => {
    const listed = pages.map(({ path, contentHash }) => ({ path, contentHash }));
    return replaceCatalogue(db, SITE, { pages: listed, changed }, new Date(), () => crypto.randomUUID());
  };
  const pages = async () => (await findCatalogue(db, SITE, []))?.pages;

  /** How many pushes stand in the queue. */
  const waiting = async (session: Session) => {
    const { rows } = await session.query(
      `select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted
       and database = (select oid from pg_database where datname = current_database())`,
    );
    return Number(rows[0]?.n);
  };

  /** Lets the pushes begin one after the other, each before the one in front of it has done anything. */
  async function together(pushes: (() => ReturnType<typeof push>)[], meanwhile: () => Promise<void>) {
    return backend.run(DATABASE, async (session) => {
      await session.query("begin");
      await session.query("select pg_advisory_xact_lock(hashtext($1))", [`catalogue ${SITE}`]);
      const begun: ReturnType<typeof push>[] = [];
      for (const [at, start] of pushes.entries()) {
        begun.push(start());
        await expect.poll(() => waiting(session)).toBe(at + 1);
      }
      await meanwhile();
      await session.query("commit");
      return Promise.all(begun);
    });
  }

  it("happen one after the other: what the second lacks is judged by what the first has left", async () => {
    await push(OLD);
    const [a, b] = OLD;
    if (!a || !b) throw new Error("there are two pages");
    const [first, second, third] = await together(
      [
        () => push([page("/a", "2"), b], [page("/a", "2")]),
        // Both computed against the old pages.
        () => push([a, page("/b", "2")], [page("/b", "2")]),
        () => push([page("/a", "2"), b, page("/c", "1")], [page("/c", "1")]),
      ],
      // Nobody who reads waits, and nobody sees anything of what is not done.
      async () => expect(await pages()).toEqual(OLD),
    );
    expect(first).toEqual({ version: expect.any(String) as string });
    expect(second).toEqual({ missing: ["/a"] });
    expect(third).toEqual({ version: expect.any(String) as string });
    expect(await pages()).toEqual([page("/a", "2"), b, page("/c", "1")]);
  });

  it("of the same pages end in the same version, and the second one writes nothing", async () => {
    await push(OLD);
    const next = [page("/a", "3"), page("/d", "3")];
    const [first, second] = await together([() => push(next), () => push(next)], async () => {});
    expect(second).toEqual(first);
    expect(await pages()).toEqual(next);
  });
});
