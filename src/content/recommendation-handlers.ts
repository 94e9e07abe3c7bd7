// GET /api/recommendations: the pages that suit this reader, each with its reasons.
import type { Context } from "hono";
import * as z from "zod/mini";
import { rank } from "../core/ranker/rank.ts";
import { readingProgress } from "../core/reading-progress.ts";
import type { RecommendationsResponse } from "../core/recommendation.ts";
import type { Database } from "../db/client.ts";
import type { AppEnv } from "../http/app-env.ts";
import { readQuery } from "../http/body.ts";
import { problem } from "../http/problem.ts";
import { siteQuery } from "./catalogue-handlers.ts";
import type { CatalogueStore } from "./catalogue-store.ts";
import { findRankingInput } from "./queries.ts";

const query = z.extend(siteQuery, {
  /** Path of the page the reader is on: it is not recommended, and decides language and docs version. */
  current: z.optional(z.string().check(z.maxLength(512))),
  limit: z._default(
    z.coerce.number().check(z.int(), z.minimum(1, "must be at least 1"), z.maximum(20, "must be at most 20")),
    5,
  ),
});

export interface RecommendationDeps {
  db: Database;
  store: CatalogueStore;
  sites: ReadonlySet<string>;
  now: () => number;
}

export function recommendationHandlers(deps: RecommendationDeps) {
  return {
    async list(c: Context<AppEnv>): Promise<Response> {
      const read = readQuery(c, query);
      if (!read.ok) return read.response;
      const { site, current, limit } = read.value;
      if (!deps.sites.has(site)) return problem(c, "unknown-site");
      const input = await findRankingInput(deps.db, c.get("session").userId, site);
      // The account was deleted while a cache still knew it.
      if (!input) return problem(c, "unauthenticated");
      if (input.catalogueVersion === null) return c.json({ recommendations: [] } satisfies RecommendationsResponse);
      const { index } = await deps.store.get(site, input.catalogueVersion);
      const { background } = input;
      const recommendations = rank(
        index,
        {
          background: background && { ...background, updatedAt: background.updatedAt.toISOString() },
          progress: z.parse(z.array(readingProgress), input.progress),
        },
        { now: new Date(deps.now()), limit, ...(current !== undefined && { current }) },
      );
      return c.json({ recommendations } satisfies RecommendationsResponse);
    },
  };
}
