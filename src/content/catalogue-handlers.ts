// PUT and GET /api/catalog: what a docs build says about its pages.
import type { Context } from "hono";
import * as z from "zod/mini";
import { CATALOGUE_LIMITS, type CataloguePage, catalogueInput } from "../core/catalogue.ts";
import type { Database } from "../db/client.ts";
import type { AppEnv } from "../http/app-env.ts";
import { readJson, readQuery } from "../http/body.ts";
import { problem } from "../http/problem.ts";
import type { CatalogueStore } from "./catalogue-store.ts";
import { findCatalogueVersion, replaceCatalogue } from "./queries.ts";

type C = Context<AppEnv>;

export interface CatalogueDeps {
  db: Database;
  store: CatalogueStore;
  sites: ReadonlySet<string>;
  tokenHashes: Readonly<Record<string, string>>;
  now: () => number;
  randomId: () => string;
}

export const siteQuery = z.object({ site: z.string("is missing").check(z.minLength(1), z.maxLength(60)) });

const hex = (bytes: ArrayBuffer) =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const sha256 = async (text: string) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));

/** Seconds a copy may be used without asking: a push shows to anonymous callers within them. */
const MAX_AGE_SECONDS = 300;

/** Same pages, same version, in whatever order a build lists them. */
async function versionOf(pages: readonly CataloguePage[]): Promise<string> {
  const sorted = [...pages].sort((a, b) => (a.path < b.path ? -1 : 1));
  return hex(await sha256(JSON.stringify(sorted)));
}

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
      const query = readQuery(c, siteQuery);
      if (!query.ok) return query.response;
      const { site } = query.value;
      const hash = Object.hasOwn(deps.tokenHashes, site) ? deps.tokenHashes[site] : undefined;
      if (!(await isCatalogueToken(c.req.header("authorization"), hash))) return problem(c, "invalid-token");
      const body = await readJson(c, catalogueInput, CATALOGUE_LIMITS.bodyBytes);
      if (!body.ok) return body.response;
      const { pages } = body.value;
      const version = await versionOf(pages);
      await replaceCatalogue(deps.db, site, version, pages, new Date(deps.now()), deps.randomId);
      return c.json({ site, version, pages: pages.length });
    },

    /** The catalogue, for anyone: it says no more than the docs do. */
    async read(c: C): Promise<Response> {
      const query = readQuery(c, siteQuery);
      if (!query.ok) return query.response;
      const { site } = query.value;
      if (!deps.sites.has(site)) return problem(c, "unknown-site");
      const version = await findCatalogueVersion(deps.db, site);
      c.header("Cache-Control", `public, max-age=${MAX_AGE_SECONDS}`);
      if (version === undefined) return c.json({ site, version: null, pages: [] });
      const etag = `"${version}"`;
      c.header("ETag", etag);
      const asked = c.req.header("if-none-match");
      if (asked?.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag)) return c.body(null, 304);
      const stored = await deps.store.get(site, version);
      c.header("ETag", `"${stored.version}"`);
      return c.json({ site, version: stored.version, pages: stored.pages });
    },
  };
}
