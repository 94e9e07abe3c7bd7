// A cookie that remembers in which browser a reader has signed in before, so that a stranger who tries passwords from
// everywhere cannot keep the reader out of their own account. It proves nothing: whoever holds one has only tries of
// their own, as many as any network has. Sent nowhere but to the sign-in.

/** `__Secure-` and not `__Host-`, which would send it with every request. */
export const KNOWN_BROWSER_COOKIE = "__Secure-docent.known_browser";
/** Half a year. */
const SECONDS = 180 * 86_400;
const PATH = "/api/auth/sign-in";
const VALUE = /^([0-9a-f]{32})\.([A-Za-z0-9+/]{43}=)$/;

export interface Signer {
  /** `text.signature` */
  sign: (text: string) => Promise<string>;
  /** @returns the text, or undefined when the signature is not ours */
  verify: (signed: string) => Promise<string | undefined>;
}

/** A session's token has no line break: what is signed here is no session, and no session is this. */
const textOf = (id: string, email: string) => `known-browser\n${id}\n${email}`;

/** The `Set-Cookie` of a browser in which the reader of this address has just signed in. */
export async function knownBrowserCookie(email: string, sign: Signer["sign"]): Promise<string> {
  const random = crypto.getRandomValues(new Uint8Array(16));
  const id = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const signed = await sign(textOf(id, email));
  const value = encodeURIComponent(`${id}.${signed.slice(signed.lastIndexOf(".") + 1)}`);
  return `${KNOWN_BROWSER_COOKIE}=${value}; Max-Age=${SECONDS}; Path=${PATH}; Secure; HttpOnly; SameSite=Lax`;
}

/** @returns which browser this is, when the reader of this address has signed in with it before */
export async function knownBrowser(
  cookies: string | null,
  email: string,
  verify: Signer["verify"],
): Promise<string | undefined> {
  for (const pair of cookies?.split(";") ?? []) {
    const [name, raw = ""] = pair.trim().split("=", 2);
    if (name !== KNOWN_BROWSER_COOKIE || raw.length > 200) continue;
    let value = raw;
    try {
      value = decodeURIComponent(raw);
    } catch {
      // Not a value we ever set.
    }
    const [, id, signature] = VALUE.exec(value) ?? [];
    if (id && signature && (await verify(`${textOf(id, email)}.${signature}`)) !== undefined) return id;
  }
  return undefined;
}
