// What mails lead to. A link opens a page that uses nothing up; only its button does.
import { expect, test } from "vitest";
import { environment, linkIn, newEmail, reader, useAccount, verifyAddress } from "./account-reader.ts";
import { violations } from "./axe.ts";

useAccount();

/** Opens a link of a mail as a reader does, in a tab that shows another page. */
async function open(link: string): Promise<void> {
  await reader.page.goto("about:blank");
  await reader.page.goto(link);
  await reader.page.locator("h1").waitFor();
}

/** What scanners of mail do with every link: they fetch it, and some run the page, but press nothing. */
async function scan(link: string): Promise<void> {
  await fetch(link);
  await open(link);
  await reader.button(/./).last().waitFor();
}

test("a new address is confirmed with the link, which is out of the address and of the history at once", async () => {
  const email = newEmail();
  await reader.signUp(email);
  await reader.page.getByText("Not confirmed yet").waitFor();
  await reader.button("Send a link to confirm it").click();
  await reader.page.getByText("A mail with a link is on its way.").waitFor();
  const link = await linkIn(email, /Confirm your address/);
  const secret = link.split("=")[1] ?? "";
  await scan(link);
  await scan(link);
  expect(reader.page.url()).not.toContain(secret);
  expect(
    await reader.page.evaluate(() => JSON.stringify([history.state, document.documentElement.outerHTML])),
  ).not.toContain(secret);
  expect(await violations(reader.page)).toEqual([]);
  await reader.button("Confirm the address").click();
  await reader.heading("Your address is confirmed.").waitFor();
  expect(await environment.sql('select email_verified from "user" where email = $1', [email])).toEqual([
    { email_verified: "t" },
  ]);
  await open(link);
  await reader.heading("This link does not work any more").waitFor();
});

test("a forgotten password is set anew by mail, and every device is signed out", async () => {
  const email = newEmail();
  await reader.signUp(email);
  await reader.signOut();
  await reader.link("Forgot your password?").click();
  await reader.heading("Set a new password").waitFor();
  expect(await violations(reader.page)).toEqual([]);
  await reader.field("E-mail address").fill(email);
  await reader.button("Send the link").click();
  await reader.page.getByText("Look into your mail").waitFor();
  const link = await linkIn(email, /Set a new password/);
  await scan(link);
  await reader.button("Set the password").click();
  await reader.page.getByText("Enter your password.").waitFor();
  await reader.field("New password").fill("another horse battery");
  expect(await violations(reader.page)).toEqual([]);
  await reader.button("Set the password").click();
  await reader.heading("Your new password is set. Sign in with it.").waitFor();
  await reader.link("Sign in").click();
  await reader.fillSignIn(email);
  await reader.page.getByRole("alert").getByText("is not right").waitFor();
  await reader.fillSignIn(email, "another horse battery");
  await reader.heading("Profile").waitFor();
});

test("a link signs in after the reader was asked as whom, and an outage uses it up for nobody", async () => {
  const email = newEmail();
  await reader.signUp(email);
  await reader.signOut();
  await reader.button("E-mail me a link to sign in").click();
  await reader.field("E-mail address").fill(email);
  await reader.button("Send the link").click();
  await reader.page.getByText("Look into your mail").waitFor();
  const link = await linkIn(email, /link to sign in/);
  await scan(link);
  await reader.heading(`Sign in as ${email}?`).waitFor();
  expect(await violations(reader.page)).toEqual([]);
  environment.database.faults.add({ effect: "status", status: 500, times: null });
  await reader.button("Sign in").click();
  await reader.page.getByRole("alert").getByText("We cannot reach the server").waitFor();
  environment.database.faults.clear();
  await reader.button("Sign in").click();
  await reader.heading("You are signed in.").waitFor();
  await reader.link("Your account").click();
  await reader.heading("Profile").waitFor();

  // The last way in is the first one now.
  await reader.signOut();
  await reader.page.getByText("We send a link to your address.").waitFor();
  await reader.button("Sign in with a password").click();
  await reader.fillSignIn(email);
  await reader.heading("Sign in").or(reader.heading("Profile")).waitFor();
});

test("a change of the address is confirmed in both mailboxes", async () => {
  const [email, next] = [newEmail(), newEmail()];
  await reader.signUp(email);
  await verifyAddress(email);
  await reader.field("New e-mail address").fill(next);
  await reader.button("Change the address").click();
  await reader.page.getByText("The mail is on its way").waitFor();
  await open(await linkIn(email, /address/i));
  await reader.heading("Change your address?").waitFor();
  expect(await violations(reader.page)).toEqual([]);
  await reader.button("Confirm the change").click();
  await reader.page.getByRole("heading", { name: /^Confirmed/ }).waitFor();
  await open(await linkIn(next, /address/i));
  await reader.button("Confirm the change").click();
  await reader.heading("Your address is changed.").waitFor();
  await reader.link("Your account").click();
  await reader.page.getByText(next).first().waitFor();
});

test("whoever knows the password only is asked for it again, or for a code by mail", async () => {
  const email = newEmail();
  await reader.signUp(email);
  await verifyAddress(email);
  await environment.sql(
    `update session set authenticated_at = authenticated_at - interval '1 hour'
     where user_id = (select id from "user" where email = $1)`,
    [email],
  );
  await reader.section("Your data");
  await reader.button("Download your data").click();
  const dialog = reader.page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Mail me a code" }).click();
  await dialog.getByText("A code is on its way").waitFor();
  await expect
    .poll(async () => (await environment.mails(email)).some(({ subject }) => /code/i.test(subject)))
    .toBe(true);
  const mail = (await environment.mails(email)).find(({ subject }) => /code/i.test(subject));
  const code = /\b\d{6}\b/.exec(mail?.text ?? "")?.[0] ?? "";
  await dialog.getByLabel("Code from the mail").fill(code);
  const [download] = await Promise.all([
    reader.page.waitForEvent("download"),
    dialog.getByRole("button", { name: "Confirm with the code" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("docent-export.json");
});
