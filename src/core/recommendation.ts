// What a recommendation looks like on the wire.
import * as z from "zod/mini";
import { PARTS, type Part } from "./score-parts.ts";

export { PARTS, type Part };

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
  /** Higher is better; comparable only within one list. */
  score: z.number(),
  reasons: z.array(reason),
  /** Unread prerequisites: "read these first". */
  readFirst: z.array(z.object({ pageKey: z.string(), path: z.string(), title: z.string() })),
});
export type Recommendation = z.infer<typeof recommendation>;

export const recommendationsResponse = z.object({ recommendations: z.array(recommendation) });
export type RecommendationsResponse = z.infer<typeof recommendationsResponse>;
