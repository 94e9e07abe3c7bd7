// The wire schema of "who is this?".
import * as z from "zod/mini";
import { background } from "./background.ts";
import { time, uuid } from "./primitives.ts";

const session = z.object({
  id: uuid,
  /** `docs`: a bearer's session, whose rights are those of a docs page. */
  scope: z.enum(["account", "docs"]),
  createdAt: time,
  expiresAt: time,
  /** When a credential was last proved. */
  authenticatedAt: time,
});

const reader = z.object({
  id: uuid,
  role: z.enum(["user", "moderator", "admin"]),
  emailVerified: z.boolean(),
  twoFactorEnabled: z.boolean(),
  skillLevel: z.nullable(z.string()),
  operatingSystem: z.nullable(z.string()),
  background,
});

/** Answer of `GET /api/session`; without credentials only `{session: null}`. */
export const sessionAnswer = z.union([z.object({ session, reader }), z.object({ session: z.null() })]);
