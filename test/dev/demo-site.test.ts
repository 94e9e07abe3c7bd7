// The demo course stands for an owner's docs: what is asserted here is what any docs build has to get right.
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { parseArticle, parseTranslation } from "../../dev/demo/article.ts";
import { buildDemo } from "../../dev/demo/build.ts";
import { type CatalogueFile, catalogueFile } from "../../src/core/catalogue.ts";

const WORKER = "http://localhost:8787";
let outDir: string;
let catalogue: CatalogueFile;

beforeAll(async () => {
  outDir = await mkdtemp(join(tmpdir(), "docent-demo-"));
  ({ catalogue } = await buildDemo({ workerUrl: WORKER, outDir }));
});
afterAll(() => rm(outDir, { recursive: true, force: true }));

const file = (path: string) => readFile(join(outDir, path), "utf8");

/** An article with that Markdown. */
const source = (text: string) =>
  `---json\n${JSON.stringify({
    pageKey: "x",
    title: "X",
    summary: "",
    level: null,
    categories: ["One"],
    tags: [],
    operatingSystems: [],
    languages: [],
    tools: [],
    hardware: [],
    prerequisites: [],
    minutes: 1,
    position: 0,
  })}\n---\n${text}\n`;

describe("the demo site", () => {
  test("has a file for every page of the catalogue", async () => {
    expect(catalogue.pages.length).toBeGreaterThan(0);
    for (const page of catalogue.pages) expect(await file(page.path)).toContain(`<h1>`);
  });

  test("writes the catalogue that it returns", async () => {
    const written = z.safeParse(catalogueFile, JSON.parse(await file("docent-catalogue.json")));
    expect(written.success && written.data).toEqual(catalogue);
  });

  test("has one script tag and both placeholders on every page", async () => {
    for (const path of ["index.html", "ur/index.html", ...catalogue.pages.map((page) => page.path)]) {
      const html = await file(path);
      expect(html.match(/<script\b[^>]*>/g), path).toEqual([`<script data-worker="${WORKER}" data-site="course">`]);
      expect(html, path).toContain("<docent-account></docent-account>");
      expect(html, path).toContain("<docent-recommendations");
    }
  });

  test("has the other of the two tags when asked for it", async () => {
    const other = join(outDir, "other");
    await buildDemo({ workerUrl: WORKER, outDir: other, tag: "async" });
    const html = await readFile(join(other, "index.html"), "utf8");
    expect(html.match(/<script\b[^>]*>/g)).toEqual([`<script async src="${WORKER}/docent.js" data-site="course">`]);
    await rm(other, { recursive: true });
  });

  test("has no inline style, which its own security policy would refuse", async () => {
    for (const page of catalogue.pages) expect(await file(page.path), page.path).not.toMatch(/<style|\sstyle=/);
  });

  test("links only to files that exist", async () => {
    const files = new Set((await readdir(outDir, { recursive: true })).map((name) => `/${name}`));
    for (const path of ["index.html", ...catalogue.pages.map((page) => page.path)]) {
      for (const [, href = ""] of (await file(path)).matchAll(/(?:href|src)="(\/[^"]*)"/g)) {
        expect(files, `${path} links to ${href}`).toContain(href.replace(/\/$/, "/index.html"));
      }
    }
  });

  test("hashes the rendered content, so that only a changed article counts as changed", () => {
    const article = parseArticle(source("Hello"), "x.md");
    expect(article.page.contentHash).toBe(createHash("sha256").update("<p>Hello</p>\n").digest("hex"));
    expect(parseArticle(source("Hello!"), "x.md").page.contentHash).not.toBe(article.page.contentHash);
  });

  test("names the file and the field of a mistake in a front matter", () => {
    expect(() => parseArticle('---json\n{"pageKey": 7}\n---\n', "wrong.md")).toThrow(/wrong\.md.*pageKey/s);
    expect(() => parseArticle("# No front matter", "none.md")).toThrow(/none\.md/);
  });

  test("lets an article mark passages with HTML, and escapes what it quotes as code", () => {
    const html = parseArticle(
      source('<div data-for="os:linux">\n\nA **passage**.\n\n</div>\n\nWrite `<img>`.\n\n```html\n<img>\n```'),
      "x.md",
    ).html;
    expect(html).toContain('<div data-for="os:linux">\n<p>A <strong>passage</strong>.</p>\n</div>');
    expect(html).not.toContain("<img>");
    expect(html.match(/&lt;img&gt;/g)).toHaveLength(2);
  });

  test("puts a drawing into the page as a figure, with its text as the caption", () => {
    const html = parseArticle(source("![A _loop_.](control-loop.svg)"), "x.md").html;
    expect(html).toMatch(/^<figure><svg .*<\/svg>\n<figcaption>A <em>loop<\/em>\.<\/figcaption><\/figure>\n$/s);
    expect(() => parseArticle(source("![A loop.](no-such-drawing.svg)"), "x.md")).toThrow(/no-such-drawing/);
  });

  test("takes from a translation its words, and everything else from the original", () => {
    const original = parseArticle(source("Hello"), "x.md");
    const matter = { pageKey: original.page.pageKey, title: "ا", summary: "ب", categories: ["پ"], tags: [] };
    const text = (of: object) => `---json\n${JSON.stringify(of)}\n---\nسلام\n`;
    const translation = parseTranslation(text(matter), "ur/x.md", "ur", [original]);
    expect(translation).toMatchObject({ lang: "ur", section: "پ", html: "<p>سلام</p>\n" });
    expect(translation.page).toMatchObject({
      ...original.page,
      ...matter,
      path: `/ur${original.page.path}`,
      lang: "ur",
      contentHash: expect.any(String),
    });
    expect(() => parseTranslation(text({ ...matter, pageKey: "y" }), "ur/y.md", "ur", [original])).toThrow(
      /ur\/y\.md.*"y"/,
    );
    expect(() => parseTranslation(text({ ...matter, level: "expert" }), "ur/x.md", "ur", [original])).toThrow(
      /ur\/x\.md/,
    );
  });
});
