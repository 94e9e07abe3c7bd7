// Opens the Neon-compatible endpoint for the tests of it, on PGlite and, when DOCENT_TEST_POSTGRES names a server, on that.
import { neon, neonConfig } from "@neondatabase/serverless";
import { afterAll, beforeAll, describe } from "vitest";
import type { Session } from "../../dev/neon/backend.ts";
import { type NeonEndpoint, type NeonEndpointOptions, startNeonEndpoint } from "../../dev/neon/endpoint.ts";
import { clonedPglite } from "../../dev/neon/pglite-backend.ts";
import { clonedPostgres } from "../../dev/neon/postgres-backend.ts";

const server = process.env.DOCENT_TEST_POSTGRES;

export interface Opened {
  readonly endpoint: NeonEndpoint;
  readonly postgres: boolean;
}

/** What each test of the endpoint finds in its databases. */
async function prepare(session: Session): Promise<void> {
  await session.query("create table robot (id uuid primary key, name text not null unique, legs int check (legs > 0))");
}

/** The same tests on both backends. A database is made when a test first names it. */
export function describeEndpoint(
  subject: string,
  tests: (opened: Opened) => void,
  limits: NonNullable<NeonEndpointOptions["limits"]> = {},
): void {
  for (const postgres of [false, true]) {
    describe.skipIf(postgres && !server)(`${subject}, on ${postgres ? "Postgres" : "PGlite"}`, () => {
      let started: NeonEndpoint | undefined;
      beforeAll(async () => {
        const backend = postgres
          ? clonedPostgres({ connectionString: server ?? "", prepare })
          : clonedPglite({ prepare });
        started = await startNeonEndpoint({ port: 0, backend, limits });
      });
      afterAll(() => started?.close());
      tests({
        postgres,
        get endpoint() {
          if (!started) throw new Error("the endpoint is only there inside a test");
          return started;
        },
      });
    });
  }
}

export function urlOf(database: string): string {
  return `postgres://docent:docent@localhost/${database}`;
}

/** The published driver, speaking to the endpoint instead of Neon. */
export function driver({ endpoint }: Opened, database: string) {
  // The driver's setting is one for the whole program; tests of one file run one after the other.
  neonConfig.fetchEndpoint = () => endpoint.url;
  return neon(urlOf(database), { fullResults: true });
}

/** A request as the driver makes it, for what the driver itself would never send. */
export function send(
  { endpoint }: Opened,
  body: string,
  headers: Record<string, string> = {},
  init: RequestInit = {},
): Promise<Response> {
  return fetch(endpoint.url, {
    method: "POST",
    body,
    headers: {
      "Neon-Connection-String": urlOf("plain"),
      "Neon-Raw-Text-Output": "true",
      "Neon-Array-Mode": "true",
      ...headers,
    },
    ...init,
  });
}

/** What a promise was rejected with; a promise that was kept is a failed test. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  const kept = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("value" in kept) throw new Error(`expected a failure, got ${JSON.stringify(kept.value)}`);
  return kept.error;
}
