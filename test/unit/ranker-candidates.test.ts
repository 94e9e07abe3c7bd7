// Which pages may be recommended at all: to this reader, in this language, at this point of the course.
import { describe, expect, it } from "vitest";
import { inOrder, keysOf, NOW, page, read, reader, recommend } from "./ranker-world.ts";

describe("a page is not recommended", () => {
  const pages = inOrder(page("a"), page("b"), page("c"));

  it.each([
    ["that the reader completed", reader(null, [read("a")]), undefined],
    [
      "that the reader dismissed",
      reader(null, [read("a", 1, { completedAt: null, dismissedAt: NOW.toISOString() })]),
      undefined,
    ],
    ["that the reader is on, by its path", reader(), "/a"],
    ["that the reader is on, by its key", reader(), "a"],
    ["that was completed, whatever was last seen of it", reader(null, [read("a", 1, { seenHash: null })]), undefined],
    [
      "that was not for the reader",
      reader(null, [read("a", 1, { completedAt: null, feedback: "not-for-me" })]),
      undefined,
    ],
    [
      "that changed but was dismissed",
      reader(null, [read("a", 1, { seenHash: "old", dismissedAt: NOW.toISOString() })]),
      undefined,
    ],
  ])("%s", (_what, who, current) => {
    const keys = keysOf(pages, who, { current });
    expect(keys).not.toContain("a");
    expect(keys).toHaveLength(2);
  });
});

describe("a page is recommended", () => {
  const pages = inOrder(page("a"), page("b"), page("c"));

  it.each([
    ["again when it changed since it was completed", reader(null, [read("a", 1, { seenHash: "old" })])],
    ["that was opened and not finished", reader(null, [read("a", 1, { completedAt: null, percent: 60 })])],
    [
      "that was saved for later",
      reader(null, [read("a", 1, { completedAt: null, openedAt: null, percent: 0, savedAt: NOW.toISOString() })]),
    ],
  ])("%s", (_what, who) => {
    expect(keysOf(pages, who)).toContain("a");
  });

  it("without profiting from being like itself", () => {
    const twins = inOrder(
      page("a", { title: "Lidar odometry" }),
      page("b", { title: "Camera" }),
      page("c", { title: "Gripper" }),
    );
    const begun = reader(null, [read("a", 1, { completedAt: null, percent: 60 })]);
    const found = recommend(twins, begun).find((one) => one.pageKey === "a");
    expect(found?.reasons.filter(({ part }) => part === "text")).toEqual([]);
  });
});

describe("the progress of a reader", () => {
  it("counts for a page in every language, because its key is the same", () => {
    const pages = [page("a"), page("a", { lang: "ur", path: "/ur/a" }), page("b", { lang: "ur", path: "/ur/b" })];
    expect(keysOf(pages, { ...reader(null, [read("a")]), lang: "ur" })).toEqual(["b"]);
  });

  it("is not taken for a change when another translation was read", () => {
    const pages = [
      page("a"),
      page("a", { lang: "ur", path: "/ur/a", contentHash: "another text" }),
      page("b", { lang: "ur", path: "/ur/b" }),
    ];
    expect(keysOf(pages, { ...reader(null, [read("a")]), lang: "ur" })).toEqual(["b"]);
  });

  it("may name pages that the catalogue no longer has", () => {
    expect(keysOf(inOrder(page("a"), page("b")), reader(null, [read("gone")]))).toEqual(["a", "b"]);
  });

  it("does not make an interest of a page that was not for the reader", () => {
    const pages = inOrder(page("a", { title: "lidar" }), page("b", { title: "lidar" }), page("c", { title: "camera" }));
    const [first] = recommend(pages, reader(null, [read("a", 1, { feedback: "not-for-me" })]));
    expect(first?.reasons.filter(({ part }) => part === "text")).toEqual([]);
  });

  it("puts a time in the future no later than now", () => {
    const pages = inOrder(...["a", "b", "c", "d", "e", "f"].map((key) => page(key)));
    const nextAfter = (hoursAgo: number): string | undefined =>
      keysOf(pages, reader(null, [read("d", hoursAgo), read("a", 0)]))[0];
    expect(nextAfter(-1000)).toBe(nextAfter(0));
    expect(nextAfter(-1000)).toBe("b");
  });
});

describe("recommendations stay in one language and one version", () => {
  const pages = [
    ...inOrder(page("a"), page("b"), page("c")),
    page("a", { lang: "ur", path: "/ur/a", contentHash: "a in Urdu" }),
    page("b", { lang: "ur", path: "/ur/b", contentHash: "b in Urdu" }),
    page("a", { version: "1", path: "/1/a", contentHash: "a in 1" }),
    page("c", { version: "1", path: "/1/c", contentHash: "c in 1" }),
  ];
  const pathsFor = (who = reader(), current?: string): string[] =>
    recommend(pages, who, { current })
      .map(({ path }) => path)
      .sort();

  it.each([
    ["of the page the reader is on", reader(null, [read("c")]), "/ur/a", ["/ur/b"]],
    ["with most pages, for a newcomer", reader(), undefined, ["/a", "/b", "/c"]],
    ["that they asked for", { ...reader(), lang: "ur" }, undefined, ["/ur/a", "/ur/b"]],
    ["that they asked for, however exactly", { ...reader(), lang: "UR-pk" }, undefined, ["/ur/a", "/ur/b"]],
    ["that they asked for by version", { ...reader(), version: "1" }, undefined, ["/1/a", "/1/c"]],
    ["none when the site does not have it", { ...reader(), lang: "fr" }, undefined, []],
    ["none when the site does not have the version", { ...reader(), version: "9" }, undefined, []],
  ])("%s", (_which, who, current, paths) => {
    expect(pathsFor(who, current)).toEqual(paths);
  });

  it("that of the page the reader is on, whatever the page says of itself", () => {
    expect(pathsFor({ ...reader(), lang: "en", version: "9" }, "/ur/a")).toEqual(["/ur/b"]);
  });

  it("that they asked for where the catalogue does not have the page they are on", () => {
    expect(pathsFor({ ...reader(null, [read("c")]), lang: "ur" }, "/ur/")).toEqual(["/ur/a", "/ur/b"]);
    expect(pathsFor({ ...reader(), version: "1" }, "/1/")).toEqual(["/1/a", "/1/c"]);
  });

  it("that they asked for by a name that is written as in POSIX", () => {
    expect(keysOf([page("a", { lang: "pt" }), page("b", { lang: "pt-BR" })], { ...reader(), lang: "pt_BR" })).toEqual([
      "b",
    ]);
  });

  it("that of the last page read, told by what was seen of it", () => {
    expect(pathsFor(reader(null, [read("a", 1, { seenHash: "a in 1" })]))).toEqual(["/1/c"]);
    expect(pathsFor(reader(null, [read("a", 1, { seenHash: "a in Urdu" })]))).toEqual(["/ur/b"]);
  });

  it("does not take one language for another that begins alike", () => {
    expect(keysOf([page("a", { lang: "fil" })], { ...reader(), lang: "fi" })).toEqual([]);
    expect(keysOf([page("a", { lang: "fi" })], { ...reader(), lang: "fil" })).toEqual([]);
  });

  it("prefers the language exactly as it was asked for", () => {
    const dialects = [
      page("a", { lang: "en" }),
      page("b", { lang: "en" }),
      page("c", { lang: "en-GB", path: "/gb/c" }),
    ];
    expect(keysOf(dialects, { ...reader(), lang: "en-gb" })).toEqual(["c"]);
  });

  it("takes the latest of versions with equally many pages for the main one", () => {
    const versions = ["9", "10", "2"].map((version) => page("a", { version, path: `/${version}/a` }));
    expect(recommend(versions).map(({ path }) => path)).toEqual(["/10/a"]);
  });
});

describe("the page the reader is on", () => {
  const pages = inOrder(
    page("start", { path: "/" }),
    page("guide", { path: "/guide/index.html" }),
    page("café", { path: "/café au lait.html" }),
    page("urdu", { path: "/%DA%A9%D8%AA%D8%A7%D8%A8/" }),
    page("percent", { path: "/100%" }),
    page("one", { path: "/one" }),
    page("one as a folder", { path: "/one/" }),
    page("slash", { path: "/a%2Fb" }),
    page("same", { path: "/new/same.html" }),
    page("same", { path: "/old/same.html" }),
  );
  const missing = (current: string): string[] => {
    const keys = keysOf(pages, reader(), { current, limit: 20 });
    return pages.map(({ pageKey }) => pageKey).filter((key) => !keys.includes(key));
  };

  it.each([
    ["/index.html", "start"],
    ["/index.htm", "start"],
    ["/guide/", "guide"],
    ["/guide", "guide"],
    ["/guide/index.html", "guide"],
    ["/caf%C3%A9%20au%20lait.html", "café"],
    ["/cafe\u0301 au lait", "café"],
    ["/کتاب/", "urdu"],
    ["/کتاب/index.html", "urdu"],
    ["/%da%a9%d8%aa%d8%a7%d8%a8", "urdu"],
    ["/100%", "percent"],
    ["/100%/", "percent"],
    ["/one", "one"],
    ["/one/", "one as a folder"],
    ["/a%2Fb/", "slash"],
    ["/old/same", "same"],
  ])("is known as %s", (path, key) => {
    expect(new Set(missing(path))).toEqual(new Set([key]));
  });

  it.each([["/one/index.html"], ["/a/b"], ["/Guide/"], ["/guide/other"], ["//guide"], [""], ["guide/"]])(
    "is not known as %j, which names no page or two",
    (path) => {
      expect(missing(path)).toEqual([]);
    },
  );
});

describe("prerequisites", () => {
  it("that are not read are listed in the page's order", () => {
    const pages = inOrder(
      page("a"),
      page("b"),
      page("c"),
      page("d", { prerequisites: ["c", "unknown", "a", "b", "d"] }),
    );
    const found = recommend(pages, reader(null, [read("a")])).find((one) => one.pageKey === "d");
    expect(found?.readFirst).toEqual([
      { pageKey: "c", path: "/c", title: "Title c" },
      { pageKey: "b", path: "/b", title: "Title b" },
    ]);
  });

  it("count as read on the page itself", () => {
    const pages = inOrder(page("a"), page("b", { prerequisites: ["a"] }));
    expect(recommend(pages, reader(), { current: "a" })[0]?.readFirst).toEqual([]);
  });

  it("stand before the page that builds on them when both are in the list", () => {
    const pages = inOrder(
      page("far", { tags: ["lidar"], summary: "lidar lidar", prerequisites: ["near"] }),
      page("near", { prerequisites: ["first"] }),
      page("first"),
      page("read", { tags: ["lidar"], summary: "lidar" }),
    );
    const keys = keysOf(pages, reader(null, [read("read")]));
    expect(keys).toEqual(["first", "near", "far"]);
  });

  it("keep a page away altogether when the owner is strict", () => {
    const pages = inOrder(page("a"), page("b", { prerequisites: ["a"] }), page("c", { prerequisites: ["b"] }));
    const strict = { strictPrerequisites: true };
    expect(keysOf(pages, reader(), strict)).toEqual(["a"]);
    expect(keysOf(pages, reader(null, [read("a")]), strict)).toEqual(["b"]);
    expect(keysOf(pages, reader(), { ...strict, current: "a" })).toEqual(["b"]);
  });

  it.each([
    ["two pages", inOrder(page("a", { prerequisites: ["b"] }), page("b", { prerequisites: ["a"] }))],
    ["a page and itself", inOrder(page("a", { prerequisites: ["a"] }), page("b", { prerequisites: ["a"] }))],
    [
      "three pages with others hanging on to them",
      inOrder(
        page("a", { prerequisites: ["c"] }),
        page("b", { prerequisites: ["a"] }),
        page("c", { prerequisites: ["b"] }),
        page("d", { prerequisites: ["c"] }),
        page("e", { prerequisites: ["d", "a"] }),
      ),
    ],
  ])("that form a circle of %s are read in the site's order", (_what, pages) => {
    const order = pages.map(({ pageKey }) => pageKey);
    const walked: string[] = [];
    while (walked.length < order.length) {
      const [next] = keysOf(
        pages,
        reader(
          null,
          walked.map((key, at) => read(key, 100 - at)),
        ),
        { strictPrerequisites: true },
      );
      if (next === undefined) break;
      walked.push(next);
    }
    expect(walked).toEqual(order);
  });

  it("in a circle still come before a page that only hangs on to it", () => {
    const pages = inOrder(
      page("summary", { prerequisites: ["b"] }),
      page("a", { prerequisites: ["b"] }),
      page("b", { prerequisites: ["a"] }),
    );
    expect(keysOf(pages, reader(), { strictPrerequisites: true })).toEqual(["a"]);
  });

  it("to a later page hold when there is no circle", () => {
    const pages = inOrder(page("a", { prerequisites: ["b"] }), page("b"));
    expect(keysOf(pages, reader(), { strictPrerequisites: true })).toEqual(["b"]);
  });
});
