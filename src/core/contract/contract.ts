// Every route of the Worker. A test holds this table to what app.ts mounts.
import type { Limits } from "../limits.ts";
import { accountOperations } from "./accounts.ts";
import { adminOperations } from "./admin.ts";
import { handOffOperations } from "./hand-off.ts";
import { linkedAccountOperations } from "./linked-accounts.ts";
import { mailLinkOperations } from "./mail-links.ts";
import type { Operation, Route } from "./operation.ts";
import { passkeyOperations } from "./passkeys.ts";
import { proofOperations } from "./proofs.ts";
import { readerOperations } from "./reader.ts";
import { secondFactorOperations } from "./second-factor.ts";
import { serviceOperations } from "./service.ts";

export const CONTRACT = {
  ...accountOperations,
  ...proofOperations,
  ...passkeyOperations,
  ...secondFactorOperations,
  ...handOffOperations,
  ...linkedAccountOperations,
  ...mailLinkOperations,
  ...readerOperations,
  ...adminOperations,
  ...serviceOperations,
} as const satisfies Record<Route, Operation>;
export type Contract = typeof CONTRACT;

/**
 * Where a browser is sent, to be sent on: they answer with a redirect, and with JSON only to say no. No program calls them,
 * so the description leaves them out; test/worker/start.test.ts and provider-answers.test.ts have what the tests of all
 * routes ask.
 */
export const NAVIGATIONS: readonly Route[] = ["GET /start", "GET /api/auth/callback/:id"];
/** Each leaves a row behind, or asks a provider. */
export const NAVIGATION_LIMITS: Limits = { address: "begin" };

/** The same as a list, for whoever goes through all of them. */
export const OPERATIONS: readonly (Operation & { route: Route; method: string; path: string })[] = Object.entries(
  CONTRACT as Record<Route, Operation>,
).map(([route, operation]) => {
  const [method = "", path = ""] = route.split(" ");
  return { ...operation, route: route as Route, method, path };
});
