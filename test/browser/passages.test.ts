// Passages and tabs for one reader: right in the first frame, without moving anything, under the strict policy of the
// demo; everything for everybody where nothing is known or nothing runs.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import { environment, reader, useReader } from "./reader-test.ts";
import { installClock } from "./reading-clock.ts";

const INSTALL = "/ros-2-foundations/install-ros-2.html";
const LOOP = "/ros-2-foundations/sense-decide-act.html";
const MAC = '[data-for="os:macos"]';
const WINDOWS = '[data-for="os:windows"]';
const LEVEL = "How familiar are you with the subject?";
const SYSTEM = "Which operating system do you work on?";

useReader("crossSite");
let count = 0;
/** A reader on a Mac who is new to it. */
async function answer(answers: Record<string, string[]> = { [LEVEL]: ["I am new to it"], [SYSTEM]: ["macOS"] }) {
  count += 1;
  await reader.visit();
  await reader.signUp({ email: `passages-${count}@example.test`, password: "a good password" });
  await reader.answer(answers);
}

/** The same page with something else in it, at an address of its own. */
async function variant(path: string, change: (html: string) => string): Promise<string> {
  count += 1;
  const html = await readFile(join(environment.docsFolder, path), "utf8");
  const changed = change(html);
  expect(changed).not.toBe(html);
  await writeFile(join(environment.docsFolder, `variant-${count}.html`), changed);
  return `/variant-${count}.html`;
}

const shown = (selector: string) => reader.page.locator(`article ${selector}`).first().isVisible();
const theSwitch = () => reader.page.getByRole("region", { name: "What is shown" });
const openTabs = () =>
  reader.page
    .locator("[data-docent-tabs] > details[open] > summary")
    .evaluateAll((all) => all.map((one) => one.textContent));

/** Notes from before the first script on: frames that show what matches `wrong`, layout shifts, refusals of the policy. */
async function watch(
  page: Page,
  wrong: string,
): Promise<() => Promise<{ frames: number; wrong: number; moved: string[]; refused: string[] }>> {
  await page.addInitScript((selector) => {
    const seen = { frames: 0, wrong: 0, moved: [] as string[], refused: [] as string[] };
    Object.assign(window, { seen });
    document.addEventListener("securitypolicyviolation", (event) => seen.refused.push(event.violatedDirective));
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const moved: unknown = Reflect.get(entry, "sources");
        for (const { node, previousRect, currentRect } of Array.isArray(moved) ? moved : []) {
          const name = node instanceof Element ? node.outerHTML.slice(0, 120) : String(node?.nodeValue);
          seen.moved.push([name, JSON.stringify(previousRect), JSON.stringify(currentRect)].join(" "));
        }
      }
    }).observe({ type: "layout-shift", buffered: true });
    const frame = () => {
      seen.frames += 1;
      for (const one of document.querySelectorAll(selector)) {
        if (one.checkVisibility({ contentVisibilityAuto: true }) && !one.matches("[hidden]")) seen.wrong += 1;
      }
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }, wrong);
  return () => page.evaluate(() => Reflect.get(window, "seen"));
}

test("a reader who has told nothing sees every passage, no switch, and the author's tabs", async () => {
  await reader.visit(INSTALL);
  await reader.signInButton().waitFor();
  expect([await shown(MAC), await shown(WINDOWS)]).toEqual([true, true]);
  expect(await theSwitch().count()).toBe(0);
  await reader.visit(LOOP);
  expect(await openTabs()).toEqual(["Linux"]);
  expect(reader.requestPaths().every((path) => path === "/docent.js")).toBe(true);
});

test("without JavaScript everything is there", async () => {
  await answer();
  await reader.visit(await variant(INSTALL, (html) => html.replace(/<script.*?<\/script>/s, "")));
  expect([await shown(MAC), await shown(WINDOWS)]).toEqual([true, true]);
  expect(await reader.page.locator("docent-passages").textContent()).toBe("");
});

test("a reader who answers on the page sees at once what is for them", async () => {
  await reader.visit(INSTALL);
  await reader.signUp({ email: "at-once@example.test", password: "a good password" });
  await reader.answer({ [SYSTEM]: ["macOS"] });
  await theSwitch().getByText("Shown for macOS").waitFor();
  expect([await shown(MAC), await shown(WINDOWS)]).toEqual([true, false]);
  await theSwitch().getByRole("button", { name: "Show all" }).click();
  expect(await shown(WINDOWS)).toBe(true);
  await reader.page.evaluate(() => sessionStorage.clear());
  await reader.page.route(`${environment.worker}/api/**`, (route) => route.abort("connectionrefused"));
  await reader.page.reload();
  await theSwitch().getByText("Shown for macOS").waitFor();
  expect([await shown(MAC), await shown(WINDOWS)]).toEqual([true, false]);
});

describe("a reader who has answered", () => {
  beforeEach(() => answer());

  test("sees their passages and tabs from the first frame on, and nothing moves when the widget comes", async () => {
    const seen = await watch(reader.page, `article ${WINDOWS}:not([data-docent-tabs] > *)`);
    const held = Promise.withResolvers<void>();
    await reader.page.route(`${environment.worker}/docent.js`, async (route) => {
      await held.promise;
      await route.continue();
    });
    await reader.page.goto(reader.docs + INSTALL, { waitUntil: "commit" });
    // The inline tag is alone so far.
    await reader.page.locator("footer").waitFor();
    expect([await shown(MAC), await shown(WINDOWS)]).toEqual([true, false]);
    expect(await reader.page.evaluate(() => customElements.get("docent-account") === undefined)).toBe(true);
    held.resolve();
    await theSwitch().waitFor();
    await reader.recommendations();
    const result = await seen();
    expect(result).toMatchObject({ wrong: 0, moved: [], refused: [] });
    expect(result.frames).toBeGreaterThan(2);

    await reader.visit(LOOP);
    expect(await openTabs()).toEqual(["macOS"]);
    await theSwitch().waitFor();
    expect(await seen()).toMatchObject({ wrong: 0, moved: [], refused: [] });
  });

  test("sees every passage when the Worker is away: there is no switch then, so nothing is hidden", async () => {
    await reader.page.route(`${environment.worker}/**`, (route) => route.abort("connectionrefused"));
    await reader.visit(INSTALL);
    await expect.poll(() => shown(WINDOWS)).toBe(true);
    expect(await shown(MAC)).toBe(true);
    expect(await reader.page.locator("[data-for][hidden]").count()).toBe(0);
    // What a page still gets after that is shown as well.
    await reader.page.evaluate(() => {
      const late = document.createElement("p");
      late.dataset.for = "os:windows";
      late.textContent = "late";
      document.querySelector("article")?.append(late);
    });
    await reader.page.evaluate(() => new Promise(requestAnimationFrame));
    expect(await reader.page.getByText("late", { exact: true }).isVisible()).toBe(true);
    expect(await reader.page.getByRole("heading", { level: 1 }).textContent()).toBe("Install ROS 2 on Ubuntu");
  });

  test.each(["docent.js", "docent/widget-*"])(
    "waits a second and a half for a Worker that does not answer with %s, then sees every passage, also once it has answered",
    async (file) => {
      await installClock(reader.page);
      // However long the page takes to load, its clock stands still.
      await reader.page.clock.pauseAt(Date.now() + 60_000);
      const held = Promise.withResolvers<void>();
      await reader.page.route(`${environment.worker}/${file}`, async (route) => {
        await held.promise;
        await route.continue();
      });
      await reader.page.goto(reader.docs + INSTALL, { waitUntil: "load" });
      await reader.page.locator("footer").waitFor();
      await reader.page.clock.runFor(1_400);
      expect([await shown(MAC), await shown(WINDOWS)]).toEqual([true, false]);
      await reader.page.clock.runFor(200);
      expect([await shown(MAC), await shown(WINDOWS)]).toEqual([true, true]);
      held.resolve();
      await theSwitch().getByText("Everything is shown").waitFor();
      expect([await shown(MAC), await shown(WINDOWS)]).toEqual([true, true]);
      await theSwitch().getByRole("button", { name: "Only for macOS" }).click();
      expect([await shown(MAC), await shown(WINDOWS)]).toEqual([true, false]);
      await reader.page.clock.runFor(10_000);
      expect(await shown(WINDOWS)).toBe(false);
    },
  );

  test("is told for whom passages are shown, shows the others by keyboard, and that is remembered for the visit", async () => {
    await reader.visit(INSTALL);
    const button = theSwitch().getByRole("button");
    await theSwitch().getByText("Shown for macOS").waitFor();
    await button.focus();
    expect(await button.textContent()).toBe("Show all");
    await reader.page.keyboard.press("Enter");
    expect([await shown(MAC), await shown(WINDOWS)]).toEqual([true, true]);
    expect(await theSwitch().getByRole("status").textContent()).toBe("Everything is shown");
    expect(await reader.page.evaluate(() => document.activeElement?.localName)).toBe("docent-passages");

    await reader.page.reload();
    expect([await shown(MAC), await shown(WINDOWS)]).toEqual([true, true]);
    await theSwitch().getByRole("button", { name: "Only for macOS" }).click();
    expect([await shown(MAC), await shown(WINDOWS)]).toEqual([true, false]);
    await reader.page.reload();
    expect([await shown(MAC), await shown(WINDOWS)]).toEqual([true, false]);
  });

  test("finds the switch in a corner where the page has no place for it, and nothing moves", async () => {
    const page = await variant(INSTALL, (html) => html.replace("<docent-passages></docent-passages>", ""));
    const seen = await watch(reader.page, `article ${WINDOWS}`);
    await reader.visit(page);
    await theSwitch().waitFor();
    expect(await theSwitch().evaluate((one) => getComputedStyle((one.getRootNode() as ShadowRoot).host).position)).toBe(
      "fixed",
    );
    expect(await seen()).toMatchObject({ wrong: 0, moved: [] });
  });

  test("opens another tab by hand: the groups of that name follow, here and on the next pages", async () => {
    await reader.visit(LOOP);
    await theSwitch().waitFor();
    await reader.page.evaluate(() => {
      const group = document.querySelector("[data-docent-tabs]");
      const copy = document.importNode(group ?? document.body, true);
      for (const tab of copy.querySelectorAll("details")) tab.name = "other";
      document.querySelector("article")?.append(copy);
    });
    expect(await openTabs()).toEqual(["macOS", "macOS"]);
    await reader.page.locator("summary", { hasText: "Windows" }).first().click();
    await expect.poll(openTabs).toEqual(["Windows", "Windows"]);
    await reader.visit("/robot-learning/record-data.html");
    expect(await openTabs()).toEqual(["Windows"]);
    await reader.page.waitForLoadState("networkidle");
    expect(await openTabs()).toEqual(["Windows"]);
  });

  test("sees what a client-side router puts on the page later as it is for them, without a frame of the other", async () => {
    await reader.visit(INSTALL);
    await theSwitch().waitFor();
    const visible = await reader.page.evaluate(async () => {
      const article = document.querySelector("article");
      article?.replaceChildren();
      article
        ?.insertAdjacentElement("beforeend", document.createElement("div"))
        ?.setAttribute("data-for", "os:windows");
      const nested = document.createElement("section");
      const inner = document.createElement("p");
      inner.dataset.for = "os:macos";
      const other = document.createElement("span");
      other.dataset.for = "level:expert";
      for (const one of [inner, other]) one.textContent = "text";
      nested.append(inner, other);
      article?.append(nested);
      await new Promise(requestAnimationFrame);
      return [...document.querySelectorAll("[data-for]")].map((one) => !one.hasAttribute("hidden"));
    });
    expect(visible).toEqual([false, true, false]);
    // The placeholder went with the page that was replaced.
    await theSwitch().getByText("Shown for macOS and Beginner").waitFor();
  });

  test("comes to a hidden passage by a link or by searching, and it stays", async () => {
    await reader.visit(`${INSTALL}#:~:text=same%20Ubuntu%20runs`);
    await expect.poll(() => shown(WINDOWS)).toBe(true);
    await theSwitch().waitFor();
    expect(await shown(WINDOWS)).toBe(true);

    await reader.visit(LOOP);
    await theSwitch().waitFor();
    await reader.page.evaluate(() => {
      const expert = document.querySelector("article .passage");
      const inline = document.createElement("span");
      inline.dataset.for = "os:windows";
      inline.id = "inline-target";
      inline.textContent = "inline";
      document.querySelector("article")?.append(inline);
      for (const strong of expert?.querySelectorAll("strong") ?? []) strong.id = "expert-target";
    });
    await expect.poll(() => reader.page.locator("#inline-target").isVisible()).toBe(false);
    for (const id of ["expert-target", "inline-target"]) {
      await reader.page.evaluate((hash) => {
        location.hash = hash;
      }, id);
      await expect.poll(() => reader.page.locator(`#${id}`).isVisible()).toBe(true);
    }
  });

  test("prints what is shown, without the switch", async () => {
    await reader.visit(INSTALL);
    await theSwitch().waitFor();
    await reader.page.emulateMedia({ media: "print" });
    expect([await shown(MAC), await shown(WINDOWS)]).toEqual([true, false]);
    expect(await theSwitch().isVisible()).toBe(false);
  });

  test("signs out, and everything is everybody's again, at once and on the next page", async () => {
    await reader.visit(INSTALL);
    await theSwitch().waitFor();
    await reader.signOut();
    await expect.poll(() => shown(WINDOWS)).toBe(true);
    expect(await theSwitch().count()).toBe(0);
    await reader.page.reload();
    expect(await shown(WINDOWS)).toBe(true);
    expect(await reader.page.evaluate(() => Object.keys(localStorage).filter((key) => key.endsWith(":facts")))).toEqual(
      [],
    );
  });

  test("sees a passage with a mistake in it, and the author is told once", async () => {
    const warnings: string[] = [];
    reader.page.on("console", (message) => {
      if (message.type() === "warning" && message.text().startsWith("docent")) warnings.push(message.text());
    });
    await reader.visit(await variant(INSTALL, (html) => html.replaceAll("os:windows", "os:windows robots:spot")));
    await expect
      .poll(() => warnings)
      .toEqual(['docent: data-for="os:windows robots:spot" is shown to all: nobody is asked: robots:spot']);
    expect(await shown('[data-for^="os:windows"]')).toBe(true);
  });

  test.each(["not JSON", "[]", "7", '{"facts":7,"patterns":7,"style":7}'])(
    "whose storage holds %j sees everything, and the page works",
    async (stored) => {
      await reader.page.evaluate((text) => {
        for (const key of Object.keys(localStorage)) localStorage.removeItem(key);
        for (const worker of document.querySelectorAll<HTMLElement>("script[data-worker]")) {
          localStorage.setItem(`docent:${worker.dataset.worker}:facts`, text);
        }
      }, stored);
      await reader.visit(INSTALL);
      await reader.signInButton().waitFor();
      await reader.page.waitForLoadState("networkidle");
      expect([await shown(MAC), await shown(WINDOWS)]).toEqual([true, true]);
    },
  );

  test("sees the same with the async tag alone, only later", async () => {
    const async_ = (html: string) =>
      html.replace(
        /<script data-worker="([^"]*)" data-site="course">.*?<\/script>/s,
        '<script async src="$1/docent.js" data-site="course"></script>',
      );
    await reader.visit(await variant(INSTALL, async_));
    await theSwitch().waitFor();
    expect([await shown(MAC), await shown(WINDOWS)]).toEqual([true, false]);
    await reader.visit(await variant(LOOP, async_));
    await theSwitch().waitFor();
    expect(await openTabs()).toEqual(["macOS"]);
  });
});

test("a choice among tabs needs no account, and asks for one static part more", async () => {
  await reader.visit(LOOP);
  await reader.signInButton().waitFor();
  await reader.page.locator("summary", { hasText: "Windows" }).first().click();
  await expect.poll(() => reader.page.evaluate(() => Object.keys(sessionStorage).length)).toBe(1);
  await reader.visit("/robot-learning/record-data.html");
  expect(await openTabs()).toEqual(["Windows"]);
  expect(reader.apiRequests()).toEqual([]);
});
