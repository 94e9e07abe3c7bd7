// The reader's passkeys: seen, named and taken away. Never the last way in.
import type { Context } from "hono";
import { deletePasskeyInput, updatePasskeyInput } from "../../core/passkey.ts";
import type { AuditInsert } from "../../db/audit.ts";
import type { Database } from "../../db/client.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { readJson } from "../../http/body.ts";
import { callerOf } from "../../http/caller.ts";
import type { WaysIn } from "../ways-in.ts";
import { listPasskeys, removePasskey, renamePasskey } from "./queries.ts";

type C = Context<AppEnv>;

export interface PasskeySettingsDeps {
  db: Database;
  now: () => number;
  ways: WaysIn;
  auditInsert: AuditInsert;
  /** These sessions have ended. */
  onEnded: (tokens: readonly string[]) => void;
  /** Tells the reader, after the response. */
  notify: (userId: string, notice: { kind: "passkey-added" | "passkey-removed" }) => void;
}

export function passkeySettings({ db, now, ways, auditInsert, onEnded, notify }: PasskeySettingsDeps) {
  const notFound = (c: C) => c.json({ code: "PASSKEY_NOT_FOUND", message: "Passkey not found" }, 404);
  const changeOf = (c: C, id: string) => {
    const { userId } = c.get("session");
    return { ...callerOf(c.req.raw.headers), id, userId, at: new Date(now()) };
  };
  return {
    /** `GET /api/auth/passkey/list-user-passkeys`. */
    async list(c: C): Promise<Response> {
      return c.json(await listPasskeys(db, c.get("session").userId));
    },

    /** `POST /api/auth/passkey/update-passkey`. */
    async rename(c: C): Promise<Response> {
      const body = await readJson(c, updatePasskeyInput);
      if (!body.ok) return body.response;
      const passkey = await renamePasskey(db, changeOf(c, body.value.id), body.value.name, auditInsert);
      return passkey ? c.json({ passkey }) : notFound(c);
    },

    /** `POST /api/auth/passkey/delete-passkey`. */
    async remove(c: C): Promise<Response> {
      const body = await readJson(c, deletePasskeyInput);
      if (!body.ok) return body.response;
      const { userId, loginId } = c.get("session");
      const outcome = await removePasskey(db, changeOf(c, body.value.id), { loginId, ways }, auditInsert);
      if (outcome?.removed) {
        onEnded(outcome.ended);
        notify(userId, { kind: "passkey-removed" });
        return c.json({ status: true });
      }
      if (!outcome?.there) return notFound(c);
      return c.json({ code: "LAST_WAY_IN", message: "Without this passkey you could not sign in any more." }, 400);
    },
  };
}
