// Mailed links as rows, as the Worker makes them.
import { identifierOf } from "../../src/auth/one-time-tokens.ts";
import type { LinkKind } from "../../src/core/mail-links.ts";
import type { Query } from "./prepare.ts";

/** A secret as the Worker makes them. */
export const newSecret = (): string =>
  btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

/** A link that was mailed to a reader, or to an address that nobody has. @returns its secret */
export async function insertLink(
  query: Query,
  kind: LinkKind,
  { email, userId = null, data = {} }: { email: string; userId?: string | null; data?: object },
): Promise<string> {
  const secret = newSecret();
  const at = new Date();
  await query(
    `insert into verification (id, identifier, value, user_id, expires_at, created_at, updated_at)
     values ($1::uuid, $2, $3, $4::uuid, $5::timestamptz, $6::timestamptz, $6::timestamptz)`,
    [
      crypto.randomUUID(),
      await identifierOf(kind, secret),
      JSON.stringify({ email, ...data }),
      userId,
      new Date(at.getTime() + 600_000).toISOString(),
      at.toISOString(),
    ],
  );
  return secret;
}
