// What mails say: in the site's name and the reader's language, with nothing in a header or in markup that a person chose.
import { describe, expect, it } from "vitest";
import { acceptedLanguage, languageOf } from "../../src/core/language.ts";
import type { Mail, MailKind } from "../../src/core/mail.ts";
import { en } from "../../src/mail/languages/en.ts";
import { ur } from "../../src/mail/languages/ur.ts";
import { messageOf } from "../../src/mail/templates.ts";

const ACCOUNT_PAGE = "https://auth.example.com/account";
const URL = `${ACCOUNT_PAGE}#verify-address=the-secret`;
const link = { url: URL, minutes: 60, address: "new@example.test" };

/** One of every kind; a new kind does not compile until it is here. */
const MAILS: { [K in MailKind]: Mail } = {
  "verify-address": { kind: "verify-address", ...link },
  "magic-link": { kind: "magic-link", ...link },
  "magic-link-sign-up": { kind: "magic-link-sign-up", ...link },
  "reset-password": { kind: "reset-password", ...link },
  "confirm-change": { kind: "confirm-change", ...link },
  "confirm-address": { kind: "confirm-address", ...link },
  "account-exists": { kind: "account-exists" },
  "proof-code": { kind: "proof-code", code: "482913", minutes: 10 },
  "account-deleted": { kind: "account-deleted" },
  inactive: { kind: "inactive", at: Date.UTC(2026, 10, 3) },
  "password-changed": { kind: "password-changed" },
  "password-set": { kind: "password-set" },
  "password-reset": { kind: "password-reset" },
  "second-factor-enabled": { kind: "second-factor-enabled" },
  "second-factor-disabled": { kind: "second-factor-disabled" },
  "backup-codes-made": { kind: "backup-codes-made" },
  "backup-code-used": { kind: "backup-code-used" },
  "passkey-added": { kind: "passkey-added" },
  "passkey-removed": { kind: "passkey-removed" },
  "address-verified": { kind: "address-verified" },
  "address-changed": { kind: "address-changed", address: "new@example.test" },
  "method-linked": { kind: "method-linked", method: "GitHub" },
  "method-unlinked": { kind: "method-unlinked", method: "GitHub" },
};

const write = (mail: Mail, locale: string | null = "en", siteName = "Robot Course") =>
  messageOf(mail, { locale, siteName }, ACCOUNT_PAGE);

describe.each(Object.entries(MAILS))("a mail of the kind %s", (kind, mail) => {
  it.each(["en", "ur"] as const)("is written in %s, as text and as HTML, in the site's name", async (language) => {
    const { subject, text, html } = await write(mail, language);
    expect(subject).toContain("Robot Course");
    expect(html).toContain(`<html lang="${language}" dir="${language === "ur" ? "rtl" : "ltr"}">`);
    for (const part of [text, html]) {
      expect(part).toContain("Robot Course");
      expect(part).not.toMatch(/undefined|\[object|NaN|null/);
    }
    // Every paragraph of the text is in the HTML too.
    for (const paragraph of text.split("\n\n").filter((line) => !/[:"'&]$|^-- /.test(line) && !line.includes("'"))) {
      expect(html).toContain(paragraph);
    }
    if ("url" in mail) {
      expect(text).toContain(`\n${URL}\n`);
      expect(html.split(URL)).toHaveLength(3);
    } else expect(text).not.toContain("#");
    if ("code" in mail) for (const part of [text, html]) expect(part).toContain("482913");
    if ("address" in mail && kind !== "verify-address" && kind.match(/change|confirm/)) {
      expect(text).toContain("new@example.test");
    }
  });

  it("brings what a person chose into no header and no markup", async () => {
    const attack = 'A"><img src=x onerror=alert(1)>\r\nBcc: x@evil.test\u2028\u0000</title>';
    const attacked = Object.fromEntries(
      Object.entries(mail).map(([key, value]) => [key, ["address", "method", "code"].includes(key) ? attack : value]),
    ) as unknown as Mail;
    const { subject, html } = await write(attacked, "en", attack);
    expect(subject).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
    expect(html).not.toContain("<img");
    expect(html.match(/<title>/g)).toHaveLength(1);
    expect(html.match(/<\/title>/g)).toHaveLength(1);
    expect(html).not.toMatch(/<script|<style|src=[^x]|https?:\/\/(?!auth\.example\.com)/);
  });
});

it("has the same words for nothing in both languages: nothing was left untranslated", () => {
  const said = { minutes: 60, address: "a@b.test", code: "1", method: "GitHub", date: "1" };
  for (const kind of Object.keys(MAILS) as MailKind[]) {
    const [english, urdu] = [en[kind]("S", said), ur[kind]("S", said)];
    expect(urdu.subject).not.toBe(english.subject);
    expect(urdu.before).toHaveLength(english.before.length);
    expect(urdu.after).toHaveLength(english.after.length);
    expect(urdu.action === undefined).toBe(english.action === undefined);
    for (const line of [urdu.subject, ...urdu.before.filter((one) => one !== "1"), ...urdu.after])
      expect(line).toMatch(/[\u0600-\u06ff]/);
  }
});

it("writes a date as the reader's language does, and English where no language is known", async () => {
  expect((await write(MAILS.inactive, null)).text).toContain("November 3, 2026");
  expect((await write(MAILS.inactive, "ur-PK")).text).toContain("نومبر");
  expect((await write(MAILS.inactive, "tlh")).html).toContain('lang="en"');
});

it.each([
  ["ur", "ur"],
  ["UR-pk", "ur"],
  ["en-GB", "en"],
  ["urd", undefined],
  ["", undefined],
  [null, undefined],
  ["ur\r\nX: y", undefined],
])("takes the tag %j for %s", (tag, language) => {
  expect(languageOf(tag)).toBe(language);
});

it.each([
  ["ur", "ur"],
  ["ur-PK,ur;q=0.9,en;q=0.8", "ur"],
  ["de,en;q=0.5,ur;q=0.7", "ur"],
  ["fr, de;q=0.3", undefined],
  ["ur;q=0,en;q=0.1", "en"],
  ["*", undefined],
  ["ur;q=banana", "ur"],
  [`${"x,".repeat(5000)}ur`, undefined],
  [null, undefined],
])("reads from the header %j that the reader wants %s", (header, language) => {
  expect(acceptedLanguage(header)).toBe(language);
});
