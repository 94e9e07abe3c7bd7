// Is this a code of the reader's second factor? Says so, or how to take it in the statement that it is for; whatever
// may not be answered without a second factor asks here. Only who has passed the first factor gets to ask.
//
// Wrong codes count for the account, all ways in together. After five in a row the app's codes are not looked at for
// a minute, after each further one for twice as long, up to an hour; after a hundred not until a backup code was used.
// A backup code is always looked at, because nobody guesses one, and ends the waiting; so does a right code of the app.
import type { SQL } from "drizzle-orm";
import type { AuditInsert } from "../../db/audit.ts";
import type { Database } from "../../db/client.ts";
import type { Caller } from "../../http/caller.ts";
import { backupCodeHash } from "./backup-codes.ts";
import {
  countFailure,
  type Factor,
  type Failure,
  findFactor,
  MAX_FAILURES,
  take,
  takeBackupCode,
  takeStep,
} from "./queries.ts";
import type { SecretSealer } from "./sealed-secret.ts";
import { stepOf } from "./totp.ts";

/** Six digits are the app's; everything else is a backup code. */
const isTotp = (code: string) => /^\d{6}$/.test(code);

/** What is known before anything was written. */
export type Weighed =
  /**
   * Items of a `with`, of which `taken` has a row (`user_id`) if it still holds when the statement runs, and what is
   * given holds as well. A backup code is looked at there and nowhere else.
   */
  { kind: "right"; taking: (when?: SQL) => SQL } | { kind: "wrong" } | { kind: "waits"; until: Date | null };

export type Checked = { kind: "right" } | { kind: "wrong" } | { kind: "waits"; until: Date | null } | { kind: "none" };

/** What the reader is told by mail. */
export type SecondFactorNotice =
  | "second-factor-enabled"
  | "second-factor-disabled"
  | "backup-codes-made"
  | "backup-code-used";

export interface SecondFactorDeps {
  db: Database;
  now: () => number;
  sealer: SecretSealer;
  auditInsert: AuditInsert;
  /** Tells the reader, after the response. */
  notify: (userId: string, notice: { kind: SecondFactorNotice }) => void;
}

export type SecondFactor = ReturnType<typeof secondFactor>;

export function secondFactor({ db, now, sealer, auditInsert, notify }: SecondFactorDeps) {
  async function weigh(userId: string, factor: Factor, code: string, caller: Caller): Promise<Weighed> {
    const at = new Date(now());
    if (!isTotp(code)) {
      const hash = await backupCodeHash(code);
      return { kind: "right", taking: (when) => takeBackupCode(factor, hash, caller, at, auditInsert, when) };
    }
    if (factor.failures >= MAX_FAILURES) return { kind: "waits", until: null };
    if (factor.lockedUntil && factor.lockedUntil > at) return { kind: "waits", until: factor.lockedUntil };
    const secret = await sealer.open(userId, factor.secret);
    const step = secret && (await stepOf(secret, code, at.getTime()));
    return step === undefined
      ? { kind: "wrong" }
      : { kind: "right", taking: (when) => takeStep(factor, step, at, when) };
  }

  /**
   * Counts a code that was wrong, or was not taken: which of the two must not show.
   * @param identifier of the question that it answers, if it does
   */
  async function failed(
    factor: Factor,
    code: string,
    identifier: string | null = null,
  ): Promise<Failure & { kind: "wrong" | "waits" }> {
    const counted = await countFailure(db, factor, new Date(now()), identifier);
    // Not counted, because others came first and it has to wait: then it was not looked at either.
    return { ...counted, kind: counted.failures === null && isTotp(code) ? "waits" : "wrong" };
  }

  /** Call after a code was taken. */
  function taken(userId: string, code: string): void {
    if (!isTotp(code)) notify(userId, { kind: "backup-code-used" });
  }

  return {
    weigh,
    taken,
    failed,

    /** Takes a code, or counts it. Of two who give the same one, one is right. `none`: there is no second factor. */
    async check(userId: string, code: string, caller: Caller): Promise<Checked> {
      const factor = await findFactor(db, userId);
      if (!factor) return { kind: "none" };
      const weighed = await weigh(userId, factor, code, caller);
      if (weighed.kind === "waits") return weighed;
      if (weighed.kind === "right" && (await take(db, weighed.taking()))) {
        taken(userId, code);
        return { kind: "right" };
      }
      const { kind, lockedUntil } = await failed(factor, code);
      return kind === "waits" ? { kind, until: lockedUntil } : { kind };
    },
  };
}
