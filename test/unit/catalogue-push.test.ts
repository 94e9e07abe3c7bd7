// What a docs build sends: the difference between two catalogues, and what the Worker then asks for.
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { type CataloguePage, cataloguePush } from "../../src/core/catalogue.ts";
import { changesBetween, withMissing } from "../../src/core/catalogue-push.ts";
import { page as plainPage } from "../harness/page.ts";

const VERSION = "a".repeat(64);
const page = (path: string, given: Partial<CataloguePage> = {}): CataloguePage =>
  plainPage(path, { title: path, tags: ["one", "two"], contentHash: `hash of ${path}`, ...given });
const BUILT = { pages: [page("/a"), page("/b"), page("/c")] };
const listed = BUILT.pages.map(({ path, contentHash }) => ({ path, contentHash }));

describe("the changes between two catalogues", () => {
  it.each<[string, readonly CataloguePage[], string[]]>([
    ["all pages, when nothing is stored", [], ["/a", "/b", "/c"]],
    ["none, when nothing changed", BUILT.pages, []],
    ["none, whatever the order of the pages", [...BUILT.pages].reverse(), []],
    ["a page that is new", BUILT.pages.slice(1), ["/a"]],
    ["none for a page that is gone", [...BUILT.pages, page("/gone")], []],
    ["a page with new content", [page("/a", { contentHash: "old" }), ...BUILT.pages.slice(1)], ["/a"]],
    ["a page with a new title and the same content", [page("/a", { title: "old" }), ...BUILT.pages.slice(1)], ["/a"]],
    [
      "a page whose terms are in another order",
      [page("/a", { tags: ["two", "one"] }), ...BUILT.pages.slice(1)],
      ["/a"],
    ],
  ])("are %s", (_, pages, changed) => {
    const push = changesBetween({ version: VERSION, pages: [...pages] }, BUILT);
    expect({ ...push, changed: push.changed.map(({ path }) => path) }).toEqual({
      pages: listed,
      changed,
      basis: VERSION,
    });
    for (const record of push.changed) expect(BUILT.pages).toContain(record);
    expect(z.safeParse(cataloguePush, push).success).toBe(true);
  });

  it("are none for records that name their fields in another order", () => {
    const pages = BUILT.pages.map((one) => Object.fromEntries(Object.entries(one).reverse()) as CataloguePage);
    expect(changesBetween({ version: VERSION, pages }, BUILT).changed).toEqual([]);
  });

  it("name no basis where no catalogue was ever pushed", () => {
    expect(changesBetween({ version: null, pages: [] }, BUILT)).toEqual({ pages: listed, changed: BUILT.pages });
  });
});

describe("the push after an incomplete one", () => {
  it("sends what was missing beside what was sent, each once", () => {
    const push = changesBetween({ version: VERSION, pages: BUILT.pages.slice(1) }, BUILT);
    const again = withMissing(push, ["/a", "/c"], BUILT);
    expect(again).toEqual({ pages: listed, changed: [BUILT.pages[0], BUILT.pages[2]], basis: VERSION });
    expect(z.safeParse(cataloguePush, again).success).toBe(true);
  });
});
