// What a language has to say for every mail. Types only.
import type { MailKind } from "../../core/mail.ts";

export interface Words {
  subject: string;
  /** Paragraphs before the link. */
  before: readonly string[];
  /** What the link is called; a mail of a link of its own goes there, every other to the account page. */
  action?: string;
  after: readonly string[];
}

/** What a text may say, as far as its mail has it; never the link's address. */
export interface Said {
  minutes: number;
  address: string;
  code: string;
  method: string;
  /** In the reader's form of dates. */
  date: string;
}

export type MailTexts = {
  dir: "ltr" | "rtl";
  /** Above the address of a link in full. */
  orCopy: string;
  /** Why the reader gets it at all. */
  why: (site: string) => string;
} & { [Kind in MailKind]: (site: string, said: Said) => Words };
