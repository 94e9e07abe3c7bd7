// The mailbox as a page: plain HTML without scripts. What a mail says is shown as text; its HTML part only in a frame
// that runs nothing and in which only links work.
import { html } from "hono/html";
import type { Mail } from "./mailbox.ts";

const STYLE = `
  :root { color-scheme: light dark; }
  body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; }
  article { border-top: 1px solid; padding: 1rem 0; }
  h2 { margin: 0; font-size: 1.15rem; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 .75rem; margin: .5rem 0; }
  dd { margin: 0; overflow-wrap: anywhere; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; }
  iframe { width: 100%; height: 24rem; border: 1px solid; background: #fff; }
`;

/** No script and no form; a link opens a tab of its own, in which the page it leads to is an ordinary one. */
const LINKS_ONLY = "allow-popups allow-popups-to-escape-sandbox";

export function mailboxPage(mails: readonly Mail[]) {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mailbox (${mails.length})</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Mailbox</h1>
<p>Every mail that the Worker sent on this machine, newest first. None was delivered. <a href="/">Look again</a></p>
${mails.length === 0 ? html`<p>No mail yet.</p>` : mails.map(article)}
</main>
</body>
</html>`;
}

function article(mail: Mail, index: number) {
  return html`<article aria-labelledby="mail-${index}">
<h2 id="mail-${index}">${mail.subject || "(no subject)"}</h2>
<dl>
<dt>To</dt><dd>${mail.to}</dd>
<dt>From</dt><dd>${mail.from}</dd>
<dt>Sent</dt><dd><time datetime="${mail.receivedAt}">${mail.receivedAt}</time></dd>
</dl>
<pre>${linked(mail.text)}</pre>
${
  mail.html === undefined
    ? ""
    : html`<details open><summary>HTML part</summary>
<iframe sandbox="${LINKS_ONLY}" title="HTML part of ${mail.subject}" srcdoc="${mail.html}"></iframe></details>`
}
</article>`;
}

/** Addresses in the text become links: a contributor follows what a reader would. */
function linked(text: string) {
  return text
    .split(/(https?:\/\/[^\s<>"]+)/)
    .map((part, index) => (index % 2 === 1 ? html`<a href="${part}" rel="noopener noreferrer">${part}</a>` : part));
}
