// Reading a request body that may lie about its size, its type and its form.
import type { Context } from "hono";
import * as z from "zod/mini";
import { mistakesOf } from "../core/define-config.ts";
import { DEFAULT_BODY_BYTES } from "../core/primitives.ts";
import type { InputMistake } from "../core/problem.ts";
import type { AppEnv } from "./app-env.ts";
import { findAmbiguity } from "./json-text.ts";
import { problem } from "./problem.ts";

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
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
    value = JSON.parse(text);
  } catch {
    return { ok: false, response: problem(c, "invalid-json") };
  }
  const refuse = (errors: InputMistake[]): Read<T> => ({
    ok: false,
    response: problem(c, "invalid-request", { errors: errors.slice(0, MAX_MISTAKES) }),
  });
  const parsed = z.safeParse(schema, value);
  if (!parsed.success) return refuse(mistakesOf(parsed.error));
  const ambiguity = findAmbiguity(text);
  return ambiguity ? refuse([ambiguity]) : { ok: true, value: parsed.data };
}

/** Checks the query string; a mistake's path starts with `query.`. Which of two values counts, nobody can know. */
export function readQuery<T extends z.ZodMiniObject>(c: Context<AppEnv>, schema: T): Read<z.output<T>> {
  const refuse = (mistakes: InputMistake[]): Read<z.output<T>> => {
    const errors = mistakes.map(({ path, message }) => ({ path: `query.${path}`, message }));
    return { ok: false, response: problem(c, "invalid-request", { errors }) };
  };
  const given = c.req.queries();
  const twice = Object.keys(schema.shape).filter((name) => (given[name]?.length ?? 0) > 1);
  if (twice.length > 0) return refuse(twice.map((path) => ({ path, message: "is given twice" })));
  const parsed = z.safeParse(schema, c.req.query());
  return parsed.success ? { ok: true, value: parsed.data } : refuse(mistakesOf(parsed.error));
}
