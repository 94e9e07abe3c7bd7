import { fileURLToPath } from "node:url";
import { cloudflareTest } from "@cloudflare/vitest-pool-workers";
import { fetch, type Request, Response } from "miniflare";
import { defineConfig } from "vitest/config";

/** Tells the harness that there was no answer at all: workerd makes a 500 of whatever this function throws. */
const NO_ANSWER = 599;

/** The network is closed to the Worker under test, except to what the set-up started on this machine. */
async function onlyOurs(request: Request, ours: readonly string[]): Promise<Response> {
  const url = new URL(request.url);
  if (!ours.includes(url.origin)) {
    return new Response(`The network is closed in tests: ${url.origin}`, { status: NO_ANSWER });
  }
  try {
    const body = request.method === "GET" ? null : await request.arrayBuffer();
    return await fetch(url, { method: request.method, headers: request.headers, body, redirect: "manual" });
  } catch {
    return new Response("The connection was lost.", { status: NO_ANSWER });
  }
}

/** What stands in the bundle for the libraries that check certificates stands in the tests as well (wrangler.toml). */
const NO_CERTIFICATES = fileURLToPath(new URL("src/auth/passkeys/no-certificates.ts", import.meta.url));
const resolve = {
  alias: [{ find: /^(@peculiar\/(asn1-[a-z0-9-]+|x509)|reflect-metadata)$/, replacement: NO_CERTIFICATES }],
};

/** The Worker under test in workerd, its KV, and the one way out. */
const workerd = () =>
  cloudflareTest(({ inject }) => {
    const endpoint = inject<string>("databaseEndpoint");
    const provider = inject<string>("openIdProvider");
    return {
      miniflare: {
        compatibilityDate: "2026-08-15",
        compatibilityFlags: ["nodejs_compat"],
        kvNamespaces: ["SESSIONS"],
        bindings: { DATABASE_ENDPOINT: endpoint, OPENID_PROVIDER: provider },
        outboundService: (request) => onlyOurs(request, [new URL(endpoint).origin, provider]),
      },
    };
  });
const inWorkerd = { globalSetup: ["./test/global-setup.ts"], setupFiles: ["./test/setup.ts"], hookTimeout: 60_000 };

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"] } },
      {
        test: {
          name: "dev",
          include: ["test/dev/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Processes on a busy machine: waited for, not timed.
          expect: { poll: { timeout: 30_000 } },
        },
      },
      {
        plugins: [workerd()],
        resolve,
        test: {
          ...inWorkerd,
          name: "worker",
          include: ["test/worker/**/*.test.ts", "test/flows/**/*.test.ts"],
          testTimeout: 30_000,
        },
      },
      // No test of anything: `npm run bench:month` asks it for its figures.
      {
        plugins: [workerd()],
        test: { ...inWorkerd, name: "month", include: ["test/month/**/*.test.ts"], testTimeout: 7_200_000 },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
