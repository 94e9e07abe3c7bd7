// What a reader without an account needs: their state on this device, and the ranker of the Worker on the catalogue
// file of the docs build. Loaded when they have acted, never before.
import * as z from "zod/mini";
import { type CataloguePage, catalogueFile } from "../../src/core/catalogue.ts";
import { mergeEvents, type PageProgress } from "../../src/core/merge-progress.ts";
import type { ProgressEvent } from "../../src/core/progress-events.ts";
import { plainPath } from "../../src/core/ranker/places.ts";
import { prepare, type RankerIndex } from "../../src/core/ranker/prepare.ts";
import { rank } from "../../src/core/ranker/rank.ts";
import type { ReadingProgress } from "../../src/core/reading-progress.ts";
import type { Outcome } from "../api/api.ts";
import type { LooseBackground, ShownRecommendation } from "../api/wire.ts";
import { currentPath, pageLanguage, pageVersion } from "../page/page.ts";
import type { Keys } from "../storage/device.ts";
import { safeStorage } from "../storage/safe-storage.ts";
import { inputOf } from "./answers.ts";
import { LocalReader } from "./local-reader.ts";
import { parseAnswers } from "./local-state.ts";
import { isDismissed, isSaved, type Reading } from "./reading.ts";
import { sendLocal } from "./send-local.ts";

/** Milliseconds until the catalogue file counts as missing. */
const TIMEOUT = 10_000;

interface Catalogue {
  index: RankerIndex;
  byPath: ReadonlyMap<string, CataloguePage>;
}

async function loadCatalogue(address: string): Promise<Catalogue | undefined> {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT) });
    const parsed = z.safeParse(catalogueFile, await response.json());
    if (!response.ok || !parsed.success) return undefined;
    const { pages } = parsed.data;
    return { index: prepare(pages), byPath: new Map(pages.map((page) => [plainPath(page.path), page])) };
  } catch {
    return undefined;
  }
}

const iso = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString());

const asProgress = (page: PageProgress): ReadingProgress => ({
  pageKey: page.pageKey,
  percent: page.percent,
  openedAt: iso(page.openedAt),
  completedAt: iso(page.completedAt),
  savedAt: isSaved(page) ? iso(page.savedAt) : null,
  dismissedAt: isDismissed(page) ? iso(page.dismissedAt) : null,
  feedback: page.feedback,
  seenHash: page.seenHash,
});

/** Events by page key, as the ranker wants them: a page and its translations are one page. */
const byKey = (events: readonly ProgressEvent[], { byPath }: Catalogue): ProgressEvent[] =>
  events.map((event) => ({ ...event, page: byPath.get(plainPath(event.page))?.pageKey ?? event.page }));

export interface Local {
  readonly reader: LocalReader;
  /** Saves what the questionnaire made. False when it is no answer that the Worker would take. */
  saveAnswers(background: unknown): boolean;
  recommend(limit: number): Promise<Outcome<ShownRecommendation[]>>;
  /** Brings it all to an account. */
  readonly send: typeof sendLocal;
  /** Keeps a copy of what an account knows, for a reader who signs out. */
  keep(account: string, background: LooseBackground, reading: Reading): void;
}

export interface LocalOptions {
  readonly keys: Keys;
  /** Address of the catalogue file of the docs build. */
  readonly catalogue: string;
}

export function openLocal({ keys, catalogue: address }: LocalOptions): Local {
  const now = () => Date.now();
  const reader = new LocalReader({ storage: safeStorage(() => localStorage), key: keys.local, now });
  let catalogue: Promise<Catalogue | undefined> | undefined;
  const saveAnswers = (background: unknown): boolean => {
    const input = parseAnswers(background);
    if (input) reader.saveBackground(input);
    return input !== undefined;
  };
  return {
    reader,
    saveAnswers,
    send: sendLocal,
    keep(account, background, reading) {
      const answers = (background.updatedAt ?? null) === null ? undefined : parseAnswers(inputOf(background));
      reader.keep(account, { ...reading.asEvents(), answers });
    },
    async recommend(limit) {
      catalogue ??= loadCatalogue(address);
      const loaded = await catalogue;
      if (!loaded) {
        catalogue = undefined;
        return { ok: false, failure: { kind: "unreachable" } };
      }
      const sentAt = new Date(now()).toISOString();
      const progress = mergeEvents({ sentAt, events: byKey(reader.state?.events ?? [], loaded) }, now());
      const state = {
        background: reader.background,
        progress: progress.map(asProgress),
        lang: pageLanguage() || undefined,
        version: pageVersion(),
      };
      return { ok: true, value: rank(loaded.index, state, { now: new Date(now()), limit, current: currentPath() }) };
    },
  };
}
