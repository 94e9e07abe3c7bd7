// Is a password among the commonest? They ship as a set of hashes of 26 bits, because the words themselves are too many
// bytes: every one of them is found, and of all other passwords one in sixteen thousand is taken for one.
import { COMMON_PASSWORDS, COUNT } from "./common-data.ts";

/** Bits of the remainder in Golomb-Rice coding: one in 2^14 is found by mistake. */
export const REMAINDER_BITS = 14;

/** What is compared: "Password1" is no better than "password1". */
export const folded = (password: string): string => password.normalize("NFKC").toLowerCase();

/** The place of a password in the set's range, evenly spread. */
export async function placeOf(password: string, count: number): Promise<number> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(folded(password)));
  const view = new DataView(digest);
  return (view.getUint32(0) * 2 ** 16 + view.getUint16(4)) % (count * 2 ** REMAINDER_BITS);
}

/** Every place of the set, ascending: the gaps between them, each a quotient in ones, a zero, and the remainder. */
export function* placesIn(encoded: string): Generator<number> {
  const bytes = atob(encoded);
  const total = bytes.length * 8;
  let at = 0;
  const bit = () => {
    const one = (bytes.charCodeAt(at >> 3) >> (7 - (at & 7))) & 1;
    at += 1;
    return one;
  };
  let place = 0;
  while (total - at > REMAINDER_BITS) {
    let gap = 0;
    while (bit() === 1) gap += 2 ** REMAINDER_BITS;
    for (let left = REMAINDER_BITS - 1; left >= 0; left -= 1) gap += bit() << left;
    place += gap;
    yield place;
  }
}

export async function isCommon(password: string): Promise<boolean> {
  const wanted = await placeOf(password, COUNT);
  for (const place of placesIn(COMMON_PASSWORDS)) if (place >= wanted) return place === wanted;
  return false;
}
