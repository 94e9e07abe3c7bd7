// The Worker's API as the widget uses it. An expected failure is a value; this file never throws and never retries.
import { currentPath, pageLanguage, pageVersion } from "../page/page.ts";
import { parse, type Shape } from "./shape.ts";
import {
  type LooseBackground,
  looseBackground,
  meAnswer,
  progressAnswer,
  recommendationsAnswer,
  refusal,
  userAnswer,
} from "./wire.ts";

/** Milliseconds until a request counts as unreachable. */
const TIMEOUT = 10_000;
/** Characters of a page's path; the catalogue takes no longer ones. */
const CATALOGUE_PATH = 512;
/** Characters of a language tag that the catalogue takes. */
const LANGUAGE_TAG = 35;

export type Failure = (
  | /** No answer, a 5xx, or an answer that is not what it should be: nothing is known about the reader. */
  { kind: "unreachable" }
  /** A 4xx; `code` is Better Auth's or our problem's. */
  | { kind: "refused"; status: number; code: string }
) & {
  /** How long the Worker asked to be left alone. */
  retryAfterMs?: number;
};

export type Outcome<T> = { ok: true; value: T } | { ok: false; failure: Failure };

const UNREACHABLE: Outcome<never> = { ok: false, failure: { kind: "unreachable" } };

/** Is the failure the Worker's "who are you?" Only meaningful where no credentials were sent in the body. */
export const isSignedOut = (failure: Failure): boolean => failure.kind === "refused" && failure.status === 401;

export type Api = ReturnType<typeof createApi>;

/** The third rung: the credential of a page whose browser keeps no cookie of the Worker's. */
export interface BearerStore {
  /** Undefined or empty where there is none. */
  bearer(): string | undefined;
  rememberBearer(bearer: string): void;
}

/** The client for one Worker and one docs site. */
export function createApi(worker: string, site: string, device: BearerStore) {
  async function call<T>(
    method: string,
    path: string,
    shape: Shape<T>,
    options: { body?: unknown; anonymous?: boolean; keepalive?: boolean } = {},
  ): Promise<Outcome<T>> {
    const { body, anonymous } = options;
    // Another tab may have signed in or out meanwhile.
    const bearer = anonymous ? "" : device.bearer();
    try {
      const response = await fetch(worker + path, {
        method,
        // A page has a cookie or a bearer, never both.
        credentials: anonymous || bearer ? "omit" : "include",
        keepalive: options.keepalive ?? false,
        signal: AbortSignal.timeout(TIMEOUT),
        // With neither there is no header of ours, so a read needs no preflight.
        headers: {
          ...(body !== undefined && { "content-type": "application/json" }),
          ...(bearer && { authorization: `Bearer ${bearer}` }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const answer: unknown = await response.json().catch(() => undefined);
      // It is over; that this browser keeps no cookie stays true.
      const isOver = response.status === 401 || (response.ok && path.endsWith("/sign-out"));
      if (bearer && isOver && device.bearer() === bearer) device.rememberBearer("");
      if (response.ok) {
        const value = parse(shape, answer);
        return value === undefined ? UNREACHABLE : { ok: true, value };
      }
      const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
      const later = Number.isFinite(seconds) ? { retryAfterMs: seconds * 1000 } : {};
      if (response.status >= 500) return { ok: false, failure: { kind: "unreachable", ...later } };
      const code = parse(refusal, answer)?.code ?? "";
      return { ok: false, failure: { kind: "refused", status: response.status, code, ...later } };
    } catch {
      return UNREACHABLE;
    }
  }

  /** The page the reader is on, unless its path is longer than any page's can be, and what it says of itself. */
  const current = (): Record<string, string> => {
    const [path, lang, version] = [currentPath(), pageLanguage(), pageVersion()];
    return {
      ...(path.length <= CATALOGUE_PATH && { current: path }),
      ...(lang !== "" && lang.length <= LANGUAGE_TAG && { lang }),
      ...(version !== undefined && { version }),
    };
  };

  return {
    worker,
    /** For parts of the API that few need. */
    call,
    /** Who is reading, what they answered, and what they did with the pages of this site. */
    me: () => call("GET", `/api/me?${new URLSearchParams({ site })}`, meAnswer),
    /** Merges reading events of one reader, and of nobody else who may have signed in meanwhile. */
    progress: (reader: string, events: readonly object[], options: { keepalive?: boolean; withMe?: boolean } = {}) =>
      call(
        "POST",
        `/api/progress?${new URLSearchParams({ reader, ...(options.withMe && { with: "me" }) })}`,
        progressAnswer,
        { body: { site, sentAt: new Date().toISOString(), events }, keepalive: options.keepalive ?? false },
      ),
    /** Who is signed in, by name. Asks the database, so only when the reader wants to know. */
    user: () => call("GET", "/api/auth/get-session", userAnswer),
    background: () => call("GET", "/api/background", looseBackground),
    /** What is named changes, the rest stays. */
    changeBackground: (reader: string, body: LooseBackground) =>
      call("PATCH", `/api/background?reader=${reader}`, looseBackground, { body }),
    saveBackground: (reader: string, body: LooseBackground) =>
      call("PUT", `/api/background?reader=${reader}`, looseBackground, { body }),
    recommendations: (limit: number) =>
      call(
        "GET",
        `/api/recommendations?${new URLSearchParams({ site, limit: String(limit), ...current() })}`,
        recommendationsAnswer,
      ),
  };
}
