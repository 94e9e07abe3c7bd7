// The set of the commonest passwords that ships: it is what its script makes of the list, every one of them is found,
// and next to nothing else is.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commonData, commonest } from "../../dev/common-passwords.ts";
import { isCommon } from "../../src/auth/passwords/common.ts";

const words = commonest();

test("the file is what `npm run common-passwords` makes", async () => {
  const file = join(import.meta.dirname, "..", "..", "src", "auth", "passwords", "common-data.ts");
  expect(readFileSync(file, "utf8") === (await commonData()), "run `npm run common-passwords`").toBe(true);
});

test("at least the 3,000 commonest of eight characters or more are in it, and each is found in any case", async () => {
  expect(words.length).toBeGreaterThanOrEqual(3000);
  expect(words).toEqual(expect.arrayContaining(["password", "12345678", "iloveyou", "password1", "qwertyuiop"]));
  const missed: string[] = [];
  for (const word of words) if (!(await isCommon(word)) || !(await isCommon(word.toUpperCase()))) missed.push(word);
  expect(missed).toEqual([]);
});

test("of other passwords hardly any is taken for one", async () => {
  let taken = 0;
  for (let at = 0; at < 20_000; at += 1) if (await isCommon(`a password that nobody has, number ${at}`)) taken += 1;
  // One in sixteen thousand: of these, one or two.
  expect(taken).toBeLessThan(8);
});
