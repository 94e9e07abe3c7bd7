// Whatever opens an account, or changes what does, is told to its reader by mail, at the address that was theirs.
import { describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { Authenticator } from "../harness/authenticator.ts";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, Isolate } from "../harness/isolate.ts";
import { mailsOf } from "../harness/mails.ts";
import { totpCode } from "../harness/second-factor.ts";
import { START } from "../setup.ts";

const database = await TestDatabase.create("change-mails");
const isolate = await Isolate.create({ database });
const PASSWORD = "correct horse battery";

interface Reader {
  browser: Browser;
  email: string;
}

async function newReader(): Promise<Reader> {
  const browser = new Browser(isolate, BASE_URL);
  const email = `${crypto.randomUUID()}@example.test`;
  expect((await browser.signUp(email, PASSWORD)).status).toBe(200);
  await database.query(`update "user" set email_verified = true, locale = 'en' where email = $1`, [email]);
  return { browser, email };
}

async function done<Value>(reader: Reader, path: string, json: object, shape: z.ZodType<Value>): Promise<Value> {
  const answer = await reader.browser.post(`/api/auth/${path}`, json);
  expect(answer.status, answer.text).toBe(200);
  return shape.parse(answer.body);
}

const anything = z.unknown();
const enabled = z.object({ totpURI: z.string(), backupCodes: z.array(z.string()) });

async function withFactor(reader: Reader) {
  const { totpURI, backupCodes } = await done(reader, "two-factor/enable", {}, enabled);
  const secret = new URL(totpURI).searchParams.get("secret") ?? "";
  await done(reader, "two-factor/verify-totp", { code: totpCode(0, secret) }, anything);
  return { secret, backupCodes };
}

async function addPasskey(reader: Reader): Promise<string> {
  const options = z.object({ challenge: z.string(), user: z.object({ id: z.string() }) });
  const authenticator = await Authenticator.create(BASE_URL);
  const response = await authenticator.register(await done(reader, "passkey/generate-register-options", {}, options));
  const { id } = await done(reader, "passkey/verify-registration", { response }, z.object({ id: z.string() }));
  return id;
}

/** What is done, and the subject of the mail that says so. Ways in of others: test/worker/linking.test.ts. */
const CHANGES: Record<string, [subject: string, change: (reader: Reader) => Promise<unknown>]> = {
  "a changed password": [
    "Your password for Course was changed",
    (reader) =>
      done(reader, "change-password", { currentPassword: PASSWORD, newPassword: "another horse battery" }, anything),
  ],
  "a second factor": ["Two-step sign-in for Course is on", withFactor],
  "new backup codes": [
    "New backup codes for Course",
    async (reader) => {
      await withFactor(reader);
      await done(reader, "two-factor/generate-backup-codes", {}, anything);
    },
  ],
  "a used backup code": [
    "A backup code was used for Course",
    async (reader) => {
      const { backupCodes } = await withFactor(reader);
      vi.setSystemTime(START.getTime() + 60_000);
      const other = { ...reader, browser: new Browser(isolate, BASE_URL) };
      await done(other, "sign-in/email", { email: reader.email, password: PASSWORD }, anything);
      await done(other, "two-factor/verify-backup-code", { code: backupCodes[0] }, anything);
    },
  ],
  "a second factor taken away": [
    "Two-step sign-in for Course is off",
    async (reader) => {
      await withFactor(reader);
      await done(reader, "two-factor/disable", {}, anything);
    },
  ],
  "a passkey": ["A passkey was added to your account for Course", addPasskey],
  "a passkey taken away": [
    "A passkey was removed from your account for Course",
    async (reader) => done(reader, "passkey/delete-passkey", { id: await addPasskey(reader) }, anything),
  ],
};

describe.each(Object.entries(CHANGES))("%s", (_, [subject, change]) => {
  it("is told to its reader by mail, once, and to nobody else", async () => {
    const reader = await newReader();
    const before = (await mailsOf(isolate)).length;
    await change(reader);
    const mails = (await mailsOf(isolate)).slice(before);
    expect(mails.filter((mail) => mail.subject === subject).map(({ to }) => to)).toEqual([reader.email]);
    expect(new Set(mails.map(({ to }) => to))).toEqual(new Set([reader.email]));
  });
});
