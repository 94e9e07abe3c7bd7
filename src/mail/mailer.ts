// Sends mail. Work for after the response: waiting for it would tell an attacker which addresses exist. A failure is
// logged and told to nobody; what a mail says, and to whom it goes, is never logged.
import type { Mail, Recipient } from "../core/mail.ts";
import { messageOf, oneLine } from "./templates.ts";
import { deliver, type MailConfig } from "./transports.ts";

export interface Mailer {
  /** Never rejects. @returns false when it was not taken: whoever must know that a mail went out, like a warning */
  send(to: Recipient, mail: Mail): Promise<boolean>;
}

export interface MailerDeps {
  fetch: typeof fetch;
  log: (line: object) => void;
  /** In whose name a mail goes out where its recipient has no site. */
  siteName: string;
  /** The page where a reader sees to their account. */
  accountPage: string;
}

export function createMailer(config: MailConfig, { fetch, log, siteName, accountPage }: MailerDeps): Mailer {
  // A do-nothing mailer, so that no caller asks whether there is one.
  if (config.transport === "none") return { send: async () => false };
  return {
    async send(to, mail) {
      const site = to.siteName ?? siteName;
      const message = await messageOf(mail, { locale: to.locale, siteName: site }, accountPage);
      const name = oneLine(config.from.name || site);
      const failed = await deliver(config, { from: { ...config.from, name }, to: to.email, ...message }, fetch);
      if (failed) log({ level: "error", message: "mail was not sent", kind: mail.kind, ...failed });
      return failed === undefined;
    },
  };
}
