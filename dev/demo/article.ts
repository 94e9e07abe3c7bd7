// One article of the demo course, in one language: its front matter, checked, and its Markdown, rendered.
// Must not know about the layout of a page.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import * as z from "zod/mini";
import { type CataloguePage, cataloguePage } from "../../src/core/catalogue.ts";
import { renderMarkdown, slug } from "./markdown.ts";

/** Languages of the course; the first is the one that articles are written in and translated from. */
export const LANGUAGES = ["en", "ur"] as const;
export type Lang = (typeof LANGUAGES)[number];
const [ORIGINAL, ...TRANSLATIONS] = LANGUAGES;

/** What an author writes; the path, language and hash of the catalogue's page follow from it. */
const frontMatter = z.omit(cataloguePage, { path: true, lang: true, version: true, contentHash: true });
/** What a translator writes; everything else is the original's. */
const translatedMatter = z.pick(cataloguePage, {
  pageKey: true,
  title: true,
  summary: true,
  categories: true,
  tags: true,
});

export interface Article {
  page: CataloguePage;
  lang: Lang;
  /** The outermost category, in the article's language. */
  section: string;
  /** The rendered Markdown, with an id on every heading. */
  html: string;
}

function split<T>(source: string, file: string, schema: z.ZodMiniType<T>): { matter: T; body: string } {
  const match = /^---json\n(.*?)\n---\n(.*)$/s.exec(source);
  if (!match) throw new Error(`${file}: must start with a JSON front matter between "---json" and "---"`);
  const [, json = "", body = ""] = match;
  let input: unknown;
  try {
    input = JSON.parse(json);
  } catch (cause) {
    throw new Error(`${file}: its front matter is not JSON`, { cause });
  }
  const parsed = z.safeParse(schema, input);
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  return { matter: parsed.data, body };
}

function articleOf(page: Omit<CataloguePage, "contentHash">, lang: Lang, body: string, file: string): Article {
  const [section] = page.categories;
  if (section === undefined) throw new Error(`${file}: needs at least one category`);
  const html = renderMarkdown(body);
  return { lang, section, html, page: { ...page, contentHash: createHash("sha256").update(html).digest("hex") } };
}

/** Reads one article. A mistake in its front matter is an exception that names the file. */
export function parseArticle(source: string, file: string): Article {
  const { matter, body } = split(source, file, frontMatter);
  const path = `/${slug(matter.categories[0] ?? "")}/${matter.pageKey}.html`;
  return articleOf({ ...matter, path, lang: ORIGINAL, version: "" }, ORIGINAL, body, file);
}

/** Reads a translation; it has the original's address below its language's folder. Throws when there is no original. */
export function parseTranslation(source: string, file: string, lang: Lang, originals: readonly Article[]): Article {
  const { matter, body } = split(source, file, translatedMatter);
  const original = originals.find(({ page }) => page.pageKey === matter.pageKey)?.page;
  if (!original) throw new Error(`${file}: there is no article "${matter.pageKey}" that it could translate`);
  return articleOf({ ...original, ...matter, lang, path: `/${lang}${original.path}` }, lang, body, file);
}

async function readSources(folder: URL): Promise<{ source: string; file: string }[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".md"));
  return Promise.all(files.map(async (file) => ({ file, source: await readFile(new URL(file, folder), "utf8") })));
}

/**
 * Every article of a folder and the translations in its subfolders, in the course's own order.
 * Throws when a prerequisite names no article.
 */
export async function readArticles(folder: URL): Promise<Article[]> {
  const originals = (await readSources(folder)).map(({ source, file }) => parseArticle(source, file));
  const keys = new Set(originals.map((article) => article.page.pageKey));
  for (const { page } of originals) {
    const unknown = page.prerequisites.find((key) => !keys.has(key));
    if (unknown !== undefined) throw new Error(`${page.pageKey}: its prerequisite "${unknown}" does not exist`);
  }
  const translations = TRANSLATIONS.map(async (lang) => {
    const sources = await readSources(new URL(`${lang}/`, folder));
    return sources.map(({ source, file }) => parseTranslation(source, `${lang}/${file}`, lang, originals));
  });
  return [originals, ...(await Promise.all(translations))].flat().sort((a, b) => a.page.position - b.page.position);
}
