// Which new passwords are refused, beside those that are too short: the commonest, what anybody would try first for this
// reader on this site, and, where the owner has switched it on, those known from breaches elsewhere. No rules about
// kinds of characters: they make passwords worse (NIST SP 800-63B, 3.1.1.2).
import { folded, isCommon } from "./common.ts";

/** What is wrong with it, in words for the reader. */
export const REASONS = {
  common: "This password is among the most common ones: it would be tried first. Choose another.",
  guessable: "This password is your address or the name of this site: it would be tried first. Choose another.",
  breached: "This password is known from a breach of another site. Choose another.",
} as const;
export type PasswordReason = keyof typeof REASONS;

/** @returns why this must not become the password of the reader with this address; undefined when it may */
export type JudgePassword = (password: string, email: string) => Promise<PasswordReason | undefined>;

/** Milliseconds that are waited for the service; readers should not feel it. */
const BREACH_TIMEOUT_MS = 1_500;
const BREACH_URL = "https://api.pwnedpasswords.com/range/";

export interface PasswordRulesDeps {
  /** Names of the sites, and the hosts they and the Worker are on. */
  siteWords: readonly string[];
  /** Ask the service? */
  breachCheck: boolean;
  fetch: typeof fetch;
  log: (line: object) => void;
}

/** Letters and digits, without the digits at the end: "My Docs 2026!" is the name of the site. */
const bare = (text: string): string =>
  folded(text)
    .replace(/[^\p{L}\p{N}]/gu, "")
    .replace(/\p{N}+$/u, "");

/**
 * Is the password known from a breach? The service is given the first five digits of its SHA-1 and answers with all that
 * begin so, padded: it learns next to nothing. When it cannot be asked, nobody is kept from signing up.
 */
async function isBreached(password: string, deps: PasswordRulesDeps): Promise<boolean> {
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(password));
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .toUpperCase();
  try {
    const response = await deps.fetch(`${BREACH_URL}${hex.slice(0, 5)}`, {
      headers: { "Add-Padding": "true" },
      signal: AbortSignal.timeout(BREACH_TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    // A count of 0 is padding.
    return (await response.text()).split("\n").some((line) => {
      const [suffix, count] = line.trim().split(":");
      return suffix === hex.slice(5) && Number(count) > 0;
    });
  } catch (error) {
    deps.log({
      level: "warn",
      message: "breached passwords not asked about",
      error: error instanceof Error ? error.name : "unknown",
    });
    return false;
  }
}

export function passwordRules(deps: PasswordRulesDeps): JudgePassword {
  const siteWords = deps.siteWords.map(bare);
  return async function judge(password, email) {
    const word = bare(password);
    const own = [...siteWords, bare(email), bare(email.slice(0, email.lastIndexOf("@")))];
    if (word !== "" && own.includes(word)) return "guessable";
    if (await isCommon(password)) return "common";
    if (deps.breachCheck && (await isBreached(password, deps))) return "breached";
    return undefined;
  };
}
