// Builds the demo docs site: a course on physical AI and robotics, as static files that any web server can serve.
// It stands for an owner's docs: it knows Docent only by one of the two tags, the placeholders and the catalogue file.
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as z from "zod/mini";
import { type CatalogueFile, catalogueFile } from "../../src/core/catalogue.ts";
import { buildInlineTag } from "../../web/build-inline.ts";
import { LANGUAGES, readArticles } from "./article.ts";
import { indexPath, type PageContext, renderArticle, renderIndex } from "./page-template.ts";

const STATIC_FILES = ["course.css", "course.svg"];

export interface DemoOptions {
  /** Origin of the Worker that serves `docent.js`, without a trailing slash. */
  workerUrl: string;
  /** The site in docent.config.ts that the demo stands for. */
  siteId?: string;
  /** The inline tag unless said otherwise. */
  tag?: "inline" | "async";
  /** Emptied first. */
  outDir: string;
}

/** Writes the site and its `docent-catalogue.json`. Throws when an article or the catalogue is not valid. */
export async function buildDemo({
  workerUrl,
  siteId = "course",
  tag = "inline",
  outDir,
}: DemoOptions): Promise<{ catalogue: CatalogueFile }> {
  const articles = await readArticles(new URL("./articles/", import.meta.url));
  const catalogue = z.parse(catalogueFile, { pages: articles.map((article) => article.page) });
  const context: PageContext = {
    workerUrl,
    siteId,
    articles,
    inline: tag === "inline" ? await buildInlineTag() : undefined,
  };

  await rm(outDir, { recursive: true, force: true });
  const write = async (path: string, text: string) => {
    const file = join(outDir, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  };
  await write("docent-catalogue.json", `${JSON.stringify(catalogue, null, 2)}\n`);
  await Promise.all(LANGUAGES.map((lang) => write(`${indexPath(lang)}index.html`, renderIndex(context, lang))));
  await Promise.all(articles.map((article) => write(article.page.path, renderArticle(context, article))));
  await Promise.all(
    STATIC_FILES.map((name) => copyFile(new URL(`./assets/${name}`, import.meta.url), join(outDir, name))),
  );
  return { catalogue };
}
