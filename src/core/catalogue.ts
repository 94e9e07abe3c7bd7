// The catalogue: what a docs build says about its pages. Written by the docs build, read by the ranker. Here is its form
// in a file and on the wire.
import * as z from "zod/mini";
import { storableText } from "./background.ts";
import { siteQuery } from "./primitives.ts";
import { LEVELS } from "./vocabulary.ts";

/** Bounds of a catalogue; a larger one is refused as a whole. */
export const CATALOGUE_LIMITS = {
  pages: 5000,
  /** Characters. */
  path: 512,
  title: 300,
  summary: 1000,
  term: 100,
  terms: 50,
  /** Bytes of one push body. */
  bodyBytes: 8 * 1024 * 1024,
  /**
   * Bytes of a whole catalogue: of all records and of the list of pages, each as Postgres prints JSON. That is never
   * shorter than `JSON.stringify`, so every catalogue fits into one push.
   */
  totalBytes: 8 * 1024 * 1024,
} as const;

const term = storableText(CATALOGUE_LIMITS.term, 1);
const terms = z.array(term).check(z.maxLength(CATALOGUE_LIMITS.terms));

/**
 * A page's path: starts with one "/", already normalised, and can never be read as another origin or a scheme
 * (`//evil`, `/\evil`, `/a/../b`, `/a/%2e%2e/b` and control characters are refused), because the widget makes a link of it.
 */
export const pagePath = storableText(CATALOGUE_LIMITS.path, 1).check(
  z.refine(
    (path) => /^\/(?![/\\])[^\\\p{Cc}?#]*$/u.test(path) && !/\/(\.|%2e){1,2}(\/|$)|\/\//i.test(path),
    'must be a normalised path: one leading "/", no scheme, backslash, query, fragment or dot segment',
  ),
);

/** Stable across renames and translations of a page; the path when the docs build names none. */
export const pageKey = storableText(CATALOGUE_LIMITS.path, 1);

export const cataloguePage = z.strictObject({
  path: pagePath,
  pageKey,
  /** BCP 47 language tag. */
  lang: storableText(35, 2),
  /** Version of the documentation; "" where the docs have only one. */
  version: storableText(60),
  title: storableText(CATALOGUE_LIMITS.title, 1),
  summary: storableText(CATALOGUE_LIMITS.summary),
  /** Sections of the site, outermost first. */
  categories: terms,
  tags: terms,
  level: z.nullable(z.enum(LEVELS)),
  operatingSystems: terms,
  languages: terms,
  tools: terms,
  hardware: terms,
  /** `pageKey`s to read first. */
  prerequisites: z.array(pageKey).check(z.maxLength(CATALOGUE_LIMITS.terms)),
  /** Reading time. */
  minutes: z.nullable(z.int().check(z.minimum(0), z.maximum(100000))),
  /** Place in the site's own order, from 0. */
  position: z.int().check(z.minimum(0), z.maximum(1000000)),
  contentHash: storableText(128, 1),
});
export type CataloguePage = z.infer<typeof cataloguePage>;

const mistake = (path: PropertyKey[], input: unknown, message: string) =>
  ({ code: "custom", path, input, message }) as const;

/** A list in which no path is named twice; a second naming is a mistake at its own place. */
const ofDistinctPaths = <T extends z.ZodMiniType<{ path: string }>>(item: T) =>
  z.array(item).check(
    z.maxLength(CATALOGUE_LIMITS.pages),
    z.check(({ value, issues }) => {
      const seen = new Map<string, number>();
      for (const [at, { path }] of value.entries()) {
        const first = seen.get(path);
        if (first === undefined) seen.set(path, at);
        else issues.push(mistake([at, "path"], path, `is the path of entry ${first} too`));
      }
    }),
  );

/** What `docent-catalogue.json` of a docs build holds: every page, whole. The ranker takes it as it is. */
export const catalogueFile = z.strictObject({ pages: ofDistinctPaths(cataloguePage) });
export type CatalogueFile = z.infer<typeof catalogueFile>;

/** Query of both routes. */
export const catalogueQuery = siteQuery;

/**
 * Body of `PUT /api/catalog?site=`: the catalogue as it shall be, and in full only what the Worker does not have yet.
 * A listed page is the record in `changed` where there is one, and else the stored page of that path and `contentHash`.
 */
export const cataloguePush = z
  .strictObject({
    /** Every page of the site. What is stored and not listed is removed. */
    pages: ofDistinctPaths(z.strictObject({ path: pagePath, contentHash: cataloguePage.shape.contentHash })),
    /** New pages and those of which anything changed, the content or what is said about it. */
    changed: ofDistinctPaths(cataloguePage),
    /**
     * The version that `changed` was computed against. While the stored one is another, no stored page is taken: its
     * `contentHash` would not tell that its title, say, has changed.
     */
    basis: z.optional(storableText(128, 1)),
  })
  .check(
    z.check(({ value: { pages, changed }, issues }) => {
      const listed = new Map(pages.map(({ path, contentHash }, at) => [path, { contentHash, at }]));
      for (const [at, { path, contentHash }] of changed.entries()) {
        const page = listed.get(path);
        if (page === undefined) issues.push(mistake(["changed", at, "path"], path, "is not listed in pages"));
        else if (page.contentHash !== contentHash) {
          issues.push(mistake(["changed", at, "contentHash"], contentHash, `is not the one of pages[${page.at}]`));
        }
      }
    }),
  );
export type CataloguePush = z.infer<typeof cataloguePush>;

/** A catalogue's version: a hash over its pages. */
const version = z.string().check(z.regex(/^[0-9a-f]{64}$/));

/** Answer of `PUT /api/catalog`. */
export const cataloguePushResponse = z.object({
  site: z.string(),
  version,
  /** How many pages the catalogue has now. */
  pages: z.int(),
});
export type CataloguePushResponse = z.infer<typeof cataloguePushResponse>;

/** Answer of `GET /api/catalog`: in the site's own order; `version` is null while none was pushed. */
export const catalogueResponse = z.object({
  site: z.string(),
  version: z.nullable(version),
  pages: z.array(cataloguePage),
});
export type CatalogueResponse = z.infer<typeof catalogueResponse>;
