// The mailbox takes what the Worker sends and shows it safely.
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startMailbox } from "../../dev/mailbox.ts";
import { scratchFolder } from "./scratch-folder.ts";

const NOON = Date.parse("2026-11-20T12:00:00Z");

async function open(file = join(scratchFolder(), "mailbox.json")) {
  let clock = NOON;
  const server = await startMailbox({ port: 0, file, now: () => (clock += 1000) });
  onTestFinished(() => server.close());
  const url = `http://localhost:${server.port}`;
  return {
    file,
    send: (mail: unknown, headers: Record<string, string> = {}) =>
      fetch(`${url}/messages`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: typeof mail === "string" ? mail : JSON.stringify(mail),
      }),
    page: async () => (await fetch(url)).text(),
    headers: async () => (await fetch(url)).headers,
    messages: async () => (await fetch(`${url}/messages`)).json(),
  };
}

const letter = { to: "ada@example.test", from: "Docent <docent@localhost>", subject: "Hello", text: "Good day" };

test("an empty mailbox says so", async () => {
  const mailbox = await open();
  expect(await mailbox.page()).toContain("No mail yet.");
  expect(await mailbox.messages()).toEqual({ messages: [] });
});

test("mails are shown newest first, and given as JSON with the time they came", async () => {
  const mailbox = await open();
  expect((await mailbox.send(letter)).status).toBe(202);
  await mailbox.send({ ...letter, subject: "Again", html: "<p>Good day</p>" });
  expect(await mailbox.messages()).toEqual({
    messages: [
      { ...letter, subject: "Again", html: "<p>Good day</p>", receivedAt: "2026-11-20T12:00:02.000Z" },
      { ...letter, receivedAt: "2026-11-20T12:00:01.000Z" },
    ],
  });
  const page = await mailbox.page();
  expect(page.indexOf("Again")).toBeLessThan(page.indexOf("Hello"));
  expect(page).toContain("ada@example.test");
});

test("nothing in a mail becomes markup, and its HTML part is shut in a frame in which only links work", async () => {
  const mailbox = await open();
  const attack = "<script>alert(1)</script>\"'><img src=x>";
  await mailbox.send({ to: attack, from: attack, subject: attack, text: attack, html: attack });
  const page = await mailbox.page();
  expect(page).not.toContain("<script");
  expect(page).not.toContain("<img");
  expect(page).toMatch(
    /<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" title="[^"]*" srcdoc="&lt;script&gt;[^"]*">/,
  );
  const policy = (await mailbox.headers()).get("content-security-policy");
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
});

test("an address in the text can be followed", async () => {
  const mailbox = await open();
  await mailbox.send({ ...letter, text: "Confirm: http://localhost:8787/confirm?a=1&b=2 soon" });
  expect(await mailbox.page()).toContain(
    '<a href="http://localhost:8787/confirm?a=1&amp;b=2" rel="noopener noreferrer">http://localhost:8787/confirm?a=1&amp;b=2</a> soon',
  );
});

test("mails survive a restart, in a file that only its owner can read", async () => {
  const first = await open();
  await first.send(letter);
  expect(statSync(first.file).mode & 0o777).toBe(0o600);
  const second = await open(first.file);
  expect(await second.messages()).toMatchObject({ messages: [{ subject: "Hello" }] });
});

test("a file that cannot be read is an empty mailbox", async () => {
  const file = join(scratchFolder(), "mailbox.json");
  writeFileSync(file, "{");
  expect(await (await open(file)).messages()).toEqual({ messages: [] });
});

test("only the last 200 mails are kept", async () => {
  const file = join(scratchFolder(), "mailbox.json");
  const many = Array.from({ length: 200 }, (_, index) => ({
    ...letter,
    subject: `mail ${index}`,
    receivedAt: new Date(NOON - index).toISOString(),
  }));
  writeFileSync(file, JSON.stringify(many));
  const mailbox = await open(file);
  await mailbox.send(letter);
  const { messages } = (await mailbox.messages()) as { messages: { subject: string }[] };
  expect([messages.length, messages[0]?.subject, messages.at(-1)?.subject]).toEqual([200, "Hello", "mail 198"]);
});

test("what is no mail, too large, or from a web page is refused", async () => {
  const mailbox = await open();
  expect((await mailbox.send("{")).status).toBe(400);
  expect((await mailbox.send({ subject: "to nobody" })).status).toBe(400);
  expect((await mailbox.send({ ...letter, text: "x".repeat(1_000_001) })).status).toBe(413);
  const forged = await mailbox.send(letter, { origin: "http://localhost:4321" });
  expect(forged.status).toBe(403);
  expect([...forged.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  expect(await mailbox.messages()).toEqual({ messages: [] });
});
