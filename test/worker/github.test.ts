// GitHub, which is no OpenID Connect provider: its three answers, as its documentation has them, and what of them counts.
import { describe, expect, it } from "vitest";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, Isolate } from "../harness/isolate.ts";
import { location, navigate } from "../harness/openid-provider.ts";

const database = await TestDatabase.create("github");

interface GitHub {
  token?: unknown;
  user?: unknown;
  emails?: unknown;
  status?: number;
}
let serial = 0;

/** Somebody who comes back from GitHub, which then answers as given. */
async function comeBack({ token, user, emails, status = 200 }: GitHub) {
  serial += 1;
  const asked: { url: string; init: RequestInit | undefined }[] = [];
  const answers: Record<string, unknown> = {
    "https://github.com/login/oauth/access_token": token ?? { access_token: "gho_token", token_type: "bearer" },
    "https://api.github.com/user": user ?? { id: serial, login: `ada-${serial}`, name: null, avatar_url: null },
    "https://api.github.com/user/emails": emails ?? [
      { email: `Old-${serial}@example.test`, primary: false, verified: true },
      { email: `Ada-${serial}@Example.test`, primary: true, verified: true },
    ],
  };
  const isolate = await Isolate.create({
    database,
    internet: async (url, init) => {
      if (!(url in answers)) return new Response(null, { status: 202 });
      asked.push({ url, init });
      return Response.json(answers[url], { status });
    },
  });
  const browser = new Browser(isolate, BASE_URL);
  const address = new URL(location(await navigate(browser, "/start?with=github")));
  const state = address.searchParams.get("state") ?? "";
  const back = await navigate(browser, `/api/auth/callback/github?code=the-code&state=${state}`);
  return { address, asked, back: location(back), browser, email: `ada-${serial}@example.test` };
}

describe("a reader who signs in with GitHub", () => {
  it("is asked for no more than who they are, and tied to this request by state and PKCE", async () => {
    const { address, asked } = await comeBack({});
    expect(address.origin + address.pathname).toBe("https://github.com/login/oauth/authorize");
    const { state, code_challenge, ...rest } = Object.fromEntries(address.searchParams);
    expect(rest).toEqual({
      response_type: "code",
      client_id: "docent-at-github",
      scope: "read:user user:email",
      redirect_uri: "http://localhost:8787/api/auth/callback/github",
      code_challenge_method: "S256",
    });
    expect([state, code_challenge]).toEqual([
      expect.stringMatching(/^[\w-]{43}$/),
      expect.stringMatching(/^[\w-]{43}$/),
    ]);
    const sent = new URLSearchParams(String(asked[0]?.init?.body));
    expect(Object.fromEntries(sent)).toMatchObject({
      code: "the-code",
      client_id: "docent-at-github",
      client_secret: "the-secret-of-docent-at-github",
      code_verifier: expect.stringMatching(/^[\w-]{43}$/) as string,
    });
  });

  it("has the primary address, in lower case, and the login where there is no name", async () => {
    const { back, browser, email } = await comeBack({});
    expect(back).toBe("/account");
    expect((await browser.send("/api/auth/get-session")).body).toMatchObject({
      user: { email, emailVerified: true, name: `ada-${serial}` },
    });
    const [row] = await database.query("select account_id, access_token from account where account_id = $1", [
      String(serial),
    ]);
    expect(row).toEqual({ account_id: String(serial), access_token: null });
  });

  it.each<[string, GitHub, string]>([
    [
      "whose primary address is not verified, though another is",
      {
        emails: [
          { email: "a@example.test", primary: true, verified: false },
          { email: "b@example.test", primary: false, verified: true },
        ],
      },
      "unverified",
    ],
    ["who has no primary address", { emails: [] }, "unverified"],
    [
      "whose code GitHub does not know, which it says with 200",
      { token: { error: "bad_verification_code" } },
      "failed",
    ],
    ["of whom it says nothing it should", { user: { login: "ada" } }, "failed"],
    ["whose addresses it does not show", { emails: { message: "Not Found" } }, "failed"],
    ["while it is down", { status: 502 }, "unavailable"],
    ["while it refuses us", { status: 403 }, "failed"],
  ])("%s is not let in", async (_, answers, error) => {
    const before = await database.count("user");
    const { back } = await comeBack(answers);
    expect(back).toBe(`/account#error=${error}`);
    expect(await database.count("user")).toBe(before);
  });

  it.each([true, false])(
    "does not get an account registered with the address before, verified: %s",
    async (verified) => {
      const email = `ada-${serial + 1}@example.test`;
      const registered = new Browser(await Isolate.create({ database }), BASE_URL);
      expect((await registered.signUp(email)).status).toBe(200);
      await database.query(`update "user" set email_verified = $2 where email = $1`, [email, verified]);
      const { back, browser } = await comeBack({});
      expect(back).toBe("/account#error=registered");
      expect(browser.cookies.has("__Host-docent.session_token")).toBe(false);
      const links = await database.query(
        `select provider_id from account a join "user" u on u.id = a.user_id where u.email = $1 and u.email_verified = $2`,
        [email, verified],
      );
      expect(links).toEqual([{ provider_id: "credential" }]);
    },
  );

  it("who says no, or is another browser, or comes a second time, is not let in", async () => {
    const { browser, address } = await comeBack({});
    const state = address.searchParams.get("state") ?? "";
    const again = await navigate(browser, `/api/auth/callback/github?code=the-code&state=${state}`);
    expect(location(again)).toBe("/account#error=expired");
    const next = new URL(location(await navigate(browser, "/start?with=github"))).searchParams.get("state") ?? "";
    const elsewhere = new Browser(browser.isolate, BASE_URL);
    expect(location(await navigate(elsewhere, `/api/auth/callback/github?code=x&state=${next}`))).toBe(
      "/account#error=expired",
    );
    const no = await navigate(browser, `/api/auth/callback/github?error=access_denied&state=${next}`);
    expect(location(no)).toBe("/account#error=denied");
  });
});
