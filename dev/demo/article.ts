// One article of the demo course: its front matter, checked, and its Markdown, rendered.
// Must not know about the layout of a page.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import MarkdownIt from "markdown-it";
import * as z from "zod/mini";
import { type CataloguePage, cataloguePage } from "../../src/core/catalogue.ts";

/** What an author writes; the path, language and hash of the catalogue's page follow from it. */
const frontMatter = z.omit(cataloguePage, { path: true, lang: true, version: true, contentHash: true });

export interface Article {
  page: CataloguePage;
  /** The outermost category. */
  section: string;
  /** The rendered Markdown, with an id on every heading. */
  html: string;
}

// `html: false`: an article holds Markdown only, so that no article can break the page's content security policy.
const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });

// A wide table or code block scrolls by itself and not the page; what scrolls must be reachable by keyboard.
markdown.renderer.rules.table_open = () => '<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>\n';
markdown.renderer.rules.table_close = () => "</table></div>\n";
markdown.renderer.rules.fence = (tokens, index) => {
  const token = tokens[index];
  const language = markdown.utils.escapeHtml(token?.info.trim() ?? "");
  const code = markdown.utils.escapeHtml(token?.content ?? "");
  return `<pre tabindex="0" data-language="${language}"><code>${code}</code></pre>\n`;
};

markdown.core.ruler.push("heading_ids", (state) => {
  state.tokens.forEach((token, index) => {
    if (token.type === "heading_open") token.attrSet("id", slug(state.tokens[index + 1]?.content ?? ""));
  });
});

/** `"ROS 2 foundations"` as part of an address: `ros-2-foundations`. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

/** Reads one article. A mistake in its front matter is an exception that names the file. */
export function parseArticle(source: string, file: string): Article {
  const match = /^---json\n(.*?)\n---\n(.*)$/s.exec(source);
  if (!match) throw new Error(`${file}: must start with a JSON front matter between "---json" and "---"`);
  const [, json = "", body = ""] = match;
  let input: unknown;
  try {
    input = JSON.parse(json);
  } catch (cause) {
    throw new Error(`${file}: its front matter is not JSON`, { cause });
  }
  const parsed = z.safeParse(frontMatter, input);
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);

  const [section] = parsed.data.categories;
  if (section === undefined) throw new Error(`${file}: needs at least one category`);
  const html = markdown.render(body);
  return {
    section,
    html,
    page: {
      ...parsed.data,
      path: `/${slug(section)}/${parsed.data.pageKey}.html`,
      lang: "en",
      version: "",
      contentHash: createHash("sha256").update(html).digest("hex"),
    },
  };
}

/** Every article of a folder, in the course's own order. Throws when a prerequisite names no article. */
export async function readArticles(folder: URL): Promise<Article[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".md"));
  const articles = await Promise.all(
    files.map(async (name) => parseArticle(await readFile(new URL(name, folder), "utf8"), name)),
  );
  const keys = new Set(articles.map((article) => article.page.pageKey));
  for (const { page } of articles) {
    const unknown = page.prerequisites.find((key) => !keys.has(key));
    if (unknown !== undefined) throw new Error(`${page.pageKey}: its prerequisite "${unknown}" does not exist`);
  }
  return articles.sort((a, b) => a.page.position - b.page.position);
}
