// The ways in that lead over the Worker's own page, as the dialog offers them: a docs page can ask for a password, and for
// nothing that belongs to another origin. Which one was used last is kept here, by its name alone.
import type { WaysIn } from "../api/account-api.ts";
import { dialogTexts as texts } from "../locales/dialog-texts.ts";
import { safeStorage } from "../storage/safe-storage.ts";

export interface OtherWay {
  /** Of the provider; "more": the reader chooses on the Worker's page. */
  id: string;
  name: string;
}

/** Those that are switched on. A passkey makes no account, so whoever makes one is not led there. */
export function otherWays({ password, passkey, magicLink, providers }: WaysIn, up: boolean): OtherWay[] {
  const isMore = (passkey || magicLink) && (!up || !password);
  return [
    ...providers.map(({ id, name }) => ({ id, name: texts.withProvider(name) })),
    ...(isMore ? [{ id: "more", name: password || providers.length > 0 ? texts.moreWays : texts.signInAction }] : []),
  ];
}

const local = safeStorage(() => localStorage);
const lastWayKey = (worker: string): string => `docent:${worker}:way`;

export const lastWay = (worker: string): string | null => local.get(lastWayKey(worker));

/** @param way undefined: the password, which is first anyway */
export function rememberWay(worker: string, way: string | undefined): void {
  if (way === undefined) local.remove(lastWayKey(worker));
  else local.set(lastWayKey(worker), way);
}
