// Sends the reader to the Worker to sign in, and on to a provider if one was chosen: a navigation, because a cookie that a
// fetch from another site sets is missing when the provider sends them back.

/** In localStorage, before a flow's id. Several docs projects can share an origin, so the Worker's is in the name. */
export const flowKey = (worker: string): string => `docent:${worker}:flow:`;

/** Milliseconds a flow may take, as the Worker counts it. */
export const FLOW_MS = 15 * 60_000;

/** What waits here for the reader to be back. */
export interface Kept {
  verifier: string;
  at: number;
  /** The page's own fragment. */
  hash: string;
}

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
const random = (length: number): string => base64url(crypto.getRandomValues(new Uint8Array(length)));

/** Where to go. What must be kept until the reader is back is kept here, for the tab that a mail opens as well. */
export async function handOffAddress(worker: string, site: string, provider?: string): Promise<string> {
  const [flow, verifier] = [random(16), random(32)];
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const here = new URL(location.href);
  // A provider's code comes back in the fragment; the page's own one waits here.
  const kept: Kept = { verifier, at: Date.now(), hash: here.hash };
  here.hash = "";
  localStorage.setItem(flowKey(worker) + flow, JSON.stringify(kept));
  const query = {
    site,
    return: here.href,
    challenge: base64url(new Uint8Array(digest)),
    flow,
    ...(provider !== undefined && { with: provider }),
  };
  return `${worker}/start?${new URLSearchParams(query)}`;
}

/** @throws where this browser keeps nothing, so that nobody could come back */
export async function beginHandOff(worker: string, site: string, provider?: string): Promise<void> {
  location.assign(await handOffAddress(worker, site, provider));
}
