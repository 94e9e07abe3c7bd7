// Each transport is asked as its documentation says, and what goes wrong is logged with no word of the mail.
import { describe, expect, it } from "vitest";
import type { MailConfig } from "../../src/config.ts";
import { createMailer } from "../../src/mail/mailer.ts";
import { addressLine } from "../../src/mail/transports.ts";

const from = { name: "", email: "docs@example.com" };
const KEY = "the-key-of-the-service";
const to = { email: "ada@example.test", locale: null };

interface Seen {
  url: string;
  headers: Record<string, string>;
  body: Record<string, unknown>;
}

function mailer(config: MailConfig, answer: () => Promise<Response> = async () => new Response("{}")) {
  const seen: Seen[] = [];
  const logs: Record<string, unknown>[] = [];
  const { send } = createMailer(config, {
    fetch: async (input, init) => {
      seen.push({
        url: String(input),
        headers: Object.fromEntries(new Headers(init?.headers)),
        body: JSON.parse(String(init?.body)),
      });
      return answer();
    },
    log: (line) => logs.push(line as Record<string, unknown>),
    siteName: 'The "Robot" Course',
    accountPage: "https://auth.example.com/account",
  });
  return { send, seen, logs };
}

const notice = { kind: "password-changed" } as const;

describe("a mail", () => {
  it("goes to Resend with its key, from the site", async () => {
    const { send, seen, logs } = mailer({ transport: "resend", key: KEY, from });
    expect(await send(to, notice)).toBe(true);
    expect(seen).toMatchObject([
      {
        url: "https://api.resend.com/emails",
        headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
        body: {
          from: '"The \\"Robot\\" Course" <docs@example.com>',
          to: ["ada@example.test"],
          subject: 'Your password for The "Robot" Course was changed',
        },
      },
    ]);
    expect(Object.keys(seen[0]?.body ?? {}).sort()).toEqual(["from", "html", "subject", "text", "to"]);
    expect(logs).toEqual([]);
  });

  it("goes to Postmark with its token, and asks it to rewrite and watch nothing", async () => {
    const { send, seen } = mailer({ transport: "postmark", key: KEY, from: { ...from, name: "Docs" } });
    expect(await send(to, notice)).toBe(true);
    expect(seen).toMatchObject([
      {
        url: "https://api.postmarkapp.com/email",
        headers: { "x-postmark-server-token": KEY },
        body: { From: '"Docs" <docs@example.com>', To: "ada@example.test", TrackLinks: "None", TrackOpens: false },
      },
    ]);
  });

  it("goes to Cloudflare's binding", async () => {
    const sent: unknown[] = [];
    const binding = { send: async (mail: unknown) => sent.push(mail) } as unknown as SendEmail;
    const { send, seen } = mailer({ transport: "cloudflare", binding, from });
    expect(await send({ ...to, siteName: "Other docs" }, notice)).toBe(true);
    expect(sent).toMatchObject([
      {
        from: { email: "docs@example.com", name: "Other docs" },
        to: "ada@example.test",
        subject: "Your password for Other docs was changed",
        text: expect.stringContaining("just been changed") as string,
        html: expect.stringContaining("<!doctype html>") as string,
      },
    ]);
    expect(seen).toEqual([]);
  });

  it("goes nowhere without a transport, and says so", async () => {
    const { send, seen, logs } = mailer({ transport: "none" });
    expect(await send(to, notice)).toBe(false);
    expect([seen, logs]).toEqual([[], []]);
  });

  it.each<[string, MailConfig, () => Promise<Response>, object]>([
    [
      "refuses it",
      { transport: "resend", key: KEY, from },
      async () => new Response("no", { status: 422 }),
      { status: 422 },
    ],
    [
      "is down",
      { transport: "postmark", key: KEY, from },
      async () => Promise.reject(new TypeError(`${KEY} ada@example.test`)),
      { code: "TypeError" },
    ],
  ])("whose service %s is logged without a word of it, and nothing is thrown", async (_, config, answer, line) => {
    const { send, logs } = mailer(config, answer);
    expect(await send(to, notice)).toBe(false);
    expect(logs).toEqual([{ level: "error", message: "mail was not sent", kind: "password-changed", ...line }]);
  });

  it("that Cloudflare's binding refuses is logged by the code of the error", async () => {
    const refusal = Object.assign(new Error("ada@example.test is suppressed"), { code: "E_RECIPIENT_SUPPRESSED" });
    const binding = { send: () => Promise.reject(refusal) } as unknown as SendEmail;
    const { send, logs } = mailer({ transport: "cloudflare", binding, from });
    expect(await send(to, notice)).toBe(false);
    expect(logs).toEqual([
      { level: "error", message: "mail was not sent", kind: "password-changed", code: "E_RECIPIENT_SUPPRESSED" },
    ]);
  });

  it("has no line break in any header, whatever the site is called", async () => {
    const { send, seen } = mailer({ transport: "resend", key: KEY, from });
    await send({ ...to, siteName: "Docs\r\nBcc: everyone@example.test\n\nHello" }, notice);
    for (const header of ["from", "subject"]) expect(String(seen[0]?.body[header])).not.toMatch(/[\r\n]/);
    expect(seen[0]?.body.to).toEqual(["ada@example.test"]);
  });
});

it.each([
  [{ name: "", email: "a@b.test" }, "a@b.test"],
  [{ name: "A, B", email: "a@b.test" }, '"A, B" <a@b.test>'],
  [{ name: 'x" <evil@b.test>, "y\\', email: "a@b.test" }, '"x\\" <evil@b.test>, \\"y\\\\" <a@b.test>'],
])("writes %j as one address", (address, line) => {
  expect(addressLine(address)).toBe(line);
});
