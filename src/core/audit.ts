// What the audit trail may say. Both lists are complete: what is not on them cannot be written, so that no address,
// token or secret gets into a trail that outlives the reader.
import * as z from "zod/mini";
import { time } from "./primitives.ts";

export const AUDIT_ACTIONS = [
  "account.created",
  "account.exported",
  "account.deleted",
  "account.banned",
  "account.unbanned",
  "account.deactivated",
  "account.activated",
  "account.changed",
  "role.changed",
  "session.created",
  "session.ended",
  "sessions.ended",
  "address.verified",
  "address.changed",
  "password.changed",
  "password.reset",
  "password.set",
  "method.linked",
  "method.unlinked",
  "passkey.added",
  "passkey.renamed",
  "passkey.removed",
  "second-factor.enabled",
  "second-factor.disabled",
  "backup-codes.made",
  "backup-code.used",
  "identity.proved",
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** What else an event may say. Every value is one that the system made or chose from a list. */
export const auditDetail = z.strictObject({
  /** How: `password`, `magic-link`, `passkey` or a provider's id. */
  method: z.optional(z.string().check(z.maxLength(60))),
  role: z.optional(z.enum(["user", "moderator", "admin"])),
  previousRole: z.optional(z.enum(["user", "moderator", "admin"])),
  /** Until when. */
  until: z.optional(time),
  /** How many. */
  count: z.optional(z.int()),
  /** Why something was not done by a person: `inactive`, `unverified`. */
  cause: z.optional(z.enum(["inactive", "unverified", "replaced", "unproven"])),
});
export type AuditDetail = z.infer<typeof auditDetail>;
