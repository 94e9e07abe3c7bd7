// The Worker's API as its own page uses it: same origin, so no CORS and no address. An expected failure is a value; this
// file never throws and never retries.
import { object, optional, parse, type Shape, text } from "../api/shape.ts";

/** Milliseconds until a request counts as unreachable. */
const TIMEOUT = 15_000;

export type Failure =
  /** No answer, a 5xx, or an answer that is not what it should be: nothing is known. */
  | { kind: "unreachable" }
  /** A 4xx; `code` is the Worker's, in Better Auth's spelling whatever route it is of. */
  | { kind: "refused"; status: number; code: string; retryAfterSeconds?: number }
  /** The reader was asked to prove who they are, and did not. */
  | { kind: "cancelled" };

export type Outcome<T> = { ok: true; value: T } | { ok: false; failure: Failure };

const UNREACHABLE: Outcome<never> = { ok: false, failure: { kind: "unreachable" } };
const refusal = object({ code: optional(text) });

/** Our own routes write `step-up-required`, Better Auth's `STEP_UP_REQUIRED`. */
const spelled = (code: string): string => code.toUpperCase().replaceAll("-", "_");

export async function call<T>(
  method: "GET" | "POST" | "PATCH" | "DELETE" | "PUT",
  path: string,
  shape: Shape<T>,
  body?: object,
): Promise<Outcome<T>> {
  try {
    const response = await fetch(path, {
      method,
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT),
      ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    const answer: unknown = response.status === 204 ? null : await response.json().catch(() => undefined);
    if (response.ok) {
      const value = parse(shape, answer);
      return value === undefined ? UNREACHABLE : { ok: true, value };
    }
    if (response.status >= 500) return UNREACHABLE;
    const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
    const code = spelled(parse(refusal, answer)?.code ?? "");
    const later = Number.isFinite(seconds) ? { retryAfterSeconds: seconds } : {};
    return { ok: false, failure: { kind: "refused", status: response.status, code, ...later } };
  } catch {
    return UNREACHABLE;
  }
}
