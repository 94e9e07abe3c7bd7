// Strong validators (RFC 9110, 8.8) for JSON answers that a client asks for again and again.
import type { Context } from "hono";

/** Does `If-None-Match` name this entity tag? Weak tags compare as strong ones, as a GET's do. */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === "*" || header.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);
}

/** Answers with JSON and its hash as `ETag`, or 304 to a client that has it. */
export async function jsonWithEtag(c: Context, body: unknown): Promise<Response> {
  const text = JSON.stringify(body);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  const etag = `"${btoa(String.fromCharCode(...digest.subarray(0, 18)))}"`;
  c.header("ETag", etag);
  // Private: only the browser that asked may keep it, and it must ask each time.
  c.header("Cache-Control", "private, no-cache");
  if (matchesEtag(c.req.header("if-none-match"), etag)) return c.body(null, 304);
  return c.body(text, 200, { "Content-Type": "application/json" });
}
