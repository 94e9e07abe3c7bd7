// What the administrators' part reads of the Worker's answers.
import { boolean, list, nullable, number, type Of, object, oneOf, text } from "../../api/shape.ts";
import { auditEvent } from "../wire.ts";

const role = oneOf("user", "moderator", "admin");

export const userSummary = object({
  id: text,
  email: text,
  emailVerified: boolean,
  name: text,
  role,
  isActive: boolean,
  banned: boolean,
  banExpires: nullable(text),
  twoFactorEnabled: boolean,
  createdAt: text,
  lastLoginAt: nullable(text),
});
export type UserSummary = Of<typeof userSummary>;

export const usersAnswer = object({ users: list(userSummary), next: nullable(text) });

export const adminUser = (value: unknown) => ({
  ...userSummary(value),
  ...object({ banReason: nullable(text) })(value),
});
export type AdminUser = ReturnType<typeof adminUser>;

const session = object({
  id: text,
  scope: oneOf("account", "docs"),
  origin: nullable(text),
  createdAt: text,
  lastAccessedAt: nullable(text),
  ipAddress: nullable(text),
  userAgent: nullable(text),
});
export type ReaderSession = Of<typeof session>;

export const userAnswer = object({
  user: adminUser,
  methods: list(object({ provider: text })),
  passkeys: number,
  sessions: list(session),
});
export type UserAnswer = Of<typeof userAnswer>;

export const adminAuditAnswer = object({ events: list(auditEvent), next: nullable(text) });
