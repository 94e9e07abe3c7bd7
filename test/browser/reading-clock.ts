// Reading takes time. Tests let the page's clock run instead of waiting for it.
import type { Page } from "playwright-core";

/** Call before the page is opened. */
export async function installClock(page: Page): Promise<void> {
  await page.clock.install({ time: new Date() });
}

/** Scrolls through the article as somebody does who reads it, up to a share of it from 0 to 1. */
export async function readTo(page: Page, share: number): Promise<void> {
  const screens = await page.evaluate(() => {
    const article = document.querySelector("article");
    return article ? article.getBoundingClientRect().height / innerHeight : 0;
  });
  const steps = Math.max(1, Math.ceil(screens * share * 2));
  for (let step = 1; step <= steps; step++) {
    await page.evaluate(
      (at) => {
        const box = document.querySelector("article")?.getBoundingClientRect();
        if (box) scrollTo(0, scrollY + box.top + box.height * at - innerHeight);
      },
      (step / steps) * share,
    );
    await page.clock.runFor(25_000);
  }
}
