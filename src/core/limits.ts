// How often somebody may try, and for how long it counts: the numbers, in one place. The Worker counts by them, the
// contract says which routes they hold for, and a test makes the README's table from them. Pure.

/**
 * Per route and client address (of IPv6 its /64), at the edge: by the Workers `ratelimits` bindings, which count per
 * location and know no other periods than 10 and 60 seconds. wrangler.toml repeats these numbers, and a test compares.
 */
export const ADDRESS_LIMITS = {
  /** For what can be guessed: a password, a code, a token, an address that is taken. A class behind one address fits. */
  guess: { binding: "LIMIT_GUESSES", count: 30, seconds: 60 },
  /** For what sends a mail to somebody. */
  send: { binding: "LIMIT_MAILS", count: 10, seconds: 60 },
  /** For what only leaves a row behind, whoever asks. */
  begin: { binding: "LIMIT_BEGINNINGS", count: 60, seconds: 60 },
} as const satisfies Record<string, { binding: string; count: number; seconds: 10 | 60 }>;
export type AddressLimit = keyof typeof ADDRESS_LIMITS;

/** Per account, in Postgres, for all locations together. What is counted and for whom is stored as a hash. */
export const ACCOUNT_LIMITS = {
  /** From one network, or from one browser in which this reader has signed in before. */
  "password-here": { count: 10, seconds: 15 * 60, what: "wrong passwords from one network" },
  /** From all other places together. Browsers in which this reader has signed in before are not stopped by it. */
  "password-anywhere": { count: 50, seconds: 60 * 60, what: "wrong passwords from everywhere" },
  /** By a reader who is signed in: proofs of identity, and the current password when it is changed. */
  proof: { count: 10, seconds: 15 * 60, what: "wrong proofs" },
  /** By somebody who knows the password, or reads the mail. Six digits need a stricter limit than a password does. */
  code: { count: 10, seconds: 60 * 60, what: "wrong codes" },
  /** Mails of one kind to one address. */
  mail: { count: 5, seconds: 60 * 60, what: "mails to one address" },
} as const satisfies Record<string, { count: number; seconds: number; what: string }>;
export type AccountLimit = keyof typeof ACCOUNT_LIMITS;

/** What holds for one route. */
export interface Limits {
  address: AddressLimit;
  account?: readonly AccountLimit[];
}
