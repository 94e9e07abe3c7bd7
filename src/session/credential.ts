// From a request to a session token: which credential was presented, and is its signature ours? No I/O, so that a
// forged credential costs nothing. Says nothing about whether the session exists.
import { bearerOf } from "../http/bearer.ts";
import { sessionCookieValues } from "../http/session-cookie.ts";

/**
 * How a credential came. A signature for one is none for the other: no script can make a cookie's of a bearer's, or
 * find out a bearer's from what it may see.
 */
export type Carrier = "cookie" | "bearer";

/** A credential as it was presented. */
export interface PresentedCredential {
  /** The whole signed value. */
  signed: string;
  carrier: Carrier;
}

export type Presented =
  | { kind: "none" }
  | ({ kind: "one" } & PresentedCredential)
  | { kind: "several"; all: PresentedCredential[] };

/** Keys the memory tier: the same text in a cookie and as a bearer is two credentials. */
export const memoryKey = ({ signed, carrier }: PresentedCredential): string => `${carrier} ${signed}`;

/** Better Auth's tokens have 32 characters; anything much longer was never ours. */
const MAX_SIGNED_LENGTH = 512;
/** 32 bytes in base64: one form only, so that one session is one key in memory. */
const SIGNATURE = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

/** Reads cookie and bearer. Two different values are kept apart: one might have been planted. */
export function presentedCredential(headers: Headers): Presented {
  const cookies = sessionCookieValues(headers.get("cookie"));
  const bearer = bearerOf(headers);
  const all: PresentedCredential[] = [
    ...cookies.map((signed) => ({ signed, carrier: "cookie" as const })),
    ...(bearer === undefined ? [] : [{ signed: bearer, carrier: "bearer" as const }]),
  ];
  const [first] = all;
  if (first === undefined) return { kind: "none" };
  return all.length === 1 ? { kind: "one", ...first } : { kind: "several", all };
}

/** What is signed. A token has no line break, so neither can be taken for the other. */
const signedText = (token: string, carrier: Carrier) => (carrier === "cookie" ? token : `bearer\n${token}`);

/**
 * Makes and verifies signed credentials; a cookie's as Better Auth's router makes them:
 * `token.base64(HMAC-SHA256(secret, token))`.
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
  async verify(signed: string, carrier: Carrier = "cookie"): Promise<string | undefined> {
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
      new TextEncoder().encode(signedText(token, carrier)),
    );
    return valid ? token : undefined;
  }

  /** The signed value of a token, before a cookie's URL encoding. */
  async sign(token: string, carrier: Carrier = "cookie"): Promise<string> {
    const text = new TextEncoder().encode(signedText(token, carrier));
    const signature = await crypto.subtle.sign("HMAC", await this.#importKey(), text);
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
