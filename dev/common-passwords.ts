// Makes src/auth/passwords/common-data.ts: the commonest passwords that are long enough to be chosen, as a set of
// hashes. Run by `npm run common-passwords` when the list it is made from changes.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { folded, placeOf, REMAINDER_BITS } from "../src/auth/passwords/common.ts";
import { PASSWORD_LIMITS } from "../src/core/account.ts";

/** How many are refused. */
const COUNT = 4000;
const FILE = join(import.meta.dirname, "..", "src", "auth", "passwords", "common-data.ts");

/** The commonest first, each once. */
export function commonest(): string[] {
  const list = createRequire(import.meta.url).resolve("@zxcvbn-ts/language-common/src/passwords.json");
  const words: unknown = JSON.parse(readFileSync(list, "utf8"));
  if (!Array.isArray(words)) throw new Error(`No list in ${list}`);
  const long = words.map((word) => folded(String(word))).filter((word) => [...word].length >= PASSWORD_LIMITS.min);
  return [...new Set(long)].slice(0, COUNT);
}

function encode(places: readonly number[]): string {
  let bits = "";
  let last = 0;
  for (const place of places) {
    const gap = place - last;
    last = place;
    bits += "1".repeat(Math.floor(gap / 2 ** REMAINDER_BITS));
    bits += `0${(gap % 2 ** REMAINDER_BITS).toString(2).padStart(REMAINDER_BITS, "0")}`;
  }
  // What is left of the last byte is ones: too few for another place.
  const bytes = bits.padEnd(Math.ceil(bits.length / 8) * 8, "1").match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2))).toString("base64");
}

/** The file as it should be. */
export async function commonData(): Promise<string> {
  const words = commonest();
  const places = await Promise.all(words.map((word) => placeOf(word, words.length)));
  const encoded = encode([...new Set(places)].sort((a, b) => a - b));
  return `// Made by \`npm run common-passwords\` from the list of @zxcvbn-ts/language-common (MIT): do not edit.

export const COUNT = ${words.length};
export const COMMON_PASSWORDS =
  "${encoded}";
`;
}

if (import.meta.main) writeFileSync(FILE, await commonData());
