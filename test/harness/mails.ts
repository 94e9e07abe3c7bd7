// Mails as they left the Worker.
import * as z from "zod";
import type { Isolate } from "./isolate.ts";

const mail = z.object({ to: z.string(), from: z.string(), subject: z.string(), text: z.string(), html: z.string() });
export type SentMail = z.infer<typeof mail>;

/** Every mail so far, the oldest first. */
export async function mailsOf(isolate: Isolate): Promise<SentMail[]> {
  await isolate.settle();
  return isolate.sent.filter(({ url }) => url.endsWith("/messages")).map(({ body }) => mail.parse(JSON.parse(body)));
}

const LINK = /(\S+)\/account#([a-z-]+)=([A-Za-z0-9_-]{43})$/m;

/** The link of the latest mail to an address. */
export async function linkTo(isolate: Isolate, address: string) {
  const found = (await mailsOf(isolate)).filter(({ to }) => to === address).at(-1);
  const [url, base, kind, secret] = LINK.exec(found?.text ?? "") ?? [];
  if (!found || url === undefined || secret === undefined) throw new Error(`No link for ${address}: ${found?.text}`);
  return { mail: found, url, base, kind, secret };
}
