// A reader signs in with their account at a real OpenID provider: from the dialog of a docs page on the Worker's site, and
// of one on another, to the provider's own page, and back. And everything that can go wrong on the way.
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { dialogTexts } from "../../web/locales/en-dialog.ts";
import { violations } from "./axe.ts";
import { type Browser, openBrowser } from "./chromium.ts";
import { type Environment, startEnvironment } from "./environment.ts";
import { ReaderPage } from "./reader-page.ts";

let environment: Environment;
let browser: Browser;
let reader: ReaderPage;
let page: Page;
let count = 0;
beforeAll(async () => {
  environment = await startEnvironment({ provider: true });
});
afterAll(() => environment?.stop());
afterEach(async ({ task }) => {
  if (task.result?.state === "fail") console.error(page?.url(), await environment.report());
  environment.database.faults.clear();
  await browser?.close();
});

async function open(which: "sameSite" | "crossSite"): Promise<void> {
  browser = await openBrowser();
  reader = await ReaderPage.open(browser.context, environment.docs[which], environment.worker);
  page = reader.page;
  page.setDefaultTimeout(15_000);
  await reader.visit();
}

/** Somebody with an account at the provider. */
async function person(claims: Record<string, unknown> = {}): Promise<{ sub: string; email: string }> {
  count += 1;
  const sub = `person-${count}`;
  const all = { email: `${sub}@acme.test`, email_verified: true, name: "Ada", ...claims };
  const path = `${environment.provider?.issuer}/people/${sub}`;
  expect((await fetch(path, { method: "PUT", body: JSON.stringify(all) })).status).toBe(204);
  return { sub, email: all.email };
}

/** From the dialog to the provider's page. */
async function leave(): Promise<void> {
  await reader.signInButton().click();
  await reader.dialog().getByRole("button", { name: "Continue with Acme" }).click();
  await page.getByLabel("Who are you?").waitFor();
  expect(new URL(page.url()).origin).toBe(environment.provider?.issuer);
}

async function decide(sub: string, decision: "Allow" | "Deny" = "Allow"): Promise<void> {
  await page.getByLabel("Who are you?").fill(sub);
  await page.getByRole("button", { name: decision, exact: true }).click();
}

/** Back on the docs page, where the dialog says why they are not signed in. */
async function isTold(text: string | undefined): Promise<void> {
  await reader
    .dialog()
    .getByText(text ?? "")
    .waitFor();
  expect(new URL(page.url()).origin).toBe(reader.docs);
  expect(page.url()).not.toContain("#");
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await reader.signInButton().waitFor();
}

/** By the cookies that the Worker's own pages have. */
const whoIsThere = async () => (await page.request.get(`${environment.worker}/api/session`)).json();
const accounts = () =>
  environment.sql(`select u.email, a.provider_id from "user" u join account a on a.user_id = u.id`);

describe.each(["sameSite", "crossSite"] as const)("from docs on the origin %s", (which) => {
  beforeEach(() => open(which));

  test("a reader consents, and is back on their page, signed in; the next time their way in is the first", async () => {
    const { sub, email } = await person();
    await reader.visit("/perception/camera-calibration.html");
    await leave();
    await decide(sub);
    await reader.accountButton().waitFor();
    expect(page.url()).toBe(`${reader.docs}/perception/camera-calibration.html`);
    expect(await accounts()).toContainEqual({ email, provider_id: "acme" });
    await page.reload();
    await reader.accountButton().click();
    await page.getByText("Ada").waitFor();
    await page.keyboard.press("Escape");
    await reader.askToSignOut();
    await reader.dialog().getByLabel("My answers").check();
    await reader.dialog().getByRole("button", { name: "Sign out" }).click();
    await reader.guestButton().click();
    await page.locator("docent-account").getByRole("button", { name: "Sign in", exact: true }).click();
    await reader.dialog().getByRole("button", { name: "Continue with Acme" }).waitFor();
    const order = await reader.dialog().locator("button.main, .ways button").allInnerTexts();
    expect(order.map((text) => text.trim())).toEqual(["Continue with Acme", "Sign in", "More ways to sign in"]);
    expect(await violations(page)).toEqual([]);
    expect(reader.complaints).toEqual([]);
  });

  test("who says no at the provider is told so where they began, and can sign in another way there", async () => {
    const { sub } = await person();
    await leave();
    await decide(sub, "Deny");
    await isTold(dialogTexts.notBack.denied);
    await reader.signUpOnly({ email: `denied-${count}@example.test`, password: "correct horse battery" });
  });

  test("an address that the provider has not verified makes no account", async () => {
    const { sub, email } = await person({ email_verified: false });
    await leave();
    await decide(sub);
    await isTold(dialogTexts.notBack.unverified);
    expect(await accounts()).not.toContainEqual(expect.objectContaining({ email }));
  });

  test("an address that has an account here already gets into it only by the account's own ways", async () => {
    const { sub, email } = await person();
    await reader.signUpOnly({ email, password: "correct horse battery" });
    await reader.signOut();
    await leave();
    await decide(sub);
    await isTold(dialogTexts.notBack.registered);
    expect((await accounts()).filter((one) => one.email === email)).toEqual([{ email, provider_id: "credential" }]);
  });

  test("another state than the browser was sent with signs nobody in, and neither does a code that was used", async () => {
    const { sub } = await person();
    const addresses: string[] = [];
    page.on("request", (request) => {
      if (request.url().includes("/api/auth/callback/acme?")) addresses.push(request.url());
    });
    await leave();
    const providersPage = page.url();
    await page.goto(`${environment.worker}/api/auth/callback/acme?code=forged&state=${"A".repeat(43)}`);
    await page.locator("h1").waitFor();
    expect(page.url()).toMatch(`${environment.worker}/account`);
    expect(await whoIsThere()).toEqual({ session: null });
    // The way itself is still open: what was forged used nothing up.
    await page.goto(providersPage);
    await decide(sub);
    await reader.accountButton().waitFor();
    await reader.signOut();
    await page.goto(addresses.at(-1) ?? "");
    await reader.visit();
    await reader.signInButton().waitFor();
    expect(await whoIsThere()).toEqual({ session: null });
  });
});

test("a provider that does not answer signs nobody in, and the reader is told to try again", async () => {
  await open("crossSite");
  const { sub } = await person();
  await leave();
  environment.provider?.breakTokens();
  await decide(sub);
  await isTold(dialogTexts.notBack.unavailable);
});
