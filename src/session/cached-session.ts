// What a cache may hold of a session, and how it is sealed. An allow-list: never the token, an address, an IP, a ban
// reason or a payment id. Sealed with a key derived from the token, so that a copy of the cache reveals nobody.
import * as z from "zod/mini";
import { background } from "../core/background.ts";
import type { CurrentSession } from "../http/app-env.ts";

/** A session as it was when Postgres was last asked. */
export interface CachedSession {
  session: CurrentSession;
  /** Milliseconds since the epoch, read before the SQL was sent: nothing that happened later is reflected. */
  checkedAt: number;
}

const cachedSession = z.object({
  session: z.object({
    id: z.string(),
    userId: z.string(),
    loginId: z.string(),
    scope: z.enum(["account", "docs"]),
    origin: z.nullable(z.string()),
    expiresAt: z.number(),
    createdAt: z.number(),
    authenticatedAt: z.number(),
    role: z.enum(["user", "moderator", "admin"]),
    emailVerified: z.boolean(),
    twoFactorEnabled: z.boolean(),
    skillLevel: z.nullable(z.string()),
    operatingSystem: z.nullable(z.string()),
    background,
  }),
  checkedAt: z.number(),
});

/** Bumped when the form of the value changes; an entry of another form is a miss. */
const FORM = 1;
/** AES-GCM's nonce. A fresh random one per write: a key serves at most one write per few minutes for 30 days. */
const NONCE_BYTES = 12;

/** Of each byte. Made once: writing them anew took longer than the hash. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  let hex = "";
  for (const byte of new Uint8Array(digest)) hex += HEX[byte];
  return hex;
}

/** What follows from a token by computation alone, so that it is never outdated. */
interface TokenKeys {
  cacheKey: string;
  sealingKey: CryptoKey;
}

/**
 * Of the tokens that were used last: memory forgets a session after seconds, and the next look-up in KV needs the same
 * two. Settled values only. Says nothing about whether a session may be used.
 */
const known = new Map<string, TokenKeys>();
/** About 1 MB. */
const MAX_KNOWN = 2_000;

async function keysOf(token: string): Promise<TokenKeys> {
  const found = known.get(token);
  if (found) return found;
  const made = { cacheKey: await sha256(token), sealingKey: await sealingKey(token) };
  known.set(token, made);
  const oldest = known.keys().next();
  if (known.size > MAX_KNOWN && !oldest.done) known.delete(oldest.value);
  return made;
}

/** The name of a session's entry: SHA-256 of the token, in hex. */
export async function cacheKey(token: string): Promise<string> {
  return (await keysOf(token)).cacheKey;
}

/** Tells whether two entries say the same; in the schema's order, because Postgres orders jsonb keys its own way. */
export async function fingerprint({ session }: CachedSession): Promise<string> {
  return sha256(JSON.stringify(z.parse(cachedSession.shape.session, session)));
}

/** HKDF (RFC 5869) over the token, which is random enough to need no salt. */
async function sealingKey(token: string): Promise<CryptoKey> {
  const text = new TextEncoder();
  const base = await crypto.subtle.importKey("raw", text.encode(token), "HKDF", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: text.encode("docent session cache") },
    base,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}

/** Seals a value for the cache: form, nonce, ciphertext. */
export async function seal(token: string, value: CachedSession): Promise<Uint8Array> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const plain = new TextEncoder().encode(JSON.stringify(value));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, (await keysOf(token)).sealingKey, plain);
  const bytes = new Uint8Array(1 + NONCE_BYTES + sealed.byteLength);
  bytes[0] = FORM;
  bytes.set(nonce, 1);
  bytes.set(new Uint8Array(sealed), 1 + NONCE_BYTES);
  return bytes;
}

/** Opens a value of the cache. @returns undefined when it is not one of ours, or of another form */
export async function open(token: string, bytes: Uint8Array): Promise<CachedSession | undefined> {
  if (bytes[0] !== FORM || bytes.byteLength <= 1 + NONCE_BYTES) return undefined;
  try {
    const plain = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: bytes.subarray(1, 1 + NONCE_BYTES) },
      (await keysOf(token)).sealingKey,
      bytes.subarray(1 + NONCE_BYTES),
    );
    const parsed = z.safeParse(cachedSession, JSON.parse(new TextDecoder().decode(plain)));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
