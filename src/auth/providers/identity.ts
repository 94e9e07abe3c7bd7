// Makes an identity of what a provider says, in which anything may stand. Pure.
import * as z from "zod/mini";
import { AUTH_LIMITS } from "../../db/schema/index.ts";
import type { Identity } from "./provider.ts";

/** Our columns' limit; OpenID Connect allows a subject 255 characters. */
const MAX_ACCOUNT_ID = 255;

const address = z.email().check(z.maxLength(AUTH_LIMITS.email));
const picture = z.url().check(z.maxLength(AUTH_LIMITS.image), z.regex(/^https:\/\/[^\s"'<>\\]*$/));

export interface Said {
  accountId: unknown;
  email: unknown;
  emailVerified: unknown;
  name: unknown;
  image: unknown;
}

/** @returns undefined where nothing says whose account it is */
export function identityOf({ accountId, email, emailVerified, name, image }: Said): Identity | undefined {
  const id = typeof accountId === "number" ? String(accountId) : accountId;
  if (typeof id !== "string" || id === "" || id.length > MAX_ACCOUNT_ID || id.includes("\0")) return undefined;
  const known = z.safeParse(address, typeof email === "string" ? email.toLowerCase() : undefined);
  const shown = z.safeParse(picture, image);
  return {
    accountId: id,
    email: known.success ? known.data : null,
    // Some write it as a text. Whatever else it is, it is no yes.
    emailVerified: known.success && (emailVerified === true || emailVerified === "true"),
    name: typeof name === "string" ? cleaned(name) : "",
    image: shown.success ? shown.data : null,
  };
}

/** A name ends up in mail headers; half a surrogate pair cannot be stored. */
const cleaned = (name: string): string =>
  Array.from(
    name
      .replace(/[\p{Cc}\u2028\u2029]/gu, " ")
      .toWellFormed()
      .trim(),
  )
    .slice(0, AUTH_LIMITS.name / 2)
    .join("");
