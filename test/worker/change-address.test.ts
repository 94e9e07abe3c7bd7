// Moving an account to another address: confirmed at both, by nobody who only reads the new one's mail.
import { beforeEach, describe, expect, it } from "vitest";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, Isolate } from "../harness/isolate.ts";
import { insertLink } from "../harness/mail-links.ts";
import { linkTo, mailsOf } from "../harness/mails.ts";

const database = await TestDatabase.create("change-address");
const isolate = await Isolate.create({ database });
const query = (text: string, values: unknown[]) => database.query(text, values);

let count = 0;
let old = "";
let next = "";
let owner: Browser;
let userId = "";

beforeEach(async () => {
  count += 1;
  old = `old-${count}@example.test`;
  next = `new-${count}@example.test`;
  owner = new Browser(isolate, BASE_URL);
  const answer = await owner.signUp(old);
  userId = (answer.body as { user: { id: string } }).user.id;
  await database.query(`update "user" set email_verified = true where id = $1`, [userId]);
  // The sign-up's own link and mail are not what is looked at here.
  await isolate.settle();
  await database.query("delete from verification where user_id = $1", [userId]);
  isolate.sent.length = 0;
});

const ask = (newEmail: string) => owner.post("/api/auth/change-email", { newEmail });
async function links(): Promise<{ old: string; new: string }> {
  const answer = await ask(next);
  expect([answer.status, answer.body], answer.text).toEqual([200, { status: true }]);
  const [toOld, toNew] = [await linkTo(isolate, old), await linkTo(isolate, next)];
  expect([toOld.kind, toNew.kind]).toEqual(["change-address", "confirm-address"]);
  expect([toOld.mail.text, toNew.mail.text]).toEqual([expect.stringContaining(next), expect.stringContaining(old)]);
  return { old: toOld.secret, new: toNew.secret };
}
const confirm = (token: string, by = owner) =>
  by.post("/api/auth/confirm-email-change", { token }, { origin: BASE_URL });
const stranger = () => new Browser(isolate, BASE_URL);
const address = async () => (await database.query(`select email from "user" where id = $1`, [userId]))[0]?.email;

describe("a change of address", () => {
  it.each([
    ["the old side first", "old", "new"],
    ["the new side first", "new", "old"],
  ] as const)("is done when both have confirmed, %s, and told to both", async (_, first, second) => {
    const secrets = await links();
    const one = await confirm(secrets[first]);
    expect([one.status, one.body], one.text).toEqual([200, { status: true, changed: false }]);
    expect(await address()).toBe(old);
    const both = await confirm(secrets[second]);
    expect([both.status, both.body], both.text).toEqual([200, { status: true, changed: true }]);
    expect(await address()).toBe(next);
    const told = (await mailsOf(isolate)).filter(({ subject }) => subject === "Your address for Course was changed");
    expect(told.slice(-2).map(({ to, text }) => [to, text.includes(next)])).toEqual([
      [old, true],
      [next, true],
    ]);
    expect((await owner.send("/api/auth/get-session")).body).toMatchObject({
      user: { email: next, emailVerified: true },
    });
    expect(
      await database.query("select from audit_event where user_id = $1 and action = 'address.changed'", [userId]),
    ).toHaveLength(1);
    for (const secret of [secrets.old, secrets.new]) expect((await confirm(secret)).status).toBe(400);
  });

  it("is done once when both confirm at the same time", async () => {
    const secrets = await links();
    const answers = await Promise.all([confirm(secrets.old), confirm(secrets.new)]);
    expect(
      answers.map(({ body }) => (body as { changed: boolean }).changed).sort(),
      answers.map(({ text }) => text).join(),
    ).toEqual([false, true]);
    expect(await address()).toBe(next);
  });

  it("is confirmed at the old address by anybody who reads it, at the new one only with the account's own session", async () => {
    const secrets = await links();
    expect((await confirm(secrets.old, stranger())).body).toEqual({ status: true, changed: false });
    const other = stranger();
    await other.signUp(`other-${count}@example.test`);
    for (const browser of [stranger(), other]) {
      const answer = await confirm(secrets.new, browser);
      expect([answer.status, answer.body]).toMatchObject([403, { code: "SIGN_IN_FIRST" }]);
    }
    expect(await address()).toBe(old);
    // It was not used up.
    expect((await confirm(secrets.new)).body).toEqual({ status: true, changed: true });
  });

  it("ends every other link of the account, which went to the old address", async () => {
    const secrets = await links();
    const reset = await insertLink(query, "reset-password", { email: old, userId });
    await confirm(secrets.old);
    await confirm(secrets.new);
    const answer = await stranger().post("/api/auth/reset-password", {
      token: reset,
      newPassword: "another horse battery",
    });
    expect(answer.body).toMatchObject({ code: "INVALID_TOKEN" });
    expect(await database.query("select from verification where user_id = $1", [userId])).toEqual([]);
  });

  it("is confirmed at the new address only, where nobody had proved the old one, and keeps what the session shows", async () => {
    await database.query(`update "user" set email_verified = false where id = $1`, [userId]);
    const second = stranger();
    await second.post("/api/auth/sign-in/email", { email: old, password: "correct horse battery" });
    expect((await ask(next)).status).toBe(200);
    expect((await mailsOf(isolate)).some(({ to }) => to === old)).toBe(false);
    expect((await confirm((await linkTo(isolate, next)).secret)).body).toEqual({ status: true, changed: true });
    expect(await database.query(`select email, email_verified from "user" where id = $1`, [userId])).toEqual([
      { email: next, email_verified: "t" },
    ]);
    expect([(await owner.send("/api/session")).status, (await second.send("/api/session")).status]).toEqual([200, 401]);
  });

  it("to an address that somebody has is answered the same, and told to that address only", async () => {
    await stranger().signUp(next);
    expect((await ask(next)).body).toEqual({ status: true });
    const mails = await mailsOf(isolate);
    expect(mails.at(-1)).toMatchObject({ to: next, subject: "You already have an account for Course" });
    expect(mails.some(({ to }) => to === old)).toBe(false);
    expect(await database.query("select from verification where user_id = $1", [userId])).toEqual([]);
  });

  it("to an address that was taken meanwhile is refused, and changes nothing", async () => {
    const secrets = await links();
    await confirm(secrets.old);
    expect((await stranger().signUp(next)).status).toBe(200);
    const answer = await confirm(secrets.new);
    expect([answer.status, answer.body]).toMatchObject([422, { code: "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL" }]);
    expect(await address()).toBe(old);
  });

  it("replaces one that was asked for before", async () => {
    const first = await links();
    const second = await links();
    expect([(await confirm(first.old)).status, (await confirm(first.new)).status]).toEqual([400, 400]);
    await confirm(second.new);
    expect((await confirm(second.old)).body).toEqual({ status: true, changed: true });
  });

  it("needs a fresh proof, another address, and a page of the Worker", async () => {
    expect((await ask(old)).body).toMatchObject({ code: "EMAIL_IS_THE_SAME" });
    await database.query("update session set authenticated_at = '2026-03-01T11:00:00Z' where user_id = $1", [userId]);
    expect((await ask(next)).body).toMatchObject({ code: "STEP_UP_REQUIRED" });
    expect(
      (await owner.post("/api/auth/change-email", { newEmail: next, callbackURL: "https://evil.example" })).status,
    ).not.toBe(200);
    expect(await database.query("select from verification where user_id = $1", [userId])).toEqual([]);
  });
});
