// A reader's linked providers, on the Worker's own page: in Better Auth's shape, not by Better Auth, which unlinks in two
// statements and counts no other way in than accounts.
import type { Context } from "hono";
import { FLOW_SECONDS } from "../../core/hand-off.ts";
import { linkSocialInput, unlinkAccountInput } from "../../core/linked-accounts.ts";
import type { Notice } from "../../core/mail.ts";
import type { AuditInsert } from "../../db/audit.ts";
import type { Database } from "../../db/client.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { readJson } from "../../http/body.ts";
import { callerOf } from "../../http/caller.ts";
import { problem } from "../../http/problem.ts";
import { FLOW_COOKIE, secretCookie, setFlowCookie } from "../../http/session-cookie.ts";
import { begin } from "../hand-off/flows.ts";
import { requestOf } from "../hand-off/start.ts";
import { newSecret } from "../one-time-tokens.ts";
import type { WaysIn } from "../ways-in.ts";
import { listAccounts, unlinkAccount } from "./linked-accounts.ts";
import type { Providers } from "./switched-on.ts";

type C = Context<AppEnv>;

export interface LinkingDeps {
  db: Database;
  providers: Providers;
  ways: WaysIn;
  baseUrl: string;
  auditInsert: AuditInsert;
  now: () => number;
  randomId: () => string;
  onEnded: (tokens: readonly string[]) => void;
  notify: (userId: string, notice: Notice) => void;
}

export function linkingHandlers(deps: LinkingDeps) {
  const { db, now, randomId } = deps;
  return {
    /** `GET /api/auth/list-accounts` */
    async list(c: C): Promise<Response> {
      const rows = await listAccounts(db, c.get("session").userId);
      return c.json(rows.map((row) => ({ ...row, scopes: [] })));
    },

    /** `POST /api/auth/link-social` */
    async link(c: C): Promise<Response> {
      const body = await readJson(c, linkSocialInput);
      if (!body.ok) return body.response;
      const provider = deps.providers.get(body.value.provider);
      if (!provider) return problem(c, "not-found");
      const { id: sessionId, userId, emailVerified } = c.get("session");
      // Otherwise somebody could register another's address, and leave a way in for the day its owner comes.
      if (!emailVerified) {
        return c.json({ code: "EMAIL_NOT_VERIFIED", message: "Verify your address first." }, 403);
      }
      const { url, request } = await requestOf(provider, deps.baseUrl);
      const binding = secretCookie(c.req.raw.headers.get("cookie"), FLOW_COOKIE) ?? newSecret();
      const link = { userId, sessionId };
      await begin(db, { binding, request: { ...request, flow: null, link }, now: now(), randomId });
      const going = c.json({ url, redirect: true });
      setFlowCookie(going.headers, binding, FLOW_SECONDS);
      return going;
    },

    /** `POST /api/auth/unlink-account` */
    async unlink(c: C): Promise<Response> {
      const body = await readJson(c, unlinkAccountInput);
      if (!body.ok) return body.response;
      const { userId, loginId } = c.get("session");
      const { found, gone, ended } = await unlinkAccount(
        db,
        {
          ...callerOf(c.req.raw.headers),
          userId,
          loginId,
          id: body.value.accountId,
          ways: deps.ways,
          at: new Date(now()),
        },
        deps.auditInsert,
      );
      if (found === null) return c.json({ code: "ACCOUNT_NOT_FOUND", message: "Account not found" }, 400);
      if (gone === null) {
        return c.json({ code: "FAILED_TO_UNLINK_LAST_ACCOUNT", message: "You can't unlink your last account" }, 400);
      }
      deps.onEnded(ended);
      deps.notify(userId, { kind: "method-unlinked", method: deps.providers.get(gone)?.name ?? gone });
      return c.json({ status: true });
    },
  };
}
