// The second factor as a reader meets it: set up with an app, asked for at the sign-in, on the Worker's page and in the
// docs page's dialog, and taken away again.
import { TOTP, URI } from "otpauth";
import { expect, test } from "vitest";
import {
  anotherBrowser,
  environment,
  newEmail,
  PASSWORD,
  reader,
  useAccount,
  verifyAddress,
} from "./account-reader.ts";
import { violations } from "./axe.ts";
import { ReaderPage } from "./reader-page.ts";

useAccount();

/** A code that was not used yet: of the step after the last one, which the Worker takes as well. */
function codes(uri: string) {
  const totp = URI.parse(uri);
  if (!(totp instanceof TOTP)) throw new Error("This is no TOTP.");
  let steps = 0;
  return () => {
    const code = totp.generate({ timestamp: Date.now() + steps * totp.period * 1000 });
    steps += 1;
    return code;
  };
}

/** Switches the second factor on, as a reader does who types the key by hand. */
async function switchOn(): Promise<{ next: () => string; backup: string[] }> {
  await reader.section("Sign-in and security");
  await reader.button("Set up").click();
  await reader.page.getByRole("img", { name: "QR code for your authenticator app" }).waitFor();
  const uri = (await reader.link("Open in an app on this device").getAttribute("href")) ?? "";
  const typed = ((await reader.page.locator(".secret").textContent()) ?? "").replaceAll(/\s/g, "");
  expect(new URL(uri).searchParams.get("secret")).toBe(typed);
  const next = codes(uri);
  await reader.field("Code").fill("000000");
  await reader.button("Switch on").click();
  await reader.page.getByText("This code is not right").waitFor();
  await reader.field("Code").fill(next());
  await reader.button("Switch on").click();
  await reader.page.getByText("The second factor is on.").waitFor();
  const backup = await reader.page.locator(".codes code").allInnerTexts();
  expect(backup.length).toBeGreaterThanOrEqual(8);
  return { next, backup };
}

test("is set up with a code, shows its backup codes once, and is asked for at the next sign-in", async () => {
  const email = newEmail();
  await reader.signUp(email);
  await verifyAddress(email);
  // A cache may still say that it is not.
  await reader.signOut();
  await reader.fillSignIn(email);
  await reader.heading("Profile").waitFor();
  const { next, backup } = await switchOn();
  expect(await violations(reader.page)).toEqual([]);
  const [download] = await Promise.all([reader.page.waitForEvent("download"), reader.button("Download").click()]);
  expect(download.suggestedFilename()).toBe("docent-backup-codes.txt");
  await reader.button("I have kept them").click();
  await reader.page.getByText("you are asked for a code of your app").waitFor();
  expect(await reader.page.content()).not.toContain(backup[0]);

  await reader.signOut();
  await reader.fillSignIn(email);
  await reader.heading("One more step").waitFor();
  expect(await violations(reader.page)).toEqual([]);
  await reader.field("Code").fill("123456");
  await reader.button("Continue").click();
  await reader.page.getByText("This code is not right").waitFor();
  await reader.field("Code").fill(next());
  await reader.button("Continue").click();
  await reader.heading("Profile").waitFor();

  const other = await anotherBrowser();
  await other.visit();
  await other.fillSignIn(email);
  await other.heading("One more step").waitFor();
  await other.button("Use a backup code instead").click();
  await other.field("Backup code").fill(backup[0] ?? "");
  await other.button("Continue").click();
  await other.heading("Profile").waitFor();
  expect(other.complaints).toEqual([]);
});

test("the docs page's dialog asks for it as well, and takes a backup code in the same field", async () => {
  const email = newEmail();
  await reader.signUp(email);
  await verifyAddress(email);
  // A cache may still say that it is not.
  await reader.signOut();
  await reader.fillSignIn(email);
  await reader.heading("Profile").waitFor();
  const { backup } = await switchOn();

  const docs = await ReaderPage.open(reader.page.context(), environment.docs.crossSite, environment.worker);
  await docs.visit();
  await docs.signInButton().click();
  await docs.fillIn({ email, password: PASSWORD });
  await docs.dialog().getByRole("button", { name: "Sign in", exact: true }).click();
  await docs.dialog().getByRole("heading", { name: "One more step" }).waitFor();
  expect(await violations(docs.page)).toEqual([]);
  await docs.dialog().getByLabel("Code").fill("123456");
  await docs.dialog().getByRole("button", { name: "Continue" }).click();
  await docs.dialog().getByText("This code is not right").waitFor();
  await docs
    .dialog()
    .getByLabel("Code")
    .fill(backup[1] ?? "");
  await docs.dialog().getByRole("button", { name: "Continue" }).click();
  await docs.accountButton().waitFor();
  expect(docs.complaints).toEqual([]);
  await docs.page.close();
});
