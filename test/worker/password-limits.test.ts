// How often a password may be tried for one account: exactly, for all locations together, and without letting a
// stranger keep the reader out.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ACCOUNT_LIMITS } from "../../src/core/limits.ts";
import { type Answer, Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, Isolate } from "../harness/isolate.ts";

const database = await TestDatabase.create("password-limits");
const isolate = await Isolate.create({ database });
const PASSWORD = "correct horse battery";
const HERE = ACCOUNT_LIMITS["password-here"];
const ANYWHERE = ACCOUNT_LIMITS["password-anywhere"];
const SIGN_IN = "/api/auth/sign-in/email";

let number = 0;
let email = "";
/** The browser the reader signed up in, and has signed in with once. */
let home: Browser;

beforeEach(async () => {
  await database.query("delete from attempt");
  number += 1;
  email = `reader-${number}@example.test`;
  home = new Browser(isolate);
  await home.signUp(email, PASSWORD);
  expect((await signIn(home)).status).toBe(200);
});

function signIn(
  browser: Browser,
  { password = PASSWORD, address = "203.0.113.7", as = email, rememberMe = true } = {},
): Promise<Answer> {
  const body = { email: as, password, rememberMe };
  return browser.post(SIGN_IN, body, { headers: { "CF-Connecting-IP": address } });
}
const stranger = () => new Browser(isolate);

/** One wrong password, and as many more as that network has, as rows: hashing takes its time. */
async function exhaust(address: string, as = email): Promise<void> {
  const answer = await signIn(stranger(), { password: "wrong horse", address, as });
  expect(answer.status, answer.text).toBe(401);
  const over = new Date(Date.now() + HERE.seconds * 1000).toISOString();
  await database.query("update attempt set count = $1 where expires_at = $2", [HERE.count, over]);
}

/** The same for all networks together. */
async function exhaustEverywhere(): Promise<void> {
  await signIn(stranger(), { password: "wrong horse", address: "198.51.100.1" });
  const over = new Date(Date.now() + ANYWHERE.seconds * 1000).toISOString();
  await database.query("update attempt set count = $1 where expires_at = $2", [ANYWHERE.count, over]);
}

const REFUSED = {
  code: "TOO_MANY_REQUESTS",
  message: expect.any(String) as string,
  requestId: expect.any(String) as string,
};

describe("after too many wrong passwords from one network", () => {
  it("the next one is refused", async () => {
    for (let tries = 0; tries < HERE.count; tries += 1) {
      expect((await signIn(stranger(), { password: `wrong horse ${tries}` })).status).toBe(401);
    }
    expect((await signIn(stranger(), { password: "wrong horse" })).status).toBe(429);
  });

  it("a right one is answered like a wrong one, with the time to wait", async () => {
    await exhaust("198.51.100.1");
    const sessions = await database.count("session");
    for (const password of ["wrong horse again", PASSWORD]) {
      const answer = await signIn(stranger(), { password, address: "198.51.100.1" });
      expect([answer.status, answer.body, answer.headers.get("retry-after"), answer.setCookies]).toEqual([
        429,
        REFUSED,
        String(HERE.seconds),
        [],
      ]);
    }
    expect(await database.count("session")).toBe(sessions);
  });

  it("the reader is let in from everywhere else, and that network for other readers", async () => {
    await exhaust("198.51.100.1");
    expect((await signIn(stranger(), { address: "198.51.100.2" })).status).toBe(200);
    const other = `other-${number}@example.test`;
    await stranger().signUp(other, PASSWORD);
    expect((await signIn(stranger(), { address: "198.51.100.1", as: other })).status).toBe(200);
  });

  it("it may try again when the time is over", async () => {
    await exhaust("198.51.100.1");
    vi.setSystemTime(Date.now() + HERE.seconds * 1000 - 1);
    expect((await signIn(stranger(), { address: "198.51.100.1" })).status).toBe(429);
    vi.setSystemTime(Date.now() + 1);
    expect((await signIn(stranger(), { address: "198.51.100.1" })).status).toBe(200);
  });

  it("going on does not prolong it, and uses up nobody else's tries", async () => {
    await exhaust("198.51.100.1");
    for (let tries = 0; tries < 2 * ANYWHERE.count; tries += 1) await signIn(stranger(), { address: "198.51.100.1" });
    expect((await signIn(stranger(), { address: "198.51.100.2" })).status).toBe(200);
    vi.setSystemTime(Date.now() + HERE.seconds * 1000);
    expect((await signIn(stranger(), { address: "198.51.100.1" })).status).toBe(200);
  });

  it("it is the same for the whole /64 of an IPv6 address", async () => {
    await exhaust("2001:db8:0:1::1");
    expect((await signIn(stranger(), { address: "2001:db8:0:1:ffff::1" })).status).toBe(429);
    expect((await signIn(stranger(), { address: "2001:db8:0:2::1" })).status).toBe(200);
  });
});

it("an address nobody has is stopped at the same try, in the same words", async () => {
  const nobody = `nobody-${number}@example.test`;
  await exhaust("198.51.100.1", nobody);
  const answer = await signIn(stranger(), { address: "198.51.100.1", as: nobody });
  expect([answer.status, answer.body, answer.headers.get("retry-after")]).toEqual([429, REFUSED, String(HERE.seconds)]);
  // Nor does the table tell whose they were.
  expect(JSON.stringify(await database.query("select * from attempt"))).not.toContain(nobody);
});

it("the spelling of the address makes no difference", async () => {
  await exhaust("198.51.100.1", email.toUpperCase());
  expect((await signIn(stranger(), { address: "198.51.100.1" })).status).toBe(429);
});

describe("a right password", () => {
  it("forgives the wrong ones before it", async () => {
    for (let tries = 1; tries < HERE.count; tries += 1) {
      expect((await signIn(stranger(), { password: "wrong horse" })).status).toBe(401);
    }
    expect((await signIn(stranger())).status).toBe(200);
    expect(await database.query("select * from attempt")).toEqual([]);
  });

  it("counts nothing, however often it is given", async () => {
    for (let times = 0; times <= HERE.count; times += 1) expect((await signIn(stranger())).status).toBe(200);
  });
});

describe("after too many wrong passwords from everywhere", () => {
  it("a stranger is stopped from any network, also with the right one", async () => {
    await exhaustEverywhere();
    const answer = await signIn(stranger(), { address: "198.51.100.77" });
    expect([answer.status, answer.headers.get("retry-after")], answer.text).toEqual([429, String(ANYWHERE.seconds)]);
  });

  it("a browser in which the reader has signed in before is not stopped, and has tries of its own", async () => {
    await exhaustEverywhere();
    for (let tries = 0; tries < HERE.count; tries += 1) {
      expect((await signIn(home, { password: "wrong horse", address: "198.51.100.1" })).status).toBe(401);
    }
    expect((await signIn(home)).status).toBe(429);
    vi.setSystemTime(Date.now() + HERE.seconds * 1000);
    expect((await signIn(home, { address: "198.51.100.1" })).status).toBe(200);
  });

  it("a browser is known for the reader who signed in and for nobody else", async () => {
    const other = `other-${number}@example.test`;
    const [theirs, forged] = [stranger(), stranger()];
    await theirs.signUp(other, PASSWORD);
    expect((await signIn(theirs, { as: other })).status).toBe(200);
    forged.cookies.set(
      "__Secure-docent.known_browser",
      `${"0".repeat(32)}.${encodeURIComponent(`${"A".repeat(43)}=`)}`,
    );
    await exhaustEverywhere();
    for (const browser of [theirs, forged])
      expect((await signIn(browser, { address: "198.51.100.78" })).status).toBe(429);
  });

  it("a browser is not remembered when the reader asked not to be", async () => {
    const shared = stranger();
    expect((await signIn(shared, { rememberMe: false })).status).toBe(200);
    await exhaustEverywhere();
    expect((await signIn(shared, { address: "198.51.100.79" })).status).toBe(429);
  });
});

it("the cookie of a known browser is sent to the sign-in only, is no session, and no session is one", async () => {
  const { setCookies } = await signIn(stranger());
  const cookie = setCookies.find((one) => one.startsWith("__Secure-docent.known_browser="));
  expect(cookie).toMatch(/; Max-Age=15552000; Path=\/api\/auth\/sign-in; Secure; HttpOnly; SameSite=Lax$/);
  const value = /=([^;]+)/.exec(cookie ?? "")?.[1] ?? "";
  const headers = { Cookie: `__Host-docent.session_token=${value}` };
  expect((await stranger().send("/api/session", { headers })).status).toBe(401);
  const session = home.cookies.get("__Host-docent.session_token") ?? "";
  await exhaustEverywhere();
  const planted = stranger();
  planted.cookies.set("__Secure-docent.known_browser", session);
  expect((await signIn(planted, { address: "198.51.100.80" })).status).toBe(429);
});

describe("many at once", () => {
  it("are no more than the limit, however they interleave", async () => {
    const others = await Promise.all(Array.from({ length: 3 }, () => Isolate.create({ database })));
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, at) =>
        signIn(new Browser(others[at % others.length] ?? isolate), {
          password: "wrong horse",
          address: "198.51.100.1",
        }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401).length).toBe(HERE.count);
    expect(statuses.filter((status) => status === 429).length).toBe(40 - HERE.count);
  });

  it("with right passwords among them end in no deadlock", async () => {
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, at) =>
        signIn(stranger(), { ...(at % 2 && { password: "wrong horse" }), address: `198.51.100.${at % 3}` }),
      ),
    );
    expect(answers.map(({ status }) => status).filter((status) => ![200, 401, 429].includes(status))).toEqual([]);
  });
});

it("a sign-in still takes two round trips, and a stopped one a single one", async () => {
  expect(await database.roundTrips(() => signIn(stranger()))).toBe(2);
  expect(await database.roundTrips(() => signIn(stranger(), { password: "wrong horse" }))).toBe(1);
  await exhaust("198.51.100.1");
  expect(await database.roundTrips(() => signIn(stranger(), { address: "198.51.100.1" }))).toBe(1);
});

it("an outage is 503 and not a limit, and lets nobody try", async () => {
  await database.inject({ effect: "status", status: 500, matching: 'insert into "attempt"', times: null });
  const answer = await signIn(stranger());
  await database.heal();
  expect([answer.status, answer.body], answer.text).toMatchObject([503, { code: "SERVICE_UNAVAILABLE" }]);
});

it("the current password, too, is tried so often and no more when it is changed", async () => {
  const change = (currentPassword: string) =>
    home.post(
      "/api/auth/change-password",
      { currentPassword, newPassword: "another horse battery" },
      { origin: BASE_URL, headers: { "CF-Connecting-IP": `198.51.100.${number}` } },
    );
  const { count, seconds } = ACCOUNT_LIMITS.proof;
  for (let tries = 0; tries < count; tries += 1) expect((await change("wrong horse")).status).toBe(400);
  const stopped = await change(PASSWORD);
  expect([stopped.status, stopped.headers.get("retry-after")], stopped.text).toEqual([429, String(seconds)]);
  vi.setSystemTime(Date.now() + seconds * 1000);
  expect((await change(PASSWORD)).status).toBe(200);
  expect(await database.query("select * from attempt")).toEqual([]);
});

it("counts that are over are removed every day, and no others", async () => {
  await exhaust("198.51.100.1");
  vi.setSystemTime(Date.now() + HERE.seconds * 1000 + 1);
  await isolate.worker.scheduled();
  expect(isolate.logs).toContainEqual({ level: "info", message: "chore", name: "expired attempts", removed: 1 });
  expect(await database.count("attempt")).toBe(1);
});
