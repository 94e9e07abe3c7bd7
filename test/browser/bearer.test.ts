// The third rung in real Chromium: a browser that keeps no cookie for a docs page signs in by way of the Worker's page, and
// the docs page has a credential of its own.
import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { violations } from "./axe.ts";
import { openBrowser } from "./chromium.ts";
import { startCookieEater } from "./cookie-eater.ts";
import { type Environment, startEnvironment } from "./environment.ts";
import { ReaderPage } from "./reader-page.ts";

let environment: Environment;
beforeAll(async () => {
  environment = await startEnvironment();
});
afterAll(() => environment?.stop());

test("a reader whose browser keeps no cookie for the docs page is signed in there, reads on, and signs out", async ({
  onTestFinished,
}) => {
  const docs = environment.docs.crossSite;
  const { worker } = environment;
  const eater = await startCookieEater(docs);
  onTestFinished(() => eater.stop());
  const browser = await openBrowser({ proxy: eater.proxy });
  onTestFinished(() => browser.close());
  const reader = await ReaderPage.open(browser.context, docs, worker);
  const { page } = reader;
  await reader.visit();
  await reader.signInButton().waitFor();
  const bearer = () => page.evaluate((key) => localStorage.getItem(key), `docent:${worker}:bearer`);
  expect(await bearer()).toBeNull();

  // What the dialog does before it leaves: see web/hand-off/begin.ts.
  const [flow, verifier] = [randomBytes(16).toString("base64url"), randomBytes(32).toString("base64url")];
  await page.evaluate(
    ([key, kept]) => localStorage.setItem(key ?? "", kept ?? ""),
    [`docent:${worker}:flow:${flow}`, JSON.stringify({ verifier, at: Date.now(), hash: "" })],
  );
  const from = page.url();
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  await page.goto(`${worker}/start?${new URLSearchParams({ site: "course", return: from, challenge, flow })}`);
  await page.getByRole("link", { name: "Create an account", exact: true }).click();
  await page.getByLabel("E-mail address", { exact: true }).fill("bearer@example.test");
  await page.getByLabel("Password", { exact: true }).fill("correct horse battery");
  const redeemed = page.waitForResponse((one) => new URL(one.url()).pathname === "/api/hand-off");
  await page.getByRole("button", { name: "Create account", exact: true }).click();
  await redeemed;

  // No cookie was kept on the docs page, which found out and came back.
  await page.getByRole("button", { name: "Continue as bearer@example.test" }).click();
  await reader.accountButton().waitFor();
  expect(page.url()).toBe(from);
  expect(await bearer()).toMatch(/^\w{32}\..{44}$/);

  // The next page knows them, and what they do is kept by the Worker.
  await page.reload();
  await reader.accountButton().waitFor();
  reader.forget();
  const asked = page.waitForRequest((one) => new URL(one.url()).pathname === "/api/me");
  await reader.newVisit();
  await reader.visit();
  const headers = await (await asked).allHeaders();
  expect([headers.authorization, headers.cookie]).toEqual([`Bearer ${await bearer()}`, undefined]);

  // It is a docs page's credential and no more.
  const status = await page.evaluate(
    async ([url, credential]) =>
      (await fetch(`${url ?? ""}/api/auth/list-sessions`, { headers: { authorization: `Bearer ${credential ?? ""}` } }))
        .status,
    [worker, await bearer()],
  );
  expect(status).toBe(403);

  const ended = String(await bearer());
  await reader.signOut();
  await reader.signInButton().waitFor();
  // They asked that nothing stays on this device.
  expect(await bearer()).toBeNull();
  expect(
    await page.evaluate(
      async ([url, credential]) =>
        (await fetch(`${url ?? ""}/api/background`, { headers: { authorization: `Bearer ${credential ?? ""}` } }))
          .status,
      [worker, ended],
    ),
  ).toBe(401);
  expect(reader.complaints).toEqual([]);
});

test("a reader who typed the password into the dialog of such a browser is led to the Worker's page", async ({
  onTestFinished,
}) => {
  const docs = environment.docs.crossSite;
  const { worker } = environment;
  const eater = await startCookieEater(docs);
  onTestFinished(() => eater.stop());
  const browser = await openBrowser({ proxy: eater.proxy });
  onTestFinished(() => browser.close());
  const reader = await ReaderPage.open(browser.context, docs, worker);
  const { page } = reader;
  await reader.visit();
  await reader.signInButton().click();
  const credentials = { email: "typed@example.test", password: "correct horse battery" };
  await reader.dialog().getByRole("button", { name: "Create an account" }).click();
  await reader.fillIn(credentials);
  await reader.dialog().getByRole("button", { name: "Create account", exact: true }).click();
  await reader.dialog().getByText("this browser did not keep it for this page").waitFor();
  expect(await violations(page)).toEqual([]);

  const from = page.url();
  await reader.dialog().getByRole("button", { name: "Go on to the sign-in page" }).click();
  await page.getByLabel("E-mail address", { exact: true }).fill(credentials.email);
  await page.getByLabel("Password", { exact: true }).fill(credentials.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  // Straight back: it is known by now that a bearer is needed.
  await reader.accountButton().waitFor();
  expect(page.url()).toBe(from);
  expect(await page.evaluate((key) => localStorage.getItem(key), `docent:${worker}:bearer`)).toMatch(/^\w{32}\./);
  expect(reader.complaints).toEqual([]);
});
