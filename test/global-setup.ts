// Starts the database that every Worker test reaches over HTTP; each test file gets a migrated one of its own.
import type { TestProject } from "vitest/node";
import { startNeonEndpoint } from "../dev/neon/endpoint.ts";
import { testBackend } from "../dev/neon/test-backend.ts";
import { startOpenIdProvider } from "./openid-provider.ts";

declare module "vitest" {
  interface ProvidedContext {
    databaseEndpoint: string;
    openIdProvider: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const endpoint = await startNeonEndpoint({ port: 0, backend: testBackend() });
  // By address: workerd lets the tests reach this one and no other.
  project.provide("databaseEndpoint", `http://127.0.0.1:${endpoint.port}/sql`);
  // The harness' BASE_URL; a provider of the name that the tests give it in their configuration.
  const provider = await startOpenIdProvider({ redirectUris: ["http://localhost:8787/api/auth/callback/acme"] });
  project.provide("openIdProvider", provider.issuer);
  return async () => {
    await provider.close();
    await endpoint.close();
  };
}
