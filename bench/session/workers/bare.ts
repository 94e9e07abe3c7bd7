// What an answer costs at the very least: nothing, one read of KV, one statement to Neon, one check of a JWT. No
// middleware, no error handling.
import { env } from "cloudflare:workers";
import { neon, neonConfig } from "@neondatabase/serverless";
import { Hono } from "hono";
import { getCookie } from "hono/cookie";
import { jwtVerify } from "jose";
import { countedKv } from "./counted.ts";

export { Totals } from "./counted.ts";

neonConfig.fetchEndpoint = String(env.DATABASE_ENDPOINT);
const sql = neon(String(env.DATABASE_URL), { disableWarningInBrowsers: true });
const kv = countedKv(env.SESSIONS);
const secret = new TextEncoder().encode(String(env.AUTH_SECRET));

/** What `/statement` asks; set once, before anything is measured. */
let statement = "select 1";
/** What `/answer` says: one of Docent's answers; set once, before anything is measured. */
let answer: { body: string; headers: [string, string][] } = { body: "", headers: [] };
/** A settled value only. */
let key: CryptoKey | undefined;

const app = new Hono();
app.get("/empty", (c) => c.body(null));
app.put("/answer", async (c) => {
  answer = await c.req.json();
  return c.body(null);
});
app.get("/answer", () => new Response(answer.body, { headers: answer.headers }));
app.get("/kv", async (c) => {
  const value = await kv.get(c.req.query("key") ?? "", { type: "arrayBuffer", cacheTtl: 30 });
  return value === null ? c.notFound() : c.body(value);
});
app.put("/statement", async (c) => {
  statement = await c.req.text();
  return c.body(null);
});
app.get("/statement", async (c) => c.json(await sql.query(statement, [c.req.query("token"), 1])));
app.get("/jwt", async (c) => {
  key ??= await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  const { payload } = await jwtVerify(getCookie(c, "session") ?? "", key, { algorithms: ["HS256"] });
  return c.json(payload);
});

export default app;
