// Better Auth's published client against our Worker: what it calls works, and takes exactly the round trips it should.
import { createAuthClient } from "better-auth/client";
import { describe, expect, it } from "vitest";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, DOCS_CROSS_SITE, DOCS_SAME_SITE, Isolate } from "../harness/isolate.ts";

const database = await TestDatabase.create("client");
const isolate = await Isolate.create({ database });
const PASSWORD = "correct horse battery";
const NEW_PASSWORD = "another horse battery";

/** The client in a page of that origin. */
function page(origin: string = BASE_URL, browser = new Browser(isolate, origin)) {
  const auth = createAuthClient({
    baseURL: BASE_URL,
    fetchOptions: {
      customFetchImpl: async (input, init) => {
        const request = new Request(input, init);
        const url = new URL(request.url);
        const body = await request.text();
        const answer = await browser.send(url.pathname + url.search, {
          method: request.method,
          headers: Object.fromEntries(request.headers),
          ...(body !== "" && { body }),
        });
        return new Response(answer.text, { status: answer.status, headers: answer.headers });
      },
    },
  });
  return { auth, browser };
}

const address = () => `${crypto.randomUUID()}@example.test`;

async function signedUp(origin?: string) {
  const here = page(origin);
  const email = address();
  const { data, error } = await here.auth.signUp.email({ email, password: PASSWORD, name: "Ada" });
  expect(error).toBeNull();
  await isolate.settle();
  return { ...here, email, id: data?.user.id };
}

/** Signs the same reader in on another device. */
async function elsewhere(email: string, password = PASSWORD) {
  const there = page();
  const { error } = await there.auth.signIn.email({ email, password });
  await isolate.settle();
  return { ...there, error };
}

const sessionOf = async (auth: ReturnType<typeof page>["auth"]) => (await auth.getSession()).data?.session.id;

describe("Better Auth's client", () => {
  it.each([BASE_URL, DOCS_SAME_SITE, DOCS_CROSS_SITE])(
    "signs up, out and in, and knows the reader, at %s",
    async (origin) => {
      const { auth, email, id, browser } = await signedUp(origin);
      const { data: before } = await auth.getSession();
      expect(before).toMatchObject({
        user: { id, email, name: "Ada", emailVerified: false },
        session: { userId: id, expiresAt: new Date("2026-03-31T12:00:00.000Z"), ipAddress: "203.0.113.7" },
      });
      expect((await auth.signOut()).data).toEqual({ success: true });
      expect(browser.cookies.size).toBe(0);
      expect((await auth.getSession()).data).toBeNull();
      const { data: again } = await auth.signIn.email({ email, password: PASSWORD });
      expect(again?.user.id).toBe(id);
      expect(await sessionOf(auth)).not.toBe(before?.session.id);
    },
  );

  it.each([
    ["a wrong password", (email: string) => ({ email, password: "wrong horse battery" })],
    ["an address nobody has", () => ({ email: address(), password: PASSWORD })],
  ])("is told the same 401 for %s", async (_, credentials) => {
    const { email } = await signedUp();
    const { auth, browser } = page();
    const { data, error } = await auth.signIn.email(credentials(email));
    expect([data, error]).toMatchObject([null, { status: 401, code: "INVALID_EMAIL_OR_PASSWORD" }]);
    expect(browser.cookies.size).toBe(0);
  });

  it("changes the name, which the next answer shows", async () => {
    const { auth } = await signedUp();
    await auth.getSession();
    expect((await auth.updateUser({ name: "Grace", image: "https://example.test/g.png" })).data).toEqual({
      status: true,
    });
    expect((await auth.getSession()).data?.user).toMatchObject({ name: "Grace", image: "https://example.test/g.png" });
  });

  it("lists the sessions, and ends another one by its id", async () => {
    const { auth, email } = await signedUp();
    const other = await elsewhere(email);
    const id = (await sessionOf(other.auth)) ?? "";
    const { data: list } = await auth.listSessions();
    expect(list?.map((session) => session.id).sort()).toEqual([id, (await sessionOf(auth)) ?? ""].sort());
    expect(list?.map((session) => session.token)).toEqual(list?.map((session) => session.id));
    expect((await auth.revokeSession({ token: id })).data).toEqual({ status: true });
    expect(await sessionOf(other.auth)).toBeUndefined();
    expect(await sessionOf(auth)).toBeDefined();
  });

  it("ends this session by its id, and lets go of the cookie", async () => {
    const { auth, browser } = await signedUp();
    await auth.revokeSession({ token: (await sessionOf(auth)) ?? "" });
    expect(browser.cookies.size).toBe(0);
    expect((await auth.listSessions()).error?.status).toBe(401);
  });

  it("cannot end another reader's session", async () => {
    const [mine, theirs] = [await signedUp(), await signedUp()];
    expect((await mine.auth.revokeSession({ token: (await sessionOf(theirs.auth)) ?? "" })).data).toEqual({
      status: true,
    });
    expect(await sessionOf(theirs.auth)).toBeDefined();
    const [row] = await database.query("select count(*)::int as n from session where user_id = $1", [theirs.id]);
    expect(row).toEqual({ n: "1" });
  });

  it("ends all other sessions, or all", async () => {
    const { auth, email, browser } = await signedUp();
    const others = [await elsewhere(email), await elsewhere(email)];
    expect((await auth.revokeOtherSessions()).data).toEqual({ status: true });
    for (const other of others) expect(await sessionOf(other.auth)).toBeUndefined();
    expect(await sessionOf(auth)).toBeDefined();
    expect((await auth.revokeSessions()).data).toEqual({ status: true });
    expect(browser.cookies.size).toBe(0);
    expect(
      await database.query(`select 1 from session s join "user" u on u.id = s.user_id where email = $1`, [email]),
    ).toEqual([]);
  });
});

describe("a change of password", () => {
  it("refuses the old one, ends every session but a new one here, and tells the reader by mail", async () => {
    const { auth, email, browser } = await signedUp();
    const other = await elsewhere(email);
    const copy = new Browser(isolate, BASE_URL);
    for (const [name, value] of browser.cookies) copy.cookies.set(name, value);
    const before = [await sessionOf(auth), await sessionOf(other.auth)];
    const sent = isolate.sent.length;
    const { error } = await auth.changePassword({ currentPassword: PASSWORD, newPassword: NEW_PASSWORD });
    await isolate.settle();
    expect(error).toBeNull();
    const after = await sessionOf(auth);
    expect(after).toBeDefined();
    expect(before).not.toContain(after);
    expect(await sessionOf(other.auth)).toBeUndefined();
    expect((await copy.send("/api/session")).status).toBe(401);
    expect((await elsewhere(email)).error?.status).toBe(401);
    expect((await elsewhere(email, NEW_PASSWORD)).error).toBeNull();
    expect(isolate.sent.slice(sent)).toEqual([
      { url: "http://localhost:8025/messages", body: expect.stringContaining(`"to":"${email}"`) as string },
    ]);
    expect(isolate.sent.at(-1)?.body).not.toContain(NEW_PASSWORD);
  });

  it("keeps every session when the caller asks for that", async () => {
    const { auth, email } = await signedUp();
    const other = await elsewhere(email);
    await auth.changePassword({ currentPassword: PASSWORD, newPassword: NEW_PASSWORD, revokeOtherSessions: false });
    expect([await sessionOf(auth), await sessionOf(other.auth)]).toEqual([expect.any(String), expect.any(String)]);
  });

  it.each([
    ["the current one is wrong", { currentPassword: "wrong horse battery", newPassword: NEW_PASSWORD }, 400],
    ["the new one is short", { currentPassword: PASSWORD, newPassword: "seven77" }, 422],
  ])("changes nothing when %s", async (_, body, status) => {
    const { auth, email } = await signedUp();
    const sent = isolate.sent.length;
    expect((await auth.changePassword(body)).error?.status).toBe(status);
    await isolate.settle();
    expect(isolate.sent.length).toBe(sent);
    expect((await elsewhere(email)).error).toBeNull();
  });
});

describe("the round trips to Postgres", () => {
  /** Like "select session": what each one was about, in their order. */
  async function tripsOf(call: () => Promise<{ error: unknown }>): Promise<string[]> {
    await isolate.settle();
    const { mark } = await database.requests();
    expect((await call()).error).toBeNull();
    await isolate.settle();
    const { requests } = await database.requests(mark);
    return requests.map(({ statements }) =>
      statements
        .map(({ text }) =>
          text
            .trim()
            .replace(/^with "counted_0".* as until$/s, "count")
            .replace(/^(\w+).*?"(user|account|session)".*$/is, "$1 $2"),
        )
        .join(" + "),
    );
  }

  it("are exactly these", async () => {
    const { auth, email } = await signedUp();
    const other = await elsewhere(email);
    const id = (await sessionOf(other.auth)) ?? "";
    const trips = {
      "sign-in": await tripsOf(() => page().auth.signIn.email({ email, password: PASSWORD })),
      "list-sessions": await tripsOf(() => auth.listSessions()),
      "update-user": await tripsOf(() => auth.updateUser({ name: "Grace" })),
      "revoke-session": await tripsOf(() => auth.revokeSession({ token: id })),
      "revoke-other-sessions": await tripsOf(() => auth.revokeOtherSessions()),
      "change-password": await tripsOf(() =>
        auth.changePassword({ currentPassword: PASSWORD, newPassword: NEW_PASSWORD }),
      ),
      "revoke-sessions": await tripsOf(() => auth.revokeSessions()),
    };
    expect(trips).toEqual({
      // The first counts the try and looks up the password; the second makes the session, records the sign-in, forgives
      // the try and writes the audit trail.
      "sign-in": ["with user", "with user"],
      "list-sessions": ["select session", "select session"],
      "update-user": ["select session", "select session", "update user"],
      "revoke-session": ["select session", "delete session"],
      "revoke-other-sessions": ["select session", "delete session"],
      // The last after the answer, for the mail about it.
      "change-password": ["select session", "count + select account", "with account", "select user"],
      "revoke-sessions": ["select session", "delete session"],
    });
  });
});
