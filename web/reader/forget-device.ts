// Removes what is stored for this Worker's readers, on every site of this origin.
import { safeStorage } from "../storage/safe-storage.ts";

/** What follows the Worker's origin in a name; not the same host on another port. */
const OURS = /^(facts|bearer|signed-in|public|way|passages|[^:]+:(local|visit|outbox)(:.*)?)$/;
/** An event on its way, and whose it is. */
const WAITING = /:outbox:(.+):/;

/** @param account whose waiting events go as well; those of other accounts stay, because nobody else has them */
export function forgetDevice(worker: string, account: string | undefined): void {
  const prefix = `docent:${worker}:`;
  for (const open of [() => localStorage, () => sessionStorage]) {
    const storage = safeStorage(open);
    for (const key of storage.keys(prefix)) {
      const reader = WAITING.exec(key)?.[1];
      if (OURS.test(key.slice(prefix.length)) && (reader === undefined || reader === account)) storage.remove(key);
    }
  }
}
