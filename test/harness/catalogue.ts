// A small catalogue, as a docs build would push it: enough pages that two readers see different lists.
import type { CataloguePage } from "../../src/core/catalogue.ts";
import type { Answer } from "./browser.ts";
import { Browser } from "./browser.ts";
import type { TestDatabase } from "./database.ts";
import { CATALOGUE_TOKEN, CONFIG, Isolate, SITE, sha256 } from "./isolate.ts";
import { page } from "./page.ts";

export { page };

export const OTHER_TOKEN = "catalogue-token-of-another-site";

/** A Worker with two more sites: `other`, with a token of its own, and `tokenless`. */
export async function isolateOfThreeSites(database: TestDatabase): Promise<Isolate> {
  const hashes = { [SITE]: await sha256(CATALOGUE_TOKEN), other: await sha256(OTHER_TOKEN) };
  return Isolate.create({
    database,
    config: {
      sites: [
        ...CONFIG.sites,
        { id: "other", name: "Other", origins: ["https://other.example"] },
        { id: "tokenless", name: "Without a token", origins: ["https://tokenless.example"] },
      ],
    },
    bindings: { CATALOGUE_TOKEN_HASHES: JSON.stringify(hashes) },
  });
}

export const PAGES: readonly CataloguePage[] = [
  page("/start", { title: "Where to start", level: "beginner", position: 0 }),
  page("/linux", { title: "Install on Linux", level: "beginner", operatingSystems: ["Linux"], position: 1 }),
  page("/windows", { title: "Install on Windows", level: "beginner", operatingSystems: ["Windows"], position: 2 }),
  page("/python", { title: "Nodes in Python", level: "intermediate", languages: ["Python"], position: 3 }),
  page("/cpp", { title: "Real-time control", level: "expert", languages: ["C++"], tools: ["Docker"], position: 4 }),
  page("/jetson", { title: "Vision on a Jetson", level: "advanced", hardware: ["Jetson Orin"], position: 5 }),
];

export interface Push {
  site?: string;
  /** The catalogue as it shall be. */
  pages?: readonly CataloguePage[];
  /** Those of them that are sent in full; all unless a test says otherwise. */
  changed?: readonly CataloguePage[];
  /** The version that `changed` was computed against. */
  basis?: string;
  /** Another body than these make. */
  json?: unknown;
  authorization?: string | null;
}

/** Pushes as a docs build does: no browser, no cookie, the site's token. */
export function push(isolate: Isolate, options: Push = {}): Promise<Answer> {
  const { site = SITE, pages = PAGES, changed = pages, basis, authorization = `Bearer ${CATALOGUE_TOKEN}` } = options;
  const listed = pages.map(({ path, contentHash }) => ({ path, contentHash }));
  return new Browser(isolate).put(
    `/api/catalog?site=${site}`,
    options.json ?? { pages: listed, changed, ...(basis !== undefined && { basis }) },
    { origin: null, headers: authorization === null ? {} : { Authorization: authorization } },
  );
}
