// PUT and GET /api/catalog: what a docs build says about its pages.
import type { Context } from "hono";
import {
  CATALOGUE_LIMITS,
  type CataloguePushResponse,
  type CatalogueResponse,
  cataloguePush,
  catalogueQuery,
} from "../core/catalogue.ts";
import type { Database } from "../db/client.ts";
import type { AppEnv } from "../http/app-env.ts";
import { readJson, readQuery } from "../http/body.ts";
import { matchesEtag } from "../http/etag.ts";
import { problem } from "../http/problem.ts";
import { replaceCatalogue } from "./catalogue-queries.ts";
import { type CatalogueStore, VERSION_AGE_SECONDS } from "./catalogue-store.ts";

type C = Context<AppEnv>;

export interface CatalogueDeps {
  db: Database;
  store: CatalogueStore;
  sites: ReadonlySet<string>;
  tokenHashes: Readonly<Record<string, string>>;
  now: () => number;
  randomId: () => string;
}

const sha256 = async (text: string) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));

/** Seconds after which a push shows to every anonymous caller. */
const SHOWS_WITHIN_SECONDS = 300;

/** Seconds a copy may be used without asking; it may already have been that old when it was made. */
const MAX_AGE_SECONDS = SHOWS_WITHIN_SECONDS - VERSION_AGE_SECONDS;

/** Is this `Authorization` the site's token? Compared as hashes, in constant time; parsed by scheme (RFC 6750). */
export async function isCatalogueToken(header: string | undefined, expectedHash: string | undefined): Promise<boolean> {
  const token = /^Bearer ([A-Za-z0-9._~+/-]{16,256}=*)$/i.exec(header ?? "")?.[1];
  const given = await sha256(token ?? "");
  const bytes = Uint8Array.from({ length: 32 }, (_, at) =>
    Number.parseInt(expectedHash?.slice(at * 2, at * 2 + 2) ?? "0", 16),
  );
  const equal = crypto.subtle.timingSafeEqual(given, bytes);
  return equal && token !== undefined && expectedHash !== undefined;
}

export function catalogueHandlers(deps: CatalogueDeps) {
  return {
    /** Replaces the site's catalogue. An unknown site and a wrong token get the same answer. */
    async replace(c: C): Promise<Response> {
      const query = readQuery(c, catalogueQuery);
      if (!query.ok) return query.response;
      const { site } = query.value;
      const hash = Object.hasOwn(deps.tokenHashes, site) ? deps.tokenHashes[site] : undefined;
      if (!(await isCatalogueToken(c.req.header("authorization"), hash))) return problem(c, "invalid-token");
      const body = await readJson(c, cataloguePush, CATALOGUE_LIMITS.bodyBytes);
      if (!body.ok) return body.response;
      const replaced = await replaceCatalogue(deps.db, site, body.value, new Date(deps.now()), deps.randomId);
      if ("missing" in replaced) return problem(c, "catalogue-incomplete", replaced);
      if ("bytes" in replaced) {
        const detail = `It is ${replaced.bytes} bytes; the limit is ${CATALOGUE_LIMITS.totalBytes}.`;
        return problem(c, "catalogue-too-large", { detail });
      }
      const { version } = replaced;
      deps.store.pushed(site, version);
      return c.json({ site, version, pages: body.value.pages.length } satisfies CataloguePushResponse);
    },

    /** The catalogue, for anyone: it says no more than the docs do. */
    async read(c: C): Promise<Response> {
      const query = readQuery(c, catalogueQuery);
      if (!query.ok) return query.response;
      const { site } = query.value;
      if (!deps.sites.has(site)) return problem(c, "unknown-site");
      const asked = c.req.header("if-none-match");
      const version = await deps.store.newest(site, /"([0-9a-f]{64})"/.exec(asked ?? "")?.[1]);
      c.header("Cache-Control", `public, max-age=${MAX_AGE_SECONDS}`);
      if (version === undefined) {
        return c.json({ site, version: null, pages: [] } satisfies CatalogueResponse);
      }
      const etag = `"${version}"`;
      c.header("ETag", etag);
      if (matchesEtag(asked, etag)) return c.body(null, 304);
      const stored = await deps.store.get(site, version);
      c.header("ETag", `"${stored.version}"`);
      return c.body(stored.json, 200, { "Content-Type": "application/json" });
    },
  };
}
