// Attacks by cookies, on every route that asks for a reader: forged, truncated, duplicated and oversized ones, and the
// cookies of ours that are no session. What is refused costs no look-up.
import { describe, expect, it } from "vitest";
import { Browser } from "../harness/browser.ts";
import { push } from "../harness/catalogue.ts";
import { TestDatabase } from "../harness/database.ts";
import { Isolate } from "../harness/isolate.ts";
import { call, READER_OPERATIONS } from "../harness/operations.ts";

const SESSION = "__Host-docent.session_token";
const database = await TestDatabase.create("attacks-cookies");
const isolate = await Isolate.create({ database });
expect((await push(isolate)).status).toBe(200);

const victim = new Browser(isolate);
expect((await victim.signUp("victim@example.test")).status).toBe(200);
const signedIn = new Browser(isolate);
await signedIn.post("/api/auth/sign-in/email", { email: "victim@example.test", password: "correct horse battery" });
const good = victim.cookies.get(SESSION) ?? "";
const [token = "", signature = ""] = decodeURIComponent(good).split(".");
const signed = (text: string, by = signature) => encodeURIComponent(`${text}.${by}`);
/** Another last character of base64 that decodes to the same bytes in a careless reader. */
const sibling = signature.replace(/.(?==$)/, (one) => (one === "A" ? "B" : "A"));

const WORTHLESS: [what: string, cookie: string][] = [
  ["a signature of another token", signed("t".repeat(32))],
  ["the token alone", token],
  ["the token without its signature", `${token}.`],
  ["the signature alone", encodeURIComponent(`.${signature}`)],
  ["a token cut by one", signed(token.slice(0, -1))],
  ["a token and one more", signed(`${token}a`)],
  ["a token in other letters", signed(token.toLowerCase() === token ? token.toUpperCase() : token.toLowerCase())],
  ["a signature cut by one", signed(token, signature.slice(0, -1))],
  ["a signature cut in half", signed(token, signature.slice(0, 22))],
  ["a signature in another spelling", signed(token, sibling)],
  ["a signature in base64url", signed(token, signature.replaceAll("+", "-").replaceAll("/", "_").replace("=", ""))],
  ["a signature twice", signed(token, `${signature}.${signature}`)],
  ["an empty signature of the right length", signed(token, `${"A".repeat(43)}=`)],
  ["a token with a NUL", signed(`${token}\0`)],
  ["a token with a line break", signed(`known-browser\n${token}`)],
  ["8 KB", signed("t".repeat(8_192))],
  ["8 KB in front of it", `${"x".repeat(8_192)}${good}`],
  ["a JSON object", encodeURIComponent(JSON.stringify({ token, role: "admin" }))],
  ["a JWT without an algorithm", `${btoa('{"alg":"none"}')}.${btoa('{"sub":"admin"}')}.`],
  ["quotes around it", `"${good.slice(0, -1)}"`],
  ["the cookie of a known browser", signedIn.cookies.get("__Secure-docent.known_browser") ?? ""],
];

it("tries cookies that are not the victim's own", () => {
  for (const [what, cookie] of WORTHLESS)
    expect([what, cookie === good, cookie.length > 0]).toEqual([what, false, true]);
});

describe.each(READER_OPERATIONS)("$route", (operation) => {
  const send = (cookie: string) => call(new Browser(isolate), operation, { headers: { Cookie: cookie } });

  it("refuses every worthless cookie, and asks nobody", async () => {
    for (const [what, cookie] of WORTHLESS) {
      // Also what a test has to make for the route is made without asking the Worker.
      const before = [isolate.sql, isolate.kv.get];
      const answer = await send(`${SESSION}=${cookie}`);
      expect([what, answer.status], answer.text).toEqual([what, 401]);
      expect([isolate.sql, isolate.kv.get], what).toEqual(before);
    }
  });

  it("takes no session under another name, or in another header", async () => {
    for (const headers of [
      { Cookie: `docent.session_token=${good}` },
      { Cookie: `__host-docent.session_token=${good}` },
      { Cookie: `__Secure-docent.session_token=${good}` },
      { Cookie: `__Host-docent.session_token =${good}`.replace(" =", "%20=") },
      { Cookie: `x="; ${SESSION}"=${good}` },
      { Cookie: `__Host-docent.two_factor=${good}` },
      { Cookie: `__Host-docent.flow=${good}` },
      { Authorization: `Bearer ${decodeURIComponent(good)}` },
      { Authorization: `Bearer ${token}` },
      { Authorization: `Basic ${btoa(`victim@example.test:correct horse battery`)}` },
      { "X-Session-Token": decodeURIComponent(good), "X-User-Id": "admin" },
    ] as Record<string, string>[]) {
      const answer = await call(new Browser(isolate), operation, { headers });
      // Whatever a bearer is worth, nothing of an account is its to do.
      const never = headers.Authorization?.startsWith("Bearer") === true && operation.path.startsWith("/api/auth/");
      expect([headers, answer.status], answer.text).toEqual([headers, never ? 403 : 401]);
    }
  });
});

describe("a session cookie that was planted beside the reader's own", () => {
  it("that is worthless changes nothing, before it or behind it", async () => {
    for (const [what, cookie] of WORTHLESS) {
      for (const both of [`${SESSION}=${cookie}; ${SESSION}=${good}`, `${SESSION}=${good}; ${SESSION}=${cookie}`]) {
        const answer = await new Browser(isolate).send("/api/session", { headers: { Cookie: both } });
        const { reader } = answer.body as { reader?: { id: string } };
        // The reader or nobody, and never another.
        const own = await victim.send("/api/session");
        expect([what, reader?.id ?? "nobody"]).toEqual([
          what,
          answer.status === 200 ? (own.body as { reader: { id: string } }).reader.id : "nobody",
        ]);
      }
    }
  });

  it("a thousand times is refused at the cost of none", async () => {
    const many = Array.from({ length: 1_000 }, (_, at) => `${SESSION}=${signed(`t${at}`)}`).join("; ");
    const before = isolate.sql;
    expect((await new Browser(isolate).send("/api/session", { headers: { Cookie: many } })).status).toBe(401);
    expect(isolate.sql).toBe(before);
  });
});
