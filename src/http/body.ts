// Reading a request body that may lie about its size, its type and its form.
import type { Context } from "hono";
import * as z from "zod/mini";
import { mistakesOf } from "../core/define-config.ts";
import type { AppEnv } from "./app-env.ts";
import { problem } from "./problem.ts";

/** Bytes of a body where a route names no limit of its own. */
export const DEFAULT_BODY_BYTES = 64 * 1024;

/** Mistakes an answer names; a body can hold thousands. */
const MAX_MISTAKES = 50;

export type Read<T> = { ok: true; value: T } | { ok: false; response: Response };

/**
 * The body's text, counted while it streams: `Content-Length` may be absent or wrong, and a chunked body has none.
 * @returns `undefined` when it is larger than `limit` bytes; the rest is then not read
 */
export async function readLimited(request: Request, limit: number): Promise<Uint8Array | undefined> {
  if (Number(request.headers.get("content-length") ?? 0) > limit) return undefined;
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > limit) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

/** `application/json` with any parameters; `text/plain` and forms are what a page can send without a preflight. */
export function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/json\s*(;|$)/i.test(contentType);
}

/** Reads, parses and checks a JSON body. A refusal comes back as the response to send. */
export async function readJson<T>(
  c: Context<AppEnv>,
  schema: z.ZodMiniType<T>,
  limit: number = DEFAULT_BODY_BYTES,
): Promise<Read<T>> {
  if (!isJson(c.req.header("content-type"))) return { ok: false, response: problem(c, "unsupported-media-type") };
  const bytes = await readLimited(c.req.raw, limit);
  if (bytes === undefined) {
    return { ok: false, response: problem(c, "body-too-large", { detail: `The limit is ${limit} bytes.` }) };
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch {
    return { ok: false, response: problem(c, "invalid-json") };
  }
  const parsed = z.safeParse(schema, value);
  if (parsed.success) return { ok: true, value: parsed.data };
  return {
    ok: false,
    response: problem(c, "invalid-request", { errors: mistakesOf(parsed.error).slice(0, MAX_MISTAKES) }),
  };
}

/** Checks the query string; a mistake's path starts with `query.`. */
export function readQuery<T>(c: Context<AppEnv>, schema: z.ZodMiniType<T>): Read<T> {
  const parsed = z.safeParse(schema, c.req.query());
  if (parsed.success) return { ok: true, value: parsed.data };
  const errors = mistakesOf(parsed.error).map(({ path, message }) => ({ path: `query.${path}`, message }));
  return { ok: false, response: problem(c, "invalid-request", { errors }) };
}
