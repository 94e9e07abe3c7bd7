// Which of Better Auth's endpoints can be reached at all. An allow-list in front of its handler: its own
// `disabledPaths` matches exactly and not with parameters. A test enumerates the instance and fails on an endpoint
// that is in neither list, so that an upgrade cannot open one unnoticed.

/** Reached through Better Auth's handler. */
export const THROUGH_BETTER_AUTH = ["/update-user"] as const;
export type BetterAuthPath = (typeof THROUGH_BETTER_AUTH)[number];

/**
 * The same path and shape, answered by us: sessions are ours, a change of password must be atomic, and Better Auth's mailed
 * links are stateless, good again until they are old.
 */
export const ANSWERED_BY_US = [
  "/sign-up/email",
  "/sign-in/email",
  "/get-session",
  "/sign-out",
  "/list-sessions",
  "/revoke-session",
  "/revoke-sessions",
  "/revoke-other-sessions",
  "/change-password",
  "/callback/:id",
  "/list-accounts",
  "/link-social",
  "/unlink-account",
  "/delete-user",
  "/send-verification-email",
  "/verify-email",
  "/request-password-reset",
  "/reset-password",
  "/change-email",
] as const;

/** Paths and shapes of plugins that are not installed: their official clients work against ours. */
export const ANSWERED_FOR_PLUGINS = [
  "/two-factor/enable",
  "/two-factor/disable",
  "/two-factor/verify-totp",
  "/two-factor/verify-backup-code",
  "/two-factor/generate-backup-codes",
  "/passkey/generate-register-options",
  "/passkey/verify-registration",
  "/passkey/generate-authenticate-options",
  "/passkey/verify-authentication",
  "/passkey/list-user-passkeys",
  "/passkey/update-passkey",
  "/passkey/delete-passkey",
] as const;

/** Never reachable, with the reason. */
export const REFUSED: Readonly<Record<string, string>> = {
  "/sign-in/social": "a way by redirect begins with a navigation to /start; no script brings an ID token or scopes",
  "/get-access-token": "hands a provider's token to a script",
  "/refresh-token": "hands a provider's token to a script",
  "/account-info": "reads from the provider with the reader's token",
  "/update-session": "session columns are the server's",
  "/reset-password/:token": "a GET that consumes what a mail scanner follows",
  "/verify-password": "a place to guess passwords; a step-up is given on the Worker's own page",
  "/delete-user/callback": "a GET that deletes",
  "/ok": "GET /healthz says it",
  "/error": "a page that shows what its query string says",
};
