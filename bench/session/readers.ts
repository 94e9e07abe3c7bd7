// Readers and sessions to measure with, as rows of both data models, and the cookies a browser would send.
import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { type NeonQueryFunction, neon, neonConfig } from "@neondatabase/serverless";
import { AUTH_SECRET, DOCENT_DATABASE, databaseUrl, STOCK_DATABASE } from "./setting.ts";

export const DOCENT_COOKIE = "__Host-docent.session_token";
const STOCK_COOKIE = "__Secure-better-auth.session_token";
/** A week, which is within what both allow. */
const SESSION_MS = 7 * 86_400_000;

export interface SessionToken {
  token: string;
  /** The `Cookie` header. */
  cookie: string;
}

/** `token.base64(HMAC-SHA256(secret, token))`, URL-encoded: both sign alike. */
export function signedCookie(name: string, token: string): string {
  const signature = createHmac("sha256", AUTH_SECRET).update(token).digest("base64");
  return `${name}=${encodeURIComponent(`${token}.${signature}`)}`;
}

const newToken = () => randomBytes(24).toString("base64url");
const newTokens = (count: number) => Array.from({ length: count }, newToken);

export class Readers {
  readonly #docent: NeonQueryFunction<false, false>;
  readonly #stock: NeonQueryFunction<false, false>;
  #reader: Promise<string> | undefined;
  #stockReader: Promise<string> | undefined;

  /** @param endpoint origin of the database endpoint; the driver knows one for the whole process */
  constructor(endpoint: string) {
    neonConfig.fetchEndpoint = () => `${endpoint}/sql`;
    this.#docent = neon(databaseUrl(DOCENT_DATABASE));
    this.#stock = neon(databaseUrl(STOCK_DATABASE));
  }

  /** New sessions of one reader who has answered the questionnaire. */
  async docent(count: number): Promise<SessionToken[]> {
    this.#reader ??= this.#makeReader();
    const userId = await this.#reader;
    const tokens = newTokens(count);
    const now = new Date();
    await this.#docent.query(
      `insert into session (id, token, user_id, expires_at, ip_address, user_agent, last_accessed_at, authenticated_at,
         login_id, created_at, updated_at)
       select gen_random_uuid(), token, $2::uuid, $3, '203.0.113.7', 'Docent bench', $4, $4, gen_random_uuid(), $4, $4
       from unnest($1::text[]) as token`,
      [tokens, userId, new Date(now.getTime() + SESSION_MS).toISOString(), now.toISOString()],
    );
    return tokens.map((token) => ({ token, cookie: signedCookie(DOCENT_COOKIE, token) }));
  }

  /** New sessions of one reader of stock Better Auth. */
  async stock(count: number): Promise<SessionToken[]> {
    this.#stockReader ??= this.#makeStockReader();
    const userId = await this.#stockReader;
    const tokens = newTokens(count);
    await this.#stock.query(
      `insert into session (id, token, user_id, expires_at, ip_address, user_agent)
       select token, token, $2, $3, '203.0.113.7', 'Docent bench' from unnest($1::text[]) as token`,
      [tokens, userId, new Date(Date.now() + SESSION_MS).toISOString()],
    );
    return tokens.map((token) => ({ token, cookie: signedCookie(STOCK_COOKIE, token) }));
  }

  async #makeReader(): Promise<string> {
    const [id, now] = [randomUUID(), new Date().toISOString()];
    await this.#docent.query(
      `insert into "user" (id, email, name, skill_level, operating_system, created_at, updated_at)
       values ($1, 'rows@bench.test', 'Reader', 'beginner', 'linux', $2, $2)`,
      [id, now],
    );
    await this.#docent.query(
      `insert into background_information (id, user_id, experience_level, software_tools, programming_languages,
         hardware_setup, technical_preferences, answers, answered_at, created_at, updated_at)
       values ($1, $2, 'beginner', '["ros 2","docker"]', '["python"]', '{"devices":["jetson orin"]}', '{}', '{}', '{}', $3, $3)`,
      [randomUUID(), id, now],
    );
    return id;
  }

  async #makeStockReader(): Promise<string> {
    const id = newToken();
    await this.#stock.query(`insert into "user" (id, email, name) values ($1, 'rows@bench.test', 'Reader')`, [id]);
    return id;
  }
}
