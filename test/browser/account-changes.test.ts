// What changes an account for good: the fresh proof that is asked for, deletion, the trail of it all, and what
// administrators do with somebody else's.
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { anotherBrowser, environment, newEmail, PASSWORD, reader, useAccount } from "./account-reader.ts";
import { violations } from "./axe.ts";

useAccount();

/** The last proof of this reader is too old for what only they may do. */
const forgetProof = (email: string) =>
  environment.sql(
    `update session set authenticated_at = authenticated_at - interval '1 hour'
     where user_id = (select id from "user" where email = $1)`,
    [email],
  );

test("an old proof is asked for anew above what was being done, which then goes on", async () => {
  const email = newEmail();
  await reader.signUp(email);
  await reader.section("Your data");
  await forgetProof(email);
  const dialog = reader.page.getByRole("dialog", { name: "Is it you?" });
  await reader.button("Download your data").click();
  await dialog.waitFor();
  expect(await violations(reader.page)).toEqual([]);
  await dialog.getByLabel("Password").fill("not my password");
  await dialog.getByRole("button", { name: "Confirm with my password" }).click();
  await dialog.getByText("This is not your password.").waitFor();

  await reader.page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await reader.button("Download your data").click();
  await dialog.getByLabel("Password").fill(PASSWORD);
  const [download] = await Promise.all([
    reader.page.waitForEvent("download"),
    dialog.getByRole("button", { name: "Confirm with my password" }).click(),
  ]);
  expect(await readFile(await download.path(), "utf8")).toContain(email);
  await dialog.waitFor({ state: "hidden" });
  await reader.page.getByText("Your data was downloaded.").waitFor();
});

test("a reader sees what happened to their account, and deletes it with everything in it", async () => {
  const email = newEmail();
  await reader.signUp(email);
  await reader.signOut();
  await reader.fillSignIn(email);
  await reader.heading("Profile").waitFor();
  await reader.section("Activity");
  await reader.page.getByText("Signed in with a password").first().waitFor();
  expect(await violations(reader.page)).toEqual([]);

  await reader.section("Your data");
  await reader.button("Delete my account").click();
  await reader.page.getByText("Tick the box if you are sure.").waitFor();
  await reader.page.getByLabel("I want to delete my account and everything in it").check();
  await reader.button("Delete my account").click();
  await reader.page.getByText("Your account and everything in it is deleted.").waitFor();
  await reader.heading("Sign in").waitFor();
  expect(await environment.sql('select from "user" where email = $1', [email])).toEqual([]);
  await reader.fillSignIn(email);
  await reader.page.getByRole("alert").getByText("is not right").waitFor();
});

test("an administrator finds a reader, blocks them with a reason, lets them in again, and deletes them", async () => {
  const [admin, email] = [newEmail(), newEmail()];
  const other = await anotherBrowser();
  await other.signUp(email);
  await reader.signUp(admin);
  await environment.sql(`update "user" set role = 'admin', email_verified = true where email = $1`, [admin]);
  // A cache may still say that they are a reader.
  await reader.signOut();
  await reader.fillSignIn(admin);
  await reader.heading("Profile").waitFor();

  await reader.section("Administration");
  await reader.field("Address, name or id").fill(email);
  await reader.button("Search").click();
  await reader.button(`Open ${email}`).click();
  await reader.page.getByRole("heading", { level: 2, name: email }).waitFor();
  expect(await violations(reader.page)).toEqual([]);
  await reader.button("Block this reader").click();
  await reader.page.getByText("Say why.").waitFor();
  await reader.field("Reason").fill("Spam in feedback");
  await reader.button("Block this reader").click();
  await reader.page.getByText("The reader is blocked and signed out.").waitFor();
  await reader.page.getByText("Spam in feedback").waitFor();
  await reader.page.getByText("Signed in nowhere.").waitFor();

  await other.visit("#sign-in");
  await other.link("Devices").or(other.field("E-mail address")).first().waitFor();
  await other.page.context().clearCookies();
  await other.visit("#sign-in");
  await other.fillSignIn(email);
  await other.page.getByRole("alert").getByText("This account cannot be used.").waitFor();

  await reader.button("Lift the block").click();
  await reader.page.getByText("The block is lifted.").waitFor();
  await other.button("Sign in").click();
  await other.heading("Profile").waitFor();

  const [download] = await Promise.all([
    reader.page.waitForEvent("download"),
    reader.button("Download their data").click(),
  ]);
  expect(await readFile(await download.path(), "utf8")).toContain(email);
  await reader.page.getByLabel(`Delete ${email} and everything in it, for good`).check();
  await reader.button("Delete the account").click();
  await reader.page.getByText("The account is deleted.").waitFor();
  expect(await environment.sql('select from "user" where email = $1', [email])).toEqual([]);
  expect(other.complaints).toEqual([]);
});

test("the part for administrators is neither offered to a reader nor loaded by them", async () => {
  await reader.signUp(newEmail());
  const asked: string[] = [];
  reader.page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await reader.visit("#admin");
  await reader.heading("Profile").waitFor();
  expect(await reader.link("Administration").count()).toBe(0);
  expect(asked.filter((path) => path.includes("admin"))).toEqual([]);
});
