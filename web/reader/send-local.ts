// From this device to an account: answers that the account has none to, and all reading events. Delivered at least
// once; the account's own answers are never changed, and an event that arrives twice is counted once.

import type { Api } from "../api/api.ts";
import type { Me } from "../api/wire.ts";
import { missingAnswers } from "./answers.ts";
import type { LocalState } from "./local-state.ts";

/** Events of one request; what the Worker takes. */
const BATCH = 200;

/**
 * @param me the account before
 * @returns whether all of it arrived, and the account afterwards where anything was sent
 */
export async function sendLocal(api: Api, state: LocalState, me: Me): Promise<{ arrived: boolean; latest?: Me }> {
  const missing = missingAnswers(state.answers?.background ?? {}, me.background);
  if (missing !== undefined && !(await api.changeBackground(me.user.id, missing)).ok) return { arrived: false };
  let latest: Me | undefined;
  for (let at = 0; at < state.events.length; at += BATCH) {
    const answer = await api.progress(me.user.id, state.events.slice(at, at + BATCH), { withMe: true });
    if (!answer.ok) return { arrived: false };
    latest = answer.value.me;
  }
  if (latest === undefined && missing !== undefined) {
    const answer = await api.me();
    if (answer.ok) latest = answer.value;
  }
  return { arrived: true, ...(latest && { latest }) };
}
