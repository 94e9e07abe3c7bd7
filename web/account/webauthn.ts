// Passkeys. A part of its own, with the library that speaks to the browser's authenticators: loaded by who uses one.

import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/browser";
import { startAuthentication, startRegistration, WebAuthnError } from "@simplewebauthn/browser";
import { call, type Outcome } from "./api.ts";
import { explain } from "./explain.ts";
import type { AccountStore } from "./store.ts";
import { texts } from "./texts/current.ts";
import { raw, signInAnswer } from "./wire.ts";

/** What the browser said no with: mostly the reader, who closed its dialog. */
function said(error: unknown): string {
  if (error instanceof WebAuthnError && error.code === "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED")
    return texts.passkeyExists;
  if (!("PublicKeyCredential" in globalThis)) return texts.passkeyUnsupported;
  return texts.passkeyCancelled;
}

/** @returns what went wrong, or "" */
export async function signInWithPasskey(store: AccountStore): Promise<string> {
  const options = await call("POST", "/api/auth/passkey/generate-authenticate-options", raw, {});
  if (!options.ok) return explain(options.failure).text;
  let response: unknown;
  try {
    response = await startAuthentication({ optionsJSON: options.value as PublicKeyCredentialRequestOptionsJSON });
  } catch (error) {
    return said(error);
  }
  const answer = await call("POST", "/api/auth/passkey/verify-authentication", signInAnswer, { response });
  if (!answer.ok) {
    return answer.failure.kind === "refused" && answer.failure.status === 401
      ? texts.passkeyUnknown
      : explain(answer.failure).text;
  }
  return store.enter("passkey");
}

/** The failure of what the browser itself refused, as the views say it. */
export type Added = Outcome<unknown> | { ok: false; said: string };

export async function addPasskey(store: AccountStore, name: string): Promise<Added> {
  const options = await store.ask("POST", "/api/auth/passkey/generate-register-options", raw, {});
  if (!options.ok) return options;
  let response: unknown;
  try {
    response = await startRegistration({ optionsJSON: options.value as PublicKeyCredentialCreationOptionsJSON });
  } catch (error) {
    return { ok: false, said: said(error) };
  }
  return store.act("/api/auth/passkey/verify-registration", { response, ...(name !== "" && { name }) });
}

/** @returns what went wrong, or "" */
export async function proveWithPasskey(): Promise<string> {
  const options = await call("POST", "/api/auth/prove/passkey/options", raw, {});
  if (!options.ok) return explain(options.failure).text;
  let response: unknown;
  try {
    response = await startAuthentication({ optionsJSON: options.value as PublicKeyCredentialRequestOptionsJSON });
  } catch (error) {
    return said(error);
  }
  const answer = await call("POST", "/api/auth/prove/passkey", raw, { response });
  return answer.ok ? "" : explain(answer.failure).text;
}
