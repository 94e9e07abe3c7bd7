// Who is this? Memory, then the signature, then KV, then Postgres. Postgres is the only truth; "nobody" is never
// cached, and an outage is never mistaken for "nobody".
//
// How long a session that has ended elsewhere may still be used: a KV entry serves until it is SESSION_CACHE_SECONDS
// old, counted from before its SQL was sent, and memory adds at most 10 s. In the isolate that ended it: not at all.
import type { Database } from "../db/client.ts";
import { isUnavailable } from "../db/unavailable.ts";
import type { CurrentSession } from "../http/app-env.ts";
import type { RequestContext, Tier } from "../http/request-context.ts";
import type { CachedSession } from "./cached-session.ts";
import { type CredentialVerifier, presentedCredential } from "./credential.ts";
import type { KvTier } from "./kv-tier.ts";
import type { MemoryTier } from "./memory-tier.ts";
import { type AccountDetails, findSession, type SessionRow, touchSession } from "./queries.ts";
import { type Refusal, verdict } from "./verdict.ts";

/** Younger than this (ms), a KV entry is used without asking Postgres again. */
const FRESH_MS = 60_000;
/** `last_accessed_at` is written at most once in this time (ms). */
const TOUCH_MS = 3_600_000;

export type Resolution =
  | { kind: "none" }
  | { kind: "refused"; reason: Refusal }
  /** Postgres cannot be asked and no cache may answer: we do not know. */
  | { kind: "unavailable" }
  | { kind: "session"; session: CurrentSession; account?: AccountDetails; tier: Tier };

export interface ResolveOptions {
  /** The answer must show the reader's address and name, which only Postgres and this isolate's memory have. */
  account?: boolean;
  /** Only Postgres will do. An outage is then `unavailable`. */
  authoritative?: boolean;
}

export interface ResolverDeps {
  db: Database;
  memory: MemoryTier;
  kv: KvTier;
  verifier: CredentialVerifier;
  cacheSeconds: number;
  outageSeconds: number;
  now: () => number;
  waitUntil: (work: Promise<unknown>) => void;
  log: (line: object) => void;
}

type Asked = { row: SessionRow | undefined; checkedAt: number } | "unavailable";

export class SessionResolver {
  readonly #deps: ResolverDeps;
  constructor(deps: ResolverDeps) {
    this.#deps = deps;
  }

  /** Resolves the credential of a request. Never throws because of an outage. */
  async resolve(headers: Headers, request: RequestContext, options: ResolveOptions = {}): Promise<Resolution> {
    const presented = presentedCredential(headers);
    if (presented.kind === "none") return { kind: "none" };
    const credentials = presented.kind === "one" ? [presented.signed] : presented.signed;
    const [only] = credentials;
    if (credentials.length === 1 && only !== undefined && !options.authoritative) {
      const hit = this.#deps.memory.get(only, this.#deps.now());
      if (hit && (!options.account || hit.account || hit.outage)) {
        return this.#answer(request, hit.token, { ...hit, tier: hit.outage ? "outage" : "memory" });
      }
    }
    const verified = await this.verifiedTokens(headers);
    const [first, second] = verified;
    if (!first) return this.#refuse("forged");
    // One of the two was put there by somebody else, and nothing says which.
    if (second) return this.#refuse("conflict");
    return this.#lookUp(first.signed, first.token, request, options);
  }

  /** The tokens a request presents with a valid signature. No I/O. */
  async verifiedTokens(headers: Headers): Promise<{ signed: string; token: string }[]> {
    const presented = presentedCredential(headers);
    if (presented.kind === "none") return [];
    const verified: { signed: string; token: string }[] = [];
    for (const signed of presented.kind === "one" ? [presented.signed] : presented.signed) {
      const token = await this.#deps.verifier.verify(signed);
      if (token !== undefined) verified.push({ signed, token });
    }
    return verified;
  }

  /** Call after the database has ended these sessions. This isolate refuses them at once. */
  ended(tokens: readonly string[]): void {
    const { memory, kv, now, waitUntil } = this.#deps;
    memory.end(tokens, now());
    for (const token of tokens) waitUntil(kv.bury(token));
  }

  /** Call after a write to what the cache holds of a reader. Other isolates follow within the stated bounds. */
  async changed(userId: string, headers: Headers, request: RequestContext): Promise<void> {
    this.#deps.memory.forgetUser(userId);
    for (const { token } of await this.verifiedTokens(headers)) {
      this.#deps.waitUntil(this.#deps.kv.forget(token, request));
    }
  }

  async #lookUp(signed: string, token: string, request: RequestContext, options: ResolveOptions): Promise<Resolution> {
    const { memory, kv, waitUntil, cacheSeconds } = this.#deps;
    const cacheable = !options.authoritative && !options.account;
    const found = cacheable ? await kv.get(token, request) : undefined;
    // Also checked after every wait: the session may have been ended here in the meantime.
    if (memory.hasEnded(token)) return this.#refuse("unknown");
    const age = found ? this.#age(found) : undefined;
    if (found && age !== undefined && age < cacheSeconds * 1000) {
      this.#remember(signed, token, found, false);
      if (age >= FRESH_MS) waitUntil(this.#checkAgain(signed, token, found, request));
      return this.#answer(request, token, { session: found.session, tier: "kv" });
    }
    const asked = await this.#ask(token);
    if (asked === "unavailable") {
      if (options.authoritative) return { kind: "unavailable" };
      return this.#duringOutage(
        signed,
        token,
        found ?? (cacheable ? undefined : await kv.get(token, request)),
        request,
      );
    }
    return this.#conclude(signed, token, asked, found, request);
  }

  async #ask(token: string): Promise<Asked> {
    const checkedAt = this.#deps.now();
    try {
      return { row: await findSession(this.#deps.db, token), checkedAt };
    } catch (error) {
      if (isUnavailable(error)) return "unavailable";
      throw error;
    }
  }

  #conclude(
    signed: string,
    token: string,
    asked: Exclude<Asked, "unavailable">,
    found: CachedSession | undefined,
    request: RequestContext,
  ): Resolution {
    const { db, memory, kv, now, waitUntil } = this.#deps;
    const result = verdict(asked.row, now());
    if (!result.ok) {
      memory.end([token], now());
      // Others may hold the entry that was found here.
      if (found) waitUntil(kv.bury(token));
      return this.#refuse(result.reason);
    }
    if (memory.hasEnded(token)) return this.#refuse("unknown");
    const value: CachedSession = { session: result.session, checkedAt: asked.checkedAt };
    this.#remember(signed, token, value, false, result.account);
    waitUntil(kv.fill(token, value, found, request));
    const touched = result.lastAccessedAt?.getTime() ?? Number.NEGATIVE_INFINITY;
    if (now() - touched >= TOUCH_MS) {
      const at = now();
      waitUntil(
        touchSession(db, result.session.id, new Date(at), new Date(at - TOUCH_MS)).catch(() =>
          this.#deps.log({ level: "warn", message: "last_accessed_at was not written" }),
        ),
      );
    }
    return this.#answer(request, token, { session: result.session, account: result.account, tier: "postgres" });
  }

  /** After the response: asks Postgres about an entry that is getting old. An outage changes nothing. */
  async #checkAgain(signed: string, token: string, found: CachedSession, request: RequestContext): Promise<void> {
    const asked = await this.#ask(token);
    if (asked !== "unavailable") this.#conclude(signed, token, asked, found, request);
  }

  #duringOutage(signed: string, token: string, found: CachedSession | undefined, request: RequestContext): Resolution {
    const age = found ? this.#age(found) : undefined;
    if (this.#deps.memory.hasEnded(token)) return this.#refuse("unknown");
    if (!found || age === undefined || age >= this.#deps.outageSeconds * 1000) return { kind: "unavailable" };
    // Rights above a reader's may have been taken away since; nobody can be asked.
    const session: CurrentSession = { ...found.session, role: "user" };
    this.#remember(signed, token, { session, checkedAt: found.checkedAt }, true);
    return this.#answer(request, token, { session, tier: "outage" });
  }

  /** Milliseconds since an entry was true; undefined when it cannot be used at all. */
  #age(entry: CachedSession): number | undefined {
    const now = this.#deps.now();
    const age = now - entry.checkedAt;
    return age < 0 || entry.session.expiresAt <= now ? undefined : age;
  }

  #remember(signed: string, token: string, value: CachedSession, outage: boolean, account?: AccountDetails): void {
    this.#deps.memory.set(signed, {
      ...value,
      token,
      outage,
      storedAt: this.#deps.now(),
      ...(account && { account }),
    });
  }

  #answer(
    request: RequestContext,
    token: string,
    found: { session: CurrentSession; account?: AccountDetails; tier: Tier },
  ): Resolution {
    request.tier = found.tier;
    request.sessionIds.set(token, found.session.id);
    return {
      kind: "session",
      session: found.session,
      tier: found.tier,
      ...(found.account && { account: found.account }),
    };
  }

  #refuse(reason: Refusal): Resolution {
    this.#deps.log({ level: "info", message: "session refused", reason });
    return { kind: "refused", reason };
  }
}
