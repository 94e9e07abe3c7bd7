// The secret of an authenticator app at rest: sealed with a key that follows from AUTH_SECRET, so that a copy of the
// database makes no codes. Bound to its reader: moved into another's row it opens nothing.

/** AES-GCM's nonce. */
const NONCE_BYTES = 12;

/** Makes and opens sealed secrets. */
export class SecretSealer {
  readonly #authSecret: string;
  /** A settled value only: a promise kept across requests could belong to one that was aborted. */
  #key: CryptoKey | undefined;

  constructor(authSecret: string) {
    this.#authSecret = authSecret;
  }

  async seal(userId: string, secret: Uint8Array<ArrayBuffer>): Promise<string> {
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const sealed = new Uint8Array(await crypto.subtle.encrypt(this.#how(userId, nonce), await this.#derive(), secret));
    return btoa(String.fromCharCode(...nonce, ...sealed));
  }

  /** @returns undefined when it was sealed for somebody else, or under another AUTH_SECRET */
  async open(userId: string, sealed: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      const bytes = Uint8Array.from(atob(sealed), (character) => character.charCodeAt(0));
      const how = this.#how(userId, bytes.subarray(0, NONCE_BYTES));
      return new Uint8Array(await crypto.subtle.decrypt(how, await this.#derive(), bytes.subarray(NONCE_BYTES)));
    } catch {
      return undefined;
    }
  }

  #how(userId: string, iv: Uint8Array<ArrayBuffer>) {
    return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(userId) };
  }

  /** HKDF (RFC 5869), with a purpose of its own: the same secret signs cookies. */
  async #derive(): Promise<CryptoKey> {
    if (this.#key) return this.#key;
    const text = new TextEncoder();
    const base = await crypto.subtle.importKey("raw", text.encode(this.#authSecret), "HKDF", false, ["deriveKey"]);
    const key = await crypto.subtle.deriveKey(
      { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: text.encode("docent second factor") },
      base,
      { name: "AES-GCM", length: 256 },
      false,
      ["encrypt", "decrypt"],
    );
    this.#key = key;
    return key;
  }
}
