// Bindings, vars and secrets, parsed once into Config. A mistake is named by its path with the remedy, for the log;
// the values of secrets are never part of a message.
import * as z from "zod/mini";
import { type ConfigMistake, type DocentConfig, mistakesOf, parseConfig } from "./core/define-config.ts";
import { ADDRESS_LIMITS, type AddressLimit } from "./core/limits.ts";
import type { ProviderSecrets } from "./core/providers.ts";

/** How mail leaves, with all that it takes. */
export type MailConfig =
  | { transport: "none" }
  | ({ from: { name: string; email: string } } & (
      | { transport: "mailbox"; url: string }
      | { transport: "cloudflare"; binding: SendEmail }
      | { transport: "resend" | "postmark"; key: string }
    ));

export interface Bindings {
  SESSIONS: KVNamespace;
  [name: string]: unknown;
}

export interface Config extends DocentConfig {
  /** The Worker's own origin, without a trailing slash. */
  baseUrl: string;
  /** The Worker runs on a contributor's machine. */
  local: boolean;
  docsOrigins: ReadonlySet<string>;
  database: { url: string; endpoint?: string | undefined; timeoutMs: number };
  authSecret: string;
  sessions: { kv: KVNamespace; cacheSeconds: number; outageSeconds: number };
  mail: MailConfig;
  /** SHA-256 in hex of each site's catalogue token. */
  catalogueTokenHashes: Readonly<Record<string, string>>;
  readySecret?: string | undefined;
  /** Undefined: no challenge is asked for. */
  turnstileSecret?: string | undefined;
  rateLimiters: Readonly<Record<AddressLimit, RateLimit>>;
  /** A provider without one is off. */
  providerSecrets: ProviderSecrets;
}

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

export const isLoopback = (url: string): boolean => URL.canParse(url) && LOOPBACK.has(new URL(url).hostname);

/** What the database driver accepts; it looks only when the first statement is sent. */
function isConnectionString(text: string): boolean {
  const [, rest] = /^postgres(?:ql)?:(\/\/.+)$/.exec(text) ?? [];
  if (rest === undefined || !URL.canParse(`http:${rest}`)) return false;
  const { username, hostname, pathname } = new URL(`http:${rest}`);
  return username !== "" && hostname !== "" && pathname.length > 1;
}

const required = (what: string) =>
  z.string(`is missing: ${what}`).check(z.minLength(1, { error: `is empty: ${what}`, abort: true }));
const seconds = (fallback: number, min: number, max: number) =>
  z._default(
    z.coerce
      .number("must be a number")
      .check(
        z.int("must be a whole number"),
        z.minimum(min, `must be at least ${min}`),
        z.maximum(max, `must be at most ${max}`),
      ),
    fallback,
  );

/** What stands in for a `ratelimits` binding that a deployment does not have. */
const UNLIMITED: RateLimit = { limit: async () => ({ success: true }) };

const rateLimiter = () =>
  z._default(
    z.custom<RateLimit>(
      (value) => typeof value === "object" && value !== null && "limit" in value && typeof value.limit === "function",
      "must be a binding of [[ratelimits]] in wrangler.toml",
    ),
    UNLIMITED,
  );

/** JSON in a variable. */
const json = <T>(schema: z.ZodMiniType<T>) =>
  z.pipe(
    z.pipe(
      z.string(),
      z.transform((text, context) => {
        try {
          return JSON.parse(text) as unknown;
        } catch {
          context.issues.push({ code: "custom", message: "is not valid JSON", input: undefined });
          return z.NEVER;
        }
      }),
    ),
    schema,
  );

const TRANSPORTS = ["none", "mailbox", "cloudflare", "resend", "postmark"] as const;

const SENDER = /^(?:([^<>\p{Cc}]*)<([^<>\s@]+@[^<>\s@]+)>|([^<>\s@]+@[^<>\s@]+))$/u;

/** `docs@example.com` or `Name <docs@example.com>`. */
const sender = z.pipe(
  z
    .string()
    .check(
      z.maxLength(320, "must have at most 320 characters"),
      z.regex(SENDER, 'must be like "docs@example.com" or "My docs <docs@example.com>", and no line break'),
    ),
  z.transform((text) => {
    const [, name = "", inBrackets, alone] = SENDER.exec(text) ?? [];
    return { name: name.trim().replace(/^"(.*)"$/, "$1"), email: inBrackets ?? alone ?? "" };
  }),
);

const variables = z.object({
  SESSIONS: z.custom<KVNamespace>(
    (value) => typeof value === "object" && value !== null && "getWithMetadata" in value,
    "is missing: bind a Workers KV namespace in wrangler.toml",
  ),
  DATABASE_URL: required("set the Neon connection string, `wrangler secret put DATABASE_URL`").check(
    z.refine(
      isConnectionString,
      "must be like postgres://user:password@host/database, with special characters in the password percent-encoded",
    ),
  ),
  DATABASE_ENDPOINT: z.optional(z.url("must be a URL")),
  DATABASE_TIMEOUT_MS: seconds(5000, 50, 30000),
  BASE_URL: required("set it to the URL of this Worker, like https://auth.example.com").check(
    z.refine(
      (url) => URL.canParse(url) && new URL(url).origin === url,
      'must be an origin like "https://auth.example.com": no path, no trailing "/"',
    ),
  ),
  AUTH_SECRET: required(
    "make one with `openssl rand -base64 32` and set it with `wrangler secret put AUTH_SECRET`",
  ).check(z.minLength(32, "must be at least 32 characters: make one with `openssl rand -base64 32`")),
  MAIL_TRANSPORT: z._default(
    z.enum(TRANSPORTS, `must be one of ${TRANSPORTS.map((name) => `"${name}"`).join(", ")}`),
    "none",
  ),
  MAILBOX_URL: z.optional(z.url("must be a URL")),
  MAIL_FROM: z.optional(sender),
  /** What a `send_email` binding is, by what it can do. */
  EMAIL: z.optional(
    z.custom<SendEmail>(
      (value) => typeof value === "object" && value !== null && "send" in value,
      'must be a binding: add [[send_email]] with name = "EMAIL" to wrangler.toml',
    ),
  ),
  RESEND_API_KEY: z.optional(z.string().check(z.minLength(1, "is empty"))),
  POSTMARK_TOKEN: z.optional(z.string().check(z.minLength(1, "is empty"))),
  CATALOGUE_TOKEN_HASHES: z._default(
    json(z.record(z.string(), z.string().check(z.regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in lower-case hex")))),
    {},
  ),
  GITHUB_CLIENT_SECRET: z.optional(z.string().check(z.minLength(1, "is empty"))),
  GOOGLE_CLIENT_SECRET: z.optional(z.string().check(z.minLength(1, "is empty"))),
  OIDC_CLIENT_SECRETS: z.optional(json(z.record(z.string(), z.string().check(z.minLength(1, "is empty"))))),
  READY_SECRET: z.optional(z.string().check(z.minLength(16, "must be at least 16 characters"))),
  SESSION_CACHE_SECONDS: seconds(300, 60, 3600),
  SESSION_OUTAGE_SECONDS: seconds(3600, 0, 86400),
  TURNSTILE_SECRET_KEY: z.optional(z.string().check(z.minLength(1, "is empty: remove it, or set the widget's secret"))),
  LIMIT_GUESSES: rateLimiter(),
  LIMIT_MAILS: rateLimiter(),
  LIMIT_BEGINNINGS: rateLimiter(),
  DEV_DOCS_ORIGINS: z.optional(json(z.record(z.string(), z.array(z.string())))),
});

/** What must not be in a deployment that others can reach, and a deployment that only its maker can. */
function misplaced(values: z.infer<typeof variables>, config: DocentConfig): ConfigMistake[] {
  if (isLoopback(values.BASE_URL)) {
    return [
      ...(values.DATABASE_ENDPOINT && !isLoopback(values.DATABASE_ENDPOINT)
        ? [{ path: "DATABASE_ENDPOINT", message: "must be on this machine" }]
        : []),
      ...(values.MAIL_TRANSPORT === "mailbox" && !(values.MAILBOX_URL && isLoopback(values.MAILBOX_URL))
        ? [{ path: "MAILBOX_URL", message: "must be set, and on this machine" }]
        : []),
    ];
  }
  const local = "is for development on this machine only: remove it, or set BASE_URL to a loopback address";
  const mistakes: ConfigMistake[] = [];
  if (!values.BASE_URL.startsWith("https://")) mistakes.push({ path: "BASE_URL", message: "must be https" });
  if (values.AUTH_SECRET.startsWith("development-")) {
    mistakes.push({ path: "AUTH_SECRET", message: "is a development secret: make one with `openssl rand -base64 32`" });
  }
  if (values.MAIL_TRANSPORT === "mailbox") mistakes.push({ path: "MAIL_TRANSPORT", message: local });
  if (values.DATABASE_ENDPOINT) mistakes.push({ path: "DATABASE_ENDPOINT", message: local });
  if (values.DEV_DOCS_ORIGINS) mistakes.push({ path: "DEV_DOCS_ORIGINS", message: local });
  config.sites.forEach((site, index) => {
    site.origins.forEach((origin, at) => {
      if (!origin.startsWith("https://") || isLoopback(origin)) {
        mistakes.push({
          path: `docent.config.ts: sites[${index}].origins[${at}]`,
          message: `must be https in a deployment: replace "${origin}" by the origin your docs are served from`,
        });
      }
    });
  });
  config.methods.oidc.forEach((provider, index) => {
    for (const name of ["issuer", "authorizationEndpoint", "tokenEndpoint", "userinfoEndpoint", "jwksUri"] as const) {
      if (provider[name] !== undefined && !provider[name].startsWith("https://")) {
        const path = `docent.config.ts: methods.oidc[${index}].${name}`;
        mistakes.push({ path, message: "must be https in a deployment" });
      }
    }
  });
  return mistakes;
}

/** OIDC_CLIENT_SECRETS has the secret of every provider of `methods.oidc`, or is not there, and all of them are off. */
function oidcSecrets(secrets: ProviderSecrets | undefined, { methods }: DocentConfig): ConfigMistake[] {
  if (secrets === undefined) return [];
  const ids = methods.oidc.map(({ id }) => id);
  return [
    ...ids
      .filter((id) => !Object.hasOwn(secrets, id))
      .map((id) => ({ path: `OIDC_CLIENT_SECRETS.${id}`, message: "is missing: methods.oidc names this provider" })),
    ...Object.keys(secrets)
      .filter((id) => !ids.includes(id))
      .map((id) => ({ path: `OIDC_CLIENT_SECRETS.${id}`, message: "is no provider of methods.oidc" })),
  ];
}

/** Origins that no browser ever sends, and that would therefore never match. */
function unreachable(config: DocentConfig): ConfigMistake[] {
  return config.sites.flatMap((site, index) =>
    site.origins.flatMap((origin, at) =>
      URL.canParse(origin) && new URL(origin).origin === origin
        ? []
        : [
            {
              path: `docent.config.ts: sites[${index}].origins[${at}]`,
              message: "must be an exact origin, as a browser sends it",
            },
          ],
    ),
  );
}

type Variables = z.infer<typeof variables>;

/** What a transport needs beside its name. */
function mailMistakes(values: Variables, { accounts }: DocentConfig): ConfigMistake[] {
  const { MAIL_TRANSPORT: transport } = values;
  const missing = (path: string, message: string) => ({ path, message: `is missing: ${message}` });
  const mistakes: ConfigMistake[] = [];
  if (transport === "cloudflare" && !values.EMAIL) {
    mistakes.push(missing("EMAIL", 'add [[send_email]] with name = "EMAIL" to wrangler.toml'));
  }
  if (transport === "resend" && !values.RESEND_API_KEY) {
    mistakes.push(missing("RESEND_API_KEY", "set it with `wrangler secret put RESEND_API_KEY`"));
  }
  if (transport === "postmark" && !values.POSTMARK_TOKEN) {
    mistakes.push(missing("POSTMARK_TOKEN", "set the server's token with `wrangler secret put POSTMARK_TOKEN`"));
  }
  if (transport !== "none" && transport !== "mailbox" && !values.MAIL_FROM) {
    mistakes.push(missing("MAIL_FROM", 'set the sender, like "docs@example.com", of a domain that your service knows'));
  }
  if (transport === "none" && accounts.verifyAddress) {
    const path = "docent.config.ts: accounts.verifyAddress";
    mistakes.push({ path, message: "needs a way to send mail, or nobody could sign in: set MAIL_TRANSPORT" });
  }
  return mistakes;
}

function mailConfig(values: Variables): MailConfig {
  const from = values.MAIL_FROM ?? { name: "", email: "docent@localhost" };
  switch (values.MAIL_TRANSPORT) {
    case "none":
      return { transport: "none" };
    case "mailbox":
      return { transport: "mailbox", url: values.MAILBOX_URL ?? "", from };
    case "cloudflare":
      return values.EMAIL ? { transport: "cloudflare", binding: values.EMAIL, from } : { transport: "none" };
    case "resend":
      return { transport: "resend", key: values.RESEND_API_KEY ?? "", from };
    case "postmark":
      return { transport: "postmark", key: values.POSTMARK_TOKEN ?? "", from };
  }
}

/** Parses everything the Worker is given. Never throws; pure. */
export function readConfig(bindings: Bindings, file: unknown): { config: Config } | { mistakes: ConfigMistake[] } {
  const read = z.safeParse(variables, bindings);
  const overrides = read.success ? read.data.DEV_DOCS_ORIGINS : undefined;
  const parsed = parseConfig(overrides ? withOrigins(file, overrides) : file);
  const mistakes = [
    ...(read.success ? [] : mistakesOf(read.error)),
    ...("mistakes" in parsed
      ? parsed.mistakes.map(({ path, message }) => ({ path: `docent.config.ts: ${path}`, message }))
      : []),
  ];
  if (!read.success || "mistakes" in parsed) return { mistakes };
  const values = read.data;
  const unknownSites = (["CATALOGUE_TOKEN_HASHES", "DEV_DOCS_ORIGINS"] as const).flatMap((name) =>
    Object.keys(values[name] ?? {})
      .filter((id) => !parsed.config.sites.some((site) => site.id === id))
      .map((id) => ({ path: `${name}.${id}`, message: "is no site of docent.config.ts" })),
  );
  const wrong = [
    ...misplaced(values, parsed.config),
    ...unreachable(parsed.config),
    ...mailMistakes(values, parsed.config),
    ...unknownSites,
    ...oidcSecrets(values.OIDC_CLIENT_SECRETS, parsed.config),
  ];
  if (wrong.length > 0) return { mistakes: wrong };
  return {
    config: {
      ...parsed.config,
      baseUrl: values.BASE_URL,
      local: isLoopback(values.BASE_URL),
      docsOrigins: new Set(parsed.config.sites.flatMap((site) => site.origins)),
      database: {
        url: values.DATABASE_URL,
        endpoint: values.DATABASE_ENDPOINT,
        timeoutMs: values.DATABASE_TIMEOUT_MS,
      },
      authSecret: values.AUTH_SECRET,
      sessions: {
        kv: values.SESSIONS,
        cacheSeconds: values.SESSION_CACHE_SECONDS,
        outageSeconds: values.SESSION_OUTAGE_SECONDS,
      },
      mail: mailConfig(values),
      catalogueTokenHashes: values.CATALOGUE_TOKEN_HASHES,
      readySecret: values.READY_SECRET,
      turnstileSecret: parsed.config.turnstile && values.TURNSTILE_SECRET_KEY,
      rateLimiters: {
        guess: values[ADDRESS_LIMITS.guess.binding],
        send: values[ADDRESS_LIMITS.send.binding],
        begin: values[ADDRESS_LIMITS.begin.binding],
      },
      providerSecrets: {
        ...values.OIDC_CLIENT_SECRETS,
        ...(values.GITHUB_CLIENT_SECRET !== undefined && { github: values.GITHUB_CLIENT_SECRET }),
        ...(values.GOOGLE_CLIENT_SECRET !== undefined && { google: values.GOOGLE_CLIENT_SECRET }),
      },
    },
  };
}

/** A contributor who changed the ports has other docs origins than the file says. */
function withOrigins(file: unknown, overrides: Record<string, string[]>): unknown {
  if (typeof file !== "object" || file === null || !("sites" in file) || !Array.isArray(file.sites)) return file;
  return {
    ...file,
    sites: file.sites.map((site: unknown) =>
      typeof site === "object" &&
      site !== null &&
      "id" in site &&
      typeof site.id === "string" &&
      Object.hasOwn(overrides, site.id)
        ? { ...site, origins: overrides[site.id] }
        : site,
    ),
  };
}

/**
 * The origins that are well formed by themselves in a configuration that is otherwise wrong, so that a docs page can
 * read the 503 and say so. The answer holds nothing private.
 */
export function readableOrigins(file: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  if (typeof file !== "object" || file === null || !("sites" in file) || !Array.isArray(file.sites)) return found;
  for (const site of file.sites as unknown[]) {
    if (typeof site !== "object" || site === null || !("origins" in site) || !Array.isArray(site.origins)) continue;
    for (const origin of site.origins as unknown[]) {
      if (typeof origin === "string" && URL.canParse(origin) && new URL(origin).origin === origin) found.add(origin);
    }
  }
  return found;
}
