// Markdown as the articles use it: headings with ids, figures, code that is always left-to-right. HTML blocks are let
// through, for passages and tabs. Must not know about front matter or the layout of a page.
import { readFileSync } from "node:fs";
import MarkdownIt from "markdown-it";

const FIGURES = new URL("./figures/", import.meta.url);

// `html: true`: the articles are the site's own, and the page's content security policy refuses inline code anyway.
const markdown = new MarkdownIt({ html: true, linkify: false, typographer: false });

// A wide table or code block scrolls by itself and not the page; what scrolls must be reachable by keyboard.
markdown.renderer.rules.table_open = () => '<div class="scroll" tabindex="0"><table>\n';
markdown.renderer.rules.table_close = () => "</table></div>\n";
markdown.renderer.rules.fence = (tokens, index) => {
  const token = tokens[index];
  const language = markdown.utils.escapeHtml(token?.info.trim() ?? "");
  const code = markdown.utils.escapeHtml(token?.content ?? "");
  return `<pre tabindex="0" dir="ltr" data-language="${language}"><code>${code}</code></pre>\n`;
};
markdown.renderer.rules.code_inline = (tokens, index) =>
  `<code dir="ltr">${markdown.utils.escapeHtml(tokens[index]?.content ?? "")}</code>`;

markdown.core.ruler.push("heading_ids", (state) => {
  state.tokens.forEach((token, index) => {
    if (token.type === "heading_open") token.attrSet("id", slug(state.tokens[index + 1]?.content ?? ""));
  });
});

// An image alone in its paragraph becomes a figure with the alternative text as its caption. The drawing is put into
// the page itself: only there does it take the colours of the text, light or dark.
markdown.core.ruler.push("figures", (state) => {
  state.tokens.forEach((token, index) => {
    const [image, more] = token.children ?? [];
    const [before, after] = [state.tokens[index - 1], state.tokens[index + 1]];
    if (image?.type !== "image" || more || before?.type !== "paragraph_open" || !after) return;
    const markup = (content: string) => Object.assign(new state.Token("html_inline", "", 0), { content });
    const drawing = readFileSync(new URL(String(image.attrGet("src")), FIGURES), "utf8");
    before.tag = after.tag = "figure";
    token.children = [markup(`${drawing}<figcaption>`), ...(image.children ?? []), markup("</figcaption>")];
  });
});

/** `"ROS 2 foundations"` as part of an address: `ros-2-foundations`. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "");
}

/** The HTML of an article. Throws when a figure does not exist. */
export const renderMarkdown = (source: string): string => markdown.render(source);
