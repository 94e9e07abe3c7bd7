// The types that travel through Hono's context. Types only.
import type { Background } from "../core/background.ts";
import type { RequestContext } from "./request-context.ts";

/** What is known about a session without reading a table: the allow-list that may be cached. */
export interface CurrentSession {
  id: string;
  userId: string;
  loginId: string;
  scope: "account" | "docs";
  /** The docs origin that a bearer's session is bound to. */
  origin: string | null;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  createdAt: number;
  authenticatedAt: number;
  role: "user" | "moderator" | "admin";
  emailVerified: boolean;
  twoFactorEnabled: boolean;
  skillLevel: string | null;
  operatingSystem: string | null;
  background: Background;
}

export interface AppEnv {
  Variables: {
    requestId: string;
    request: RequestContext;
    /** Set by the middleware that requires a reader. */
    session: CurrentSession;
    /** The signed credential that session was found by, and no other that the request may hold. */
    signed: string;
    /** The route's pattern for the log, where the router's own is too coarse. */
    route?: string;
  };
}
