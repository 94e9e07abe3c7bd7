// The hosted page for everybody: axe in every state, narrow, zoomed, dark, from right to left, in forced colours.
import { expect, test } from "vitest";
import { locale as urdu } from "../../web/account/texts/ur.ts";
import { environment, newEmail, PASSWORD, reader, useAccount } from "./account-reader.ts";
import { violations } from "./axe.ts";

useAccount();

const SECTIONS = ["#profile", "#security", "#sessions", "#activity", "#data"];

/** Shows a view, and waits for what it loads. */
async function show(fragment: string, query = ""): Promise<void> {
  await reader.visit(fragment, query);
  await reader.page.locator("h1").waitFor();
  await reader.page.waitForLoadState("networkidle");
}

const isWiderThanScreen = () =>
  reader.page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

// Colours depend on the scheme and not on the language, structure on the language and not on the scheme.
test.each([
  ["light", "en"],
  ["dark", "ur"],
] as const)("axe finds nothing in any view in %s colours, in the language %s", async (colorScheme, lang) => {
  await reader.page.emulateMedia({ colorScheme });
  await reader.signUp(newEmail());
  for (const section of SECTIONS) {
    await show(section, `?lang=${lang}`);
    expect(await violations(reader.page), section).toEqual([]);
    expect(await reader.page.evaluate(() => [document.documentElement.lang, document.documentElement.dir])).toEqual([
      lang,
      lang === "ur" ? "rtl" : "ltr",
    ]);
  }
  await reader.page.context().clearCookies();
  for (const view of ["#sign-in", "#sign-up"]) {
    await show(view, `?lang=${lang}`);
    expect(await violations(reader.page), view).toEqual([]);
    await reader.page.locator("button[type=submit]").click();
    await reader.page.locator(".mistake:not(:empty)").first().waitFor();
    expect(await violations(reader.page), `${view} with mistakes`).toEqual([]);
  }
  environment.database.faults.add({ effect: "status", status: 500, times: null });
  await reader.page.locator("input[name=email]").fill("lena@example.test");
  await reader.page.locator("input[name=password]").fill(PASSWORD);
  await reader.page.locator("button[type=submit]").click();
  await reader.page.locator(".problem:not(:empty)").waitFor();
  expect(await violations(reader.page), "an outage").toEqual([]);
});

test.each([
  ["320 pixels wide", { width: 320, height: 640 }],
  ["zoomed to 200 %", { width: 640, height: 450 }],
])("everything fits a screen %s, in both languages", async (_, size) => {
  await reader.page.setViewportSize(size);
  const long = `${"a-very-long-address-of-somebody".repeat(2)}-${newEmail()}`;
  await reader.signUp(long);
  for (const query of ["?lang=en", "?lang=ur"]) {
    for (const section of SECTIONS) {
      await show(section, query);
      expect(await isWiderThanScreen(), section + query).toBe(false);
    }
  }
  await reader.page.context().clearCookies();
  for (const view of ["#sign-in", "#sign-up"]) {
    await show(view);
    expect(await isWiderThanScreen(), view).toBe(false);
  }
});

test("in forced colours the current part and the focus can be told", async () => {
  await reader.page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
  await reader.signUp(newEmail());
  const current = reader.page.locator("nav a[aria-current=page]");
  expect(await current.evaluate((one) => getComputedStyle(one).outlineStyle)).toBe("solid");
  expect(await violations(reader.page)).toEqual([]);
});

test("a reader whose browser asks for Urdu gets it, and a choice at the foot of the page stays", async () => {
  await reader.page.addInitScript(() => Object.defineProperty(navigator, "languages", { value: ["ur-PK", "en"] }));
  await reader.visit();
  await reader.page.getByRole("heading", { name: urdu.page.signIn }).waitFor();
  await reader.link("English").click();
  await reader.heading("Sign in").waitFor();
  await reader.visit();
  await reader.heading("Sign in").waitFor();
});
