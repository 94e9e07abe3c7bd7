// The one place where things are built. Everything a Worker needs is passed in: bindings, clock, randomness, network
// and what outlives the response, so that a test can build two of them and have two isolates.

import type { Context } from "hono";
import journal from "../migrations/meta/_journal.json" with { type: "json" };
import { auditInsert, pseudonymise } from "./admin/audit.ts";
import { auditHandlers } from "./admin/audit-handlers.ts";
import { purgeEvents } from "./admin/audit-queries.ts";
import { adminHandlers } from "./admin/handlers.ts";
import { createApp, createUnconfiguredApp } from "./app.ts";
import { purgeExpiredAttempts } from "./auth/attempts.ts";
import { createAuth } from "./auth/better-auth.ts";
import { requireCaptcha, turnstile } from "./auth/captcha.ts";
import { changePasswordHandler } from "./auth/change-password.ts";
import { deleteAccountHandlers } from "./auth/delete-account.ts";
import { handOffHandlers } from "./auth/hand-off/handlers.ts";
import { startHandler } from "./auth/hand-off/start.ts";
import { authHandlers } from "./auth/handlers.ts";
import { changeAddressHandlers } from "./auth/mail-links/change-address.ts";
import type { MailLinkDeps } from "./auth/mail-links/deps.ts";
import { lookHandler } from "./auth/mail-links/look.ts";
import { magicLinkHandlers } from "./auth/mail-links/magic-link.ts";
import { resetPasswordHandlers } from "./auth/mail-links/reset-password.ts";
import { verifyAddressHandlers } from "./auth/mail-links/verify-address.ts";
import { ceremonyHandlers } from "./auth/passkeys/ceremonies.ts";
import { relyingParty } from "./auth/passkeys/relying-party.ts";
import { passkeySettings } from "./auth/passkeys/settings.ts";
import { passwordRules } from "./auth/passwords/rules.ts";
import { mailCodeHandlers } from "./auth/proofs/mail-code.ts";
import { provePasswordHandler } from "./auth/proofs/password.ts";
import { callbackHandler } from "./auth/providers/callback.ts";
import { linkingHandlers } from "./auth/providers/linking.ts";
import { switchedOnProviders } from "./auth/providers/switched-on.ts";
import { purgeExpiredVerifications } from "./auth/purge.ts";
import { retentionChores } from "./auth/retention.ts";
import { answerHandlers } from "./auth/second-factor/answer.ts";
import { secondFactor as makeSecondFactor } from "./auth/second-factor/check.ts";
import { SecretSealer } from "./auth/second-factor/sealed-secret.ts";
import { settingsHandlers } from "./auth/second-factor/settings.ts";
import { setPasswordHandler } from "./auth/set-password.ts";
import { completingSignIn } from "./auth/sign-in/complete.ts";
import { passwordSignInHandler } from "./auth/sign-in/password.ts";
import { signUpHandler } from "./auth/sign-in/sign-up.ts";
import type { WaysIn } from "./auth/ways-in.ts";
import { type Bindings, type Config, isLoopback, readableOrigins, readConfig } from "./config.ts";
import { catalogueHandlers } from "./content/catalogue-handlers.ts";
import { CatalogueStore } from "./content/catalogue-store.ts";
import { recommendationHandlers } from "./content/recommendation-handlers.ts";
import type { Notify, SendMail } from "./core/mail.ts";
import { createDatabase } from "./db/client.ts";
import type { AppEnv } from "./http/app-env.ts";
import type { Origins } from "./http/origin.ts";
import { rateLimits } from "./http/rate-limit.ts";
import { newRequestContext, requestContext } from "./http/request-context.ts";
import { createMailer } from "./mail/mailer.ts";
import { findRecipient } from "./mail/queries.ts";
import { healthHandlers } from "./maintenance/health.ts";
import { runChores } from "./maintenance/scheduled.ts";
import { backgroundHandlers } from "./reader/background-handlers.ts";
import { exportHandlers, exportOf } from "./reader/export.ts";
import { meHandlers } from "./reader/me.ts";
import { personalizationHandlers, storeRecommendations } from "./reader/personalization.ts";
import { profileHandlers } from "./reader/profile.ts";
import { progressHandlers } from "./reader/progress.ts";
import { CredentialSigner } from "./session/credential.ts";
import { sessionHandlers } from "./session/handlers.ts";
import { KvTier } from "./session/kv-tier.ts";
import { MemoryTier } from "./session/memory-tier.ts";
import { purgeExpiredSessions } from "./session/queries.ts";
import { SessionResolver } from "./session/resolver.ts";

export interface WorkerDeps {
  /** Milliseconds since the epoch. */
  now: () => number;
  /** A random UUID, version 4. */
  randomId: () => string;
  fetch: typeof fetch;
  /** Keeps work going after the response. */
  waitUntil: (work: Promise<unknown>) => void;
  sleep: (ms: number) => Promise<void>;
  log: (line: object) => void;
}

export interface DocentWorker {
  fetch(request: Request): Promise<Response>;
  scheduled(): Promise<void>;
}

/** Builds a Worker, or one that answers 503 and logs why. Never throws: that would stop the isolate. */
export function createWorker(bindings: Bindings, file: unknown, deps: WorkerDeps): DocentWorker {
  const read = readConfig(bindings, file);
  if ("config" in read) return build(read.config, deps);
  const { mistakes } = read;
  const report = () => deps.log({ level: "error", message: "misconfigured", mistakes });
  const app = createUnconfiguredApp({ ...deps, docs: readableOrigins(file) });
  return {
    async fetch(request) {
      report();
      return app.fetch(request);
    },
    async scheduled() {
      report();
    },
  };
}

function build(config: Config, deps: WorkerDeps): DocentWorker {
  const { now, randomId, log } = deps;
  const waitUntil = (work: Promise<unknown>) =>
    deps.waitUntil(
      work.catch((error: unknown) =>
        log({
          level: "error",
          message: "background work failed",
          error: error instanceof Error ? error.name : "unknown",
        }),
      ),
    );
  // In a context of its own: what fails in it must not make a failure of the request that started it.
  const afterResponse = (work: () => Promise<unknown>) =>
    waitUntil(requestContext.run(newRequestContext(requestContext.getStore()?.id ?? randomId()), work));
  const origins: Origins = { own: config.baseUrl, docs: config.docsOrigins };
  const sites = new Set(config.sites.map((site) => site.id));

  const db = createDatabase({
    ...config.database,
    fetch: deps.fetch,
    onCall: () => {
      const request = requestContext.getStore();
      if (request) request.sql += 1;
    },
    onFailure: (reason) => {
      const request = requestContext.getStore();
      if (request) request.databaseFailed = true;
      log({ level: "error", message: "database failed", ...(request && { id: request.id }), reason });
    },
  });

  const { kv, cacheSeconds, outageSeconds } = config.sessions;
  const usefulSeconds = Math.max(cacheSeconds, outageSeconds);
  const signer = new CredentialSigner(config.authSecret);
  const resolver = new SessionResolver({
    db,
    memory: new MemoryTier(usefulSeconds * 1000),
    kv: new KvTier({ kv, usefulSeconds, now, sleep: deps.sleep, log }),
    signer,
    cacheSeconds,
    outageSeconds,
    now,
    afterResponse,
    log,
  });
  const siteName = config.sites[0]?.name ?? "Docent";
  const mailer = createMailer(config.mail, {
    fetch: deps.fetch,
    log,
    siteName: siteName,
    accountPage: `${config.baseUrl}/account`,
  });
  const sendMail: SendMail = (to, mail) => afterResponse(() => mailer.send(to, mail));
  const notify: Notify = (userId, notice) =>
    afterResponse(async () => {
      const reader = config.mail.transport === "none" ? undefined : await findRecipient(db, userId);
      if (reader) await mailer.send(reader, notice);
    });
  const auth = createAuth({
    db,
    baseUrl: config.baseUrl,
    docsOrigins: config.docsOrigins,
    secret: config.authSecret,
    waitUntil,
  });
  const onChanged = (c: Context<AppEnv>) =>
    resolver.changed(c.get("session").userId, c.req.raw.headers, c.get("request"));
  const captcha = turnstile({
    secret: config.turnstileSecret,
    hostname: config.local ? undefined : new URL(config.baseUrl).hostname,
    fetch: deps.fetch,
    log,
  });
  const judgePassword = passwordRules({
    siteWords: [
      ...config.sites.map(({ name }) => name),
      ...[config.baseUrl, ...config.docsOrigins].map((origin) => new URL(origin).hostname),
    ],
    breachCheck: config.passwords.breachCheck,
    fetch: deps.fetch,
    log,
  });
  const completeSignIn = completingSignIn({
    db,
    now,
    randomId,
    sign: (token) => signer.sign(token),
    auditInsert,
    needsVerifiedAddress: config.accounts.verifyAddress,
  });
  const sealer = new SecretSealer(config.authSecret);
  const onEnded = (tokens: readonly string[]) => resolver.ended(tokens);
  const secondFactor = makeSecondFactor({ db, now, sealer, auditInsert, notify });
  const providers = switchedOnProviders(config.methods, config.providerSecrets, { fetch: deps.fetch, now, log });
  const providerDeps = { db, providers, baseUrl: config.baseUrl, now, randomId };
  const proofDeps = { db, now, auditInsert, secondFactor, onChanged };
  /** Somebody's account was changed by another, or is gone. */
  const onAccountEnded = (userId: string, tokens: readonly string[]) => {
    resolver.ended(tokens);
    resolver.doubt(userId);
  };
  const deleteAccount = deleteAccountHandlers({
    db,
    now,
    auditInsert,
    pseudonymise,
    onEnded: onAccountEnded,
    sendReceipt: (to) => afterResponse(() => mailer.send(to, { kind: "account-deleted" })),
  });
  const mail = config.mail.transport !== "none";
  const magicLink = mail && config.methods.magicLink;
  const ways: WaysIn = {
    password: config.methods.password,
    passkey: config.methods.passkey,
    magicLink,
    providers: [...providers.keys()],
  };
  const mailLinks: MailLinkDeps = {
    auth,
    db,
    now,
    randomId,
    baseUrl: config.baseUrl,
    auditInsert,
    completeSignIn,
    sendMail,
    notify,
    judgePassword,
    secondFactor,
    siteNameOf: (origin) => config.sites.find(({ origins }) => origin !== undefined && origins.includes(origin))?.name,
    presentedToken: async (headers) => {
      const [one, ...others] = await resolver.verified(headers);
      return others.length > 0 ? undefined : one?.token;
    },
    onEnded,
    onChanged: (c, userId) => resolver.changed(userId, c.req.raw.headers, c.get("request")),
  };
  const store = new CatalogueStore({ db, ranker: config.ranker, now, waitUntil, sleep: deps.sleep });

  const app = createApp({
    methods: {
      password: config.methods.password,
      passkey: config.methods.passkey,
      mail,
      magicLink,
      provider: providers.size > 0,
    },
    origins,
    limits: rateLimits(config.rateLimiters, log),
    captcha: requireCaptcha(captcha),
    resolver,
    auth: authHandlers({ auth, log, onChanged }),
    signUp: signUpHandler({
      ...mailLinks,
      sign: (token) => signer.sign(token),
      mail,
      needsVerifiedAddress: config.accounts.verifyAddress,
    }),
    passwordSignIn: passwordSignInHandler({
      auth,
      db,
      now,
      verify: (signed) => signer.verify(signed),
      captcha,
      completeSignIn,
    }),
    start: startHandler({ ...providerDeps, sites: config.sites }),
    callback: callbackHandler({ ...providerDeps, completeSignIn, auditInsert, notify, log }),
    linking: linkingHandlers({
      ...providerDeps,
      ways,
      auditInsert,
      onEnded,
      notify,
    }),
    handOff: handOffHandlers({
      db,
      now,
      randomId,
      docsOrigins: config.docsOrigins,
      sign: (token, carrier) => signer.sign(token, carrier),
      presentedTokens: async (headers) => (await resolver.verified(headers)).map(({ token }) => token),
      onEnded: (tokens) => resolver.ended(tokens),
    }),
    changePassword: changePasswordHandler({
      auth,
      db,
      now,
      randomId,
      sign: (token) => signer.sign(token),
      judgePassword,
      auditInsert,
      onEnded,
      notify,
    }),
    provePassword: provePasswordHandler({ ...proofDeps, auth }),
    mailCode: mailCodeHandlers({ ...proofDeps, randomId, sendMail }),
    passkey: {
      ...ceremonyHandlers({
        ...proofDeps,
        randomId,
        party: relyingParty(config.baseUrl, siteName),
        completeSignIn,
        notify,
      }),
      ...passkeySettings({ db, now, ways, auditInsert, onEnded, notify }),
    },
    factor: {
      ...answerHandlers({ db, now, secondFactor, completeSignIn }),
      ...settingsHandlers({
        db,
        now,
        randomId,
        sealer,
        issuer: siteName,
        auditInsert,
        onEnded,
        onChanged,
        notify,
      }),
    },
    deleteAccount,
    setPassword: setPasswordHandler({ auth, db, now, randomId, auditInsert, judgePassword, notify }),
    lookAtMailLink: lookHandler(mailLinks),
    verifyAddress: verifyAddressHandlers(mailLinks),
    magicLink: magicLinkHandlers(mailLinks),
    resetPassword: resetPasswordHandlers(mailLinks),
    changeAddress: changeAddressHandlers(mailLinks),
    session: sessionHandlers({ db, resolver, now }),
    background: backgroundHandlers({
      db,
      now,
      randomId,
      onChanged,
    }),
    profile: profileHandlers({ db, now, randomId }),
    personalization: personalizationHandlers({ db, now, randomId }),
    progress: progressHandlers({ db, sites, now }),
    me: meHandlers({ db, sites }),
    exports: exportHandlers({ db, now }),
    catalogue: catalogueHandlers({ db, store, sites, tokenHashes: config.catalogueTokenHashes, now, randomId }),
    recommendations: recommendationHandlers({
      db,
      store,
      sites,
      now,
      sleep: deps.sleep,
      afterResponse,
      storeRecommendations: (userId, site, list, basis) =>
        storeRecommendations(db, userId, randomId(), site, list, basis, new Date(now())),
    }),
    audit: auditHandlers({ db }),
    admin: adminHandlers({
      db,
      now,
      onChanged: onAccountEnded,
      exportOf: (userId, note) => exportOf(db, userId, now(), note),
      deleteReader: deleteAccount.deleteFor,
    }),
    health: healthHandlers({ db, kv, readySecret: config.readySecret, migrations: journal.entries }),
    now,
    randomId,
    log,
  });

  const retention = retentionChores(config.accounts, {
    db,
    auditInsert,
    pseudonymise,
    purgeEvents: (before, limit) => purgeEvents(db, before, limit),
    warn: config.mail.transport === "none" ? undefined : (to, at) => mailer.send(to, { kind: "inactive", at }),
  });
  const misplaced = createUnconfiguredApp({ now, randomId, log, docs: new Set() });
  return {
    // A configuration for this machine, deployed: development secrets would guard a public Worker.
    fetch: async (request) =>
      config.local && !isLoopback(request.url) ? misplaced.fetch(request) : app.fetch(request),
    scheduled: () =>
      runChores(
        [
          { name: "expired sessions", run: (at, limit) => purgeExpiredSessions(db, at, limit) },
          { name: "expired verifications", run: (at, limit) => purgeExpiredVerifications(db, at, limit) },
          { name: "expired attempts", run: (at, limit) => purgeExpiredAttempts(db, at, limit) },
          ...retention,
        ],
        { now, log },
      ),
  };
}
