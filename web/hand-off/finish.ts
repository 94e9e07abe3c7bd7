// The reader is back from the Worker: turns the code in the fragment into a session of this page. Loaded only then.
// It shares no code with the widget: what they shared would be a file of its own, and cost the widget more than it saves.

import { FLOW_MS, flowKey, type Kept } from "./begin.ts";

/** What a page has written here, or anybody. */
function read(text: string | null): Kept | undefined {
  try {
    const kept: unknown = JSON.parse(text ?? "");
    const isOurs =
      typeof kept === "object" &&
      kept !== null &&
      "verifier" in kept &&
      typeof kept.verifier === "string" &&
      "at" in kept &&
      typeof kept.at === "number" &&
      "hash" in kept &&
      typeof kept.hash === "string";
    return isOurs ? (kept as Kept) : undefined;
  } catch {
    return undefined;
  }
}

export type HandedOff =
  /** The reader who is signed in now. */
  | { userId: string }
  /** `HAND_OFF_ERRORS` of the Worker; `expired` also for a code that is of no use here. */
  | { error: string };

/**
 * @param value of the fragment: `<flow>.<code>` or `<flow>!<error>`
 * @returns undefined for a flow that this browser did not begin: then it is none of our business
 */
export async function finishHandOff(worker: string, value: string): Promise<HandedOff | undefined> {
  const [, flow, sign, rest = ""] = /^([\w-]+)([.!])([\w-]+)$/.exec(value) ?? [];
  const prefix = flowKey(worker);
  let found: Kept | undefined;
  // What others have begun and never finished goes with it.
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith(prefix)) continue;
    const one = read(localStorage.getItem(key));
    const isOld = !one || Date.now() - one.at > FLOW_MS;
    if (key === prefix + flow) found = one;
    if (isOld || key === prefix + flow) localStorage.removeItem(key);
  }
  if (!found) return undefined;
  if (found.hash.startsWith("#")) history.replaceState(history.state, "", found.hash);
  if (sign === "!") return { error: rest };
  try {
    const response = await fetch(`${worker}/api/hand-off`, {
      method: "POST",
      credentials: "include",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ flow, code: rest, verifier: found.verifier }),
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) return { error: response.status >= 500 ? "unavailable" : "expired" };
    const { userId }: { userId?: unknown } = await response.json();
    return typeof userId === "string" ? { userId } : { error: "failed" };
  } catch {
    return { error: "unavailable" };
  }
}
