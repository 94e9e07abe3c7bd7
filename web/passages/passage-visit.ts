// What a reader chose about passages for this visit: in sessionStorage, where the inline tag reads it as well.

import { boolean, map, object, or, parseText, text } from "../api/shape.ts";
import { safeStorage } from "../storage/safe-storage.ts";
import { visitKey } from "../storage/storage-keys.ts";

export interface Visit {
  /** Show also what is for others. */
  all?: boolean;
  /** The tab that was chosen by hand, as its `data-for`, by the name of the group. */
  tabs?: Readonly<Record<string, string>>;
}

const visit = object({ all: or(boolean, false), tabs: or(map(text), {}) });
const storage = () => safeStorage(() => sessionStorage);

/** Nothing where nothing was chosen, or where there is no storage. */
export const readVisit = (worker: string): Visit => parseText(visit, storage().get(visitKey(worker))) ?? {};

/** Without storage it is chosen for this page only. */
export const writeVisit = (worker: string, chosen: Visit): void =>
  storage().set(visitKey(worker), JSON.stringify(chosen));
