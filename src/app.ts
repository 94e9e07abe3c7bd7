// The table of contents: the order of the middleware and every route of the Worker. Static assets (/docent.js,
// /docent/*) are served before it is asked. No decision is taken here.
import { Hono, type MiddlewareHandler } from "hono";
import type { auditHandlers } from "./admin/audit-handlers.ts";
import type { adminHandlers } from "./admin/handlers.ts";
import type { changePasswordHandler } from "./auth/change-password.ts";
import type { deleteAccountHandlers } from "./auth/delete-account.ts";
import type { handOffHandlers } from "./auth/hand-off/handlers.ts";
import type { startHandler } from "./auth/hand-off/start.ts";
import type { authHandlers } from "./auth/handlers.ts";
import type { changeAddressHandlers } from "./auth/mail-links/change-address.ts";
import type { lookHandler } from "./auth/mail-links/look.ts";
import type { magicLinkHandlers } from "./auth/mail-links/magic-link.ts";
import type { resetPasswordHandlers } from "./auth/mail-links/reset-password.ts";
import type { verifyAddressHandlers } from "./auth/mail-links/verify-address.ts";
import type { ceremonyHandlers } from "./auth/passkeys/ceremonies.ts";
import type { passkeySettings } from "./auth/passkeys/settings.ts";
import { inBetterAuthShape } from "./auth/problem-shape.ts";
import type { mailCodeHandlers } from "./auth/proofs/mail-code.ts";
import type { provePasswordHandler } from "./auth/proofs/password.ts";
import type { callbackHandler } from "./auth/providers/callback.ts";
import type { linkingHandlers } from "./auth/providers/linking.ts";
import type { answerHandlers } from "./auth/second-factor/answer.ts";
import type { settingsHandlers } from "./auth/second-factor/settings.ts";
import type { setPasswordHandler } from "./auth/set-password.ts";
import type { passwordSignInHandler } from "./auth/sign-in/password.ts";
import type { signUpHandler } from "./auth/sign-in/sign-up.ts";
import type { catalogueHandlers } from "./content/catalogue-handlers.ts";
import type { recommendationHandlers } from "./content/recommendation-handlers.ts";
import { isUnavailable, sqlState } from "./db/unavailable.ts";
import { accessLog } from "./http/access-log.ts";
import type { AppEnv } from "./http/app-env.ts";
import { refuseBearer } from "./http/bearer.ts";
import { noSuchRoute } from "./http/no-such-route.ts";
import { type ErrorLog, onError } from "./http/on-error.ts";
import { allowOrigins, corsForListedOrigins, type Origins } from "./http/origin.ts";
import { problem } from "./http/problem.ts";
import type { RateLimits } from "./http/rate-limit.ts";
import { securityHeaders } from "./http/security-headers.ts";
import { sessionCookieForm } from "./http/session-cookie.ts";
import type { healthHandlers } from "./maintenance/health.ts";
import type { backgroundHandlers } from "./reader/background-handlers.ts";
import type { exportHandlers } from "./reader/export.ts";
import type { meHandlers } from "./reader/me.ts";
import type { personalizationHandlers } from "./reader/personalization.ts";
import type { profileHandlers } from "./reader/profile.ts";
import type { progressHandlers } from "./reader/progress.ts";
import type { sessionHandlers } from "./session/handlers.ts";
import { requireReader } from "./session/require-reader.ts";
import type { SessionResolver } from "./session/resolver.ts";

/** Milliseconds a proof of identity opens what only its owner may see or end. */
const STEP_UP_MS = 10 * 60_000;

export interface AppDeps {
  /** The ways in that are switched on. */
  methods: { password: boolean; passkey: boolean; mail: boolean; magicLink: boolean; provider: boolean };
  origins: Origins;
  limits: RateLimits;
  /** In front of what a program must not do, where the owner asks for a challenge. */
  captcha: MiddlewareHandler<AppEnv>;
  resolver: SessionResolver;
  auth: ReturnType<typeof authHandlers>;
  signUp: ReturnType<typeof signUpHandler>;
  passwordSignIn: ReturnType<typeof passwordSignInHandler>;
  start: ReturnType<typeof startHandler>;
  handOff: ReturnType<typeof handOffHandlers>;
  callback: ReturnType<typeof callbackHandler>;
  linking: ReturnType<typeof linkingHandlers>;
  changePassword: ReturnType<typeof changePasswordHandler>;
  provePassword: ReturnType<typeof provePasswordHandler>;
  mailCode: ReturnType<typeof mailCodeHandlers>;
  passkey: ReturnType<typeof ceremonyHandlers> & ReturnType<typeof passkeySettings>;
  factor: ReturnType<typeof answerHandlers> & ReturnType<typeof settingsHandlers>;
  deleteAccount: ReturnType<typeof deleteAccountHandlers>;
  setPassword: ReturnType<typeof setPasswordHandler>;
  lookAtMailLink: ReturnType<typeof lookHandler>;
  verifyAddress: ReturnType<typeof verifyAddressHandlers>;
  magicLink: ReturnType<typeof magicLinkHandlers>;
  resetPassword: ReturnType<typeof resetPasswordHandlers>;
  changeAddress: ReturnType<typeof changeAddressHandlers>;
  session: ReturnType<typeof sessionHandlers>;
  background: ReturnType<typeof backgroundHandlers>;
  profile: ReturnType<typeof profileHandlers>;
  personalization: ReturnType<typeof personalizationHandlers>;
  progress: ReturnType<typeof progressHandlers>;
  me: ReturnType<typeof meHandlers>;
  exports: ReturnType<typeof exportHandlers>;
  catalogue: ReturnType<typeof catalogueHandlers>;
  recommendations: ReturnType<typeof recommendationHandlers>;
  audit: ReturnType<typeof auditHandlers>;
  admin: ReturnType<typeof adminHandlers>;
  health: ReturnType<typeof healthHandlers>;
  now: () => number;
  randomId: () => string;
  log: ErrorLog;
}

export function createApp(deps: AppDeps): Hono<AppEnv> {
  const { auth, changePassword, session, background, catalogue, recommendations, health, resolver } = deps;
  const { profile, personalization, progress, me, exports, factor, mailCode, passkey, audit, admin } = deps;
  // From a docs page, or from the Worker's own pages only: docs pages run third-party scripts.
  const docs = allowOrigins(deps.origins, "docs");
  const own = allowOrigins(deps.origins, "own");
  /** In front of what can be guessed, what sends a mail, and what leaves a row behind: so often per client address. */
  const { guess, send, begin } = deps.limits;
  /** Behind what docs pages may call as well, and have not been answered by. */
  const elseOwn = own;
  const reader = requireReader(resolver, deps.now);
  /** Postgres is asked: a session that was just ended changes nothing any more. */
  const accountNow = requireReader(resolver, deps.now, { authoritative: true, account: true });
  const provedNow = requireReader(resolver, deps.now, {
    authoritative: true,
    account: true,
    provedWithinMs: STEP_UP_MS,
  });
  const adminNow = requireReader(resolver, deps.now, { authoritative: true, account: true, atLeast: "admin" });
  const adminProvedNow = requireReader(resolver, deps.now, {
    authoritative: true,
    account: true,
    atLeast: "admin",
    provedWithinMs: STEP_UP_MS,
  });

  const app = new Hono<AppEnv>();
  app.onError(onError({ log: deps.log, isUnavailable, sqlState }));
  app.notFound(noSuchRoute(app));

  app.use(accessLog(deps));
  app.use(securityHeaders);
  app.use("/api/*", corsForListedOrigins(deps.origins));
  app.use("/api/*", sessionCookieForm(deps.origins));
  app.use("/api/auth/*", inBetterAuthShape, refuseBearer);

  app.get("/healthz", health.alive);
  app.get("/readyz", guess, health.ready);

  // Navigations: a browser goes there, and is sent on. What they look at is a cookie of their own.
  app.get("/start", begin, deps.start);
  app.get("/api/auth/callback/:id", begin, deps.callback);
  app.post("/api/hand-off", docs, guess, deps.handOff.redeem);
  app.post("/api/hand-off/finish", own, guess, accountNow, deps.handOff.finish);

  if (deps.methods.password) {
    app.post("/api/auth/sign-up/email", docs, guess, deps.captcha, deps.signUp);
    app.post("/api/auth/sign-in/email", docs, guess, deps.passwordSignIn);
    app.post("/api/auth/change-password", own, guess, accountNow, changePassword);
    app.post("/api/auth/set-password", own, send, provedNow, deps.setPassword);
  }
  // Their links open the Worker's page: only a button there uses one up.
  if (deps.methods.mail) {
    app.post("/api/auth/mail-links/look", own, guess, deps.lookAtMailLink);
    app.post("/api/auth/send-verification-email", docs, send, deps.verifyAddress.send);
    app.post("/api/auth/verify-email", own, guess, deps.verifyAddress.redeem);
    app.post("/api/auth/change-email", own, send, provedNow, deps.changeAddress.ask);
    app.post("/api/auth/confirm-email-change", own, guess, deps.changeAddress.confirm);
  }
  if (deps.methods.magicLink) {
    app.post("/api/auth/sign-in/magic-link", docs, send, deps.magicLink.send);
    app.post("/api/auth/magic-link/verify", own, guess, deps.magicLink.redeem);
  }
  if (deps.methods.mail && deps.methods.password) {
    app.post("/api/auth/request-password-reset", docs, send, deps.resetPassword.send);
    app.post("/api/auth/reset-password", own, guess, deps.resetPassword.redeem);
  }
  app.get("/api/auth/list-accounts", own, accountNow, deps.linking.list);
  if (deps.methods.provider) {
    app.post("/api/auth/link-social", own, begin, provedNow, deps.linking.link);
  }
  app.post("/api/auth/unlink-account", own, send, provedNow, deps.linking.unlink);
  app.post("/api/auth/sign-out", docs, session.signOut);
  app.get("/api/auth/get-session", docs, session.getSession);
  app.get("/api/auth/list-sessions", own, accountNow, session.list);
  app.post("/api/auth/revoke-session", own, accountNow, session.revoke);
  app.post("/api/auth/revoke-sessions", own, accountNow, session.revokeAll);
  app.post("/api/auth/revoke-other-sessions", own, accountNow, session.revokeOthers);
  app.post("/api/auth/update-user", own, accountNow, auth.updateUser);
  app.post("/api/auth/delete-user", own, send, provedNow, deps.deleteAccount.deleteOwn);

  // A proof opens what needs `provedNow`, in this session and for ten minutes.
  if (deps.methods.password) {
    app.post("/api/auth/prove/password", own, guess, accountNow, deps.provePassword);
  }
  if (deps.methods.mail) {
    app.post("/api/auth/prove/mail-code/send", own, send, accountNow, mailCode.send);
    app.post("/api/auth/prove/mail-code", own, guess, accountNow, mailCode.prove);
  }

  if (deps.methods.passkey) {
    app.post("/api/auth/prove/passkey/options", own, begin, accountNow, passkey.proofOptions);
    app.post("/api/auth/prove/passkey", own, guess, accountNow, passkey.prove);
    app.post("/api/auth/passkey/generate-authenticate-options", own, begin, passkey.signInOptions);
    app.post("/api/auth/passkey/verify-authentication", own, guess, passkey.signIn);
    app.post("/api/auth/passkey/generate-register-options", own, begin, provedNow, passkey.registerOptions);
    app.post("/api/auth/passkey/verify-registration", own, guess, provedNow, passkey.register);
    app.get("/api/auth/passkey/list-user-passkeys", own, accountNow, passkey.list);
    app.post("/api/auth/passkey/update-passkey", own, accountNow, passkey.rename);
    app.post("/api/auth/passkey/delete-passkey", own, send, provedNow, passkey.remove);
  }

  // The first answers the question of a sign-in; without one, a reader who is signed in confirms a new second factor.
  app.post("/api/auth/two-factor/verify-totp", docs, guess, factor.answerTotp, elseOwn, accountNow, factor.confirm);
  app.post("/api/auth/two-factor/verify-backup-code", docs, guess, factor.answerBackupCode);
  app.post("/api/auth/two-factor/enable", own, provedNow, factor.enable);
  app.post("/api/auth/two-factor/generate-backup-codes", own, send, provedNow, factor.newBackupCodes);
  app.post("/api/auth/two-factor/disable", own, send, provedNow, factor.disable);

  app.get("/api/session", docs, session.whoIsThis);
  app.get("/api/background", docs, reader, background.read);
  app.put("/api/background", docs, reader, background.replace);
  app.patch("/api/background", docs, reader, background.change);
  app.delete("/api/background", docs, reader, background.remove);
  app.get("/api/profile", docs, reader, profile.read);
  app.patch("/api/profile", docs, reader, profile.change);
  app.get("/api/personalization", docs, reader, personalization.read);
  app.put("/api/personalization/preferences", docs, reader, personalization.replacePreferences);
  app.post("/api/personalization/refresh", docs, reader, recommendations.refresh);
  app.get("/api/progress", docs, reader, progress.list);
  app.post("/api/progress", docs, reader, progress.merge);
  app.get("/api/me", docs, reader, me.read);
  app.get("/api/export", own, provedNow, exports.read);
  app.get("/api/audit", own, accountNow, audit.own);
  app.get("/api/recommendations", docs, reader, recommendations.list);

  app.get("/api/admin/users", own, adminNow, admin.list);
  app.get("/api/admin/user", own, adminNow, admin.read);
  app.get("/api/admin/audit", own, adminNow, audit.of);
  app.post("/api/admin/role", own, adminProvedNow, admin.setRole);
  app.post("/api/admin/ban", own, adminProvedNow, admin.ban);
  app.post("/api/admin/unban", own, adminProvedNow, admin.unban);
  app.post("/api/admin/deactivate", own, adminProvedNow, admin.deactivate);
  app.post("/api/admin/activate", own, adminProvedNow, admin.activate);
  app.post("/api/admin/revoke-sessions", own, adminProvedNow, admin.revokeSessions);
  app.post("/api/admin/export", own, adminProvedNow, admin.exportUser);
  app.post("/api/admin/delete-user", own, send, adminProvedNow, admin.deleteUser);

  // Authenticated by the site's token and by no cookie: a build pushes, not a browser.
  app.put("/api/catalog", guess, catalogue.replace);
  app.get("/api/catalog", catalogue.read);

  return app;
}

/** Says 503 to every request: for a Worker that cannot be built. Docs pages can read it, and say so. */
export function createUnconfiguredApp(
  deps: Pick<AppDeps, "now" | "randomId" | "log"> & { docs: ReadonlySet<string> },
): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.use(accessLog(deps));
  app.use(securityHeaders);
  app.use(corsForListedOrigins({ own: "", docs: deps.docs }));
  app.use("/api/auth/*", inBetterAuthShape);
  app.notFound((c) => problem(c, "misconfigured"));
  return app;
}
