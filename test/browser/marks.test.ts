// Marks in the docs' own navigation and beside headings: what they say, that they take no room, and that nothing on a
// page moves when the widget comes.
import { describe, expect, test } from "vitest";
import { environment, reader, useReader } from "./reader-test.ts";
import { installClock, readTo } from "./reading-clock.ts";

const PID = "/control-and-planning/pid-control.html";
const KINEMATICS = "/control-and-planning/inverse-kinematics.html";

useReader("sameSite");
let count = 0;

const link = (path: string) => reader.page.locator(`nav a[href="${path}"]`);
/** The layout shifts that a reader sees, those after their own input aside, as the browser measures them. */
const watchShifts = () =>
  reader.page.addInitScript(() => {
    const seen: unknown[] = [];
    Object.assign(window, { shifts: seen });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & {
        value: number;
        sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[];
      })[]) {
        seen.push({
          value: entry.value,
          moved: entry.sources.map(({ node, previousRect: before, currentRect: after }) => {
            // What stands in a shadow root has no node here.
            const name = node instanceof Element ? node.outerHTML.slice(0, 80) : node?.textContent;
            return `${name}: ${[before.x, before.y, before.width, before.height]} to ${[after.x, after.y, after.width, after.height]}`;
          }),
        });
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
const shifts = () => reader.page.evaluate(() => (window as unknown as { shifts: { value: number }[] }).shifts);

describe("marks", () => {
  test("say in words what was read, begun and saved, also for a reader without an account", async () => {
    await installClock(reader.page);
    await reader.visit(PID);
    await reader.pageButton("Save this page").click();
    await reader.page.getByRole("link", { name: "PID control that behaves (saved)" }).waitFor();
    await readTo(reader.page, 1);
    await reader.page.getByRole("link", { name: /PID control that behaves \(read, saved\)/ }).waitFor();
    await reader.page.getByText("Control and planning").and(reader.page.locator("summary")).waitFor();
    expect(await reader.page.locator("summary docent-mark").count()).toBe(1);
    await reader.page.getByRole("heading", { name: "Tune it (read)" }).waitFor();
    await reader.visit(KINEMATICS);
    await reader.page.getByRole("link", { name: /PID control that behaves \(read, saved\)/ }).waitFor();
    await readTo(reader.page, 0.5);
    await expect.poll(() => link(KINEMATICS).locator("docent-mark .unseen").textContent()).toMatch(/\d+ % read/);
  });

  test("take no room: every line of the navigation stays where it was", async () => {
    await installClock(reader.page);
    await reader.visit(PID);
    await reader.signInButton().waitFor();
    const boxes = () =>
      reader.page.locator("nav.course a, nav.course summary, article h2").evaluateAll((all) =>
        all.map((one) => {
          const { left, top, width, height } = one.getBoundingClientRect();
          return [left, top, width, height].map((size) => Math.round(size * 10));
        }),
      );
    const before = await boxes();
    await reader.pageButton("Save this page").click();
    await reader.pageButton("Saved").waitFor();
    await readTo(reader.page, 1);
    await reader.page.evaluate(() => scrollTo(0, 0));
    expect(await reader.page.locator("docent-mark").count()).toBeGreaterThanOrEqual(4);
    expect(await boxes()).toEqual(before);
  });

  test("go away when the reader forgets everything", async () => {
    await reader.visit(PID);
    await reader.pageButton("Save this page").click();
    await link(PID).locator("docent-mark").waitFor({ state: "attached" });
    await reader.guestButton().click();
    await reader.page.getByRole("button", { name: "Remove it all" }).click();
    await reader.page.getByRole("button", { name: "Remove", exact: true }).click();
    await reader.signInButton().waitFor();
    expect(await reader.page.locator("docent-mark").count()).toBe(0);
  });
});

describe("what one reader has read", () => {
  test("is neither shown to the next on the same page nor counted for them", async () => {
    await installClock(reader.page);
    await reader.visit(PID);
    await reader.signUpOnly({ email: `first-${count++}@example.test`, password: "a good password" });
    await readTo(reader.page, 0.8);
    await reader.page.locator("article h2 docent-mark").first().waitFor({ state: "attached" });
    await reader.signOut();
    await reader.signUpOnly({ email: `second-${count++}@example.test`, password: "a good password" });
    expect(await reader.page.locator("article h2 docent-mark").count()).toBe(0);
    await reader.page.evaluate(() => scrollTo(0, 0));
    await reader.page.clock.runFor(5_000);
    const said = () =>
      reader.page.evaluate(() =>
        Object.keys(localStorage)
          .filter((key) => /:outbox:.*:/.test(key))
          .map((key) => JSON.parse(localStorage.getItem(key) ?? "{}").percent),
      );
    await expect.poll(said).toHaveLength(1);
    expect((await said())[0]).toBeLessThanOrEqual(30);
  });

  test("is not known any more once a reader without an account has it all removed", async () => {
    await installClock(reader.page);
    await reader.visit(PID);
    await reader.pageButton("Save this page").click();
    await reader.pageButton("Saved").waitFor();
    await readTo(reader.page, 0.8);
    await reader.page.locator("article h2 docent-mark").first().waitFor({ state: "attached" });
    await reader.page.evaluate(() => scrollTo(0, 0));
    await reader.guestButton().click();
    await reader.page.getByRole("button", { name: "Remove it all" }).click();
    await reader.page.getByRole("button", { name: "Remove", exact: true }).click();
    await reader.signInButton().waitFor();
    await reader.pageButton("Save this page").click();
    await reader.pageButton("Saved").waitFor();
    expect(await reader.page.locator("article h2 docent-mark").count()).toBe(0);
  });
});

describe("nothing on the page moves", () => {
  test.each(["/", PID])("on %s for a reader who has not acted", async (path) => {
    await watchShifts();
    await reader.visit(path);
    await reader.signInButton().waitFor();
    await reader.page.waitForLoadState("networkidle");
    expect(await shifts()).toEqual([]);
  });

  test.each(["/", PID])("on %s once the widget has come, for a signed-in reader", async (path) => {
    await installClock(reader.page);
    await reader.visit(PID);
    await reader.signUp({ email: `still-${count++}@example.test`, password: "a good password" });
    await reader.answer({ "Which operating system do you work on?": ["Linux"] });
    await reader.pageButton("Save this page").click();
    await reader.pageButton("Saved").waitFor();
    await reader.visit(KINEMATICS);
    await readTo(reader.page, 0.5);
    await reader.newVisit();
    await reader.page.route(`${environment.worker}/api/**`, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      await route.continue();
    });
    await watchShifts();
    await reader.visit(path);
    await reader.page.locator("docent-recommendation-list .skeleton").waitFor({ state: "attached" });
    const height = () =>
      reader.page.locator("docent-recommendations").evaluate((one) => one.getBoundingClientRect().height);
    const before = await height();
    await reader.recommendations();
    await link(PID).locator("docent-mark").waitFor({ state: "attached" });
    await link(KINEMATICS).locator("docent-mark").waitFor({ state: "attached" });
    if (path === "/") {
      await reader.page.getByRole("region", { name: "Saved pages" }).getByRole("link").waitFor();
      await reader.page.locator("docent-continue").getByRole("link").waitFor();
    }
    await reader.page.waitForLoadState("networkidle");
    expect(Math.abs((await height()) - before)).toBeLessThanOrEqual(2);
    // The front page keeps less room than the list takes, so what is below moves once, and never again.
    expect(await shifts()).toHaveLength(path === "/" ? 1 : 0);
  });

  test("when the Worker is slow: after a second and a half the page is what it would have been, in the same place", async () => {
    await reader.visit();
    await reader.signUpOnly({ email: `slow-${count++}@example.test`, password: "a good password" });
    await reader.newVisit();
    await installClock(reader.page);
    const held: (() => void)[] = [];
    await reader.page.route(`${environment.worker}/api/**`, async (route) => {
      await new Promise<void>((resolve) => held.push(resolve));
      await route.continue();
    });
    await reader.visit("/");
    await reader.page.locator("docent-recommendation-list .skeleton").waitFor({ state: "attached" });
    const height = () => reader.page.evaluate(() => document.documentElement.scrollHeight);
    const before = await height();
    await reader.page.clock.runFor(1600);
    await reader.page.getByText("not available right now").waitFor();
    expect(await height()).toBe(before);
    // Late is better than never, where there is room for it.
    for (const release of held) release();
    await reader.recommendations();
    expect(Math.abs((await height()) - before)).toBeLessThanOrEqual(2);
  });
});
