// GET /api/recommendations and POST /api/personalization/refresh: the pages that suit this reader, each with its
// reasons. A reader's list is stored with what it was made from. A read shows it as long as that is so, and also once
// when it no longer is, unless the reader has said something else since; then it is ranked anew after the response.
import type { Context } from "hono";
import * as z from "zod/mini";
import { type Basis, refreshInput, type StoredRecommendation } from "../core/personalization.ts";
import { completedIn } from "../core/ranker/facts.ts";
import { placeAt } from "../core/ranker/places.ts";
import type { Scope } from "../core/ranker/prepare.ts";
import { type Choice, choose, present, rank, score, usualScope } from "../core/ranker/rank.ts";
import type { ReaderState } from "../core/ranker/reader.ts";
import { readingProgress } from "../core/reading-progress.ts";
import {
  MAX_RECOMMENDATIONS,
  type Recommendation,
  type RecommendationsResponse,
  recommendationsQuery,
} from "../core/recommendation.ts";
import type { Database } from "../db/client.ts";
import { violatesForeignKey } from "../db/unavailable.ts";
import type { AppEnv } from "../http/app-env.ts";
import { readJson, readQuery } from "../http/body.ts";
import { problem } from "../http/problem.ts";
import type { CatalogueStore, StoredCatalogue } from "./catalogue-store.ts";
import { findRankingInput } from "./ranking-queries.ts";
import { isSameBasis, parseStoredList, showable, stored } from "./stored-list.ts";

type C = Context<AppEnv>;

export interface RecommendationDeps {
  db: Database;
  store: CatalogueStore;
  sites: ReadonlySet<string>;
  now: () => number;
  /** Lets what is waiting happen first; in milliseconds. */
  sleep: (ms: number) => Promise<void>;
  /** Runs work after the response; what fails in it is no failure of the request. */
  afterResponse: (work: () => Promise<unknown>) => void;
  /**
   * Stores a reader's list, unless one made from newer inputs is there.
   * @throws a foreign key violation when the reader has been deleted in the meantime
   */
  storeRecommendations: (userId: string, site: string, list: StoredRecommendation[], basis: Basis) => Promise<void>;
}

/** Which of the site's languages and versions is asked for. */
interface Asked {
  lang?: string | undefined;
  version?: string | undefined;
}

export function recommendationHandlers(deps: RecommendationDeps) {
  /** The reader's part and the site's; undefined when the account was deleted while a cache still knew it. */
  async function load(userId: string, site: string, { lang, version }: Asked) {
    const now = new Date(deps.now());
    const input = await findRankingInput(deps.db, userId, site);
    if (!input) return undefined;
    const { background, preferredCategories, catalogueVersion, versions } = input;
    const reader: ReaderState = {
      background: background && { ...background, updatedAt: background.updatedAt.toISOString() },
      progress: z.parse(z.array(readingProgress), input.progress),
      preferredCategories: preferredCategories ?? [],
      lang,
      version,
    };
    const catalogue = catalogueVersion === null ? undefined : await deps.store.get(site, catalogueVersion);
    return { now, reader, versions, catalogue, kept: parseStoredList(input.storedList, input.storedBasis) };
  }
  type Loaded = NonNullable<Awaited<ReturnType<typeof load>>>;

  const basisOf = (
    { now, versions }: Loaded,
    { version: catalogue, index }: StoredCatalogue,
    { lang, version }: Scope,
  ): Basis => ({ lang, version, catalogue, ...versions, ranker: index.version, rankedAt: now.toISOString() });

  /** Ranks as many as are ever asked for, in the order in which they were chosen. */
  function rankAll({ reader, now }: Loaded, { index }: StoredCatalogue) {
    const scores = score(index, reader, { now, limit: MAX_RECOMMENDATIONS });
    return { ...scores, choices: choose(scores, index, MAX_RECOMMENDATIONS) };
  }

  const keep = (userId: string, site: string, choices: readonly Choice[], basis: Basis) =>
    deps.storeRecommendations(userId, site, stored(site, choices), basis);

  /** For after the response, where nobody is left to tell. */
  const keepIfThere = (...given: Parameters<typeof keep>) =>
    keep(...given).catch((error: unknown) => {
      if (!violatesForeignKey(error)) throw error;
    });

  const answer = (c: C, recommendations: Recommendation[]) =>
    c.json({ recommendations } satisfies RecommendationsResponse);

  return {
    async list(c: C): Promise<Response> {
      const read = readQuery(c, recommendationsQuery);
      if (!read.ok) return read.response;
      const { site, current, limit, ...asked } = read.value;
      if (!deps.sites.has(site)) return problem(c, "unknown-site");
      const { userId } = c.get("session");
      const loaded = await load(userId, site, asked);
      if (!loaded) return problem(c, "unauthenticated");
      const { catalogue, reader, now, kept } = loaded;
      if (!catalogue) return answer(c, []);
      const { index } = catalogue;
      // The page under the reader's eyes decides; a list for it is of no use elsewhere.
      if (current !== undefined && placeAt(index.places, current)) {
        return answer(c, rank(index, reader, { now, limit, current }));
      }

      const scope = usualScope(index, reader, now);
      if (!scope) return answer(c, []);
      const basis = basisOf(loaded, catalogue, scope);
      if (kept && kept.basis.lang === basis.lang && kept.basis.version === basis.version) {
        const choices = showable(kept, index, scope, reader.progress);
        const holds = isSameBasis(kept.basis, basis);
        // Who has just answered wants to see it at once, and a slow request may have stored a list of before.
        const isOfOldAnswers =
          kept.basis.background !== basis.background || kept.basis.preferences !== basis.preferences;
        // What is gone from an outdated list must not leave a hole in it.
        if (holds || (!isOfOldAnswers && choices.length > 0 && choices.length >= Math.min(limit, kept.list.length))) {
          if (!holds) {
            deps.afterResponse(async () => {
              await deps.sleep(0);
              await keepIfThere(userId, site, rankAll(loaded, catalogue).choices, basis);
            });
          }
          return answer(c, present(choices.slice(0, limit), completedIn(scope, reader.progress)));
        }
      }
      const { choices, done } = rankAll(loaded, catalogue);
      deps.afterResponse(() => keepIfThere(userId, site, choices, basis));
      return answer(c, present(choices.slice(0, limit), done));
    },

    async refresh(c: C): Promise<Response> {
      const body = await readJson(c, refreshInput);
      if (!body.ok) return body.response;
      const { site, ...asked } = body.value;
      if (!deps.sites.has(site)) return problem(c, "unknown-site");
      const { userId } = c.get("session");
      const loaded = await load(userId, site, asked);
      if (!loaded) return problem(c, "unauthenticated");
      const { catalogue } = loaded;
      if (!catalogue) return answer(c, []);
      const { scope, choices, done } = rankAll(loaded, catalogue);
      if (!scope) return answer(c, []);
      try {
        await keep(userId, site, choices, basisOf(loaded, catalogue, scope));
      } catch (error) {
        if (violatesForeignKey(error)) return problem(c, "unauthenticated");
        throw error;
      }
      return answer(c, present(choices, done));
    },
  };
}
