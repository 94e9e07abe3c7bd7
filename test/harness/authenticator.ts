// An authenticator in software: makes passkeys and signs with them as a browser would pass it on (WebAuthn Level 3,
// 6.1 and 6.5). What it signs can be bent, so that a test can show what the Worker does not believe.

/** Of what an honest browser and authenticator would say. */
export interface Bend {
  origin?: string;
  type?: string;
  rpId?: string;
  /** User present, user verified. */
  flags?: { up?: boolean; uv?: boolean };
  counter?: number;
  userHandle?: string | null;
  challenge?: string;
  /** A signature of another key. */
  forged?: boolean;
  crossOrigin?: boolean;
}

export const toBase64Url = (bytes: ArrayBuffer | Uint8Array): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const bytesOf = (...parts: (Uint8Array | ArrayBuffer | number[])[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(parts.flatMap((part) => [...(part instanceof ArrayBuffer ? new Uint8Array(part) : part)]));
const utf8 = (text: string) => new Uint8Array(new TextEncoder().encode(text));
const sha256 = (bytes: Uint8Array<ArrayBuffer>) => crypto.subtle.digest("SHA-256", bytes);
const uint16 = (value: number) => [value >> 8, value & 255];
const uint32 = (value: number) => [...uint16(value >>> 16), ...uint16(value & 0xffff)];

/** CBOR (RFC 8949), as far as it is needed here. */
const cbor = {
  head: (major: number, value: number): number[] =>
    value < 24
      ? [(major << 5) | value]
      : value < 256
        ? [(major << 5) | 24, value]
        : [(major << 5) | 25, ...uint16(value)],
  int: (value: number) => (value < 0 ? cbor.head(1, -1 - value) : cbor.head(0, value)),
  bytes: (value: Uint8Array) => bytesOf(cbor.head(2, value.byteLength), value),
  text: (value: string) => bytesOf(cbor.head(3, value.length), utf8(value)),
  map: (entries: [Uint8Array | number[], Uint8Array | number[]][]) =>
    bytesOf(cbor.head(5, entries.length), ...entries.flat()),
};

/** An INTEGER of DER: no leading zeros, but for one before a first bit that is set. */
function derInteger(bytes: Uint8Array): number[] {
  const digits = [...bytes];
  while (digits.length > 1 && digits[0] === 0) digits.shift();
  if ((digits[0] ?? 0) > 127) digits.unshift(0);
  return [2, digits.length, ...digits];
}

/** WebCrypto gives r and s one after the other; authenticators write them in DER. */
export function derSignature(raw: ArrayBuffer): Uint8Array<ArrayBuffer> {
  const half = raw.byteLength / 2;
  const inside = [...derInteger(new Uint8Array(raw, 0, half)), ...derInteger(new Uint8Array(raw, half))];
  return bytesOf([0x30, ...(inside.length > 127 ? [0x81] : []), inside.length], inside);
}

const newKeys = () =>
  crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]) as Promise<CryptoKeyPair>;

export class Authenticator {
  readonly #keys: CryptoKeyPair;
  readonly id = crypto.getRandomValues(new Uint8Array(32));
  readonly #origin: string;
  /** 0: it does not count, like those that synchronise. */
  counter = 0;
  #userHandle = "";

  private constructor(keys: CryptoKeyPair, origin: string) {
    this.#keys = keys;
    this.#origin = origin;
  }

  static async create(origin: string): Promise<Authenticator> {
    return new Authenticator(await newKeys(), origin);
  }

  get credentialId(): string {
    return toBase64Url(this.id);
  }

  #clientData(type: string, challenge: string, bend: Bend): Uint8Array<ArrayBuffer> {
    return utf8(
      JSON.stringify({
        type: bend.type ?? type,
        challenge: bend.challenge ?? challenge,
        origin: bend.origin ?? this.#origin,
        crossOrigin: bend.crossOrigin ?? false,
      }),
    );
  }

  async #authenticatorData(bend: Bend, attested?: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    const { up = true, uv = true } = bend.flags ?? {};
    const flags = (up ? 1 : 0) | (uv ? 4 : 0) | (attested ? 64 : 0);
    const rpIdHash = await sha256(utf8(bend.rpId ?? new URL(this.#origin).hostname));
    return bytesOf(rpIdHash, [flags, ...uint32(bend.counter ?? this.counter)], attested ?? []);
  }

  /** The public key in COSE (RFC 9053): EC2, ES256, P-256. */
  async publicKey(): Promise<Uint8Array> {
    const { x = "", y = "" } = (await crypto.subtle.exportKey("jwk", this.#keys.publicKey)) as JsonWebKey;
    const coordinate = (text: string) =>
      Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
    return cbor.map([
      [cbor.int(1), cbor.int(2)],
      [cbor.int(3), cbor.int(-7)],
      [cbor.int(-1), cbor.int(1)],
      [cbor.int(-2), cbor.bytes(coordinate(x))],
      [cbor.int(-3), cbor.bytes(coordinate(y))],
    ]);
  }

  /** What `navigator.credentials.create` gives for these options. */
  async register(options: { challenge: string; user: { id: string } }, bend: Bend = {}) {
    this.#userHandle = options.user.id;
    const attested = bytesOf(new Uint8Array(16), uint16(this.id.byteLength), this.id, await this.publicKey());
    const authData = await this.#authenticatorData(bend, attested);
    const attestationObject = cbor.map([
      [cbor.text("fmt"), cbor.text("none")],
      [cbor.text("attStmt"), cbor.map([])],
      [cbor.text("authData"), cbor.bytes(authData)],
    ]);
    return {
      id: this.credentialId,
      rawId: this.credentialId,
      type: "public-key",
      authenticatorAttachment: "platform",
      clientExtensionResults: { credProps: { rk: true } },
      response: {
        clientDataJSON: toBase64Url(this.#clientData("webauthn.create", options.challenge, bend)),
        attestationObject: toBase64Url(attestationObject),
        transports: ["internal", "hybrid"],
      },
    };
  }

  /** What `navigator.credentials.get` gives. */
  async sign({ challenge }: { challenge: string }, bend: Bend = {}) {
    if (this.counter > 0 && bend.counter === undefined) this.counter += 1;
    const clientData = this.#clientData("webauthn.get", challenge, bend);
    const authenticatorData = await this.#authenticatorData(bend);
    const { privateKey } = bend.forged ? await newKeys() : this.#keys;
    const signed = bytesOf(authenticatorData, await sha256(clientData));
    const signature = derSignature(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, signed));
    const userHandle = bend.userHandle === undefined ? this.#userHandle : bend.userHandle;
    return {
      id: this.credentialId,
      rawId: this.credentialId,
      type: "public-key",
      clientExtensionResults: {},
      response: {
        clientDataJSON: toBase64Url(clientData),
        authenticatorData: toBase64Url(authenticatorData),
        signature: toBase64Url(signature),
        ...(userHandle !== null && { userHandle }),
      },
    };
  }

  /** As if it had been registered for this reader. */
  belongTo(userHandle: string): void {
    this.#userHandle = userHandle;
  }
}
