// The one file an owner edits, `docent.config.ts`: its types, its checks, and the remedy for each mistake.
import { en } from "zod/locales";
import * as z from "zod/mini";
import { storableText } from "./background.ts";
import { providerMethods } from "./providers.ts";
import { DEFAULT_QUESTIONNAIRE, questionnaire } from "./questionnaire.ts";
import { PARTS } from "./recommendation.ts";

// zod/mini knows no language by itself and says "Invalid input" to everything. The browser does not load this file.
z.config(en());

const identifier = z
  .string()
  .check(z.regex(/^[a-z][a-z0-9-]{0,59}$/, 'must be lower case letters, digits and "-", like "my-docs"'));

/**
 * An exact origin: scheme, host and port, nothing else. Wildcards are refused: whoever can publish under
 * `*.pages.dev` would be trusted.
 */
const origin = z
  .string()
  .check(
    z.refine(
      (text) =>
        /^https?:\/\/[a-z0-9.-]+(:\d{1,5})?$|^https?:\/\/\[[0-9a-f:]+\](:\d{1,5})?$/.test(text) &&
        !/:(80|443)$/.test(text),
      'must be an exact origin in lower case, like "https://docs.example.com": no path, no trailing "/", no wildcard, no default port',
    ),
  );

const site = z.strictObject({
  /** Names the site in `?site=`, in the catalogue and in the script tag. Never change it after the first push. */
  id: identifier,
  name: storableText(100, 1),
  /** Every origin the docs are served from. Projects that share a host share its trust. */
  origins: z.array(origin).check(z.minLength(1), z.maxLength(20)),
});

const backend = z.strictObject({
  /** The `aud` of the tokens made for it. */
  audience: identifier,
  name: storableText(100, 1),
  /** Which docs origins may ask for a token. */
  origins: z.array(origin),
  /** The parts of the background it may read. */
  fields: z.array(storableText(100, 1)),
});

const weights = z.partialRecord(z.enum(PARTS), z.number().check(z.minimum(0), z.maximum(10)));

const days = (min: number, max: number) =>
  z
    .int("must be a whole number of days")
    .check(z.minimum(min, `must be at least ${min}`), z.maximum(max, `must be at most ${max}`));

/** What an account begins with, and how long what is about readers is kept, in days. */
const ACCOUNTS = {
  verifyAddress: false,
  auditDays: 365,
  deleteUnverifiedAfterDays: 30,
  deleteInactiveAfterDays: 730,
  warnDays: 30,
};
const accounts = z.strictObject({
  /** Nobody is signed in before they have proved their address, and a sign-up tells nobody who has an account. */
  verifyAddress: z._default(z.boolean(), ACCOUNTS.verifyAddress),
  /** Events of the audit trail. */
  auditDays: z._default(days(30, 3650), ACCOUNTS.auditDays),
  /** An account whose address nobody has proved and that nobody uses is deleted; null: never. */
  deleteUnverifiedAfterDays: z._default(z.nullable(days(1, 3650)), ACCOUNTS.deleteUnverifiedAfterDays),
  /** An account that nobody uses is deleted, after a warning by mail; null: never. */
  deleteInactiveAfterDays: z._default(z.nullable(days(90, 3650)), ACCOUNTS.deleteInactiveAfterDays),
  /** How long before that its reader is warned. */
  warnDays: z._default(days(7, 59), ACCOUNTS.warnDays),
});

const docentConfig = z.strictObject({
  sites: z.array(site).check(
    z.minLength(1),
    z.refine((sites) => new Set(sites.map((one) => one.id)).size === sites.length, "names an id twice"),
    z.refine((sites) => {
      const origins = sites.flatMap((one) => one.origins);
      return new Set(origins).size === origins.length;
    }, "names an origin twice: one origin belongs to one site"),
  ),
  methods: z._default(
    z.strictObject({
      /** An address and a password. */
      password: z._default(z.boolean(), true),
      /** A link by mail. Needs a way to send mail. */
      magicLink: z._default(z.boolean(), true),
      /** Passkeys, on the Worker's own pages. */
      passkey: z._default(z.boolean(), true),
      ...providerMethods,
    }),
    { password: true, magicLink: true, passkey: true, oidc: [] },
  ),
  passwords: z._default(
    z.strictObject({
      /** Ask Pwned Passwords, by the first five digits of a hash, whether a new password is known from a breach. */
      breachCheck: z._default(z.boolean(), false),
    }),
    { breachCheck: false },
  ),
  /** Cloudflare Turnstile, with the secret TURNSTILE_SECRET_KEY: asked at sign-up, and when a limit was reached. */
  turnstile: z.optional(
    z.strictObject({
      siteKey: z.string().check(z.regex(/^[0-9A-Za-z_-]{10,100}$/, "must be the site key of a Turnstile widget")),
    }),
  ),
  accounts: z._default(accounts, ACCOUNTS),
  questionnaire: z._default(questionnaire, DEFAULT_QUESTIONNAIRE),
  backends: z._default(z.array(backend), []),
  ranker: z._default(
    z.strictObject({
      /** How much each part of the score counts; 1 is the default of each. */
      weights: z._default(weights, {}),
      /** Never recommend a page with an unread prerequisite. */
      strictPrerequisites: z._default(z.boolean(), false),
    }),
    { weights: {}, strictPrerequisites: false },
  ),
});

/**
 * What fits Cloudflare's Free plan, which allows a request 10 ms of CPU: no passwords, because one hash takes more. To be
 * spread into a configuration. `npm run bench:cpu` measures every route.
 */
export const FREE_PLAN = { methods: { password: false } } as const;

export type DocentConfigInput = z.input<typeof docentConfig>;
export type DocentConfig = z.output<typeof docentConfig>;

/** A mistake in the configuration: where it is, and what to write instead. */
export interface ConfigMistake {
  /** Like `sites[0].origins[1]`. */
  path: string;
  message: string;
}

/** Types an owner's configuration. It is checked when the Worker starts and when the assets are built. */
export function defineConfig(input: DocentConfigInput): DocentConfigInput {
  return input;
}

/** `["sites", 0, "origins"]` as an owner would write it: `sites[0].origins`. */
export function pathOf(segments: readonly PropertyKey[]): string {
  return segments.reduce<string>(
    (path, segment) =>
      typeof segment === "number"
        ? `${path}[${segment}]`
        : path === ""
          ? String(segment)
          : `${path}.${String(segment)}`,
    "",
  );
}

/** What zod found, by path; a key that is not known is named by its own. */
export function mistakesOf(error: z.core.$ZodError): ConfigMistake[] {
  return error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({ path: pathOf([...issue.path, key]), message: "is not a field of this object" }))
      : [{ path: pathOf(issue.path), message: issue.message }],
  );
}

/** Checks an owner's configuration and fills in the defaults. Never throws. */
export function parseConfig(input: unknown): { config: DocentConfig } | { mistakes: ConfigMistake[] } {
  const result = z.safeParse(docentConfig, input);
  return result.success ? { config: result.data } : { mistakes: mistakesOf(result.error) };
}
