// Takes every mail that the Worker sends in development and shows it; none ever leaves this machine.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import * as z from "zod";
import { type LoopbackServer, serveOnLoopback } from "./loopback-server.ts";
import { mailboxPage } from "./mailbox-page.ts";

const message = z.object({
  to: z.string().min(1),
  from: z.string().default(""),
  subject: z.string().default(""),
  text: z.string().default(""),
  html: z.string().optional(),
});
const mail = message.extend({ receivedAt: z.iso.datetime() });
export type Mail = z.infer<typeof mail>;

/** Characters of one mail, and how many mails are kept. */
const MAIL_LENGTH = 1_000_000;
const KEPT = 200;

export interface MailboxOptions {
  port: number;
  /** Where mails survive a restart. */
  file: string;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/**
 * Starts the mailbox: `POST /messages` takes a mail, `GET /messages` gives all as JSON, `GET /` is for people.
 * @throws the system's error when the port is taken.
 */
export function startMailbox({ port, file, now }: MailboxOptions): Promise<LoopbackServer> {
  let mails = readMails(file);
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    c.header("Cache-Control", "no-store");
    c.header("X-Content-Type-Options", "nosniff");
    c.header("Referrer-Policy", "no-referrer");
    c.header(
      "Content-Security-Policy",
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  });
  app.get("/", (c) => c.html(mailboxPage(mails)));
  app.get("/messages", (c) => c.json({ messages: mails }));
  app.post("/messages", async (c) => {
    // The Worker is no web page; a page that could put mails here could show a contributor a forged link.
    if (c.req.header("Origin") !== undefined) return c.json({ error: "No web page may send mail." }, 403);
    // Read to its end even when it is too long: a sender that is cut off does not see the refusal.
    const text = await c.req.text();
    if (text.length > MAIL_LENGTH) return c.json({ error: `A mail may have ${MAIL_LENGTH} characters.` }, 413);
    const parsed = message.safeParse(parseJson(text));
    if (!parsed.success) return c.json({ error: z.prettifyError(parsed.error) }, 400);
    mails = [{ ...parsed.data, receivedAt: new Date(now()).toISOString() }, ...mails].slice(0, KEPT);
    writeFileSync(`${file}.draft`, JSON.stringify(mails), { mode: 0o600 });
    renameSync(`${file}.draft`, file);
    return c.json({ accepted: true }, 202);
  });
  return serveOnLoopback({
    port,
    names: ["localhost", "127.0.0.1"],
    handler: getRequestListener(app.fetch, { overrideGlobalObjects: false }),
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Mails of before, newest first. A file that cannot be read is an empty mailbox: it holds nothing of value. */
function readMails(file: string): Mail[] {
  if (!existsSync(file)) return [];
  try {
    return z.array(mail).parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return [];
  }
}
