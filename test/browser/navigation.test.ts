// A docs site whose router changes the page without loading one: what is read there is not measured, and counts for no
// page.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
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

test.each(["new", "reused"] as const)(
  "after a change of page within the document, the article being %s, nothing is recorded of a page nobody measured",
  async (how) => {
    await address(OTHER);
    await content(how);
    await reader.page.clock.runFor(60_000);
    await readTo(reader.page, 1);
    expect(await remembered(OTHER)).toEqual({ percent: 0, complete: false });
    expect((await remembered(PID)).percent).toBeGreaterThanOrEqual(40);
    expect((await remembered(PID)).complete).toBe(false);
  },
);
