// The providers of a deployment: configured, and with their secret. Built once per Worker.
import { configuredProviders, type ProviderMethods, type ProviderSecrets } from "../../core/providers.ts";
import { github } from "./github.ts";
import { googleAt, type OpenIdDeps, openIdConnect } from "./openid-connect.ts";
import type { Provider } from "./provider.ts";

export type Providers = ReadonlyMap<string, Provider>;

export interface ProvidersDeps extends OpenIdDeps {
  log: (line: object) => void;
}

/** A provider without its secret is off, and the log says so once. */
export function switchedOnProviders(
  methods: ProviderMethods,
  secrets: ProviderSecrets,
  deps: ProvidersDeps,
): Providers {
  const providers = new Map<string, Provider>();
  for (const { id, secret: missing } of configuredProviders(methods)) {
    const secret = secrets[id];
    if (secret === undefined) {
      deps.log({ level: "warn", message: "a way in is off", method: id, missing });
      continue;
    }
    const at = id === "google" ? methods.google && googleAt(methods.google.clientId) : undefined;
    const openId = at ?? methods.oidc.find((one) => one.id === id);
    if (openId) providers.set(id, openIdConnect(openId, secret, deps));
    else if (methods.github) providers.set(id, github(methods.github.clientId, secret, deps));
  }
  return providers;
}
