// The Worker's API as the widget uses it. An expected failure is a value; this file never throws and never retries.
import * as z from "zod/mini";
import {
  type LooseBackground,
  looseBackground,
  publicConfig,
  recommendationsAnswer,
  refusal,
  sessionAnswer,
  userAnswer,
} from "./wire.ts";

/** Milliseconds until a request counts as unreachable. */
const TIMEOUT = 10_000;
/** Characters of a page's path; the catalogue takes no longer ones. */
const CATALOGUE_PATH = 512;

export type Failure =
  /** No answer, a 5xx, or an answer that is not what it should be: nothing is known about the reader. */
  | { kind: "unreachable" }
  /** A 4xx; `code` is Better Auth's or our problem's. */
  | { kind: "refused"; status: number; code: string };

export type Outcome<T> = { ok: true; value: T } | { ok: false; failure: Failure };

const UNREACHABLE: Outcome<never> = { ok: false, failure: { kind: "unreachable" } };

/** Is the failure the Worker's "who are you?" Only meaningful where no credentials were sent in the body. */
export const isSignedOut = (failure: Failure): boolean => failure.kind === "refused" && failure.status === 401;

export type Api = ReturnType<typeof createApi>;

/** The client for one Worker and one docs site. */
export function createApi(worker: string, site: string) {
  async function call<T>(
    method: string,
    path: string,
    schema: z.ZodMiniType<T>,
    options: { body?: unknown; anonymous?: boolean } = {},
  ): Promise<Outcome<T>> {
    const { body } = options;
    try {
      const response = await fetch(worker + path, {
        method,
        credentials: options.anonymous ? "omit" : "include",
        signal: AbortSignal.timeout(TIMEOUT),
        // Without a body there is no header of ours, so a read needs no preflight.
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
      });
      const answer: unknown = await response.json().catch(() => undefined);
      if (response.ok) {
        const parsed = z.safeParse(schema, answer);
        return parsed.success ? { ok: true, value: parsed.data } : UNREACHABLE;
      }
      if (response.status >= 500) return UNREACHABLE;
      const parsed = z.safeParse(refusal, answer);
      const code = (parsed.success && parsed.data.code) || "";
      return { ok: false, failure: { kind: "refused", status: response.status, code } };
    } catch {
      return UNREACHABLE;
    }
  }

  /** The page the reader is on, unless its path is longer than any page's can be. */
  const current = (): Record<string, string> =>
    location.pathname.length <= CATALOGUE_PATH ? { current: location.pathname } : {};

  return {
    session: () => call("GET", "/api/session", sessionAnswer),
    /** Who is signed in, by name. Asks the database, so only when the reader wants to know. */
    user: () => call("GET", "/api/auth/get-session", userAnswer),
    // A name is not asked for: an account needs none, and each field less is a reader more.
    signUp: (email: string, password: string) =>
      call("POST", "/api/auth/sign-up/email", userAnswer, { body: { name: "", email, password } }),
    signIn: (email: string, password: string) =>
      call("POST", "/api/auth/sign-in/email", userAnswer, { body: { email, password } }),
    signOut: () => call("POST", "/api/auth/sign-out", z.unknown(), { body: {} }),
    background: () => call("GET", "/api/background", looseBackground),
    saveBackground: (body: LooseBackground) => call("PUT", "/api/background", looseBackground, { body }),
    recommendations: (limit: number) =>
      call(
        "GET",
        `/api/recommendations?${new URLSearchParams({ site, limit: String(limit), ...current() })}`,
        recommendationsAnswer,
      ),
    /** The questionnaire: a static file, without credentials. */
    questionnaire: () => call("GET", "/docent/config.json", publicConfig, { anonymous: true }),
  };
}
