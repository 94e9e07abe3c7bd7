// The personalization profile: what was recommended, from what, and what the reader asked for.
import * as z from "zod/mini";
import { storableText } from "./background.ts";
import { time } from "./primitives.ts";
import { reason, recommendation } from "./recommendation.ts";

/** Body of `PUT /api/personalization/preferences`: the whole list. */
export const preferencesInput = z.strictObject({
  /** Categories or tags the reader wants to see more of. */
  preferredCategories: z.array(storableText(100, 1)).check(z.maxLength(50)),
});
export type PreferencesInput = z.infer<typeof preferencesInput>;

export const preferences = z.object({ preferredCategories: z.array(z.string()) });

/** Body of `POST /api/personalization/refresh`: the list of which site to rank now, and in which language and version. */
export const refreshInput = z.strictObject({
  site: storableText(60, 1),
  lang: z.optional(storableText(35, 1)),
  version: z.optional(storableText(60)),
});

/** One entry of a stored list; `page` is a page key. Title, path and the rest are looked up when it is shown. */
export const storedRecommendation = z.object({
  site: z.string(),
  page: z.string(),
  score: z.number(),
  reasons: z.array(reason),
});
export type StoredRecommendation = z.infer<typeof storedRecommendation>;

/** What a list was made from. Of each input there is a version here, a hash that changes when the input does. */
export const basis = z.object({
  /** Language and version of the docs that the list is of. */
  lang: z.string(),
  version: z.string(),
  catalogue: z.string(),
  background: z.string(),
  progress: z.string(),
  preferences: z.string(),
  /** The ranker, with the owner's weights. */
  ranker: z.string(),
  /** When its inputs were read. */
  rankedAt: time,
});
export type Basis = z.infer<typeof basis>;

export const personalization = z.object({
  preferredCategories: z.array(z.string()),
  /** The stored list of each site, best first. */
  recommendedContent: z.array(
    z.extend(z.pick(recommendation, { pageKey: true, score: true, reasons: true }), { site: z.string() }),
  ),
  /** What each site's list was made from. */
  basis: z.record(z.string(), basis),
  lastPersonalizationUpdate: z.nullable(time),
});
export type Personalization = z.infer<typeof personalization>;
