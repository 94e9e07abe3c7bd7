// Which page builds on which. Robust against what docs builds really say: unknown keys, self-references, cycles.

/**
 * The prerequisites of each page, by index and in the page's own order; `pages` are in the site's order, each key once.
 * Keys that name no page here are dropped: the reader could never read them. Where pages wait for each other in a
 * circle, or for themselves, the site's order decides: only edges to an earlier page stay.
 */
export function prerequisitesOf(
  pages: readonly { readonly pageKey: string; readonly prerequisites: readonly string[] }[],
): readonly (readonly number[])[] {
  const indexOf = new Map(pages.map((page, index) => [page.pageKey, index]));
  const edges = pages.map((page) => [...new Set(page.prerequisites)].flatMap((key) => indexOf.get(key) ?? []));
  const circular = inCircle(edges);
  return edges.map((firsts, index) =>
    firsts.filter((first) => first < index || !(circular.has(first) && circular.has(index))),
  );
}

/**
 * The nodes left when those that lead nowhere, and then those that nothing leads to, are taken away one by one (Kahn
 * 1962, from both ends): the nodes on circles, and on ways from one circle to another.
 */
function inCircle(edges: readonly (readonly number[])[]): ReadonlySet<number> {
  const reversed: number[][] = edges.map(() => []);
  edges.forEach((targets, from) => {
    for (const to of targets) reversed[to]?.push(from);
  });
  const left = new Set(edges.keys());
  const trim = (forward: readonly (readonly number[])[], backward: readonly (readonly number[])[]): void => {
    const open = forward.map((targets) => targets.filter((to) => left.has(to)).length);
    const loose = [...left].filter((node) => open[node] === 0);
    for (let node = loose.pop(); node !== undefined; node = loose.pop()) {
      left.delete(node);
      for (const before of backward[node] ?? []) {
        const remaining = (open[before] ?? 0) - 1;
        open[before] = remaining;
        if (remaining === 0 && left.has(before)) loose.push(before);
      }
    }
  };
  trim(edges, reversed);
  trim(reversed, edges);
  return left;
}
