// What is said of one route: who may call it, what it takes and what it answers. Everything that must know all routes
// is made from these: the OpenAPI description, the typed client, the tests of refusals and of bad input.
// The Worker itself never loads the contract: its handlers use the same schemas one by one.
import type * as z from "zod/mini";
import type { Limits } from "../limits.ts";
import type { ProblemCode } from "../problem.ts";

/**
 * Which pages may call with a reader's cookie. `docs`: the configured docs origins and the Worker's own. `own`: the
 * Worker's own, because docs pages run third-party scripts. `anyone`: no cookie is looked at.
 */
export type OriginClass = "docs" | "own" | "anyone";

/**
 * Who must be calling. `reader`: a session. `account`: one that Postgres knows at this moment, and no bearer's.
 * `proved`: the same, with a proof of identity less than ten minutes old. `admin`: an account whose role is that, as
 * Postgres says at this moment; `proved-admin`: with such a proof. `site-token`: the site's catalogue token.
 */
export type Caller = "anyone" | "reader" | "account" | "proved" | "admin" | "proved-admin" | "site-token";

/** What an owner may switch off, or has not set up. `mail`: mail can be sent. `reset`: a password by mail. */
export type WayIn = "password" | "passkey" | "mail" | "magic-link" | "reset" | "provider";

export type Group =
  | "accounts"
  | "passkeys"
  | "proofs"
  | "second-factor"
  | "administration"
  | "session"
  | "reader"
  | "recommendations"
  | "progress"
  | "catalogue"
  | "service";

export interface Operation {
  /** Unique; the OpenAPI `operationId`. */
  id: string;
  group: Group;
  /** One line, without a full stop. */
  summary: string;
  origin: OriginClass;
  caller: Caller;
  query?: z.ZodMiniObject;
  /** `example` is a body that is accepted; tests make bad ones from it. */
  body?: { schema: z.ZodMiniType; maxBytes: number; example: unknown };
  /** Query parameters that are accepted. */
  exampleQuery?: Readonly<Record<string, string>>;
  /** `null`: 204, nothing. */
  answer: z.ZodMiniType | null;
  /** Other statuses than 200 that come with `answer`. */
  answerStatuses?: readonly number[];
  /** Answers carry an `ETag`, and a request with `If-None-Match` may be answered by 304. */
  etag?: boolean;
  /** What else than its caller, origin, query and body it refuses. */
  refusals?: readonly ProblemCode[];
  /** Exists only where this way in is switched on. */
  wayIn?: WayIn;
  /** How often it may be tried: every route that can be guessed at, sends a mail, or leaves a row for anybody. */
  limits?: Limits;
  /** Better Auth's own refusals, by status. */
  refusalStatuses?: readonly number[];
}

export type Method = "GET" | "PUT" | "POST" | "PATCH" | "DELETE";
export type Route = `${Method} /${string}`;
