// What is done with a passkey: it is added, it signs its reader in, and it proves who is there. Each takes two requests:
// one that stores a challenge and hands out what the browser needs, and one that brings what the authenticator has
// signed. A challenge is good once, for five minutes, and where it was asked for: in the session, or in the browser that
// holds the cookie. A passkey that has verified its user counts as both factors.
import type { Context } from "hono";
import { emptyInput } from "../../core/account.ts";
import {
  type AuthenticationResponse,
  PASSKEY_BODY_BYTES,
  provePasskeyInput,
  verifyAuthenticationInput,
  verifyRegistrationInput,
} from "../../core/passkey.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { readJson } from "../../http/body.ts";
import { callerOf } from "../../http/caller.ts";
import { cookieValues, expirePasskeyCookie, PASSKEY_COOKIE, setPasskeyCookie } from "../../http/session-cookie.ts";
import { identifierOf, newSecret, type Purpose } from "../one-time-tokens.ts";
import { type ProofDeps, prover } from "../proofs/prover.ts";
import { answerOf, type CompleteSignIn } from "../sign-in/complete.ts";
import { challengeAnybody, challengeReader, usingUp } from "./challenges.ts";
import { addPasskey, findPasskey, usePasskey } from "./queries.ts";
import {
  ALGORITHMS,
  CEREMONY_MS,
  type RelyingParty,
  userHandleOf,
  verifyAuthentication,
  verifyRegistration,
} from "./relying-party.ts";

type C = Context<AppEnv>;

export interface CeremonyDeps extends ProofDeps {
  randomId: () => string;
  party: RelyingParty;
  completeSignIn: CompleteSignIn;
  /** Tells the reader, after the response. */
  notify: (userId: string, notice: { kind: "passkey-added" | "passkey-removed" }) => void;
}

export function ceremonyHandlers(deps: CeremonyDeps) {
  const { db, now, party } = deps;
  const prove = prover(deps);
  /** @param where the session, or the secret of the browser's cookie */
  const identifier = (purpose: Purpose, where: string, challenge: string) =>
    identifierOf(purpose, `${where}\n${challenge}`);

  async function newChallenge(purpose: Purpose, where: string, userId: string | null) {
    const challenge = newSecret();
    const at = new Date(now());
    const expiresAt = new Date(at.getTime() + CEREMONY_MS);
    const row = { id: deps.randomId(), identifier: await identifier(purpose, where, challenge), userId, at, expiresAt };
    return { challenge, row };
  }

  const askFor = (challenge: string, allowCredentials: object[]) => ({
    challenge,
    rpId: party.id,
    timeout: CEREMONY_MS,
    userVerification: "required",
    allowCredentials,
  });

  /** Which passkey has answered, if it has. */
  async function answered(response: AuthenticationResponse) {
    const stored = await findPasskey(db, response.id);
    const answer = stored && (await verifyAuthentication(party, response, stored));
    return answer && { stored, answer };
  }
  const refused = (c: C) => c.json({ code: "AUTHENTICATION_FAILED", message: "Authentication failed" }, 401);
  const unverified = (c: C) => c.json({ code: "EMAIL_NOT_VERIFIED", message: "Verify your address first." }, 403);

  return {
    /** `POST /api/auth/passkey/generate-register-options`. */
    async registerOptions(c: C): Promise<Response> {
      const body = await readJson(c, emptyInput);
      if (!body.ok) return body.response;
      const { id, userId, emailVerified } = c.get("session");
      if (!emailVerified) return unverified(c);
      const { challenge, row } = await newChallenge("passkey-registration", id, userId);
      const owner = await challengeReader(db, row);
      if (!owner) return refused(c);
      return c.json({
        challenge,
        rp: { id: party.id, name: party.name },
        user: { id: userHandleOf(userId), name: owner.email, displayName: owner.name || owner.email },
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
        timeout: CEREMONY_MS,
        attestation: "none",
        excludeCredentials: owner.descriptors,
        authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
      });
    },

    /** `POST /api/auth/passkey/verify-registration`. */
    async register(c: C): Promise<Response> {
      const body = await readJson(c, verifyRegistrationInput, PASSKEY_BODY_BYTES);
      if (!body.ok) return body.response;
      const { id, userId } = c.get("session");
      const failed = () =>
        c.json({ code: "FAILED_TO_VERIFY_REGISTRATION", message: "Failed to verify registration" }, 400);
      const registered = await verifyRegistration(party, body.value.response);
      if (!registered) return failed();
      const used = await identifier("passkey-registration", id, registered.challenge);
      const name = body.value.name ?? null;
      const caller = callerOf(c.req.raw.headers);
      const next = { ...registered, ...caller, id: deps.randomId(), userId, name, at: new Date(now()) };
      const outcome = await addPasskey(db, used, next, deps.auditInsert);
      if (outcome?.added) {
        deps.notify(userId, { kind: "passkey-added" });
        return c.json(outcome.added);
      }
      // Of one that is registered already no more is said: it may be somebody else's.
      return outcome?.used && !outcome.verified ? unverified(c) : failed();
    },

    /** `POST /api/auth/passkey/generate-authenticate-options`: of whoever it will turn out to be. */
    async signInOptions(c: C): Promise<Response> {
      const body = await readJson(c, emptyInput);
      if (!body.ok) return body.response;
      const secret = newSecret();
      const { challenge, row } = await newChallenge("passkey-sign-in", secret, null);
      await challengeAnybody(db, row);
      const asked = c.json(askFor(challenge, []));
      setPasskeyCookie(asked.headers, secret, CEREMONY_MS / 1000);
      return asked;
    },

    /** `POST /api/auth/passkey/verify-authentication`. */
    async signIn(c: C): Promise<Response> {
      const body = await readJson(c, verifyAuthenticationInput, PASSKEY_BODY_BYTES);
      if (!body.ok) return body.response;
      const [secret] = cookieValues(c.req.header("cookie") ?? null, PASSKEY_COOKIE);
      const found = secret === undefined ? undefined : await answered(body.value.response);
      if (!found || secret === undefined) return refused(c);
      const { stored, answer } = found;
      const at = new Date(now());
      const used = usingUp(await identifier("passkey-sign-in", secret, answer.challenge), null, at);
      const outcome = await deps.completeSignIn(c, {
        userId: stored.userId,
        method: "passkey",
        remember: body.value.rememberMe !== false,
        secondFactor: true,
        given: usePasskey("given", used, stored, answer, at),
      });
      if (outcome.kind === "not-given" || outcome.kind === "unknown") return refused(c);
      const done = answerOf(c, outcome);
      expirePasskeyCookie(done.headers);
      return done;
    },

    /** `POST /api/auth/prove/passkey/options`. */
    async proofOptions(c: C): Promise<Response> {
      const body = await readJson(c, emptyInput);
      if (!body.ok) return body.response;
      const { id, userId } = c.get("session");
      const { challenge, row } = await newChallenge("passkey-proof", id, userId);
      const owner = await challengeReader(db, row);
      return owner ? c.json(askFor(challenge, owner.descriptors)) : refused(c);
    },

    /** `POST /api/auth/prove/passkey`. */
    async prove(c: C): Promise<Response> {
      const body = await readJson(c, provePasskeyInput, PASSKEY_BODY_BYTES);
      if (!body.ok) return body.response;
      const { id, userId } = c.get("session");
      const found = await answered(body.value.response);
      if (found?.stored.userId !== userId) return refused(c);
      const { stored, answer } = found;
      const at = new Date(now());
      const used = usingUp(await identifier("passkey-proof", id, answer.challenge), userId, at);
      return prove.by(c, {
        method: "passkey",
        first: usePasskey("first", used, stored, answer, at),
        factor: null,
        code: undefined,
        tried: [],
        refused: () => refused(c),
      });
    },
  };
}
