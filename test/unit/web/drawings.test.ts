// What the placeholders show before anybody has acted.
import { afterEach, expect, test, vi } from "vitest";
import { drawingsIn, type Make } from "../../../web/elements/drawings.ts";
import { loaderTexts } from "../../../web/locales/en.ts";

afterEach(() => vi.unstubAllGlobals());

/** Labels of the buttons that are made. */
function buttons(signIn: boolean): string[] {
  vi.stubGlobal("DOCENT_SIGN_IN", signIn);
  const made: string[] = [];
  const make: Make = {
    opener: (label) => {
      made.push(label);
      return [];
    },
    presser: () => [],
  };
  drawingsIn(loaderTexts).account(make);
  return made;
}

test("Nobody is asked to sign in where there is no way in", () => {
  expect(buttons(true)).toEqual([loaderTexts.signIn]);
  expect(buttons(false)).toEqual([]);
});
