// The wire schemas of the administrators' routes, and of the audit trail that readers and administrators read.
import * as z from "zod/mini";
import { AUDIT_ACTIONS, auditDetail } from "./audit.ts";
import { storableText } from "./background.ts";
import { time, uuid } from "./primitives.ts";

export const PAGE_LIMITS = { users: 100, events: 200 } as const;

const readerId = z.uuid("must be the id of a reader");
/** Where the next page begins, as an answer said it. It holds what was asked for and nothing secret. */
const cursor = z.optional(z.string().check(z.maxLength(2_000)));
const limit = (most: number, fallback: number) =>
  z._default(
    z.coerce
      .number("must be a number")
      .check(z.int("must be a whole number"), z.minimum(1, "must be at least 1"), z.maximum(most)),
    fallback,
  );

/** Query of `GET /api/admin/users`: without `query` the newest first. */
export const usersQuery = z.object({
  /** How an address or a name begins, or an id. */
  query: z.optional(storableText(255)),
  cursor,
  limit: limit(PAGE_LIMITS.users, 25),
});

/** Query of `GET /api/admin/user`. */
export const userQuery = z.object({ id: readerId });

/** Query of `GET /api/audit`, the newest first. */
export const auditQuery = z.object({ cursor, limit: limit(PAGE_LIMITS.events, 50) });

/** Query of `GET /api/admin/audit`. */
export const adminAuditQuery = z.extend(auditQuery, { id: readerId });

/** Body of a change that says everything by naming a reader. */
export const readerInput = z.strictObject({ userId: readerId });

/** Body of `POST /api/admin/role`. */
export const roleInput = z.strictObject({ userId: readerId, role: z.enum(["user", "moderator", "admin"]) });

/** Body of `POST /api/admin/ban`. */
export const banInput = z.strictObject({
  userId: readerId,
  /** For administrators only: it is in no cache, no mail and no answer to the reader. */
  reason: storableText(500, 1),
  /** Until then; without it, until it is lifted. */
  until: z.optional(time),
});

/** Body of `POST /api/admin/revoke-sessions`: all of them, or one. */
export const revokeInput = z.strictObject({
  userId: readerId,
  sessionId: z.optional(z.uuid("must be the id of a session")),
});

const role = z.enum(["user", "moderator", "admin"]);
const text = z.nullable(z.string());

const summary = {
  id: uuid,
  email: z.string(),
  emailVerified: z.boolean(),
  name: z.string(),
  role,
  isActive: z.boolean(),
  banned: z.boolean(),
  /** Null for a ban without an end. */
  banExpires: z.nullable(time),
  twoFactorEnabled: z.boolean(),
  createdAt: time,
  lastLoginAt: z.nullable(time),
};
export const userSummary = z.object(summary);
export type UserSummary = z.infer<typeof userSummary>;

export const adminUser = z.object({ ...summary, banReason: text, image: text, locale: text, updatedAt: time });
export type AdminUser = z.infer<typeof adminUser>;

const next = z.nullable(z.string().check(z.describe("The cursor of the next page; null on the last.")));

export const usersAnswer = z.object({ users: z.array(userSummary), next });

const event = {
  id: uuid,
  action: z.enum(AUDIT_ACTIONS),
  at: time,
  /** Where it was done from; null where it was not the one who asks, and once the reader has gone. */
  ipAddress: text,
  userAgent: text,
  detail: auditDetail,
};

/** One event, as its reader sees it: never who else acted. */
export const ownEvent = z.object({ ...event, by: z.enum(["you", "administrator", "system"]) });
export type OwnEvent = z.infer<typeof ownEvent>;

/** One event, as administrators see it. */
export const adminEvent = z.object({
  ...event,
  by: z.enum(["reader", "administrator", "system"]),
  actorId: z.nullable(uuid),
});

export const auditAnswer = z.object({ events: z.array(ownEvent), next });
export const adminAuditAnswer = z.object({ events: z.array(adminEvent), next });

export const userAnswer = z.object({
  user: adminUser,
  methods: z.array(z.object({ provider: z.string(), createdAt: time })),
  passkeys: z.int(),
  sessions: z.array(
    z.object({
      id: uuid,
      scope: z.enum(["account", "docs"]),
      method: text,
      origin: text,
      createdAt: time,
      expiresAt: time,
      lastAccessedAt: z.nullable(time),
      ipAddress: text,
      userAgent: text,
    }),
  ),
});

/** The reader as they are after the change. */
export const changedUserAnswer = z.object({ user: adminUser });
export const endedAnswer = z.object({ ended: z.int() });
