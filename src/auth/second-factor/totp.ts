// Codes of an authenticator app: RFC 6238 over RFC 4226, with what every such app can do (SHA-1, six digits, half a
// minute). Pure but for WebCrypto: takes the time, does no I/O, and knows nothing of who has used which code.

/** Seconds of a time step. */
export const STEP_SECONDS = 30;
/** Steps before and after the present one whose code is taken: clocks differ, and typing takes a while. */
const WINDOW = 1;
const DIGITS = 6;
/** As long as the hash, which RFC 4226 recommends. */
const SECRET_BYTES = 20;

export const newTotpSecret = (): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(SECRET_BYTES));

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 4648, without padding, as authenticator apps expect it. */
export function base32(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[(value >>> bits) & 31];
    }
    value &= (1 << bits) - 1;
  }
  return bits > 0 ? text + BASE32[(value << (5 - bits)) & 31] : text;
}

/** What an authenticator app scans. The issuer is named twice, because apps read either. */
export function totpUri(issuer: string, address: string, secret: Uint8Array): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(address)}`;
  const query = `secret=${base32(secret)}&issuer=${encodeURIComponent(issuer)}&digits=${DIGITS}&period=${STEP_SECONDS}`;
  return `otpauth://totp/${label}?${query}`;
}

async function codeAt(key: CryptoKey, step: number): Promise<number> {
  const message = new DataView(new ArrayBuffer(8));
  message.setBigUint64(0, BigInt(step));
  const digest = new DataView(await crypto.subtle.sign("HMAC", key, message));
  const offset = digest.getUint8(digest.byteLength - 1) & 15;
  return (digest.getUint32(offset) & 0x7fffffff) % 10 ** DIGITS;
}

/**
 * The latest time step whose code this is, of those that are taken now.
 * @param code six digits
 * @returns undefined when it is none of them
 */
export async function stepOf(secret: Uint8Array<ArrayBuffer>, code: string, now: number): Promise<number | undefined> {
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-1" }, false, ["sign"]);
  const present = Math.floor(now / 1000 / STEP_SECONDS);
  const given = Number(code);
  let found: number | undefined;
  // All of them, whichever is right: how long it takes must not tell.
  for (let step = present - WINDOW; step <= present + WINDOW; step += 1) {
    if ((await codeAt(key, step)) === given) found = step;
  }
  return found;
}
