// The tiny cache of a reader's answers that passages are chosen by: written when they answer or sign in, read by the
// inline tag before the first paint, removed at sign-out unless the reader keeps what is on this device.
// No credential and no address is in it, and nothing is stored for a reader who has answered nothing.
import { type Facts, factsOf, patternsOf } from "../../src/core/passage-facts.ts";
import { list, map, number, object, or, parseText, text } from "../api/shape.ts";
import type { LooseBackground } from "../api/wire.ts";
import { announce } from "../page/events.ts";
import { safeStorage } from "../storage/safe-storage.ts";
import { factsKey } from "../storage/storage-keys.ts";
import { passageStyle } from "./passage-style.ts";

export type { Facts };

/** Ids of the owner's own questions, `answers.<id>`, with a comma between them. Written in by the build. */
declare const DOCENT_QUESTIONS: string;

const questions = (): string[] => DOCENT_QUESTIONS.split(",").filter(Boolean);

/** What is stored: the facts, and what the inline tag needs of them. */
interface Stored {
  readonly facts: Facts;
  /** When they were answered, in milliseconds since the epoch. */
  readonly at: number;
  readonly patterns: readonly (readonly [key: string, pattern: string])[];
  readonly style: string;
}

export interface FactCache {
  /** Empty when nothing is kept, storage is forbidden, or what is there is not what was written. */
  read(): Facts;
  /**
   * Keeps the answers of a background, as the API returns it. One without answers removes what was kept.
   * @param ifLater only if nothing later is kept: a guest may have answered on another site of this Worker
   */
  write(background: LooseBackground, ifLater?: boolean): void;
  clear(): void;
}

const stored = object({ facts: map(list(text)), at: or(number, 0) });

/** Never throws; other scripts of the page's origin can write there too. */
export const readFacts = (worker: string): Facts =>
  parseText(stored, safeStorage(() => localStorage).get(factsKey(worker)))?.facts ?? {};

/** What passages are judged by; everything is shown where nothing is known. */
export const patternsFor = (facts: Facts) => patternsOf(facts, questions());

/** The cache of one Worker's readers. Never throws: without storage it is kept until the page closes. */
export function createFactCache(worker: string): FactCache {
  const key = factsKey(worker);
  const storage = safeStorage(() => localStorage);
  const store = (facts: Facts, at: number): void => {
    const kept: Stored = { facts, at, patterns: [...patternsFor(facts)], style: passageStyle() };
    const json = Object.keys(facts).length > 0 ? JSON.stringify(kept) : null;
    if (json === storage.get(key)) return;
    if (json === null) storage.remove(key);
    else storage.set(key, json);
    announce("docent-facts-changed", { facts });
  };
  return {
    read: () => readFacts(worker),
    write(background, ifLater) {
      const at = Date.parse(String(background.updatedAt)) || 0;
      if (ifLater && (parseText(stored, storage.get(key))?.at ?? 0) > at) return;
      store(factsOf(background, questions()), at);
    },
    clear: () => store({}, 0),
  };
}
