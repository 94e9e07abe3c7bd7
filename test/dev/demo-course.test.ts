// The course as a whole: complete, consistent, and nothing in it leads nowhere. What a single page needs of the build
// is tested in demo-site.test.ts.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildDemo } from "../../dev/demo/build.ts";
import type { CataloguePage } from "../../src/core/catalogue.ts";
import { LEVELS, OPERATING_SYSTEMS } from "../../src/core/vocabulary.ts";

const DIRECTIONS: Readonly<Record<string, string>> = { en: "ltr", ur: "rtl" };
/** What the passages of the course may name, by key. */
const PASSAGE_TERMS: Readonly<Record<string, readonly string[]>> = {
  os: OPERATING_SYSTEMS,
  level: LEVELS,
  language: ["python", "c++", "xml"],
};

let outDir: string;
let pages: CataloguePage[];
/** Every HTML file, by its address. */
let files: Map<string, string>;
/** Every file, by its address. */
let addresses: Set<string>;

beforeAll(async () => {
  outDir = await mkdtemp(join(tmpdir(), "docent-course-"));
  ({ pages } = (await buildDemo({ workerUrl: "http://localhost:8787", outDir })).catalogue);
  const names = (await readdir(outDir, { recursive: true })).map((name) => name.replaceAll("\\", "/"));
  addresses = new Set(names.map((name) => `/${name}`));
  const html = names.filter((name) => name.endsWith(".html"));
  files = new Map(
    await Promise.all(
      html.map(async (name): Promise<[string, string]> => [`/${name}`, await readFile(join(outDir, name), "utf8")]),
    ),
  );
});
afterAll(() => rm(outDir, { recursive: true, force: true }));

const inLanguage = (lang: string) => pages.filter((page) => page.lang === lang);
const htmlOf = (page: CataloguePage): string => files.get(page.path) ?? "";
/** The values of an attribute in some HTML, in its order. */
const valuesOf = (html: string, attribute: string): string[] =>
  [...html.matchAll(new RegExp(`\\s${attribute}="([^"]*)"`, "g"))].map(([, value = ""]) => value);
/** What each page does wrong, by its address; empty when all is well, so that a failure names every place at once. */
function wrong<T>(check: (html: string, address: string) => readonly T[]): [string, readonly T[]][] {
  return [...files]
    .map(([address, html]): [string, readonly T[]] => [address, check(html, address)])
    .filter(([, mistakes]) => mistakes.length > 0);
}

describe("the course", () => {
  test("has at least 24 pages in English, and four of them in Urdu, from the first one on", () => {
    expect(inLanguage("en").length).toBeGreaterThanOrEqual(24);
    expect(inLanguage("ur").length).toBeGreaterThanOrEqual(4);
    const keys = (lang: string) =>
      inLanguage(lang)
        .sort((a, b) => a.position - b.position)
        .map((page) => page.pageKey);
    expect(keys("ur").slice(0, 2)).toEqual(keys("en").slice(0, 2));
  });

  test("has pages for every level and every operating system, and some that are for one system only", () => {
    const english = inLanguage("en");
    expect(new Set(english.map((page) => page.level))).toEqual(new Set(LEVELS));
    for (const system of OPERATING_SYSTEMS) {
      expect(english.filter((page) => page.operatingSystems.join() === system).length, system).toBeGreaterThan(0);
    }
  });

  test("says of every page what a reader and the ranker want to know", () => {
    const incomplete = pages.filter(
      (page) =>
        page.level === null ||
        page.minutes === null ||
        [page.title, page.summary, page.categories, page.tags, page.operatingSystems].some(
          (field) => field.length === 0,
        ),
    );
    expect(incomplete).toEqual([]);
  });

  test("has no two pages of one title, summary or place in the order, in a language", () => {
    for (const lang of Object.keys(DIRECTIONS)) {
      for (const field of ["title", "summary", "position", "pageKey"] as const) {
        const values = inLanguage(lang).map((page) => page[field]);
        expect(values, `${lang} ${field}`).toEqual([...new Set(values)]);
      }
    }
  });

  test("asks to read first only what exists and comes before", () => {
    const positions = new Map(inLanguage("en").map((page) => [page.pageKey, page.position]));
    const late = pages.flatMap((page) =>
      page.prerequisites.filter((key) => !((positions.get(key) ?? Number.POSITIVE_INFINITY) < page.position)),
    );
    // In the course's own order every prerequisite comes earlier, so that there can be no circle.
    expect(late).toEqual([]);
  });

  test("translates titles, summaries and sections, and nothing that the ranker compares", () => {
    for (const page of inLanguage("ur")) {
      const original = inLanguage("en").find((one) => one.pageKey === page.pageKey);
      const { path, lang, title, summary, categories, tags, contentHash, ...same } = page;
      expect(original).toMatchObject(same);
      expect(path).toBe(`/ur${original?.path}`);
      for (const text of [title, summary, ...categories]) expect(text).toMatch(/\p{Script=Arabic}/u);
      expect(contentHash).not.toBe(original?.contentHash);
    }
    const sections = (lang: string) => new Set(inLanguage(lang).map((page) => page.categories[0]));
    const translated = new Set(inLanguage("ur").map((page) => page.path.split("/")[2]));
    expect(sections("ur").size).toBe(translated.size);
    expect(sections("en").size).toBe(6);
  });
});

describe("every page of the course", () => {
  test("is in the language and direction of its address, and links to its translations and back", () => {
    const mistakes = wrong((html, address) => {
      const lang = address.startsWith("/ur/") ? "ur" : "en";
      const right = html.includes(`<html lang="${lang}" dir="${DIRECTIONS[lang]}">`);
      const key = pages.find((page) => page.path === address)?.pageKey;
      const others = key
        ? pages.filter((page) => page.pageKey === key && page.path !== address).map((page) => page.path)
        : [lang === "en" ? "/ur/" : "/"];
      const missing = others.filter(
        (other) =>
          html.split(`rel="alternate" `).filter((part) => part.split(">")[0]?.includes(`href="${other}"`)).length !== 2,
      );
      return right ? missing : ["wrong language or direction", ...missing];
    });
    expect(mistakes).toEqual([]);
  });

  test("lists the pages of its own language, and no others, in its navigation", () => {
    const mistakes = wrong((html, address) => {
      const listed = valuesOf(/<nav id="contents".*?<\/nav>/s.exec(html)?.[0] ?? "", "href");
      const expected = inLanguage(address.startsWith("/ur/") ? "ur" : "en").map((page) => page.path);
      return listed.sort().join() === expected.sort().join() ? [] : listed;
    });
    expect(mistakes).toEqual([]);
  });

  test("links only to pages, places in a page, and files that exist", () => {
    const mistakes = wrong((html, address) =>
      [...valuesOf(html, "href"), ...valuesOf(html, "src")].filter((link) => {
        if (/^(https?:|mailto:)/.test(link)) return false;
        const { pathname, hash } = new URL(link, `http://course.test${address}`);
        const target = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
        const place = decodeURIComponent(hash.slice(1));
        return !addresses.has(target) || (place !== "" && !valuesOf(files.get(target) ?? "", "id").includes(place));
      }),
    );
    expect(mistakes).toEqual([]);
  });

  test("has one first heading, skips no level, and gives every id once", () => {
    const mistakes = wrong((html) => {
      const levels = [...html.matchAll(/<h([1-6])\b/g)].map(([, level]) => Number(level));
      const skips = levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1);
      const ids = valuesOf(html, "id");
      const twice = ids.filter((id, index) => id === "" || ids.indexOf(id) !== index);
      return levels.filter((level) => level === 1).length === 1 ? [...skips, ...twice] : ["h1", ...skips, ...twice];
    });
    expect(mistakes).toEqual([]);
  });

  test("names the language of every block of code, and writes it from left to right", () => {
    expect(
      wrong((html) =>
        [...html.matchAll(/<pre\b[^>]*>/g)]
          .map(([tag]) => tag)
          .filter((tag) => !/data-language="[a-z]+"/.test(tag) || !tag.includes('dir="ltr"')),
      ),
    ).toEqual([]);
    expect(wrong((html) => html.match(/<code(?! dir="ltr")(?<!<pre[^>]*><code)[^>]*>/g) ?? [])).toEqual([]);
  });

  test("explains its figures in words, for those who cannot see them too", () => {
    const mistakes = wrong((html) =>
      [...html.matchAll(/<figure>.*?<\/figure>/gs)]
        .map(([figure]) => figure)
        .filter((figure) => {
          const [ids = ""] = valuesOf(figure, "aria-labelledby");
          const [title, description] = ids.split(" ");
          return !(
            figure.includes(`<title id="${title}">`) &&
            figure.includes(`<desc id="${description}">`) &&
            /<figcaption>.+<\/figcaption>/.test(figure) &&
            !/#[0-9a-f]{3,6}\b/i.test(figure.replaceAll(/url\(#[^)]*\)/g, ""))
          );
        }),
    );
    expect(mistakes).toEqual([]);
    expect(inLanguage("en").filter((page) => htmlOf(page).includes("<figure>")).length).toBeGreaterThanOrEqual(5);
  });

  test("asks for no font, script or picture from anywhere else", async () => {
    const css = await readFile(join(outDir, "course.css"), "utf8");
    expect(css).not.toMatch(/@import|url\(/);
    const elsewhere = wrong((html) => valuesOf(html, "src").filter((src) => /^(https?:)?\/\//.test(src)));
    expect(elsewhere.map(([, sources]) => sources.join())).toEqual(
      elsewhere.map(() => "http://localhost:8787/docent.js"),
    );
  });
});

describe("passages and tabs", () => {
  test("name only levels, systems and languages that exist, and every kind is there", () => {
    const used = new Set<string>();
    const mistakes = wrong((html) =>
      valuesOf(html, "data-for")
        .flatMap((expression) => expression.split(" "))
        .filter((term) => {
          const [key = "", value = ""] = term.split(":");
          used.add(term);
          return !PASSAGE_TERMS[key]?.includes(value);
        }),
    );
    expect(mistakes).toEqual([]);
    const all = Object.entries(PASSAGE_TERMS).flatMap(([key, values]) => values.map((value) => `${key}:${value}`));
    expect([...used].sort()).toEqual(all.sort());
  });

  test("can all be read without a script: nothing is hidden, and of each group of tabs one is open", () => {
    expect(wrong((html) => html.match(/<[^>]*\shidden\b[^>]*>|<template/g) ?? [])).toEqual([]);
    const mistakes = wrong((html) => {
      const groups = [...html.matchAll(/<div class="tabs" data-docent-tabs="([a-z]+)">(.*?)\n<\/div>/gs)];
      const names = groups.map(([, , group = ""]) => new Set(valuesOf(group, "name")));
      return groups.flatMap(([, key, group = ""], index) => {
        const panels = group.match(/<details\b[^>]*>/g) ?? [];
        const [name = ""] = names[index] ?? [];
        const right =
          panels.length > 1 &&
          panels.every((panel) => new RegExp(`data-for="${key}:[^" ]+"`).test(panel)) &&
          panels.filter((panel) => panel.includes(" open")).length === 1 &&
          names[index]?.size === 1 &&
          names.filter((others) => others.has(name)).length === 1 &&
          (group.match(/<summary>/g) ?? []).length === panels.length;
        return right ? [] : [name];
      });
    });
    expect(mistakes).toEqual([]);
    const withTabs = inLanguage("en").filter((page) => htmlOf(page).includes("data-docent-tabs"));
    expect(withTabs.length).toBeGreaterThanOrEqual(5);
  });
});
