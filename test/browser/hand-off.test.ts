// From a docs page to the Worker's page to sign in, and back, in real Chromium with third-party cookies blocked: from docs
// on the Worker's site and on another.
import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser } from "./chromium.ts";
import { type Environment, startEnvironment } from "./environment.ts";
import { ReaderPage } from "./reader-page.ts";

let environment: Environment;
beforeAll(async () => {
  environment = await startEnvironment();
});
afterAll(() => environment?.stop());

describe.each(["sameSite", "crossSite"] as const)("docs on the origin %s", (which) => {
  test("a reader goes to the Worker's page, signs up there, and is signed in on the page that they came from", async ({
    onTestFinished,
  }) => {
    const browser = await openBrowser();
    onTestFinished(() => browser.close());
    const docs = environment.docs[which];
    const { worker } = environment;
    const reader = await ReaderPage.open(browser.context, docs, worker);
    const { page } = reader;
    await reader.visit();
    await reader.signInButton().waitFor();
    // What the dialog does before it leaves: see web/hand-off/begin.ts.
    const [flow, verifier] = [randomBytes(16).toString("base64url"), randomBytes(32).toString("base64url")];
    await page.evaluate(
      ([key, kept]) => localStorage.setItem(key ?? "", kept ?? ""),
      [`docent:${worker}:flow:${flow}`, JSON.stringify({ verifier, at: Date.now(), hash: "" })],
    );
    const from = page.url();
    const challenge = createHash("sha256").update(verifier).digest("base64url");
    const query = new URLSearchParams({ site: "course", return: from, challenge, flow });
    await page.goto(`${worker}/start?${query}`);
    await page.getByRole("link", { name: "Create an account", exact: true }).click();
    await page.getByLabel("E-mail address", { exact: true }).fill(`${which.toLowerCase()}@example.test`);
    await page.getByLabel("Password", { exact: true }).fill("correct horse battery");
    const redeemed = page.waitForResponse((response) => new URL(response.url()).pathname === "/api/hand-off");
    await page.getByRole("button", { name: "Create account", exact: true }).click();
    expect((await redeemed).status()).toBe(200);
    await reader.accountButton().waitFor();
    expect(page.url()).toBe(from);
    expect(
      await page.evaluate(
        (prefix) => Object.keys(localStorage).filter((key) => key.startsWith(prefix)),
        `docent:${worker}:flow:`,
      ),
    ).toEqual([]);
    // The cookie was kept, also after a reload, and no script sees it.
    await page.reload();
    await reader.accountButton().waitFor();
    expect(await page.evaluate(() => document.cookie)).toBe("");
    expect(reader.complaints).toEqual([]);
  });
});
