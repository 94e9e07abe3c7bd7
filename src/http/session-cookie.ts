// The session cookie: its name, its two forms, and how a request's copies of it are read.
// `__Host-` keeps sibling hosts from planting one; HttpOnly keeps scripts from reading it.
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "./app-env.ts";
import { isCrossSiteDocsFetch, type Origins } from "./origin.ts";

/** Better Auth prefixes every cookie it makes with this. */
export const COOKIE_PREFIX = "__Host-docent";
export const SESSION_COOKIE = `${COOKIE_PREFIX}.session_token`;
/** Set beside it when the reader asked not to be remembered: both then go when the browser closes. */
const DONT_REMEMBER_COOKIE = `${COOKIE_PREFIX}.dont_remember`;

/** Holds the question for a second factor, while it is open. */
export const SECOND_FACTOR_COOKIE = `${COOKIE_PREFIX}.two_factor`;

/** Ties what was begun to the browser that began it: the way to a provider, and to a docs page and back. */
export const FLOW_COOKIE = `${COOKIE_PREFIX}.flow`;

/** Holds the browser's half of a sign-in by passkey. */
export const PASSKEY_COOKIE = `${COOKIE_PREFIX}.passkey`;

const LAX = "Path=/; Secure; HttpOnly; SameSite=Lax";
/** CHIPS: kept per docs site by browsers that block third-party cookies. */
const PARTITIONED = "Path=/; Secure; HttpOnly; SameSite=None; Partitioned";

/**
 * Every value of a cookie of ours in a `Cookie` header, decoded, without repeats. There can be two: one set in the
 * Worker's own partition and one in the docs page's.
 */
export function cookieValues(header: string | null, name: string): string[] {
  if (header === null) return [];
  const values = new Set<string>();
  for (const pair of header.split(";")) {
    const equals = pair.indexOf("=");
    if (equals < 0 || pair.slice(0, equals).trim() !== name) continue;
    const raw = pair.slice(equals + 1).trim();
    try {
      values.add(decodeURIComponent(raw));
    } catch {
      // Not a value we ever set; kept as it is, so that it is refused as forged and not overlooked.
      values.add(raw);
    }
  }
  values.delete("");
  return [...values];
}

export const sessionCookieValues = (header: string | null): string[] => cookieValues(header, SESSION_COOKIE);

/** Removes the cookie in both forms: clearing a partitioned cookie must repeat `Partitioned`. */
export function expireSessionCookie(headers: Headers, name = SESSION_COOKIE): void {
  headers.append("Set-Cookie", `${name}=; Max-Age=0; ${LAX}`);
  headers.append("Set-Cookie", `${name}=; Max-Age=0; ${PARTITIONED}`);
}

/** Removes every cookie of ours that a request brought: for signing out. */
export function expireCookies(headers: Headers, request: Headers): void {
  expireSessionCookie(headers);
  if (asksToBeForgotten(request.get("cookie"))) expireSessionCookie(headers, DONT_REMEMBER_COOKIE);
}

/** Was the session made for a reader who asked not to be remembered? It decides nothing but how long a cookie stays. */
export function asksToBeForgotten(header: string | null): boolean {
  return header?.split(";").some((pair) => pair.trim().startsWith(`${DONT_REMEMBER_COOKIE}=`)) ?? false;
}

/**
 * Sets the session cookie.
 * @param signed the signed credential
 * @param seconds how long it stays; undefined until the browser closes
 */
export function setSessionCookie(headers: Headers, signed: string, seconds: number | undefined): void {
  const age = seconds === undefined ? "" : `Max-Age=${Math.max(0, Math.floor(seconds))}; `;
  headers.append("Set-Cookie", `${SESSION_COOKIE}=${encodeURIComponent(signed)}; ${age}${LAX}`);
}

/** Beside the session cookie of a reader who asked not to be remembered. */
export function setForgetfulCookie(headers: Headers): void {
  headers.append("Set-Cookie", `${DONT_REMEMBER_COOKIE}=true; ${LAX}`);
}

/** @param seconds how long what is begun now may take */
export function setFlowCookie(headers: Headers, binding: string, seconds: number): void {
  headers.append("Set-Cookie", `${FLOW_COOKIE}=${binding}; Max-Age=${seconds}; ${LAX}`);
}

/** The one value of a cookie of ours that holds a secret of 256 bits; undefined for none, for two and for another form. */
export function secretCookie(header: string | null, name: string): string | undefined {
  const pairs = header?.split(";").map((pair) => pair.trim()) ?? [];
  const [value, ...more] = pairs
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return value !== undefined && more.length === 0 && /^[A-Za-z0-9_-]{43}$/.test(value) ? value : undefined;
}

/** @param seconds how long the question stays open */
export function setSecondFactorCookie(headers: Headers, secret: string, seconds: number): void {
  headers.append("Set-Cookie", `${SECOND_FACTOR_COOKIE}=${secret}; Max-Age=${seconds}; ${LAX}`);
}

/** Ties a sign-in by passkey to the browser that began it. */
export function setPasskeyCookie(headers: Headers, secret: string, seconds: number): void {
  headers.append("Set-Cookie", `${PASSKEY_COOKIE}=${secret}; Max-Age=${seconds}; ${LAX}`);
}

export function expirePasskeyCookie(headers: Headers): void {
  headers.append("Set-Cookie", `${PASSKEY_COOKIE}=; Max-Age=0; ${LAX}`);
}

/** Takes the question back from a browser that holds one: it was answered, or cannot be any more. */
export function expireSecondFactorCookie(headers: Headers, request: Headers): void {
  if (cookieValues(request.get("cookie"), SECOND_FACTOR_COOKIE).length > 0) {
    expireSessionCookie(headers, SECOND_FACTOR_COOKIE);
  }
}

/**
 * Better Auth fixes cookie attributes when it is built, always Lax; the partitioned form is made here, when the
 * response leaves, and only for a fetch from a configured docs page on another site.
 */
export function fitCookiesToCaller(headers: Headers, request: Headers, origins: Origins): void {
  if (!isCrossSiteDocsFetch(request, origins)) return;
  const cookies = headers.getSetCookie();
  headers.delete("Set-Cookie");
  const fitted = cookies.map((cookie) => {
    const parts = cookie.split(";").map((part) => part.trim());
    const kept = parts.filter((part) => !/^samesite=/i.test(part) && !/^partitioned$/i.test(part));
    return [...kept, "SameSite=None", "Partitioned"].join("; ");
  });
  // Both forms of a removal become the same one.
  for (const cookie of new Set(fitted)) headers.append("Set-Cookie", cookie);
}

export function sessionCookieForm(origins: Origins) {
  return createMiddleware<AppEnv>(async function sessionCookieForm(c, next) {
    await next();
    if (c.res.headers.has("Set-Cookie")) fitCookiesToCaller(c.res.headers, c.req.raw.headers, origins);
  });
}
