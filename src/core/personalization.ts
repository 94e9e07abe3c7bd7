// The personalization profile: what was recommended, from what, and what the reader asked for.
import * as z from "zod/mini";
import { storableText } from "./background.ts";
import { recommendation } from "./recommendation.ts";

/** Body of `PUT /api/personalization/preferences`: the whole list. */
export const preferencesInput = z.strictObject({
  /** Categories or tags the reader wants to see more of. */
  preferredCategories: z.array(storableText(100, 1)).check(z.maxLength(50)),
});
export type PreferencesInput = z.infer<typeof preferencesInput>;

export const preferences = z.object({ preferredCategories: z.array(z.string()) });

/** Body of `POST /api/personalization/refresh`. */
export const refreshInput = z.strictObject({ site: storableText(60, 1) });

export const personalization = z.object({
  preferredCategories: z.array(z.string()),
  /** The stored list of each site, best first. */
  recommendedContent: z.array(
    z.extend(z.pick(recommendation, { pageKey: true, score: true, reasons: true }), { site: z.string() }),
  ),
  /** What each site's list was made from: versions that change with their input. */
  basis: z.record(z.string(), z.record(z.string(), z.nullable(z.string()))),
  lastPersonalizationUpdate: z.nullable(z.string()),
});
export type Personalization = z.infer<typeof personalization>;
