// What the page reads of the Worker's answers, and nothing more: the API may grow without breaking it.
import { anything, boolean, list, nullable, number, type Of, object, oneOf, optional, or, text } from "../api/shape.ts";

const role = oneOf("user", "moderator", "admin");

export const user = object({
  id: text,
  email: text,
  emailVerified: boolean,
  name: text,
  image: nullable(text),
  createdAt: text,
  role,
  twoFactorEnabled: boolean,
});
export type User = Of<typeof user>;

export const sessionAnswer = nullable(object({ session: object({ id: text }), user }));

/** Signed in, or asked for the second factor. */
export const signInAnswer = object({
  /** Of a sign-up whose address has to be confirmed first: null. */
  token: optional(nullable(text)),
  twoFactorRedirect: optional(boolean),
});

export const deviceSession = object({
  id: text,
  scope: oneOf("account", "docs"),
  origin: nullable(text),
  createdAt: text,
  lastAccessedAt: nullable(text),
  ipAddress: nullable(text),
  userAgent: nullable(text),
  current: boolean,
});
export type DeviceSession = Of<typeof deviceSession>;
export const sessionsAnswer = list(deviceSession);

const provider = object({ id: text, name: text });

/** `/docent/config.json`. A way in that it does not name is off. */
export const publicConfig = object({
  sites: list(object({ id: text, name: text })),
  methods: object({
    password: or(boolean, false),
    /** Mail can be sent: addresses are verified and changed, and passwords reset by it. */
    mail: or(boolean, false),
    magicLink: or(boolean, false),
    passkey: or(boolean, false),
    providers: or(list(provider), []),
  }),
});
export type PublicConfig = Of<typeof publicConfig>;

/** What was removed when an address was proved for the first time. */
export const removed = object({
  password: boolean,
  methods: list(text),
  passkeys: number,
  secondFactor: boolean,
  sessions: number,
});
export type Removed = Of<typeof removed>;

export const lookAnswer = object({
  email: text,
  newEmail: nullable(text),
  secondFactor: boolean,
  flow: nullable(text),
});
export type Look = Of<typeof lookAnswer>;

export const redeemAnswer = object({
  twoFactorRedirect: optional(boolean),
  removed: optional(removed),
  flow: or(nullable(text), null),
});
export const removedAnswer = object({ removed: optional(removed) });
export const confirmChangeAnswer = object({ changed: boolean });
export const finishAnswer = object({ location: text });

export const enableAnswer = object({ totpURI: text, backupCodes: list(text) });
export const codesAnswer = object({ backupCodes: list(text) });

export const passkeyRow = object({
  id: text,
  name: or(nullable(text), null),
  createdAt: or(nullable(text), null),
  lastUsedAt: or(nullable(text), null),
});
export type PasskeyRow = Of<typeof passkeyRow>;

export const linkedAccount = object({ id: text, providerId: text, accountId: text, createdAt: text });
export type LinkedAccount = Of<typeof linkedAccount>;

export const linkAnswer = object({ url: text });

const detail = or(object({ method: optional(text), role: optional(text), count: optional(number) }), {});
export const auditEvent = object({
  id: text,
  action: text,
  at: text,
  ipAddress: nullable(text),
  userAgent: nullable(text),
  by: text,
  detail,
});
export type AuditEvent = Of<typeof auditEvent>;
export const auditAnswer = object({ events: list(auditEvent), next: nullable(text) });

/** An answer that is handed on as it is. */
export const raw = anything;
