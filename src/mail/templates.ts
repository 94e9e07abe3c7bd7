// From a mail to what is sent: subject, plain text and HTML, in the site's name and the reader's language. A link
// is one of the Worker's own pages; what a person may have chosen (names, addresses) stands as text, in no header and
// in no markup.
import { html } from "hono/html";
import { languageOf } from "../core/language.ts";
import type { Mail, Recipient } from "../core/mail.ts";
import { en } from "./languages/en.ts";
import type { MailTexts, Said } from "./languages/mail-texts.ts";
import { ur } from "./languages/ur.ts";

export interface Message {
  subject: string;
  text: string;
  html: string;
}

const TEXTS = { en, ur } as const satisfies Record<string, MailTexts>;

/** A header's line: a line break in it would begin another header. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();

const BUTTON =
  "display:inline-block;padding:12px 20px;border-radius:6px;background:#1d4ed8;color:#ffffff;text-decoration:none;font-weight:600";
const BODY = "margin:0;padding:24px;background:#ffffff;color:#1f2937;font:16px/1.6 system-ui,'Segoe UI',sans-serif";
const SMALL = "color:#4b5563;font-size:14px;overflow-wrap:anywhere";

/** @param accountPage the address of the page where a reader sees to their account */
export async function messageOf(
  mail: Mail,
  { locale, siteName }: Pick<Recipient, "locale"> & { siteName: string },
  accountPage: string,
): Promise<Message> {
  const language = languageOf(locale) ?? "en";
  const texts: MailTexts = TEXTS[language];
  const site = oneLine(siteName);
  const date =
    "at" in mail ? new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(mail.at) : "";
  const said: Said = { minutes: 0, address: "", code: "", method: "", ...mail, date };
  const words = texts[mail.kind](site, said);
  const url = "url" in mail ? mail.url : accountPage;
  const { subject, before, action, after } = words;
  const why = texts.why(site);
  const text = [...before, ...(action ? [`${action}:`, url] : []), ...after, `-- \n${why}`].join("\n\n");
  const paragraph = (line: string) => html`<p style="margin:0 0 16px">${line}</p>`;
  const markup = html`<!doctype html>
<html lang="${language}" dir="${texts.dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>${subject}</title>
</head>
<body style="${BODY}">
<div style="max-width:560px;margin:0 auto" dir="${texts.dir}">
<p style="margin:0 0 24px;font-size:20px;font-weight:700">${site}</p>
${before.map(paragraph)}
${
  action
    ? html`<p style="margin:24px 0"><a href="${url}" rel="noreferrer" target="_blank" style="${BUTTON}">${action}</a></p>
<p style="${SMALL}">${texts.orCopy}<br><span dir="ltr">${url}</span></p>`
    : ""
}
${after.map(paragraph)}
<p style="${SMALL};border-top:1px solid #d1d5db;padding-top:16px">${why}</p>
</div>
</body>
</html>`;
  return { subject: oneLine(subject), text, html: String(await markup) };
}
