// Passkeys in real Chromium, with an authenticator of the debugger's making: added, used to sign in and to prove who it
// is, named anew, removed.
import type { CDPSession } from "playwright-core";
import { beforeEach, expect, test } from "vitest";
import { environment, newEmail, reader, useAccount, verifyAddress } from "./account-reader.ts";
import { violations } from "./axe.ts";

useAccount();

let debug: CDPSession;
let authenticatorId: string;
beforeEach(async () => {
  debug = await reader.page.context().newCDPSession(reader.page);
  await debug.send("WebAuthn.enable");
  ({ authenticatorId } = await debug.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  }));
});

async function signUpVerified(): Promise<string> {
  const email = newEmail();
  await reader.signUp(email);
  await verifyAddress(email);
  // A cache may still say that the address is not verified.
  await reader.signOut();
  await reader.fillSignIn(email);
  await reader.heading("Profile").waitFor();
  return email;
}

test("is added, signs in without a password, and is removed", async () => {
  await signUpVerified();
  await reader.section("Sign-in and security");
  await reader.button("Add a passkey").click();
  await reader.page.getByText("The passkey is added.").waitFor();
  expect(await violations(reader.page)).toEqual([]);
  const { credentials } = await debug.send("WebAuthn.getCredentials", { authenticatorId });
  expect(credentials).toHaveLength(1);

  await reader
    .button("Rename Passkey")
    .or(reader.button(/^Rename /))
    .first()
    .click();
  await reader.field("Name of the passkey").fill("Lena's phone");
  await reader.button("Save").click();
  await reader.page.getByText("Lena's phone").waitFor();

  await reader.signOut();
  await reader.button("Sign in with a passkey").click();
  await reader.heading("Profile").waitFor();
  await reader.signOut();
  // The last way in is the first one now.
  await reader.page.getByText("Last used here").waitFor();
  expect(await violations(reader.page)).toEqual([]);
  await reader.button(/^Sign in with a passkey/).click();
  await reader.heading("Profile").waitFor();

  await reader.section("Sign-in and security");
  await reader.button("Remove Lena's phone").click();
  await reader.page.getByText("The passkey is removed.").waitFor();
  await reader.signOut();
  await reader.button(/^Sign in with a passkey/).click();
  await reader.page.getByRole("alert").getByText("This passkey is not known here.").waitFor();
});

test("one passkey of the Worker's serves the docs on every origin", async () => {
  await signUpVerified();
  await reader.section("Sign-in and security");
  await reader.button("Add a passkey").click();
  await reader.page.getByText("The passkey is added.").waitFor();
  await reader.signOut();
  const { page } = reader;
  const banner = page.getByRole("banner");
  const origins = [environment.docs.crossSite, environment.docs.sameSite];
  for (const docs of origins) {
    await page.goto(docs);
    await banner.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "More ways to sign in" }).click();
    await reader.button(/^Sign in with a passkey/).click();
    await banner.getByRole("button", { name: "Account" }).waitFor();
    expect(new URL(page.url()).origin).toBe(docs);
    await page.goto(`${environment.worker}/account`);
    await reader.heading("Profile").waitFor();
    await reader.signOut();
  }
  // The docs are elsewhere, and nothing else is.
  const asked = reader.elsewhere.splice(0);
  expect(asked.filter((url) => !origins.some((docs) => url.startsWith(docs)))).toEqual([]);
});

test("proves who it is where a fresh proof is asked for", async () => {
  const email = await signUpVerified();
  await reader.section("Sign-in and security");
  await reader.button("Add a passkey").click();
  await reader.page.getByText("The passkey is added.").waitFor();
  await environment.sql(
    `update session set authenticated_at = authenticated_at - interval '1 hour'
     where user_id = (select id from "user" where email = $1)`,
    [email],
  );
  await reader.section("Your data");
  await reader.button("Download your data").click();
  const [download] = await Promise.all([
    reader.page.waitForEvent("download"),
    reader.page.getByRole("dialog").getByRole("button", { name: "Use a passkey" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("docent-export.json");
});

test("an unconfirmed address gets no passkey, and the page says why", async () => {
  await reader.signUp(newEmail());
  await reader.section("Sign-in and security");
  await reader.page.getByText("Confirm your e-mail address first").first().waitFor();
  expect(await reader.button("Add a passkey").count()).toBe(0);
});
