// Better Auth on Hono, drizzle and Neon as its own documents set it up, and nothing of ours in it. Its options differ by
// the binding STOCK: plain, joins, cookie-cache or secondary-storage.
import { env } from "cloudflare:workers";
import { neon, neonConfig } from "@neondatabase/serverless";
import { betterAuth } from "better-auth";
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { drizzle } from "drizzle-orm/neon-http";
import { Hono } from "hono";
import { countedKv } from "./counted.ts";
import * as schema from "./stock-schema.ts";

export { Totals } from "./counted.ts";

neonConfig.fetchEndpoint = String(env.DATABASE_ENDPOINT);
const db = drizzle({ client: neon(String(env.DATABASE_URL), { disableWarningInBrowsers: true }), schema });
const kv = countedKv(env.SESSIONS);

/** KV's smallest time to live, in seconds. */
const KV_MIN_TTL = 60;
const put = (key: string, value: string, ttl?: number) =>
  kv.put(key, value, ttl === undefined ? {} : { expirationTtl: Math.max(ttl, KV_MIN_TTL) });

const auth = betterAuth({
  baseURL: String(env.BASE_URL),
  secret: String(env.AUTH_SECRET),
  trustedOrigins: [String(env.DOCS_ORIGIN)],
  database: drizzleAdapter(db, { provider: "pg", schema }),
  emailAndPassword: { enabled: true },
  ...(env.STOCK === "joins" && { advanced: { database: { joins: true } } }),
  ...(env.STOCK === "cookie-cache" && { session: { cookieCache: { enabled: true, maxAge: 5 * 60 } } }),
  ...(env.STOCK === "secondary-storage" && {
    secondaryStorage: {
      get: (key) => kv.get(key),
      set: put,
      delete: (key) => kv.delete(key),
      // KV can do neither of these atomically. No measured request needs them.
      getAndDelete: async (key) => {
        const value = await kv.get(key);
        await kv.delete(key);
        return value;
      },
      increment: async (key, ttl) => {
        const value = Number((await kv.get(key)) ?? 0) + 1;
        await put(key, String(value), ttl);
        return value;
      },
    },
  }),
});

const app = new Hono();
app.on(["GET", "POST"], "/api/auth/*", (c) => auth.handler(c.req.raw));

export default app;
