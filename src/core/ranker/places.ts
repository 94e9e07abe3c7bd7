// From the address in a reader's browser to the page of the catalogue. Hosts serve one page under several addresses.
import type { IndexedPage, Scope } from "./prepare.ts";

/** A page that a path names, and the scope it belongs to. */
export interface Place {
  readonly path: string;
  readonly page: IndexedPage;
  readonly scope: Scope;
}

/** By plain path; several where the catalogue tells apart what a host might not. */
export type Places = ReadonlyMap<string, readonly Place[]>;

/** One spelling for the forms of a path: percent-encoded or not, with "/", "/index.html" or ".html" at its end. */
export function plainPath(path: string): string {
  let decoded = path;
  try {
    // Not an encoded "/": that is part of a name.
    decoded = decodeURI(path);
  } catch {
    // A "%" that encodes nothing stands for itself.
  }
  return decoded
    .normalize("NFC")
    .replace(/\/(index\.html?)?$/, "")
    .replace(/\.html?$/, "");
}

/** The page at a path, however it is written; undefined for none, and where the forms of two pages are the same. */
export function placeAt(places: Places, path: string): Place | undefined {
  const found = (path.startsWith("/") && places.get(plainPath(path))) || [];
  return found.find((place) => place.path === path) ?? (found.length === 1 ? found[0] : undefined);
}
