// What a recommendation looks like on the wire.
import * as z from "zod/mini";
import { siteQuery } from "./primitives.ts";
import { PARTS, type Part } from "./score-parts.ts";

export { PARTS, type Part };

/** Most pages of one list: what is stored, and what may be asked for. */
export const MAX_RECOMMENDATIONS = 20;

/** Language (BCP 47, as a page's `<html lang>` says it) and version of the docs that a list is asked for. */
export const scopeQuery = {
  lang: z.optional(z.string().check(z.minLength(1), z.maxLength(35))),
  version: z.optional(z.string().check(z.maxLength(60))),
};

/** Query of `GET /api/recommendations`. */
export const recommendationsQuery = z.extend(siteQuery, {
  /**
   * Path of the page the reader is on: it is not recommended, and decides language and version. One that names no page
   * of the catalogue, as that of an index may, counts for nothing.
   */
  current: z.optional(z.string().check(z.maxLength(512))),
  ...scopeQuery,
  limit: z._default(
    z.coerce
      .number()
      .check(
        z.int(),
        z.minimum(1, "must be at least 1"),
        z.maximum(MAX_RECOMMENDATIONS, `must be at most ${MAX_RECOMMENDATIONS}`),
      ),
    5,
  ),
});

export const reason = z.object({
  part: z.enum(PARTS),
  /** The terms or page titles that matched; what the sentence is about. */
  values: z.array(z.string()),
  /** The same in one plain English sentence. */
  text: z.string(),
});
export type Reason = z.infer<typeof reason>;

export const recommendation = z.object({
  pageKey: z.string(),
  path: z.string(),
  title: z.string(),
  summary: z.string(),
  level: z.nullable(z.string()),
  minutes: z.nullable(z.number()),
  /** Higher is better, and never rises down the list; comparable only within one list. */
  score: z.number(),
  reasons: z.array(reason),
  /** Unread prerequisites: "read these first". */
  readFirst: z.array(z.object({ pageKey: z.string(), path: z.string(), title: z.string() })),
});
export type Recommendation = z.infer<typeof recommendation>;

export const recommendationsResponse = z.object({ recommendations: z.array(recommendation) });
export type RecommendationsResponse = z.infer<typeof recommendationsResponse>;
