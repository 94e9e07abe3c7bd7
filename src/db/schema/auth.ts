// The tables of the auth room: readers, how they sign in, and their sessions. Better Auth finds tables by the names
// exported here and columns by their keys (`credentialID` included); every column it does not know must be declared
// to it as an additional field, be nullable, or have a default.
import { sql } from "drizzle-orm";
import { bigint, boolean, check, index, integer, pgTable, text, unique, uuid, varchar } from "drizzle-orm/pg-core";
import { LEVELS, OPERATING_SYSTEMS } from "../../core/vocabulary.ts";
import { createdAndUpdated, id, moment, oneOf } from "./columns.ts";

export const ROLES = ["user", "moderator", "admin"] as const;
export const SESSION_SCOPES = ["account", "docs"] as const;

/** A subscription's states as Stripe names them; null where there never was one. */
export const SUBSCRIPTION_STATUSES = [
  "incomplete",
  "incomplete_expired",
  "trialing",
  "active",
  "past_due",
  "canceled",
  "unpaid",
  "paused",
] as const;

/** Characters. The auth room cuts a user agent to its limit; everything else is refused when longer. */
export const AUTH_LIMITS = {
  email: 255,
  name: 255,
  image: 512,
  userAgent: 512,
  ipAddress: 45,
  origin: 300,
  /** Of a language tag (BCP 47); the longest in use has a dozen characters. */
  locale: 35,
  /** Of a way in, like `password` or a provider's id. */
  method: 60,
} as const;

export const user = pgTable(
  "user",
  {
    id: id(),
    email: varchar("email", { length: AUTH_LIMITS.email }).notNull().unique(),
    emailVerified: boolean("email_verified").notNull().default(false),
    /** "" means none: Better Auth wants a name, and a reader need not have one. */
    name: varchar("name", { length: AUTH_LIMITS.name }).notNull().default(""),
    image: varchar("image", { length: AUTH_LIMITS.image }),
    role: text("role", { enum: ROLES }).notNull().default("user"),
    isActive: boolean("is_active").notNull().default(true),
    banned: boolean("banned").notNull().default(false),
    banReason: varchar("ban_reason", { length: 500 }),
    banExpires: moment("ban_expires"),
    lastLoginAt: moment("last_login_at"),
    twoFactorEnabled: boolean("two_factor_enabled").notNull().default(false),
    /** Fast copies of the background, written in the same batch as it and nowhere else. */
    skillLevel: text("skill_level", { enum: LEVELS }),
    operatingSystem: text("operating_system", { enum: OPERATING_SYSTEMS }),
    /** The language that mails are written in, as their pages last said it; null where they never did. */
    locale: varchar("locale", { length: AUTH_LIMITS.locale }),
    /** When the reader was told that the account will be deleted for want of use; null again when they come back. */
    inactiveWarnedAt: moment("inactive_warned_at"),
    subscriptionStatus: text("subscription_status", { enum: SUBSCRIPTION_STATUSES }),
    stripeCustomerId: varchar("stripe_customer_id", { length: 255 }),
    ...createdAndUpdated(),
  },
  (table) => [
    index("user_created_at").on(table.createdAt),
    // The purges: accounts whose address was never proved, and those that nobody uses.
    index("user_unverified_created_at").on(table.createdAt).where(sql`not ${table.emailVerified}`),
    index("user_last_login_at").on(table.lastLoginAt),
    // Administrators look readers up by the beginning of an address or a name. In the "C" collation, because in others
    // what begins with a text is not what lies between two others.
    index("user_email_prefix").on(sql`(${table.email} collate "C")`),
    index("user_name_prefix").on(sql`(lower(${table.name}) collate "C")`, table.id),
    // Is there another administrator? They are few.
    index("user_role").on(table.role).where(sql`${table.role} <> 'user'`),
    // Without it "A@x" and "a@x" could both sign up, and a link for one would open the other.
    check("user_email_lower_case", sql`${table.email} = lower(${table.email})`),
    check("user_role", oneOf(table.role, ROLES)),
    check("user_skill_level", oneOf(table.skillLevel, LEVELS)),
    check("user_operating_system", oneOf(table.operatingSystem, OPERATING_SYSTEMS)),
    check("user_subscription_status", oneOf(table.subscriptionStatus, SUBSCRIPTION_STATUSES)),
  ],
);

export const session = pgTable(
  "session",
  {
    id: id(),
    /** Plain, because Better Auth reads it so. */
    token: varchar("token", { length: 255 }).notNull().unique(),
    userId: uuid("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    expiresAt: moment("expires_at").notNull(),
    ipAddress: varchar("ip_address", { length: AUTH_LIMITS.ipAddress }),
    userAgent: varchar("user_agent", { length: AUTH_LIMITS.userAgent }),
    /** Written at most once an hour. */
    lastAccessedAt: moment("last_accessed_at"),
    /** The admin plugin's column. Impersonation is not offered; the check below keeps it so. */
    impersonatedBy: uuid("impersonated_by"),
    /** When a credential was last proved. Children copy it. */
    authenticatedAt: moment("authenticated_at").notNull(),
    /** Shared by all sessions that came from one sign-in; signing out ends them together. */
    loginId: uuid("login_id").notNull(),
    /** `docs`: a bearer for a docs page, with fewer rights. */
    scope: text("scope", { enum: SESSION_SCOPES }).notNull().default("account"),
    /** The docs origin that a session is bound to. */
    origin: varchar("origin", { length: AUTH_LIMITS.origin }),
    /** How the reader signed in: `password`, `magic-link`, `passkey` or a provider's id. Null before it was recorded. */
    method: varchar("method", { length: AUTH_LIMITS.method }),
    ...createdAndUpdated(),
  },
  (table) => [
    index("session_user_id").on(table.userId),
    index("session_login_id").on(table.loginId),
    index("session_expires_at").on(table.expiresAt),
    // Hours and not days: a day's length depends on the connection's time zone.
    check("session_at_most_30_days", sql`${table.expiresAt} <= ${table.createdAt} + interval '720 hours'`),
    check("session_never_impersonated", sql`${table.impersonatedBy} is null`),
    check("session_scope", oneOf(table.scope, SESSION_SCOPES)),
    check(
      "session_docs_is_bound_and_short",
      sql`${table.scope} <> 'docs' or (${table.origin} is not null and ${table.expiresAt} <= ${table.createdAt} + interval '168 hours')`,
    ),
  ],
);

export const account = pgTable(
  "account",
  {
    id: id(),
    userId: uuid("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    providerId: varchar("provider_id", { length: 255 }).notNull(),
    /** The reader's id at the provider; our own user id for a password. */
    accountId: varchar("account_id", { length: 255 }).notNull(),
    /** The provider's tokens are stored encrypted. */
    accessToken: text("access_token"),
    refreshToken: text("refresh_token"),
    idToken: text("id_token"),
    accessTokenExpiresAt: moment("access_token_expires_at"),
    refreshTokenExpiresAt: moment("refresh_token_expires_at"),
    scope: text("scope"),
    /** The password's hash. */
    password: text("password"),
    ...createdAndUpdated(),
  },
  (table) => [
    index("account_user_id").on(table.userId),
    index("account_account_id").on(table.accountId),
    // Without it one identity at a provider could open two readers. Serves look-ups by provider as well.
    unique("account_provider_id_account_id").on(table.providerId, table.accountId),
  ],
);

export const verification = pgTable(
  "verification",
  {
    id: id(),
    /** Stored hashed. */
    identifier: text("identifier").notNull(),
    value: text("value").notNull(),
    expiresAt: moment("expires_at").notNull(),
    /** Whose it is, so that a reset, a ban or a change of address ends it; null for what belongs to nobody yet. */
    userId: uuid("user_id").references(() => user.id, { onDelete: "cascade" }),
    ...createdAndUpdated(),
  },
  (table) => [
    index("verification_identifier").on(table.identifier),
    index("verification_expires_at").on(table.expiresAt),
    index("verification_user_id").on(table.userId),
  ],
);

/**
 * How often somebody has failed at something lately: passwords and codes of one account, mails to one address. Counted
 * here because the bindings that limit rates count per location.
 */
export const attempt = pgTable(
  "attempt",
  {
    /** SHA-256 in hex of what is counted and for whom: an address nobody has is not stored either. */
    key: varchar("key", { length: 64 }).primaryKey(),
    count: integer("count").notNull(),
    /** When the count begins anew, and the row is of no use. */
    expiresAt: moment("expires_at").notNull(),
    ...createdAndUpdated(),
  },
  (table) => [index("attempt_expires_at").on(table.expiresAt), check("attempt_count", sql`${table.count} > 0`)],
);

// The three tables below hold what their plugins define, and what we need beside it: nothing writes an updated_at.

export const jwks = pgTable("jwks", {
  id: id(),
  publicKey: text("public_key").notNull(),
  /** Stored encrypted. */
  privateKey: text("private_key").notNull(),
  alg: text("alg"),
  crv: text("crv"),
  createdAt: moment("created_at").notNull(),
  expiresAt: moment("expires_at"),
});

export const twoFactor = pgTable(
  "two_factor",
  {
    id: id(),
    /** Stored encrypted. */
    secret: text("secret").notNull(),
    backupCodes: text("backup_codes").notNull(),
    // One per reader: of two made in a race, the one they scanned might not be the one that is asked for.
    userId: uuid("user_id")
      .notNull()
      .unique()
      .references(() => user.id, { onDelete: "cascade" }),
    verified: boolean("verified").default(true),
    failedVerificationCount: integer("failed_verification_count").default(0),
    lockedUntil: moment("locked_until"),
    /** The time step of the last code that was accepted: no code is good twice (RFC 6238, 5.2). */
    lastUsedStep: bigint("last_used_step", { mode: "number" }),
  },
  (table) => [index("two_factor_secret").on(table.secret)],
);

export const passkey = pgTable(
  "passkey",
  {
    id: id(),
    name: varchar("name", { length: 255 }),
    publicKey: text("public_key").notNull(),
    userId: uuid("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    // Unique, as WebAuthn asks: whoever registers another reader's credential id must not be found in their place.
    credentialID: text("credential_id").notNull().unique(),
    /** Unsigned 32 bits in WebAuthn: too wide for an integer. */
    counter: bigint("counter", { mode: "number" }).notNull(),
    deviceType: text("device_type").notNull(),
    backedUp: boolean("backed_up").notNull(),
    transports: text("transports"),
    createdAt: moment("created_at"),
    aaguid: text("aaguid"),
    lastUsedAt: moment("last_used_at"),
  },
  (table) => [index("passkey_user_id").on(table.userId)],
);
