// Who is this? Memory, then the signature, then KV, then Postgres. Postgres is the only truth; that a session is not
// good is never cached, and an outage is never mistaken for it.
//
// How long a session that has ended elsewhere may still be used: a KV entry serves until it is SESSION_CACHE_SECONDS
// old, counted from before its SQL was sent, and memory adds at most 10 s. In the isolate that ended it: not at all.
import type { Database } from "../db/client.ts";
import { isUnavailable } from "../db/unavailable.ts";
import type { CurrentSession } from "../http/app-env.ts";
import type { RequestContext, Tier } from "../http/request-context.ts";
import type { CachedSession } from "./cached-session.ts";
import {
  type Carrier,
  type CredentialSigner,
  memoryKey,
  type PresentedCredential,
  presentedCredential,
} from "./credential.ts";
import type { KvTier } from "./kv-tier.ts";
import type { MemoryTier } from "./memory-tier.ts";
import { type AccountDetails, findSession, type SessionRow, touchSession } from "./queries.ts";
import { type Refusal, verdict } from "./verdict.ts";

/** Younger than this (ms), what is known is used without asking Postgres again. */
const FRESH_MS = 60_000;
/** `last_accessed_at` is written at most once in this time (ms). */
const TOUCH_MS = 3_600_000;

export type Resolution =
  | { kind: "none" }
  | { kind: "refused"; reason: Refusal }
  /** Postgres cannot be asked and no cache may answer: we do not know. */
  | { kind: "unavailable" }
  | { kind: "session"; session: CurrentSession; signed: string; account?: AccountDetails; tier: Tier };

export interface ResolveOptions {
  /** The answer must show the reader's address and name, which only Postgres and this isolate's memory have. */
  account?: boolean;
  /** Only Postgres will do. An outage is then `unavailable`. */
  authoritative?: boolean;
  /** What a cache remembers during an outage is of no use to the caller: `unavailable` then. */
  refuseOutage?: boolean;
}

export interface ResolverDeps {
  db: Database;
  memory: MemoryTier;
  kv: KvTier;
  signer: CredentialSigner;
  cacheSeconds: number;
  outageSeconds: number;
  now: () => number;
  /** Runs work after the response; what fails in it is no failure of the request. */
  afterResponse: (work: () => Promise<unknown>) => void;
  log: (line: object) => void;
}

/** A credential whose signature is ours. */
interface Credential extends PresentedCredential {
  token: string;
}

/**
 * A bearer's session is a bearer's, on the page that it was made for; every other one is a cookie's. A browser names the
 * page's origin in every request that carries a header like this one.
 */
function isInPlace({ scope, origin }: CurrentSession, carrier: Carrier, headers: Headers): boolean {
  if (scope === "account") return carrier === "cookie";
  return carrier === "bearer" && origin !== null && headers.get("origin") === origin;
}

type Asked = { row: SessionRow | undefined; checkedAt: number };

export class SessionResolver {
  readonly #deps: ResolverDeps;
  constructor(deps: ResolverDeps) {
    this.#deps = deps;
  }

  /** Resolves the credential of a request. Never throws because of an outage. */
  async resolve(headers: Headers, request: RequestContext, options: ResolveOptions = {}): Promise<Resolution> {
    const presented = presentedCredential(headers);
    if (presented.kind === "none") return { kind: "none" };
    if (presented.kind === "one" && !options.authoritative) {
      const hit = this.#deps.memory.get(memoryKey(presented), this.#deps.now());
      const useful = hit && (hit.outage ? !options.refuseOutage : !options.account || hit.account);
      if (hit && useful) {
        if (!isInPlace(hit.session, presented.carrier, headers)) return this.#refuse("misplaced");
        return this.#answer(
          request,
          { ...hit, signed: presented.signed, carrier: presented.carrier },
          { ...hit, tier: hit.outage ? "outage" : "memory" },
        );
      }
    }
    const [first, second] = await this.verified(headers);
    if (!first) return this.#refuse("forged");
    // One of the two was put there by somebody else, and nothing says which. A page has a cookie or a bearer, never both.
    if (second || (presented.kind === "several" && presented.all.some(({ carrier }) => carrier === "bearer"))) {
      return this.#refuse("conflict");
    }
    const found = await this.#lookUp(first, request, options);
    if (found.kind !== "session" || isInPlace(found.session, first.carrier, headers)) return found;
    return this.#refuse("misplaced");
  }

  /** The credentials of a request with a valid signature. No I/O. */
  async verified(headers: Headers): Promise<Credential[]> {
    const presented = presentedCredential(headers);
    if (presented.kind === "none") return [];
    const verified: Credential[] = [];
    for (const { signed, carrier } of presented.kind === "one" ? [presented] : presented.all) {
      const token = await this.#deps.signer.verify(signed, carrier);
      if (token !== undefined) verified.push({ signed, carrier, token });
    }
    return verified;
  }

  /** Call after the database has ended these sessions. This isolate refuses them at once. */
  ended(tokens: readonly string[]): void {
    const { memory, kv, now, afterResponse } = this.#deps;
    memory.end(tokens, now());
    for (const token of tokens) afterResponse(() => kv.bury(token));
  }

  /** What is known here of this user's sessions is not used any more until Postgres has been asked again. */
  doubt(userId: string): void {
    this.#deps.memory.change(userId, this.#deps.now());
  }

  /** Call after a write to what the cache holds of a reader. Other isolates follow within the stated bounds. */
  async changed(userId: string, headers: Headers, request: RequestContext): Promise<void> {
    this.#deps.memory.change(userId, this.#deps.now());
    for (const { token } of await this.verified(headers)) {
      this.#deps.afterResponse(() => this.#deps.kv.forget(token, request));
    }
  }

  async #lookUp(credential: Credential, request: RequestContext, options: ResolveOptions): Promise<Resolution> {
    const { memory, kv, now, afterResponse, cacheSeconds } = this.#deps;
    const { token } = credential;
    const cacheable = !options.authoritative && !options.account;
    const found = cacheable ? await this.#findInKv(token, request) : undefined;
    // Also asked after every wait: the session may have been ended here in the meantime.
    if (memory.hasEnded(token, now())) return this.#refuse("unknown");
    const age = found && this.#age(found);
    if (found && age !== undefined && age < cacheSeconds * 1000) {
      this.#remember(credential, found, false);
      const confirmedAt = kv.confirmedAt(token) ?? Number.NEGATIVE_INFINITY;
      if (age >= FRESH_MS && now() - confirmedAt >= FRESH_MS) {
        afterResponse(() => this.#checkAgain(credential, found, request));
      }
      return this.#answer(request, credential, { session: found.session, tier: "kv" });
    }
    const asked = await this.#ask(token);
    if (asked !== "unavailable") return this.#conclude(credential, asked, found, request, !cacheable);
    if (options.authoritative || options.refuseOutage) return { kind: "unavailable" };
    return this.#duringOutage(
      credential,
      found ?? (cacheable ? undefined : await this.#findInKv(token, request)),
      request,
    );
  }

  /** Leaves out what was known before this isolate itself changed the reader. */
  async #findInKv(token: string, request: RequestContext): Promise<CachedSession | undefined> {
    const { memory, kv, now } = this.#deps;
    const found = await kv.get(token, request);
    return found && memory.isOutdated(found.session.userId, found.checkedAt, now()) ? undefined : found;
  }

  async #ask(token: string): Promise<Asked | "unavailable"> {
    const checkedAt = this.#deps.now();
    try {
      return { row: await findSession(this.#deps.db, token), checkedAt };
    } catch (error) {
      if (isUnavailable(error)) return "unavailable";
      throw error;
    }
  }

  #conclude(
    credential: Credential,
    asked: Asked,
    found: CachedSession | undefined,
    request: RequestContext,
    mayBeInKv: boolean,
  ): Resolution {
    const { memory, kv, now, afterResponse } = this.#deps;
    const { token } = credential;
    const result = verdict(asked.row, now());
    if (!result.ok) {
      memory.forget(new Set([token]));
      // Others may still find the entry. Only of a row that is gone for good: a ban may end.
      if (result.reason === "unknown" && (found || mayBeInKv)) afterResponse(() => kv.bury(token));
      else if (found) afterResponse(() => kv.forget(token, request));
      return this.#refuse(result.reason);
    }
    if (memory.hasEnded(token, now())) return this.#refuse("unknown");
    const value: CachedSession = { session: result.session, checkedAt: asked.checkedAt };
    if (!memory.isOutdated(result.session.userId, asked.checkedAt, now())) {
      this.#remember(credential, value, false, result.account);
      afterResponse(() => kv.fill(token, value, found, request));
    }
    this.#touch(result.session.id, result.lastAccessedAt);
    return this.#answer(request, credential, { session: result.session, account: result.account, tier: "postgres" });
  }

  #touch(id: string, lastAccessedAt: Date | null): void {
    const { db, now, afterResponse, log } = this.#deps;
    const at = now();
    if (lastAccessedAt !== null && at - lastAccessedAt.getTime() < TOUCH_MS) return;
    afterResponse(() =>
      touchSession(db, id, new Date(at), new Date(at - TOUCH_MS)).catch(() =>
        log({ level: "warn", message: "last_accessed_at was not written" }),
      ),
    );
  }

  /** After the response: asks Postgres about an entry that is getting old. An outage changes nothing. */
  async #checkAgain(credential: Credential, found: CachedSession, request: RequestContext): Promise<void> {
    const asked = await this.#ask(credential.token);
    if (asked !== "unavailable") this.#conclude(credential, asked, found, request, true);
  }

  #duringOutage(credential: Credential, found: CachedSession | undefined, request: RequestContext): Resolution {
    const { memory, now, outageSeconds } = this.#deps;
    if (memory.hasEnded(credential.token, now())) return this.#refuse("unknown");
    const age = found && this.#age(found);
    if (!found || age === undefined || age >= outageSeconds * 1000) return { kind: "unavailable" };
    // A bearer lives on a page's terms; without Postgres nobody says that they still hold.
    if (found.session.scope !== "account") return { kind: "unavailable" };
    // Rights above a reader's may have been taken away since; nobody can be asked.
    const session: CurrentSession = { ...found.session, role: "user" };
    // What is known from before the outage is better.
    if (!memory.get(memoryKey(credential), now()))
      this.#remember(credential, { session, checkedAt: found.checkedAt }, true);
    return this.#answer(request, credential, { session, tier: "outage" });
  }

  /** Milliseconds since an entry was true; undefined when it cannot be used at all. */
  #age(entry: CachedSession): number | undefined {
    const now = this.#deps.now();
    const age = now - entry.checkedAt;
    return age < 0 || entry.session.expiresAt <= now ? undefined : age;
  }

  #remember(credential: Credential, value: CachedSession, outage: boolean, account?: AccountDetails): void {
    const storedAt = this.#deps.now();
    const { token } = credential;
    this.#deps.memory.set(memoryKey(credential), { ...value, token, outage, storedAt, ...(account && { account }) });
  }

  #answer(
    request: RequestContext,
    { signed, token }: Credential,
    { session, account, tier }: { session: CurrentSession; account?: AccountDetails; tier: Tier },
  ): Resolution {
    request.tier = tier;
    request.sessionIds.set(token, session.id);
    return { kind: "session", session, signed, tier, ...(account && { account }) };
  }

  #refuse(reason: Refusal): Resolution {
    this.#deps.log({ level: "info", message: "session refused", reason });
    return { kind: "refused", reason };
  }
}
