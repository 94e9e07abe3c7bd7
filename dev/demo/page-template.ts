// The layout of the demo site: header, side navigation, article, index. Plain HTML that reads well without any script;
// the only script is one of Docent's two tags, exactly as an owner would paste it.
import { html, raw } from "hono/html";
import type { InlineTag } from "../../web/build-inline.ts";
import { type Article, LANGUAGES, type Lang } from "./article.ts";
import { PAGE_TEXTS } from "./page-texts.ts";

export interface PageContext {
  /** Origin of the Worker, like `http://localhost:8787`. */
  workerUrl: string;
  /** Its id in docent.config.ts. */
  siteId: string;
  /** Of all languages, in the course's order. */
  articles: readonly Article[];
  /** The inline tag, where it is the one on the pages. */
  inline: InlineTag | undefined;
}

type Markup = ReturnType<typeof html>;

/** What the layout needs to know of a page. */
interface Page {
  path: string;
  lang: Lang;
  title: string;
  summary: string;
  main: Markup;
  /** The same page in other languages. */
  translations: readonly Translation[];
}
interface Translation {
  lang: Lang;
  path: string;
}

/** As strict as a docs site could wish for: Docent needs one origin in two directives, and a hash for the inline tag. */
function contentSecurityPolicy({ workerUrl, inline }: PageContext): string {
  return [
    "default-src 'none'",
    `script-src ${inline ? `'${inline.hash}' ` : ""}${workerUrl}`,
    `connect-src 'self' ${workerUrl}`,
    "style-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types lit-html",
  ].join("; ");
}

/** The address of a language's first page. */
export const indexPath = (lang: Lang): string => (lang === LANGUAGES[0] ? "/" : `/${lang}/`);

const inLanguage = (articles: readonly Article[], lang: Lang): Article[] =>
  articles.filter((article) => article.lang === lang);

function sectionsOf(articles: readonly Article[]): Map<string, Article[]> {
  return Map.groupBy(articles, (article) => article.section);
}

function navigation(context: PageContext, { path, lang }: Page): Markup {
  const sameLanguage = inLanguage(context.articles, lang);
  const item = ({ page }: Article) =>
    page.path === path
      ? html`<li><a href="${page.path}" aria-current="page">${page.title}</a></li>`
      : html`<li><a href="${page.path}">${page.title}</a></li>`;
  // The whole course is longer than a screen: the section being read is open, on the index the first.
  const current = sameLanguage.find(({ page }) => page.path === path) ?? sameLanguage[0];
  const isOpen = (articles: readonly Article[]) => current !== undefined && articles.includes(current);
  return html`<nav id="contents" class="course" popover aria-label="${PAGE_TEXTS[lang].course}">
    ${[...sectionsOf(sameLanguage)].map(
      ([section, articles]) =>
        html`<details${raw(isOpen(articles) ? " open" : "")}><summary>${section}</summary><ul>${articles.map(item)}</ul></details>`,
    )}
  </nav>`;
}

/** Level, time and systems of an article, in one line. */
function facts({ page, lang }: Article): Markup {
  const texts = PAGE_TEXTS[lang];
  const systems = page.operatingSystems.map(
    (name, index) => html`${index === 0 ? "" : texts.comma}<bdi>${texts.operatingSystems[name] ?? name}</bdi>`,
  );
  return html`<ul class="facts">
    ${page.level === null ? "" : html`<li class="level" data-level="${page.level}">${texts.levels[page.level]}</li>`}
    ${page.minutes === null ? "" : html`<li>${texts.minutes(page.minutes)}</li>`}
    ${systems.length === 0 ? "" : html`<li>${systems}</li>`}
  </ul>`;
}

/** Links to the same page in other languages, each in its own. */
function languageSwitch(translations: readonly Translation[]): Markup | "" {
  if (translations.length === 0) return "";
  return html`<p class="languages">${translations.map(
    ({ lang, path }) =>
      html`<a rel="alternate" href="${path}" hreflang="${lang}" lang="${lang}" dir="${PAGE_TEXTS[lang].direction}">${PAGE_TEXTS[lang].readInThisLanguage}</a>`,
  )}</p>`;
}

/** Exactly as an owner would paste it: one of the two. The inline one stands before the style sheets it does not need. */
function docentTag({ workerUrl, siteId, inline }: PageContext): Markup {
  return inline
    ? html`<script data-worker="${workerUrl}" data-site="${siteId}">${raw(inline.code)}</script>`
    : html`<script async src="${workerUrl}/docent.js" data-site="${siteId}"></script>`;
}

function layout(context: PageContext, page: Page): string {
  const { lang, path, translations } = page;
  const texts = PAGE_TEXTS[lang];
  const title = path === indexPath(lang) ? texts.siteName : `${page.title} · ${texts.siteName}`;
  return html`<!doctype html>
<html lang="${lang}" dir="${texts.direction}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(context)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${page.summary}">
<title>${title}</title>
${translations.map((other) => html`<link rel="alternate" hreflang="${other.lang}" href="${other.path}">`)}
${docentTag(context)}
<link rel="icon" href="/course.svg" type="image/svg+xml">
<link rel="stylesheet" href="/course.css">
</head>
<body>
<header>
  <a class="skip" href="#main">${texts.skip}</a>
  <button class="contents" type="button" popovertarget="contents">${texts.contents}</button>
  <a class="home" href="${indexPath(lang)}"><img src="/course.svg" alt="" width="28" height="28"><span>${texts.siteName}</span></a>
  <docent-account></docent-account>
</header>
<div class="frame">
  ${navigation(context, page)}
  <main id="main" tabindex="-1">${page.main}</main>
</div>
<footer><p>${texts.footer}</p></footer>
</body>
</html>
`.toString();
}

/** The list of all pages of a language. It is no page of the catalogue: its `lang` says what to recommend from. */
export function renderIndex(context: PageContext, lang: Lang): string {
  const texts = PAGE_TEXTS[lang];
  const translations = LANGUAGES.filter((other) => other !== lang).map((other) => ({
    lang: other,
    path: indexPath(other),
  }));
  const card = (article: Article) => html`<li class="card">
    <h3><a href="${article.page.path}">${article.page.title}</a></h3>
    <p>${article.page.summary}</p>
    ${facts(article)}
  </li>`;
  return layout(context, {
    path: indexPath(lang),
    lang,
    title: texts.siteName,
    summary: texts.lede,
    translations,
    main: html`<div class="hero">${languageSwitch(translations)}<h1>${texts.siteName}</h1><p class="lede">${texts.lede}</p></div>
<docent-continue></docent-continue>
<docent-recommendations limit="4"></docent-recommendations>
${[...sectionsOf(inLanguage(context.articles, lang))].map(
  ([section, articles]) => html`<section><h2>${section}</h2><ul class="cards">${articles.map(card)}</ul></section>`,
)}
${texts.untranslated === "" ? "" : html`<p class="untranslated">${texts.untranslated}</p>`}
<docent-saved></docent-saved>`,
  });
}

export function renderArticle(context: PageContext, article: Article): string {
  const { page, lang } = article;
  const texts = PAGE_TEXTS[lang];
  const sameLanguage = inLanguage(context.articles, lang);
  const at = sameLanguage.indexOf(article);
  const previous = sameLanguage[at - 1];
  const next = sameLanguage[at + 1];
  const translations = context.articles
    .filter((other) => other.page.pageKey === page.pageKey && other !== article)
    .map((other) => ({ lang: other.lang, path: other.page.path }));
  // A prerequisite that is not translated is still to be read first.
  const prerequisites = page.prerequisites.flatMap((key) => {
    const all = context.articles.filter((other) => other.page.pageKey === key);
    return all.find((other) => other.lang === lang) ?? all[0] ?? [];
  });
  const link = (other: Article) =>
    other.lang === lang
      ? html`<a href="${other.page.path}">${other.page.title}</a>`
      : html`<a href="${other.page.path}" hreflang="${other.lang}" lang="${other.lang}" dir="${PAGE_TEXTS[other.lang].direction}">${other.page.title}</a>`;
  return layout(context, {
    path: page.path,
    lang,
    title: page.title,
    summary: page.summary,
    translations,
    main: html`<article>
<div class="above"><p class="section">${article.section}</p>${languageSwitch(translations)}</div>
<h1>${page.title}</h1>
<p class="lede">${page.summary}</p>
<div class="below">${facts(article)}<docent-passages></docent-passages></div>
${
  prerequisites.length === 0
    ? ""
    : html`<p class="before">${texts.readFirst} ${prerequisites.map(
        (other, index) => html`${index === 0 ? "" : texts.comma}${link(other)}`,
      )}</p>`
}
${raw(article.html)}
</article>
<docent-page></docent-page>
<nav class="steps" aria-label="${texts.previousAndNext}">
  ${previous ? html`<a class="step" rel="prev" href="${previous.page.path}"><span>${texts.previous}</span> ${previous.page.title}</a>` : ""}
  ${next ? html`<a class="step" rel="next" href="${next.page.path}"><span>${texts.next}</span> ${next.page.title}</a>` : ""}
</nav>
<docent-recommendations limit="3"></docent-recommendations>`,
  });
}
