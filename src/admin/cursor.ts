// Where a next page begins: the key of the last row that was shown, as text for a URL. Pure. Whoever writes one of their
// own gets another page of what they may read anyway.
import * as z from "zod/mini";

/** base64url of JSON: keys hold any script. */
export function encodeCursor(key: readonly (string | number)[]): string {
  const bytes = new TextEncoder().encode(JSON.stringify(key));
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @returns undefined for what no answer ever said */
export function decodeCursor<T>(cursor: string, schema: z.ZodMiniType<T>): T | undefined {
  try {
    const binary = atob(cursor.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    const parsed = z.safeParse(
      schema,
      JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes)),
    );
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
