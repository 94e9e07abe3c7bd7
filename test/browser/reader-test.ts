// What most browser tests stand on: the development environment once per file, and for each test one reader with a
// browser of their own.
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { type Browser, type BrowserOptions, openBrowser } from "./chromium.ts";
import { type Environment, startEnvironment } from "./environment.ts";
import { ReaderPage } from "./reader-page.ts";

/** There once `useReader` was called, in tests and their hooks. */
export let environment: Environment;
export let reader: ReaderPage;

/**
 * Call once at the top of a test file. Every fault is taken back after each test, and a test fails if the page complained:
 * an exception, or something that its security policy refused.
 */
export function useReader(docs: keyof Environment["docs"], options?: BrowserOptions): void {
  let browser: Browser | undefined;
  beforeAll(async () => {
    environment = await startEnvironment();
  });
  afterAll(() => environment?.stop());
  beforeEach(async () => {
    browser = await openBrowser(options);
    reader = await ReaderPage.open(browser.context, environment.docs[docs], environment.worker);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") console.error(await environment.report());
    environment.database.faults.clear();
    await browser?.close();
    expect(reader.complaints).toEqual([]);
  });
}
