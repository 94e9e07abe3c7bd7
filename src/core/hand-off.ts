// How a reader gets from a docs page to the Worker's pages to sign in, and back: what the addresses on that way hold.
// A session is never in one of them; a code that is good once, for a minute, and only to the page that asked, is.
import * as z from "zod/mini";
import { time, uuid } from "./primitives.ts";

/** Seconds from the start until the reader is back; a mail has to arrive in between. */
export const FLOW_SECONDS = 15 * 60;
/** Seconds a bearer is good, at most: no longer than the sign-in that it came from. */
export const BEARER_SECONDS = 7 * 24 * 60 * 60;
/** Seconds a code is good. */
export const CODE_SECONDS = 60;

/** Made by the docs page, which keeps its verifier under it: 128 bits or more, in base64url. */
const flowId = z.string().check(z.regex(/^[A-Za-z0-9_-]{22,43}$/, "must be 22 to 43 characters of base64url"));
/** 256 bits in base64url: a code, a verifier, or the SHA-256 of one. */
const bits256 = z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/, "must be 43 characters of base64url"));

/** Query of `GET /start`. */
export const startQuery = z
  .strictObject({
    /** The docs site the reader comes from. */
    site: z.optional(z.string().check(z.minLength(1), z.maxLength(60))),
    /** Where to come back to: an address on one of that site's origins, without a fragment. */
    return: z.optional(z.string().check(z.minLength(1), z.maxLength(2000))),
    /** SHA-256 of the verifier, in base64url (RFC 7636, S256). */
    challenge: z.optional(bits256),
    flow: z.optional(flowId),
    /** The provider to go on to; without one the reader chooses on the Worker's page. */
    with: z.optional(z.string().check(z.minLength(1), z.maxLength(60))),
  })
  .check(
    z.refine(
      ({ site, return: back, challenge, flow, with: provider }) =>
        site !== undefined
          ? back !== undefined && challenge !== undefined && flow !== undefined
          : back === undefined && challenge === undefined && provider !== undefined,
      { path: ["site"], error: "needs return, challenge and flow beside it; without it, with is needed" },
    ),
  );

/** Body of `POST /api/hand-off`, from the docs page. */
export const handOffInput = z.strictObject({
  flow: flowId,
  code: bits256,
  /** Whose SHA-256 was the challenge. */
  verifier: bits256,
  /** This browser keeps no cookie of the Worker's: the session is to be a bearer's, in the answer. */
  bearer: z.optional(z.boolean()),
});

/** Answer of `POST /api/hand-off`: the reader is signed in on the docs page. */
export const handOffAnswer = z.object({ userId: uuid, expiresAt: time, bearer: z.optional(z.string()) });

/** Body of `POST /api/hand-off/finish`, from the Worker's own page. */
export const finishInput = z.strictObject({ flow: flowId });

/** Answer of `POST /api/hand-off/finish`: where to go now. */
export const finishAnswer = z.object({ location: z.string() });

/** Why a reader comes back from a provider without being signed in, in a fragment. */
export const HAND_OFF_ERRORS = [
  /** The reader, or the provider, said no. */
  "denied",
  /** The way took too long, was begun in another browser, or was gone before. */
  "expired",
  /** The provider does not answer, or the database does not. */
  "unavailable",
  /** What the provider said is not to be believed. */
  "failed",
  /** The provider gives no address, or one that it has not verified. */
  "unverified",
  /** The address belongs to an account that this provider is not linked to: sign in to it, then link. */
  "registered",
  /** Banned or deactivated. */
  "blocked",
  /** To be linked, but linked to another account already. */
  "taken",
] as const;
export type HandOffError = (typeof HAND_OFF_ERRORS)[number];

/** The fragment that a docs page is opened with: `#docent=<flow>.<code>`, or `#docent=<flow>!<error>`. */
export const HAND_OFF_FRAGMENT = "docent";

/**
 * The fragment of the Worker's page, to be read as parameters: `sign-in`, `second-factor`, `linked=<provider>` or
 * `error=<error>`, with `flow=<flow>` where the reader came from a docs page.
 */
export function accountFragment(what: Record<string, string>, flow?: string): string {
  const parts = Object.entries({ ...what, ...(flow !== undefined && { flow }) });
  return parts.map(([name, value]) => (value === "" ? name : `${name}=${encodeURIComponent(value)}`)).join("&");
}
