import { cloudflareTest } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";

/** The network is closed to the Worker under test, except to the local database. */
async function onlyTheDatabase(request: { url: string }, endpoint: string): Promise<Response> {
  if (new URL(request.url).origin !== new URL(endpoint).origin) {
    return new Response(`The network is closed in tests: ${new URL(request.url).origin}`, { status: 599 });
  }
  return fetch(request as Request);
}

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
        },
      },
      {
        plugins: [
          cloudflareTest(({ inject }) => {
            const endpoint = inject<string>("databaseEndpoint");
            return {
              miniflare: {
                compatibilityDate: "2026-08-15",
                compatibilityFlags: ["nodejs_compat"],
                kvNamespaces: ["SESSIONS"],
                bindings: { DATABASE_ENDPOINT: endpoint },
                outboundService: (request: { url: string }) => onlyTheDatabase(request, endpoint),
              },
            };
          }),
        ],
        test: {
          name: "worker",
          include: ["test/worker/**/*.test.ts", "test/flows/**/*.test.ts"],
          globalSetup: ["./test/global-setup.ts"],
          setupFiles: ["./test/setup.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
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
