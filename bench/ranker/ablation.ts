// Takes away what a reason names, from the reader or from the page, the way somebody would who reads the sentence and
// knows nothing of the ranker. The score has to fall; the evaluation and the property test count how often it does.
import type { CataloguePage } from "../../src/core/catalogue.ts";
import type { ReaderState } from "../../src/core/ranker/reader.ts";
import type { Reason } from "../../src/core/recommendation.ts";
import { canonicalTerm, operatingSystemTerm } from "../../src/core/vocabulary.ts";

export interface World {
  pages: readonly CataloguePage[];
  reader: ReaderState;
  /** Key of the page the reader is on. */
  current?: string | undefined;
}

const LISTS = {
  tag: "tags",
  "operating-system": "operatingSystems",
  language: "languages",
  tool: "tools",
  hardware: "hardware",
} as const;

/** The reader had they never been on the pages. */
function forget(world: World, gone: (page: CataloguePage) => boolean): World {
  const keys = new Set(world.pages.filter(gone).map((page) => page.pageKey));
  const progress = world.reader.progress.filter((one) => !keys.has(one.pageKey));
  const current = world.current !== undefined && keys.has(world.current) ? undefined : world.current;
  return { ...world, reader: { ...world.reader, progress }, current };
}

/** The catalogue with one page changed. */
function rewrite(world: World, pageKey: string, change: (page: CataloguePage) => CataloguePage): World {
  return { ...world, pages: world.pages.map((page) => (page.pageKey === pageKey ? change(page) : page)) };
}

/** The same reader without what they are said to have: everything that shares a word with it. */
function unsay(world: World, values: readonly string[]): World {
  const { background } = world.reader;
  if (background === null) return world;
  const named = new Set(values.flatMap((value) => canonicalTerm(value).split(" ")));
  const kept = (term: string): boolean =>
    !canonicalTerm(term)
      .split(" ")
      .some((word) => named.has(word));
  const { operatingSystem, devices, gpu, ...hardware } = background.hardwareSetup;
  return {
    ...world,
    reader: {
      ...world.reader,
      background: {
        ...background,
        primaryDomain:
          background.primaryDomain !== null && kept(background.primaryDomain) ? background.primaryDomain : null,
        programmingLanguages: background.programmingLanguages.filter(kept),
        softwareTools: background.softwareTools.filter(kept),
        hardwareSetup: {
          ...hardware,
          ...(devices && { devices: devices.filter(kept) }),
          ...(operatingSystem && kept(operatingSystem) && { operatingSystem }),
          ...(gpu && kept(`${gpu} gpu`) && { gpu }),
        },
      },
    },
  };
}

/** The world without the thing named on the reader's side; null where the reason names nothing of the reader's. */
export function withoutInReader(world: World, pageKey: string, reason: Reason): World | null {
  const named = new Set(reason.values);
  const keys = new Set(reason.values.map((value) => canonicalTerm(value)));
  const has = (terms: readonly string[]): boolean => terms.some((term) => keys.has(canonicalTerm(term)));
  const titled = forget(world, (page) => page.pageKey !== pageKey && named.has(page.title));
  switch (reason.part) {
    case "text":
      return world.pages.some((page) => named.has(page.title)) ? titled : unsay(world, reason.values);
    case "order":
      return reason.values.length > 0 ? titled : null;
    case "prerequisite":
    case "follow-up":
      return titled;
    case "tag":
      return forget(world, (page) => has(page.tags));
    case "category":
    case "series":
    case "section":
      return forget(world, (page) => has(page.categories));
    case "level":
      return (
        world.reader.background && {
          ...world,
          reader: { ...world.reader, background: { ...world.reader.background, experienceLevel: null } },
        }
      );
    case "operating-system":
    case "language":
    case "tool":
    case "hardware":
    case "domain":
      return unsay(world, reason.values);
    case "preference": {
      const preferredCategories = world.reader.preferredCategories?.filter((one) => !keys.has(canonicalTerm(one)));
      return { ...world, reader: { ...world.reader, preferredCategories } };
    }
    case "changed":
      return null;
  }
}

/**
 * The world without the thing named on the page's side; null where the reason names nothing of the page's, or a
 * category: the categories are the site's structure too, and without one of them it would be another site.
 */
export function withoutInPage(world: World, pageKey: string, reason: Reason): World | null {
  const keys = new Set(reason.values.map((value) => canonicalTerm(value)));
  const { part } = reason;
  const canonical = part === "operating-system" ? operatingSystemTerm : canonicalTerm;
  const kept = (term: string): boolean => !keys.has(canonical(term));
  const change = (to: (page: CataloguePage) => CataloguePage): World => rewrite(world, pageKey, to);
  switch (part) {
    case "text":
    case "category":
    case "series":
    case "section":
      return null;
    case "order":
      return reason.values.length > 0 ? null : change((page) => ({ ...page, position: 1_000_000 }));
    case "prerequisite":
    case "follow-up": {
      const named = new Set(
        world.pages.filter((page) => reason.values.includes(page.title)).map((page) => page.pageKey),
      );
      return change((page) => ({ ...page, prerequisites: page.prerequisites.filter((key) => !named.has(key)) }));
    }
    case "level":
      return change((page) => ({ ...page, level: null }));
    case "domain":
    case "preference": {
      const inCategory = world.pages.some((page) => page.pageKey === pageKey && !page.categories.every(kept));
      return inCategory ? null : change((page) => ({ ...page, tags: page.tags.filter(kept) }));
    }
    case "changed": {
      const seen = world.reader.progress.find((one) => one.pageKey === pageKey)?.seenHash;
      return change((page) => ({ ...page, contentHash: seen ?? page.contentHash }));
    }
    default: {
      const list = LISTS[part];
      return change((page) => ({ ...page, [list]: page[list].filter(kept) }));
    }
  }
}
