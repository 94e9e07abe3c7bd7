// What a docs build has to send: the difference between the catalogue that the Worker has and the one just built. Pure,
// so that whoever pushes computes it alike.
import type { CatalogueFile, CataloguePage, CataloguePush, CatalogueResponse } from "./catalogue.ts";

/**
 * The push that makes `built` of `stored`. Only what differs is sent in full, also where the content is the same and
 * the title, say, is not. An old `stored` does no harm: the push names the version it was computed against.
 */
export function changesBetween(
  stored: Pick<CatalogueResponse, "version" | "pages">,
  built: CatalogueFile,
): CataloguePush {
  const known = new Map(stored.pages.map((page) => [page.path, canonical(page)]));
  return {
    pages: built.pages.map(({ path, contentHash }) => ({ path, contentHash })),
    changed: built.pages.filter((page) => known.get(page.path) !== canonical(page)),
    ...(stored.version !== null && { basis: stored.version }),
  };
}

/** The same push once more, with the pages that the answer `catalogue-incomplete` named. */
export function withMissing(push: CataloguePush, missing: readonly string[], built: CatalogueFile): CataloguePush {
  const sent = new Set([...push.changed.map(({ path }) => path), ...missing]);
  return { ...push, changed: built.pages.filter(({ path }) => sent.has(path)) };
}

/** Equal for two records that say the same, in whatever order they name their fields. */
const canonical = (page: CataloguePage): string =>
  JSON.stringify(Object.entries(page).sort(([one], [other]) => (one < other ? -1 : 1)));
