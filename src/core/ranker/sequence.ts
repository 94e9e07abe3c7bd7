// The site's own order: its sections, the series within them, and whether the order means anything.

/** With fewer pages nothing can be told from how their sections lie. */
const ENOUGH_PAGES = 20;

/**
 * How far the site's order can be taken for an author's: 1 when every section's pages stand together, 0 when sections
 * are mixed as by chance (an alphabetical list of files). `sections` are the pages' sections in the site's order.
 */
export function orderTrust(sections: readonly string[]): number {
  if (sections.length < ENOUGH_PAGES) return 1;
  const pairs = sections.length - 1;
  const sizes = new Map<string, number>();
  for (const section of sections) sizes.set(section, (sizes.get(section) ?? 0) + 1);
  const together = sections.filter((section, index) => index > 0 && section === sections[index - 1]).length / pairs;
  const byChance = [...sizes.values()].reduce((sum, size) => sum + (size / sections.length) ** 2, 0);
  const atBest = (sections.length - sizes.size) / pairs;
  // Where chance does as well as care, as with one section or with as many as pages, there is nothing to doubt it by.
  return atBest > byChance ? Math.min(1, Math.max(0, (together - byChance) / (atBest - byChance))) : 1;
}

/** 1 for the next page, and less the more pages the reader would skip: half of it after `half` pages. */
export const nearness = (skipped: number, half: number): number => half / (half + skipped);
