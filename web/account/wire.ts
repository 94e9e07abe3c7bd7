// What the page reads of the Worker's answers, and nothing more: the API may grow without breaking it.
import { boolean, list, nullable, type Of, object, oneOf, optional, or, text } from "../api/shape.ts";

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
export const statusAnswer = object({ status: boolean });
export const successAnswer = object({ success: boolean });

/** Signed in, or asked for the second factor. */
export const signInAnswer = object({ user: optional(user), twoFactorRedirect: or(boolean, false) });

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

/** `/docent/config.json`. */
export const publicConfig = object({
  sites: list(object({ id: text, name: text })),
  methods: object({ password: or(boolean, false) }),
});
export type PublicConfig = Of<typeof publicConfig>;
