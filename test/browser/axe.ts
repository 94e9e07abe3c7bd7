// axe-core in the page, shadow roots included: WCAG 2.0 to 2.2, A and AA, and axe's own best practices.
import axe from "axe-core";
import type { Page } from "playwright-core";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** @returns one line for each element that breaks a rule: the rule, the element, what to do */
export async function violations(page: Page): Promise<string[]> {
  // Put there by the debugger, which the page's security policy does not concern.
  await page.evaluate(axe.source);
  return page.evaluate(async (tags) => {
    const run: typeof axe.run = Reflect.get(window, "axe").run;
    const { violations: found } = await run(document, { runOnly: { type: "tag", values: tags } });
    return found.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary ?? ""}`),
    );
  }, TAGS);
}
