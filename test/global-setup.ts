// Starts the database that every Worker test reaches over HTTP; each test file gets a migrated one of its own.
import type { TestProject } from "vitest/node";
import { startNeonEndpoint } from "../dev/neon/endpoint.ts";
import { testBackend } from "../dev/neon/test-backend.ts";

declare module "vitest" {
  interface ProvidedContext {
    databaseEndpoint: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const endpoint = await startNeonEndpoint({ port: 0, backend: testBackend() });
  project.provide("databaseEndpoint", endpoint.url);
  return () => endpoint.close();
}
