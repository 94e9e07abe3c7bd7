// The ways a mail leaves: each takes one and says whether it was taken. They know nothing of what a mail says.
import * as z from "zod/mini";

export interface Address {
  email: string;
  /** "" for none. */
  name: string;
}

export interface Envelope {
  from: Address;
  to: string;
  subject: string;
  text: string;
  html: string;
}

/** The configured transport; secrets and bindings are parts of it. */
export type MailConfig =
  | { transport: "none" }
  | { transport: "mailbox"; url: string; from: Address }
  | { transport: "cloudflare"; binding: SendEmail; from: Address }
  | { transport: "resend" | "postmark"; key: string; from: Address };

/** Why a mail was not taken, for the log; undefined when it was. */
export type Sent = Promise<{ status: number } | { code: string } | undefined>;

/** Milliseconds a transport may take. */
const TIMEOUT_MS = 10_000;

/** `"Name" <address>` as mail headers have it (RFC 5322, 3.4). */
export function addressLine({ name, email }: Address): string {
  return name === "" ? email : `"${name.replace(/["\\]/g, "\\$&")}" <${email}>`;
}

interface Post {
  url: string;
  headers: Record<string, string>;
  body: object;
}

/** What each service that is reached by HTTP wants to see. */
function postOf(config: Extract<MailConfig, { transport: "mailbox" | "resend" | "postmark" }>, mail: Envelope): Post {
  const { from, to, subject, text, html } = mail;
  switch (config.transport) {
    case "mailbox":
      return { url: config.url, headers: {}, body: { from: addressLine(from), to, subject, text, html } };
    case "resend":
      return {
        url: "https://api.resend.com/emails",
        headers: { Authorization: `Bearer ${config.key}` },
        body: { from: addressLine(from), to: [to], subject, text, html },
      };
    case "postmark":
      return {
        url: "https://api.postmarkapp.com/email",
        headers: { "X-Postmark-Server-Token": config.key, Accept: "application/json" },
        body: {
          From: addressLine(from),
          To: to,
          Subject: subject,
          TextBody: text,
          HtmlBody: html,
          MessageStream: "outbound",
          // A rewritten link would pass its secret through somebody else's server.
          TrackLinks: "None",
          TrackOpens: false,
        },
      };
  }
}

const failure = z.object({ code: z.string().check(z.maxLength(60)) });

/** Of an error only what a log may know: its code, or the name of its kind. */
function codeOf(error: unknown): string {
  const known = z.safeParse(failure, error);
  if (known.success) return known.data.code;
  return error instanceof Error ? error.name : "unknown";
}

/** Never rejects. */
export async function deliver(config: MailConfig, mail: Envelope, fetcher: typeof fetch): Sent {
  try {
    if (config.transport === "none") return undefined;
    if (config.transport === "cloudflare") {
      const { from, ...rest } = mail;
      await config.binding.send({ from: from.name === "" ? from.email : from, ...rest });
      return undefined;
    }
    const { url, headers, body } = postOf(config, mail);
    const response = await fetcher(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.ok ? undefined : { status: response.status };
  } catch (error) {
    return { code: codeOf(error) };
  }
}
