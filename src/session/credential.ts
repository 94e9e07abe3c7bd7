// From a request to a session token: which credential was presented, and is its signature ours? No I/O, so that a
// forged credential costs nothing. Says nothing about whether the session exists.
import { sessionCookieValues } from "../http/session-cookie.ts";

/** A credential as it was presented: the whole signed value, which keys the memory tier. */
export type Presented = { kind: "none" } | { kind: "one"; signed: string } | { kind: "several"; signed: string[] };

/** Better Auth's tokens have 32 characters and the signature 44; anything much longer was never ours. */
const MAX_SIGNED_LENGTH = 512;

/** Reads the session cookie. Two different values are kept apart: one might have been planted. */
export function presentedCredential(headers: Headers): Presented {
  const [first, ...rest] = sessionCookieValues(headers.get("cookie"));
  if (first === undefined) return { kind: "none" };
  return rest.length === 0 ? { kind: "one", signed: first } : { kind: "several", signed: [first, ...rest] };
}

/**
 * Verifies signed cookies as Better Auth's router makes them: `token.base64(HMAC-SHA256(secret, token))`.
 * The comparison is WebCrypto's, in constant time.
 */
export class CredentialVerifier {
  readonly #secret: string;
  /** A settled value only: a promise kept across requests could belong to one that was aborted. */
  #key: CryptoKey | undefined;

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** @returns the token, or undefined when the value is malformed or the signature is not ours */
  async verify(signed: string): Promise<string | undefined> {
    if (signed.length > MAX_SIGNED_LENGTH) return undefined;
    const dot = signed.lastIndexOf(".");
    if (dot < 1) return undefined;
    const token = signed.slice(0, dot);
    const signature = fromBase64(signed.slice(dot + 1));
    if (signature?.byteLength !== 32) return undefined;
    const valid = await crypto.subtle.verify(
      "HMAC",
      await this.#importKey(),
      signature,
      new TextEncoder().encode(token),
    );
    return valid ? token : undefined;
  }

  async #importKey(): Promise<CryptoKey> {
    if (this.#key) return this.#key;
    const key = await crypto.subtle.importKey(
      "raw",
      new TextEncoder().encode(this.#secret),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["verify"],
    );
    this.#key = key;
    return key;
  }
}

function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
