// The catalogue: what a docs build says about its pages. Written by the docs build, read by the ranker.
import * as z from "zod/mini";
import { storableText } from "./background.ts";
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

/** Body of `PUT /api/catalog?site=`: replaces the whole catalogue of the site, atomically. */
export const catalogueInput = z.strictObject({
  pages: z.array(cataloguePage).check(
    z.maxLength(CATALOGUE_LIMITS.pages),
    z.refine((pages) => new Set(pages.map((page) => page.path)).size === pages.length, "names a path twice"),
  ),
});
export type CatalogueInput = z.infer<typeof catalogueInput>;
