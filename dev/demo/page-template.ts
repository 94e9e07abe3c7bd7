// The layout of the demo site: header, side navigation, article, index. Plain HTML that reads well without any script;
// the only script is Docent's own tag, exactly as an owner would paste it.
import { html, raw } from "hono/html";
import type { Level } from "../../src/core/vocabulary.ts";
import type { Article } from "./article.ts";

export const SITE_NAME = "Physical AI and Robotics";
const SITE_LEDE =
  "Short lessons on robots that sense, decide and move: ROS 2, simulation, perception, control, learning and deployment.";

export interface PageContext {
  /** Origin of the Worker, like `http://localhost:8787`. */
  workerUrl: string;
  /** Its id in docent.config.ts. */
  siteId: string;
  articles: readonly Article[];
}

type Markup = ReturnType<typeof html>;

const LEVEL_NAMES: Readonly<Record<Level, string>> = {
  beginner: "Beginner",
  intermediate: "Intermediate",
  advanced: "Advanced",
  expert: "Expert",
};

const OPERATING_SYSTEM_NAMES: Readonly<Record<string, string>> = {
  linux: "Linux",
  macos: "macOS",
  windows: "Windows",
};

/** As strict as a docs site could wish for: what Docent needs is exactly one origin in two directives. */
export function contentSecurityPolicy(workerUrl: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' ${workerUrl}`,
    `connect-src 'self' ${workerUrl}`,
    "style-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types lit-html",
  ].join("; ");
}

function sectionsOf(articles: readonly Article[]): Map<string, Article[]> {
  return Map.groupBy(articles, (article) => article.section);
}

function navigation(context: PageContext, current: string): Markup {
  const item = ({ page }: Article) =>
    page.path === current
      ? html`<li><a href="${page.path}" aria-current="page">${page.title}</a></li>`
      : html`<li><a href="${page.path}">${page.title}</a></li>`;
  return html`<nav id="contents" class="course" popover aria-label="Course">
    ${[...sectionsOf(context.articles)].map(
      ([section, articles]) => html`<h2>${section}</h2><ul>${articles.map(item)}</ul>`,
    )}
  </nav>`;
}

/** Level, time and systems of an article, in one line. */
function facts({ page }: Article): Markup {
  const systems = page.operatingSystems.map((name) => OPERATING_SYSTEM_NAMES[name] ?? name).join(", ");
  return html`<ul class="facts">
    ${page.level === null ? "" : html`<li class="level" data-level="${page.level}">${LEVEL_NAMES[page.level]}</li>`}
    ${page.minutes === null ? "" : html`<li>${page.minutes} min</li>`}
    ${systems === "" ? "" : html`<li>${systems}</li>`}
  </ul>`;
}

function layout(context: PageContext, page: { path: string; title: string; summary: string; main: Markup }): string {
  const title = page.path === "/" ? SITE_NAME : `${page.title} · ${SITE_NAME}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(context.workerUrl)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${page.summary}">
<title>${title}</title>
<link rel="icon" href="/course.svg" type="image/svg+xml">
<link rel="stylesheet" href="/course.css">
<script async src="${context.workerUrl}/docent.js" data-site="${context.siteId}"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the article</a>
<header>
  <button class="contents" type="button" popovertarget="contents">Contents</button>
  <a class="home" href="/"><img src="/course.svg" alt="" width="28" height="28"><span>${SITE_NAME}</span></a>
  <docent-account></docent-account>
</header>
<div class="frame">
  ${navigation(context, page.path)}
  <main id="main" tabindex="-1">${page.main}</main>
</div>
<footer><p>A demo course. Its lessons are true; its school does not exist.</p></footer>
</body>
</html>
`.toString();
}

export function renderIndex(context: PageContext): string {
  const card = (article: Article) => html`<li class="card">
    <h3><a href="${article.page.path}">${article.page.title}</a></h3>
    <p>${article.page.summary}</p>
    ${facts(article)}
  </li>`;
  return layout(context, {
    path: "/",
    title: SITE_NAME,
    summary: SITE_LEDE,
    main: html`<div class="hero"><h1>${SITE_NAME}</h1><p class="lede">${SITE_LEDE}</p></div>
<docent-recommendations limit="4"></docent-recommendations>
${[...sectionsOf(context.articles)].map(
  ([section, articles]) => html`<section><h2>${section}</h2><ul class="cards">${articles.map(card)}</ul></section>`,
)}`,
  });
}

export function renderArticle(context: PageContext, article: Article): string {
  const { page } = article;
  const at = context.articles.indexOf(article);
  const previous = context.articles[at - 1];
  const next = context.articles[at + 1];
  const prerequisites = context.articles.filter((other) => page.prerequisites.includes(other.page.pageKey));
  return layout(context, {
    path: page.path,
    title: page.title,
    summary: page.summary,
    main: html`<article>
<p class="section">${article.section}</p>
<h1>${page.title}</h1>
<p class="lede">${page.summary}</p>
${facts(article)}
${
  prerequisites.length === 0
    ? ""
    : html`<p class="before">Read first: ${prerequisites.map(
        (other, index) => html`${index === 0 ? "" : ", "}<a href="${other.page.path}">${other.page.title}</a>`,
      )}</p>`
}
${raw(article.html)}
</article>
<nav class="steps" aria-label="Previous and next">
  ${previous ? html`<a class="step" rel="prev" href="${previous.page.path}"><span>Previous</span> ${previous.page.title}</a>` : ""}
  ${next ? html`<a class="step" rel="next" href="${next.page.path}"><span>Next</span> ${next.page.title}</a>` : ""}
</nav>
<docent-recommendations limit="3"></docent-recommendations>`,
  });
}
