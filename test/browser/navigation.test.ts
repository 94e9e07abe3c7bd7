// A docs site whose router changes the page without loading one: marks, buttons, lists and what is measured are the new
// page's, whichever of address and text comes first.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { type Browser, openBrowser } from "./chromium.ts";
import { type Environment, startEnvironment } from "./environment.ts";
import { ReaderPage } from "./reader-page.ts";
import { installClock, readTo } from "./reading-clock.ts";

const PID = "/control-and-planning/pid-control.html";
const OTHER = "/somewhere/else.html";

let environment: Environment;
let browser: Browser;
let reader: ReaderPage;

beforeAll(async () => {
  environment = await startEnvironment();
});
afterAll(() => environment?.stop());
beforeEach(async ({ onTestFailed }) => {
  onTestFailed(() => console.error(environment.workerLines().join("\n")));
  browser = await openBrowser();
  reader = await ReaderPage.open(browser.context, environment.docs.sameSite, environment.worker);
  await installClock(reader.page);
  await reader.visit(PID);
  await reader.pageButton("Save this page").click();
  await reader.pageButton("Saved").waitFor();
  await readTo(reader.page, 0.8);
  await reader.page.locator("article h2 docent-mark").first().waitFor({ state: "attached" });
  await reader.page.evaluate(() => scrollTo(0, 0));
});
afterEach(async () => {
  expect(reader.complaints).toEqual([]);
  await browser.close();
});

const local = z.object({
  events: z.array(z.object({ type: z.string(), page: z.string(), percent: z.optional(z.number()) })),
});

/** What this device says of a page: how far it was read, and whether to its end. */
async function remembered(path: string) {
  const text = await reader.page.evaluate(
    () => Object.entries(localStorage).find(([key]) => key.endsWith(":local"))?.[1] ?? "{}",
  );
  const events = local.parse(JSON.parse(text)).events.filter(({ page }) => page === path);
  return {
    percent: Math.max(0, ...events.map(({ percent }) => percent ?? 0)),
    complete: events.some(({ type }) => type === "complete"),
  };
}

const address = (path: string) => reader.page.evaluate((to) => history.pushState({}, "", to), path);
/** Another page's text, a long one: in a new article, or in the one that is there. */
const content = (how: "new" | "reused") =>
  reader.page.evaluate((kind) => {
    const old = document.querySelector("article");
    if (!old) return;
    const article = kind === "new" ? document.createElement("article") : old;
    if (kind === "new") old.replaceWith(article);
    const add = (tag: string, text: string) => {
      const element = document.createElement(tag);
      element.textContent = text;
      return element;
    };
    const part = (at: number) => [add("h2", `Part ${at}`), add("p", "so many words ".repeat(300))];
    const end = old.querySelector("docent-page") ?? document.querySelector("docent-page") ?? "";
    article.replaceChildren(add("h1", "Somewhere else"), ...[1, 2, 3, 4, 5, 6].flatMap(part), end);
  }, how);

/** The page that was left keeps what was read of it before, and no more. */
async function expectAsItWasLeft() {
  const { percent, complete } = await remembered(PID);
  expect(percent).toBeGreaterThanOrEqual(40);
  expect(percent).toBeLessThan(95);
  expect(complete).toBe(false);
}

describe.each(["new", "reused"] as const)("the article being %s", (how) => {
  test("the address first and the text later: only the new text is measured for the new page", async () => {
    await address(OTHER);
    // The old text is still there while the new one is on its way.
    await readTo(reader.page, 1);
    expect(await remembered(OTHER)).toEqual({ percent: 0, complete: false });
    await expectAsItWasLeft();

    await content(how);
    await reader.page.clock.runFor(2_000);
    await readTo(reader.page, 1);
    expect(await remembered(OTHER)).toEqual({ percent: 100, complete: true });
    await expectAsItWasLeft();
  });

  test("the text first and the address in the same moment: nothing of it counts for the page that is left", async () => {
    await content(how);
    await address(OTHER);
    await reader.page.clock.runFor(2_000);
    await readTo(reader.page, 1);
    expect(await remembered(OTHER)).toEqual({ percent: 100, complete: true });
    await expectAsItWasLeft();
  });
});

test("there and back again before the new text has come: the old page goes on", async () => {
  await address(OTHER);
  await reader.page.clock.runFor(3_000);
  await address(PID);
  await reader.page.clock.runFor(3_000);
  await readTo(reader.page, 1);
  expect(await remembered(OTHER)).toEqual({ percent: 0, complete: false });
  expect(await remembered(PID)).toEqual({ percent: 100, complete: true });
});

test("buttons, sections, navigation and the page to continue with are the new page's", async () => {
  const { page } = reader;
  await address(OTHER);
  await content("new");
  // As a framework does that draws everything anew.
  await page.evaluate(() => {
    for (const navigation of document.querySelectorAll("nav")) {
      for (const mark of navigation.querySelectorAll("docent-mark")) mark.remove();
    }
  });
  await page.clock.runFor(2_000);
  await reader.pageButton("Save this page").waitFor();
  await expect
    .poll(() => page.locator(`nav a[href$="pid-control.html"] docent-mark`).count())
    .toBeGreaterThanOrEqual(1);
  expect(await page.locator("article h2 docent-mark").count()).toBe(0);

  await reader.pageButton("Save this page").click();
  await reader.pageButton("Saved").waitFor();
  await reader.guestButton().click();
  const saved = page.getByRole("list", { name: "Saved pages" }).getByRole("link");
  await expect.poll(() => saved.allInnerTexts()).toEqual(["Somewhere else", "PID control that behaves"]);
});

test("a reader with an account: each page asks at most once, and everything arrives", async () => {
  const { page } = reader;
  await reader.guestButton().click();
  await page.getByRole("button", { name: "Create an account" }).click();
  await reader.fillIn({ email: "router@example.test", password: "a good password" });
  await reader.dialog().getByRole("button", { name: "Create account" }).click();
  await reader.dialog().getByRole("button", { name: "Skip all" }).click();
  await reader.accountButton().waitFor();
  await reader.visit(PID);
  await reader.accountButton().waitFor();
  await page.clock.runFor(2_000);

  reader.forget();
  await address(OTHER);
  await content("new");
  await page.clock.runFor(2_000);
  await readTo(page, 1);
  expect(reader.apiRequests().length).toBeLessThanOrEqual(1);
  reader.forget();
  await address(PID);
  await content("new");
  await page.clock.runFor(2_000);
  await expect.poll(() => reader.apiRequests()).toEqual(["POST /api/progress"]);
  const arrived = await page.evaluate(
    async (worker) => (await fetch(`${worker}/api/progress?site=course`, { credentials: "include" })).text(),
    environment.worker,
  );
  expect(arrived).toContain("pid-control");
});
