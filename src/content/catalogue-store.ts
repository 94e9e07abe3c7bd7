// The pages of each site as this isolate knows them: read from Postgres at most once per version, however many requests
// want them at once, and prepared for ranking at most once.
import type { CataloguePage, CatalogueResponse } from "../core/catalogue.ts";
import { prepare, type RankerIndex } from "../core/ranker/prepare.ts";
import type { Database } from "../db/client.ts";
import { findCatalogue } from "./catalogue-queries.ts";
import { SharedLoads, type SharedLoadsDeps } from "./shared-loads.ts";

/**
 * Seconds for which `newest` does not ask which version is the newest: a burst of anonymous requests costs one statement
 * per isolate and so many seconds. A push shows that much later, except in the isolate that took it.
 */
export const VERSION_AGE_SECONDS = 10;

export interface StoredCatalogue {
  readonly version: string;
  readonly pages: readonly CataloguePage[];
  /** Made when it is first asked for: whoever only reads the pages does not pay for it. */
  readonly index: RankerIndex;
  /** The answer that says all of it: JSON in UTF-8. Made when it is first asked for, and once, however many read it. */
  readonly json: Uint8Array<ArrayBuffer>;
}

export interface CatalogueStoreDeps extends SharedLoadsDeps {
  db: Database;
  /** How the owner wants pages ranked. */
  ranker: Parameters<typeof prepare>[1];
  /** Milliseconds since the epoch. */
  now: () => number;
}

interface Known {
  catalogue: StoredCatalogue;
  /** Which read it came from. A read that began later never brings an older version. */
  read: number;
}

interface Checked {
  version: string | undefined;
  /** When the statement began. */
  at: number;
}

/** Sites are few and named by the configuration, so the store is bounded by it. */
export class CatalogueStore {
  readonly #deps: CatalogueStoreDeps;
  readonly #known = new Map<string, Known>();
  readonly #checked = new Map<string, Checked>();
  readonly #loads: SharedLoads<StoredCatalogue>;
  readonly #checks: SharedLoads<Checked>;
  #reads = 0;

  constructor(deps: CatalogueStoreDeps) {
    this.#deps = deps;
    this.#loads = new SharedLoads(deps);
    this.#checks = new SharedLoads(deps);
  }

  /** The catalogue of that version, or of a newer one when it has been replaced in between. */
  async get(site: string, version: string): Promise<StoredCatalogue> {
    const known = this.#known.get(site)?.catalogue;
    if (known?.version === version) return known;
    return this.#loads.get(`${site} ${version}`, async () => {
      await this.#read(site, []);
      return this.#known.get(site)?.catalogue ?? stored(site, version, [], this.#deps.ranker);
    });
  }

  /**
   * The version of the site's catalogue, at most `VERSION_AGE_SECONDS` old; undefined when none was pushed.
   * @param held a version that the caller has: its pages are not read for them
   */
  async newest(site: string, held: string | undefined): Promise<string | undefined> {
    const checked = this.#checked.get(site);
    const age = this.#deps.now() - (checked?.at ?? 0);
    if (checked && age >= 0 && age < VERSION_AGE_SECONDS * 1000) return checked.version;
    const { version } = await this.#checks.get(site, async () => {
      const at = this.#deps.now();
      const found = { version: await this.#read(site, held === undefined ? [] : [held]), at };
      // Unless a push, or somebody who began later, has said something newer in the meantime.
      if (this.#checked.get(site) === checked) this.#checked.set(site, found);
      return found;
    });
    return version;
  }

  /** This isolate has replaced the site's catalogue: it shows at once. */
  pushed(site: string, version: string): void {
    this.#checked.set(site, { version, at: this.#deps.now() });
  }

  /** Asks Postgres once: for the version, and for the pages where neither we nor the caller have them. */
  async #read(site: string, held: readonly string[]): Promise<string | undefined> {
    this.#reads += 1;
    const read = this.#reads;
    const mine = this.#known.get(site)?.catalogue.version;
    const found = await findCatalogue(this.#deps.db, site, mine === undefined ? held : [mine, ...held]);
    if (found?.pages !== undefined && read > (this.#known.get(site)?.read ?? 0)) {
      this.#known.set(site, { catalogue: stored(site, found.version, found.pages, this.#deps.ranker), read });
    }
    return found?.version;
  }
}

function stored(
  site: string,
  version: string,
  pages: CataloguePage[],
  ranker: Parameters<typeof prepare>[1],
): StoredCatalogue {
  let index: RankerIndex | undefined;
  let json: Uint8Array<ArrayBuffer> | undefined;
  return {
    version,
    pages,
    get index() {
      index ??= prepare(pages, ranker);
      return index;
    },
    get json() {
      const answer = { site, version, pages } satisfies CatalogueResponse;
      json ??= new Uint8Array(new TextEncoder().encode(JSON.stringify(answer)));
      return json;
    },
  };
}
