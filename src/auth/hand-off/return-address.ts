// Where a reader may be sent back to. Pure. The address is read once, here, and what was read is what is stored and
// sent: no second reading of the same text can see another host in it.
import type { DocentConfig } from "../../core/define-config.ts";

export interface ReturnAddress {
  /** One of the site's configured origins, exactly. */
  origin: string;
  /** On that origin; without a fragment. */
  href: string;
}

/**
 * @param address as the caller gave it, absolute
 * @returns undefined unless it is a page on an origin of that site
 */
export function returnAddress(
  address: string,
  siteId: string,
  sites: DocentConfig["sites"],
): ReturnAddress | undefined {
  // What a URL parser silently drops or turns round is left out of every address that we send somebody to.
  if (/[\s\\\p{Cc}]/u.test(address) || !/^https?:\/\/[^/]/i.test(address) || !URL.canParse(address)) return undefined;
  const url = new URL(address);
  const site = sites.find(({ id }) => id === siteId);
  if (!site?.origins.includes(url.origin)) return undefined;
  if (url.username !== "" || url.password !== "" || address.includes("#")) return undefined;
  // `//evil.example` as a path is still this origin's; a server that redirects to it by path would leave.
  if (url.pathname.startsWith("//")) return undefined;
  return { origin: url.origin, href: url.href };
}
