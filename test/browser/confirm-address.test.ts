// A site where an address is confirmed before anybody is signed in with it: on the hosted page and in the docs' dialog.
import { afterEach, expect, test } from "vitest";
import { environment, linkIn, newEmail, PASSWORD, reader, useAccount } from "./account-reader.ts";
import { violations } from "./axe.ts";
import { type Browser, openBrowser } from "./chromium.ts";
import { ReaderPage } from "./reader-page.ts";

useAccount(undefined, { config: { accounts: { verifyAddress: true } } });

let docs: Browser | undefined;
afterEach(async () => {
  await docs?.close();
  docs = undefined;
});

/** In another tab, as a mail opens it. */
async function confirm(link: string): Promise<void> {
  const tab = await reader.page.context().newPage();
  await tab.goto(link);
  await tab.getByLabel("Your password, if you have one").fill(PASSWORD);
  await tab.getByRole("button", { name: "Confirm the address" }).click();
  await tab.getByRole("heading", { name: "Your address is confirmed." }).waitFor();
  await tab.close();
}

const mailsTo = async (email: string) => (await environment.mails(email)).length;

test("on the hosted page a new reader is told to look into their mail, loses nothing typed, and can have the link again", async () => {
  const email = newEmail();
  await reader.visit("#sign-up");
  await reader.field("E-mail address").fill(email);
  await reader.field("Password").fill(PASSWORD);
  await reader.button("Create account").click();
  await reader.page.getByText(`We have sent you a mail, to ${email}.`).waitFor();
  await reader.heading("Sign in").waitFor();
  expect(await reader.field("E-mail address").inputValue()).toBe(email);
  expect(await reader.field("Password").inputValue()).toBe(PASSWORD);
  expect(await violations(reader.page)).toEqual([]);

  await reader.button("Sign in").click();
  await reader.page.getByText("Confirm your address first").waitFor();
  expect(await reader.field("Password").inputValue()).toBe(PASSWORD);
  const first = await linkIn(email, /Confirm your address/);
  await reader.button("Send the link again").click();
  await reader.page.getByText("A mail is on its way.").waitFor();
  await expect.poll(() => mailsTo(email)).toBe(2);
  const second = await linkIn(email, /Confirm your address/);
  expect(second).not.toBe(first);

  await confirm(second);
  await reader.button("Sign in").click();
  await reader.heading("Profile").waitFor();
});

test("in the docs' dialog a new reader is told the same, and signs in there once the address is confirmed", async () => {
  const email = newEmail();
  docs = await openBrowser();
  const page = await ReaderPage.open(docs.context, environment.docs.sameSite, environment.worker);
  await page.visit();
  await page.openSignUp();
  await page.fillIn({ email, password: PASSWORD });
  await page.dialog().getByRole("button", { name: "Create account" }).click();
  await page.dialog().getByText(`We have sent you a mail, to ${email}.`).waitFor();
  expect(await page.dialog().getByLabel("E-mail address").inputValue()).toBe(email);
  expect(await page.dialog().getByLabel("Password", { exact: true }).inputValue()).toBe(PASSWORD);
  expect(await violations(page.page)).toEqual([]);

  const signIn = page.dialog().getByRole("button", { name: "Sign in", exact: true });
  await signIn.click();
  await page.dialog().getByText("Confirm your address first").waitFor();
  environment.database.faults.add({ effect: "status", status: 500, times: null });
  await page.dialog().getByRole("button", { name: "Send the link again" }).click();
  await page.dialog().getByRole("alert").getByText("We cannot reach the server").waitFor();
  environment.database.faults.clear();
  await page.dialog().getByRole("button", { name: "Send the link again" }).click();
  await page.dialog().getByText("A mail is on its way.").waitFor();
  await expect.poll(() => mailsTo(email)).toBe(2);

  await confirm(await linkIn(email, /Confirm your address/));
  await signIn.click();
  await page.dialog().waitFor({ state: "hidden" });
  await page.accountButton().waitFor();
  expect(page.complaints).toEqual([]);
});
