// The reader is back from the Worker: turns the code in the fragment into a session of this page. Loaded only then.
// It shares no code with the widget: what they shared would be a file of its own, and cost the widget more than it saves.

import type { Device } from "../storage/device.ts";
import { beginHandOff, FLOW_MS, flowKey, type Kept } from "./begin.ts";

/** Milliseconds until a request counts as unanswered. */
const TIMEOUT = 10_000;

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

/** The page that the reader is on. */
export interface Here {
  worker: string;
  site: string;
  device: Pick<Device, "bearer" | "rememberBearer">;
}

/** Did the browser keep the cookie that it was just given? Only the next request can tell; no answer says nothing. */
async function keptCookie(worker: string): Promise<boolean> {
  const response = await fetch(`${worker}/api/session`, {
    credentials: "include",
    signal: AbortSignal.timeout(TIMEOUT),
  });
  const answer: unknown = response.ok ? await response.json() : undefined;
  return !(typeof answer === "object" && answer !== null && "session" in answer && answer.session === null);
}

/** Turns the code into a session, a cookie's or, where it is known that none is kept, a bearer's. */
async function redeem(
  { worker, device }: Here,
  { flow, code, verifier }: { flow: string; code: string; verifier: string },
): Promise<HandedOff> {
  const asBearer = device.bearer() !== undefined;
  const response = await fetch(`${worker}/api/hand-off`, {
    method: "POST",
    credentials: asBearer ? "omit" : "include",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ flow, code, verifier, ...(asBearer && { bearer: true }) }),
    signal: AbortSignal.timeout(TIMEOUT),
  });
  if (!response.ok) return { error: response.status >= 500 ? "unavailable" : "expired" };
  const { userId, bearer }: { userId?: unknown; bearer?: unknown } = await response.json();
  if (typeof userId !== "string" || (asBearer && typeof bearer !== "string")) return { error: "failed" };
  if (typeof bearer === "string") device.rememberBearer(bearer);
  return { userId };
}

/**
 * @param value of the fragment: `<flow>.<code>` or `<flow>!<error>`
 * @returns undefined for a flow that this browser did not begin: then it is none of our business; and when the reader is on
 *   their way to the Worker once more, because no cookie was kept
 */
export async function finishHandOff(here: Here, value: string): Promise<HandedOff | undefined> {
  const { worker, site, device } = here;
  const [, flow = "", sign, rest = ""] = /^([\w-]+)([.!])([\w-]+)$/.exec(value) ?? [];
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
    const done = await redeem(here, { flow, code: rest, verifier: found.verifier });
    if ("error" in done || device.bearer() !== undefined || (await keptCookie(worker))) return done;
    // Back to the Worker's page, which has its own cookie: what comes back next time is a bearer.
    device.rememberBearer("");
    await beginHandOff(worker, site);
    return undefined;
  } catch {
    return { error: "unavailable" };
  }
}
