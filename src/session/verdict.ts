// May this session be used? Pure: takes the row and the time, does no I/O.
import { type Background, EMPTY_BACKGROUND } from "../core/background.ts";
import { standing } from "../core/standing.ts";
import type { CurrentSession } from "../http/app-env.ts";
import type { AccountDetails, SessionRow } from "./queries.ts";

/** Why a credential is refused. All but `conflict` get the same public answer; the log has the reason. */
export type Refusal = "forged" | "conflict" | "misplaced" | "unknown" | "expired" | "inactive" | "banned";

export type Verdict =
  | { ok: true; session: CurrentSession; account: AccountDetails; lastAccessedAt: Date | null }
  | { ok: false; reason: Refusal };

/** Reads a row as of `now` (milliseconds since the epoch). */
export function verdict(row: SessionRow | undefined, now: number): Verdict {
  if (!row) return { ok: false, reason: "unknown" };
  if (row.session.expiresAt.getTime() <= now) return { ok: false, reason: "expired" };
  const stands = standing(row.user, now);
  if (stands !== "good") return { ok: false, reason: stands };
  return {
    ok: true,
    lastAccessedAt: row.session.lastAccessedAt,
    session: {
      id: row.session.id,
      userId: row.session.userId,
      loginId: row.session.loginId,
      scope: row.session.scope,
      origin: row.session.origin,
      expiresAt: row.session.expiresAt.getTime(),
      createdAt: row.session.createdAt.getTime(),
      authenticatedAt: row.session.authenticatedAt.getTime(),
      role: row.user.role,
      emailVerified: row.user.emailVerified,
      twoFactorEnabled: row.user.twoFactorEnabled,
      skillLevel: row.user.skillLevel,
      operatingSystem: row.user.operatingSystem,
      background: backgroundOf(row.background),
    },
    account: {
      email: row.user.email,
      name: row.user.name,
      image: row.user.image,
      userCreatedAt: row.user.createdAt,
      userUpdatedAt: row.user.updatedAt,
      sessionUpdatedAt: row.session.updatedAt,
      ipAddress: row.session.ipAddress,
      userAgent: row.session.userAgent,
    },
  };
}

function backgroundOf(row: SessionRow["background"]): Background {
  if (!row) return EMPTY_BACKGROUND;
  return { ...row, updatedAt: row.updatedAt.toISOString() };
}
