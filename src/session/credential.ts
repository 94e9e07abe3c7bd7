// From a request to a session token: which credential was presented, and is its signature ours? No I/O, so that a
// forged credential costs nothing. Says nothing about whether the session exists.
import { sessionCookieValues } from "../http/session-cookie.ts";

/** A credential as it was presented: the whole signed value, which keys the memory tier. */
export type Presented = { kind: "none" } | { kind: "one"; signed: string } | { kind: "several"; signed: string[] };

/** Better Auth's tokens have 32 characters; anything much longer was never ours. */
const MAX_SIGNED_LENGTH = 512;
/** 32 bytes in base64: one form only, so that one session is one key in memory. */
const SIGNATURE = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

/** Reads the session cookie. Two different values are kept apart: one might have been planted. */
export function presentedCredential(headers: Headers): Presented {
  const [first, ...rest] = sessionCookieValues(headers.get("cookie"));
  if (first === undefined) return { kind: "none" };
  return rest.length === 0 ? { kind: "one", signed: first } : { kind: "several", signed: [first, ...rest] };
}

/**
 * Makes and verifies signed cookies as Better Auth's router makes them: `token.base64(HMAC-SHA256(secret, token))`.
 * The comparison is WebCrypto's, in constant time.
 */
export class CredentialSigner {
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
    const encoded = signed.slice(dot + 1);
    if (!SIGNATURE.test(encoded)) return undefined;
    const decoded = atob(encoded);
    const signature = new Uint8Array(decoded.length);
    for (let at = 0; at < decoded.length; at += 1) signature[at] = decoded.charCodeAt(at);
    const valid = await crypto.subtle.verify(
      "HMAC",
      await this.#importKey(),
      signature,
      new TextEncoder().encode(token),
    );
    return valid ? token : undefined;
  }

  /** The signed value of a token, before the cookie's URL encoding. */
  async sign(token: string): Promise<string> {
    const signature = await crypto.subtle.sign("HMAC", await this.#importKey(), new TextEncoder().encode(token));
    return `${token}.${btoa(String.fromCharCode(...new Uint8Array(signature)))}`;
  }

  async #importKey(): Promise<CryptoKey> {
    if (this.#key) return this.#key;
    const key = await crypto.subtle.importKey(
      "raw",
      new TextEncoder().encode(this.#secret),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["sign", "verify"],
    );
    this.#key = key;
    return key;
  }
}
