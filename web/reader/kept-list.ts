// The list of this visit on a later page: what was asked for once serves them all.
import { plainPath } from "../../src/core/ranker/places.ts";
import type { ShownRecommendation } from "../api/wire.ts";
import { currentPath, listScope } from "../page/page.ts";
import { isComplete, isDismissed, type Reading } from "./reading.ts";
import type { VisitState } from "./visit.ts";

/** What of the list still fits: not this page, and nothing that was read or dismissed since. */
export function stillFitting(kept: VisitState["list"], reading: Reading): ShownRecommendation[] {
  if (kept?.scope !== listScope()) return [];
  const here = plainPath(currentPath());
  return kept.answer.recommendations.filter(({ path }) => {
    const page = reading.at(path);
    return plainPath(path) !== here && !(page && (isComplete(page) || isDismissed(page)));
  });
}
