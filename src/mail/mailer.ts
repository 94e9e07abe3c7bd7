// Sends mail. Work for after the response: waiting for it would tell an attacker which addresses exist. A failure is
// logged and told to nobody; what a mail says is never logged.
import type { Message } from "./templates.ts";

export type MailTransport = { transport: "none" } | { transport: "mailbox"; url: string; from: string };

export interface Mailer {
  /** Never rejects. */
  send(to: string, message: Message): Promise<void>;
}

/** Milliseconds a transport may take. */
const TIMEOUT_MS = 10_000;

export function createMailer(mail: MailTransport, deps: { fetch: typeof fetch; log: (line: object) => void }): Mailer {
  // A do-nothing mailer, so that no caller asks whether there is one.
  if (mail.transport === "none") return { send: async () => {} };
  return {
    async send(to, message) {
      try {
        const response = await deps.fetch(mail.url, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ from: mail.from, to, ...message }),
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        if (!response.ok) deps.log({ level: "error", message: "mail was refused", status: response.status });
      } catch (error) {
        deps.log({
          level: "error",
          message: "mail was not sent",
          error: error instanceof Error ? error.name : "unknown",
        });
      }
    },
  };
}
