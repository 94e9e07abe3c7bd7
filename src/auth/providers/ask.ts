// One request to a provider, with what Better Auth's own have not: a time limit, a limit of size, the Worker's own
// network, and a clear difference between "no" and "no answer".
import { ProviderRefused, ProviderUnavailable } from "./provider.ts";

export interface Asking {
  fetch: typeof fetch;
}

/** Milliseconds: a reader is looking at an empty page meanwhile. */
const TIME_LIMIT_MS = 5_000;
/** Characters; a key set or a profile has a few thousand. */
const MAX_LENGTH = 256 * 1024;

/** @throws ProviderUnavailable, ProviderRefused */
export async function askProvider(
  { fetch }: Asking,
  url: string,
  init: { method?: "POST"; headers?: Record<string, string>; body?: string } = {},
): Promise<unknown> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      ...init,
      headers: { Accept: "application/json", "User-Agent": "Docent", ...init.headers },
      // A secret is never sent on to where a redirect points.
      redirect: "manual",
      signal: AbortSignal.timeout(TIME_LIMIT_MS),
    });
    text = await response.text();
  } catch (error) {
    throw new ProviderUnavailable("no answer", { cause: error });
  }
  if (response.status >= 500 || response.status === 429) throw new ProviderUnavailable(`status ${response.status}`);
  if (!response.ok || text.length > MAX_LENGTH) throw new ProviderRefused(`status ${response.status}`);
  try {
    return JSON.parse(text);
  } catch {
    throw new ProviderRefused("no JSON");
  }
}
