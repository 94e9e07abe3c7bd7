// Readers without a mouse, with a narrow screen, or with colours of their own.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Browser, openBrowser } from "./chromium.ts";
import { type Environment, startEnvironment } from "./environment.ts";
import { ReaderPage } from "./reader-page.ts";

let environment: Environment;
let browser: Browser;
let reader: ReaderPage;
let count = 0;

beforeAll(async () => {
  environment = await startEnvironment();
});
afterAll(() => environment?.stop());
beforeEach(async ({ onTestFailed }) => {
  onTestFailed(() => console.error(environment.workerLines().join("\n")));
  count += 1;
  browser = await openBrowser({ viewport: { width: 320, height: 640 } });
  reader = await ReaderPage.open(browser.context, environment.docs.sameSite, environment.worker);
  await reader.visit();
});
afterEach(() => browser.close());

const credentials = () => ({ email: `keys-${count}@example.test`, password: "a good password" });

/** What has the focus, by its accessible name or text; looks into shadow roots. */
const focused = () =>
  reader.page.evaluate(() => {
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    const label = active instanceof HTMLInputElement ? active.labels?.[0]?.textContent : null;
    return (label ?? active?.getAttribute("aria-label") ?? active?.textContent ?? "").trim();
  });

describe("by keyboard alone", () => {
  test("a reader opens the dialog, leaves it with Escape, and is back at the button", async () => {
    await reader.signInButton().focus();
    await reader.page.keyboard.press("Enter");
    await reader.dialog().waitFor();
    expect(await focused()).toBe("E-mail address");
    await reader.page.keyboard.press("Escape");
    await reader.dialog().waitFor({ state: "hidden" });
    await expect.poll(focused).toBe("Sign in");
  });

  test("a reader signs up and answers, and the focus is always on something that makes sense", async () => {
    const { keyboard } = reader.page;
    await reader.openSignUp();
    expect(await focused()).toBe("E-mail address");
    await keyboard.type(credentials().email);
    await keyboard.press("Tab");
    await keyboard.type(credentials().password);
    await keyboard.press("Enter");
    await reader.dialog().getByRole("group").first().waitFor();
    expect(await focused()).toBe("Tell us where you stand");
    await keyboard.press("Tab");
    await keyboard.press("ArrowRight");
    expect(await reader.chosen()).toEqual(["I am new to it"]);
    await keyboard.press("Escape");
    await reader.dialog().waitFor({ state: "hidden" });
    await expect.poll(focused).toBe("Account");
    await keyboard.press("Enter");
    await keyboard.press("Tab");
    expect(await focused()).toBe("Your answers");
    await keyboard.press("Escape");
    await expect.poll(focused).toBe("Account");
  });

  test("a mistake is said beside its field, and the field has the focus", async () => {
    const { keyboard } = reader.page;
    await reader.openSignUp();
    await keyboard.type("nobody");
    await keyboard.press("Enter");
    const email = reader.dialog().getByRole("textbox", { name: "E-mail address" });
    await reader.dialog().getByText("Enter an address like").waitFor();
    expect(await email.getAttribute("aria-invalid")).toBe("true");
    expect(await focused()).toBe("E-mail address");
    await email.fill(credentials().email);
    await reader.dialog().getByLabel("Password", { exact: true }).fill("short");
    await keyboard.press("Enter");
    await reader.dialog().getByText("Use at least 8 characters.").waitFor();
    expect(await focused()).toBe("Password");
  });
});

describe("on a screen 320 pixels wide", () => {
  const tooWide = () =>
    reader.page.evaluate(() => {
      const page = document.documentElement;
      const dialog = document.querySelector("dialog[open]");
      return [page, ...(dialog ? [dialog] : [])]
        .filter((one) => one.scrollWidth > one.clientWidth)
        .map((one) => one.tagName);
    });

  test("nothing has to be scrolled sideways, and every target is at least 24 pixels", async () => {
    expect(await tooWide()).toEqual([]);
    await reader.openSignUp();
    expect(await tooWide()).toEqual([]);
    await reader.page.keyboard.press("Escape");
    await reader.signUp(credentials());
    expect(await tooWide()).toEqual([]);
    await reader.answer({ "Which operating system do you work on?": ["Linux"] });
    await reader.recommendations();
    expect(await tooWide()).toEqual([]);
    await reader.accountButton().click();
    const small = await reader.page
      .locator("docent-account button, docent-recommendations button")
      .evaluateAll((all) =>
        all
          .map((button) => ({ text: button.textContent?.trim(), box: button.getBoundingClientRect() }))
          .filter(({ box }) => box.width > 0 && (box.width < 24 || box.height < 24 || box.right > 320 || box.left < 0)),
      );
    expect(small).toEqual([]);
  });
});

describe("password managers", () => {
  test("find labelled fields with the right autocomplete, in forms of the page's own document", async () => {
    const fields = () =>
      reader.page.evaluate(() =>
        [...document.querySelectorAll<HTMLInputElement>("dialog[open] form input[name]")].map((input) => [
          input.name,
          input.type,
          input.autocomplete,
          input.labels?.[0]?.textContent ?? "",
          input.form?.method,
        ]),
      );
    await reader.signInButton().click();
    await reader.dialog().waitFor();
    expect(await fields()).toEqual([
      ["email", "email", "email", "E-mail address", "post"],
      ["password", "password", "current-password", "Password", "post"],
    ]);
    await reader.dialog().getByRole("button", { name: "Create an account" }).click();
    await reader.dialog().getByRole("heading", { name: "Create an account" }).waitFor();
    expect(await fields()).toEqual([
      ["email", "email", "email", "E-mail address", "post"],
      ["password", "password", "new-password", "Password", "post"],
    ]);
  });
});
