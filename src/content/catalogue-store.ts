// The pages of each site, prepared for ranking: read from Postgres at most once per version and isolate.
import type { CataloguePage } from "../core/catalogue.ts";
import { prepare, type RankerIndex } from "../core/ranker/prepare.ts";
import type { Database } from "../db/client.ts";
import { findPages } from "./queries.ts";

export interface StoredCatalogue {
  version: string;
  pages: readonly CataloguePage[];
  index: RankerIndex;
}

/** Sites are few and named by the configuration, so the store is bounded by it. Settled values only. */
export class CatalogueStore {
  readonly #db: Database;
  readonly #options: Parameters<typeof prepare>[1];
  readonly #bySite = new Map<string, StoredCatalogue>();

  constructor(db: Database, options: Parameters<typeof prepare>[1]) {
    this.#db = db;
    this.#options = options;
  }

  /** The catalogue of that version, or of a newer one when it has been replaced in between. */
  async get(site: string, version: string): Promise<StoredCatalogue> {
    const known = this.#bySite.get(site);
    if (known?.version === version) return known;
    const found = await findPages(this.#db, site);
    const stored = { ...found, version: found.version || version, index: prepare(found.pages, this.#options) };
    this.#bySite.set(site, stored);
    return stored;
  }
}
