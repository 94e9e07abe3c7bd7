// What a route needs that its example cannot hold: a secret that was mailed, a question that is open. Made as rows, as the
// Worker would have made them, so that the tests of all routes can call every one of them with success.

import { challengeOf } from "../../src/auth/hand-off/handlers.ts";
import { identifierOf, newSecret, type Purpose } from "../../src/auth/one-time-tokens.ts";
import type { OPERATIONS } from "../../src/core/contract/contract.ts";
import type { LinkKind } from "../../src/core/mail-links.ts";
import { Authenticator } from "./authenticator.ts";
import { insertLink } from "./mail-links.ts";
import { insertChallenge, insertPasskey } from "./passkeys.ts";
import { insertMailCode } from "./proofs.ts";
import { BACKUP_CODE, insertSecondFactor, openQuestion, totpCode } from "./second-factor.ts";

type Described = (typeof OPERATIONS)[number];

export interface Made {
  /** Instead of the example. */
  json?: unknown;
  /** Beside the cookies that the browser sends: `name=value`. */
  cookie?: string;
}

/** Runs SQL behind the Worker's back. */
export type Query = (text: string, values: unknown[]) => Promise<Record<string, unknown>[]>;

/** What the Worker was built with. */
export interface Built {
  authSecret: string;
  baseUrl: string;
}

export interface Given {
  query: Query;
  worker: Built;
  /** Of the session that the request carries; undefined for nobody's. */
  reader: { userId: string; sessionId: string; email: string } | undefined;
}

/** The reader of the session; a new one where there is none. */
async function someReader({ query, reader }: Given): Promise<string> {
  if (reader) return reader.userId;
  const userId = crypto.randomUUID();
  await query(
    `insert into "user" (id, email, created_at, updated_at) values ($1, $2, $3::timestamptz, $3::timestamptz)`,
    [userId, `${userId}@example.test`, new Date().toISOString()],
  );
  return userId;
}

/** The same, with the address. */
async function someAddress(given: Given): Promise<{ userId: string; email: string }> {
  const userId = await someReader(given);
  return { userId, email: given.reader?.email ?? `${userId}@example.test` };
}

/** A link that was mailed, and the body that redeems it. */
const linkOf =
  (kind: LinkKind, beside: object, { data = {}, of = someAddress }: { data?: object; of?: typeof someAddress } = {}) =>
  async (given: Given) => {
    const token = await insertLink(given.query, kind, { ...(await of(given)), data });
    return { json: { token, ...beside } };
  };

/** The reader has no password. */
const withoutPassword = async ({ query, reader }: Given) => {
  if (reader) await query("delete from account where user_id = $1 and provider_id = 'credential'", [reader.userId]);
  return {};
};

/** A question that is open, and what it is asked for. */
const questionFor = (code: () => string) => async (given: Given) => {
  const userId = await someReader(given);
  await insertSecondFactor(given.query, given.worker.authSecret, userId, false);
  return { json: { code: code() }, cookie: await openQuestion(given.query, userId) };
};

/** The reader has a second factor. */
const withFactor = async ({ query, worker, reader }: Given) => {
  if (reader) await insertSecondFactor(query, worker.authSecret, reader.userId, false);
  return {};
};

/** The reader has proved the address. */
const withVerifiedAddress = async ({ query, reader }: Given) => {
  if (reader) await query(`update "user" set email_verified = true where id = $1`, [reader.userId]);
  return {};
};

/** The reader has a password, and an account at a provider. */
const withTwoWays = async ({ query, reader }: Given) => {
  if (!reader) return {};
  const accountId = reader.userId;
  await query(
    `insert into account (id, user_id, provider_id, account_id, password, created_at, updated_at)
     values ($1::uuid, $2::uuid, 'github', $2::text, null, $3::timestamptz, $3::timestamptz),
       ($4::uuid, $2::uuid, 'credential', $2::text, 'no hash', $3::timestamptz, $3::timestamptz)
     on conflict (provider_id, account_id) do nothing`,
    [crypto.randomUUID(), accountId, new Date().toISOString(), crypto.randomUUID()],
  );
  const [link] = await query("select id from account where user_id = $1::uuid and provider_id = 'github'", [accountId]);
  return { json: { accountId: String(link?.id) } };
};
/** Of the readers that the examples of the administrators' routes name. */
const TARGET = { userId: "0ab5ec3e-1d7d-4514-a8a6-1399cafbc54e", email: "lena-whom-administrators-see@example.test" };

/** The caller becomes an administrator, and the reader of the example is there, as if nothing had happened to them. */
async function administrator({ query, reader }: Given): Promise<Made> {
  await query(
    `insert into "user" (id, email, email_verified, created_at, updated_at) values ($1, $2, true, $3, $3)
     on conflict (id) do update set role = 'user', banned = false, ban_reason = null, ban_expires = null, is_active = true,
       updated_at = excluded.updated_at`,
    [TARGET.userId, TARGET.email, "2026-01-01T00:00:00Z"],
  );
  await query("delete from audit_event where user_id = $1", [TARGET.userId]);
  if (reader) await query(`update "user" set role = 'admin' where id = $1`, [reader.userId]);
  return {};
}

/**
 * By operation. Called anew for each request: what is used up by one is there for the next. To do it once more changes
 * nothing that a test of refusals looks at.
 */
const MAKE: Partial<Record<Described["id"], (given: Given) => Promise<Made>>> = {
  verifyEmail: linkOf("verify-address", {}),
  lookAtMailLink: linkOf("magic-link", { kind: "magic-link" }),
  redeemMagicLink: linkOf("magic-link", {}),
  // Not the reader's own: every session of theirs would end.
  resetPassword: linkOf(
    "reset-password",
    { newPassword: "another horse battery" },
    { of: (given) => someAddress({ ...given, reader: undefined }) },
  ),
  confirmEmailChange: linkOf(
    "change-address",
    {},
    { data: { newEmail: "lena.new@example.test", other: "0ab5ec3e-1d7d-4514-a8a6-1399cafbc54e", confirmed: false } },
  ),
  setPassword: withoutPassword,
  sendMailCode: async (given) => {
    // Mails are counted, and these are many.
    await given.query("delete from attempt", []);
    return withVerifiedAddress(given);
  },
  proveMailCode: async ({ query, reader }) => {
    if (!reader) return {};
    await insertMailCode(query, reader, "123456");
    return { json: { code: "123456" } };
  },
  passkeySignIn: async (given) => {
    const { authenticator } = await insertPasskey(given.query, await someReader(given), given.worker.baseUrl);
    const secret = newSecret();
    const challenge = await insertChallenge(given.query, "passkey-sign-in", secret, null);
    const response = await authenticator.sign({ challenge });
    return { json: { response, rememberMe: true }, cookie: `__Host-docent.passkey=${secret}` };
  },
  passkeyRegistrationOptions: withVerifiedAddress,
  registerPasskey: async (given) => {
    const { query, reader, worker } = given;
    if (!reader) return {};
    await withVerifiedAddress(given);
    const challenge = await insertChallenge(query, "passkey-registration", reader.sessionId, reader.userId);
    const authenticator = await Authenticator.create(worker.baseUrl);
    return { json: { response: await authenticator.register({ challenge, user: { id: "" } }), name: "Phone" } };
  },
  listPasskeys: async ({ query, reader, worker }) => {
    if (reader) await insertPasskey(query, reader.userId, worker.baseUrl);
    return {};
  },
  renamePasskey: async ({ query, reader, worker }) => {
    if (!reader) return {};
    return { json: { id: (await insertPasskey(query, reader.userId, worker.baseUrl)).id, name: "Laptop" } };
  },
  deletePasskey: async ({ query, reader, worker }) => {
    if (!reader) return {};
    return { json: { id: (await insertPasskey(query, reader.userId, worker.baseUrl)).id } };
  },
  provePasskey: async ({ query, reader, worker }) => {
    if (!reader) return {};
    const { authenticator } = await insertPasskey(query, reader.userId, worker.baseUrl);
    const challenge = await insertChallenge(query, "passkey-proof", reader.sessionId, reader.userId);
    return { json: { response: await authenticator.sign({ challenge }) } };
  },
  verifyTotp: questionFor(() => totpCode()),
  verifyBackupCode: questionFor(() => BACKUP_CODE),
  // An administrator who is the only one may not.
  deleteAccount: async ({ query, reader }) => {
    if (reader) await query(`update "user" set role = 'user' where id = $1 and role <> 'user'`, [reader.userId]);
    return {};
  },
  listUsers: administrator,
  readUser: administrator,
  listEvents: administrator,
  changeRole: administrator,
  banUser: administrator,
  unbanUser: administrator,
  deactivateUser: administrator,
  activateUser: administrator,
  revokeUserSessions: administrator,
  exportUser: administrator,
  deleteUser: administrator,
  enableTwoFactor: async (given) => {
    const { query, reader } = given;
    if (!reader) return {};
    await query("delete from two_factor where user_id = $1", [reader.userId]);
    await query(`update "user" set two_factor_enabled = false where id = $1`, [reader.userId]);
    return withVerifiedAddress(given);
  },
  newBackupCodes: withFactor,
  disableTwoFactor: withFactor,
  redeemHandOff: async ({ query, reader }) => {
    const [code, verifier] = [newSecret(), newSecret()];
    const sessionId = reader?.sessionId ?? (await insertSession(query));
    const value = { ...FLOW, challenge: await challengeOf(verifier), sessionId, forget: false };
    await insertToken(query, "hand-off", code, value);
    return { json: { flow: FLOW.id, code, verifier } };
  },
  linkProvider: withVerifiedAddress,
  unlinkProvider: withTwoWays,
  finishHandOff: async ({ query }) => {
    const binding = newSecret();
    await insertToken(query, "flow", `${binding}.${FLOW.id}`, FLOW);
    return { cookie: `__Host-docent.flow=${binding}` };
  },
};

/** As the Worker's own page asks, which is how the tests of all routes call. */
const FLOW = {
  id: "cGFnZS1tYWRlLWZsb3ctaWQ",
  site: "course",
  origin: "http://localhost:8787",
  returnTo: "http://localhost:4321/",
  challenge: "",
  purpose: "sign-in",
};

/** Of a new reader. @returns its id */
async function insertSession(query: Query): Promise<string> {
  const [userId, sessionId] = [crypto.randomUUID(), crypto.randomUUID()];
  await query(
    `with reader as (insert into "user" (id, email, created_at, updated_at)
       values ($1::uuid, $1::uuid::text || '@example.test', $3::timestamptz, $3::timestamptz) returning id)
     insert into session (id, token, user_id, expires_at, authenticated_at, login_id, created_at, updated_at)
     select $2::uuid, $4, id, $3::timestamptz + interval '1 day', $3, $2::uuid, $3, $3 from reader`,
    [userId, sessionId, new Date().toISOString(), crypto.randomUUID().replaceAll("-", "")],
  );
  return sessionId;
}

/** A single-use secret that is good for a minute of the test's clock. */
async function insertToken(query: Query, purpose: Purpose, secret: string, value: object): Promise<void> {
  const at = new Date();
  await query(
    `insert into verification (id, identifier, value, expires_at, created_at, updated_at) values ($1, $2, $3, $4, $5, $5)`,
    [
      crypto.randomUUID(),
      await identifierOf(purpose, secret),
      JSON.stringify(value),
      new Date(at.getTime() + 60_000).toISOString(),
      at.toISOString(),
    ],
  );
}

const TOKEN = /__Host-docent\.session_token=([\w-]+)/;

export async function prepare({ id }: Described, query: Query, worker: Built, cookie: string): Promise<Made> {
  const make = MAKE[id];
  if (!make) return {};
  const token = TOKEN.exec(cookie)?.[1];
  const [row] =
    token === undefined
      ? []
      : await query(
          `select s.user_id as "userId", s.id as "sessionId", u.email from session s join "user" u on u.id = s.user_id
           where s.token = $1`,
          [token],
        );
  const reader = row && { userId: String(row.userId), sessionId: String(row.sessionId), email: String(row.email) };
  return make({ query, worker, reader });
}
