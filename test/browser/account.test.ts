// The hosted page: in, around, and out, in real Chromium against the built Worker.
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { anotherBrowser, environment, newEmail, PASSWORD, reader, useAccount } from "./account-reader.ts";

useAccount();

test("the page is an asset with a policy that lets nothing in but its own module", async () => {
  const response = await fetch(`${environment.worker}/account`);
  const html = await response.text();
  const policy = response.headers.get("content-security-policy") ?? "";
  for (const part of [
    "default-src 'none'",
    "script-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ]) {
    expect(policy.split("; ")).toContain(part);
  }
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
  expect(response.headers.get("referrer-policy")).toBe("no-referrer");
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  expect(response.headers.get("access-control-allow-origin")).toBeNull();
  expect(html).not.toMatch(/<style|<script(?![^>]* src="\/docent\/)|\sstyle=|\son\w+=/);
  expect(environment.workerLines().filter((line) => line.includes('"/account"'))).toEqual([]);
});

test("signs up, changes the name, signs out and in again, by the keyboard alone", async () => {
  const email = newEmail();
  const { keyboard } = reader.page;
  const focused = () => reader.page.evaluate(() => document.activeElement?.textContent?.trim());
  const tabTo = async (name: string) => {
    for (let step = 0; step < 30; step += 1) {
      const here = await reader.page.evaluate(() => {
        const one = document.activeElement;
        return one instanceof HTMLInputElement ? one.labels?.[0]?.textContent?.trim() : one?.textContent?.trim();
      });
      if (here === name) return;
      await keyboard.press("Tab");
    }
    throw new Error(`Tab never comes to "${name}".`);
  };
  await reader.visit();
  await reader.field("E-mail address").waitFor();
  await tabTo("Create an account");
  await keyboard.press("Enter");
  await reader.heading("Create an account").waitFor();
  await expect.poll(focused).toBe("Create an account");
  expect(await reader.page.title()).toMatch(/^Create an account/);
  await tabTo("E-mail address");
  await keyboard.type(email);
  await tabTo("Password");
  await keyboard.type(PASSWORD);
  await keyboard.press("Enter");
  await reader.heading("Profile").waitFor();
  await expect.poll(focused).toBe("Profile");
  await tabTo("Name");
  await keyboard.type("Lena");
  await keyboard.press("Enter");
  await reader.page.getByRole("status").getByText("Saved.").waitFor();
  await reader.page.getByText("Lena", { exact: true }).waitFor();
  await tabTo("Sign out");
  await keyboard.press("Enter");
  await reader.heading("Sign in").waitFor();
  await reader.page.getByText("You are signed out.").waitFor();
  await tabTo("E-mail address");
  await keyboard.type(email);
  await tabTo("Password");
  await keyboard.type(PASSWORD);
  await keyboard.press("Enter");
  await reader.heading("Profile").waitFor();
  expect(await reader.field("Name").inputValue()).toBe("Lena");
});

test("mistakes are said beside their fields, and the focus is on the first of them", async () => {
  await reader.visit("#sign-up");
  await reader.button("Create account").click();
  const email = reader.field("E-mail address");
  await expect.poll(() => email.evaluate((one) => one === document.activeElement)).toBe(true);
  expect(await email.getAttribute("aria-invalid")).toBe("true");
  const described = async (name: string) =>
    reader.field(name).evaluate((one) =>
      (one.getAttribute("aria-describedby") ?? "")
        .split(" ")
        .map((id) => document.getElementById(id)?.textContent?.trim())
        .join(" "),
    );
  expect(await described("E-mail address")).toContain("Enter your e-mail address.");
  expect(await described("Password")).toContain("Enter your password.");
  await email.fill("lena@example");
  await reader.field("Password").fill("short");
  await reader.button("Create account").click();
  await reader.page.getByText("Enter an address like").waitFor();
  expect(await described("Password")).toContain("Use at least 8 characters.");
});

test("an outage loses nothing that was typed, and what failed can be tried again", async () => {
  const email = newEmail();
  await reader.signUp(email);
  await reader.signOut();
  environment.database.faults.add({ effect: "status", status: 500, times: null });
  await reader.fillSignIn(email);
  await reader.page.getByRole("alert").getByText("Nothing you typed is lost").waitFor();
  expect(await reader.field("Password").inputValue()).toBe(PASSWORD);
  environment.database.faults.clear();
  await reader.button("Sign in").click();
  await reader.heading("Profile").waitFor();

  environment.database.faults.add({ effect: "status", status: 500, times: null });
  await reader.section("Devices");
  await reader.page.getByText("This could not be loaded right now.").waitFor();
  environment.database.faults.clear();
  await reader.button("Try again").click();
  await reader.page.getByText("This device", { exact: true }).waitFor();
});

test("a device that was signed out from another one is out, and says so", async () => {
  const email = newEmail();
  await reader.signUp(email);
  const other = await anotherBrowser();
  await other.visit();
  await other.fillSignIn(email);
  await other.heading("Profile").waitFor();

  await reader.section("Devices");
  await expect.poll(() => reader.page.getByRole("listitem").count()).toBe(2);
  await reader.button(/^Sign out Chrome on/).click();
  await reader.page.getByText("That device is signed out.").waitFor();
  await expect.poll(() => reader.page.getByRole("listitem").count()).toBe(1);
  await reader.page.getByText("You are signed in on this device only.").waitFor();

  await other.link("Devices").click();
  await other.page.getByText("Your session has ended.").waitFor();
  await other.heading("Sign in").waitFor();
  await reader.button("Sign out everywhere, here too").click();
  await reader.heading("Sign in").waitFor();
  expect(other.complaints).toEqual([]);
});

test("a new password signs out the other devices, and the old one is good for nothing", async () => {
  const email = newEmail();
  await reader.signUp(email);
  await reader.section("Sign-in and security");
  await reader.field("Current password").fill("not my password");
  await reader.field("New password").fill("another horse battery");
  await reader.button("Change password").click();
  await reader.page.getByText("This is not your password.").waitFor();
  await reader.field("Current password").fill(PASSWORD);
  await reader.button("Change password").click();
  await reader.page.getByText("Your password is changed.").waitFor();
  expect(await reader.field("Current password").inputValue()).toBe("");
  await reader.signOut();
  await reader.fillSignIn(email);
  await reader.page.getByRole("alert").getByText("is not right").waitFor();
  await reader.field("Password").fill("another horse battery");
  await reader.button("Sign in").click();
  await reader.heading("Sign-in and security").or(reader.heading("Profile")).waitFor();
});

test("a reader downloads what is stored about them", async () => {
  const email = newEmail();
  await reader.signUp(email);
  await reader.section("Your data");
  const [download] = await Promise.all([
    reader.page.waitForEvent("download"),
    reader.button("Download your data").click(),
  ]);
  expect(await readFile(await download.path(), "utf8")).toContain(email);
  await reader.page.getByText("Your data was downloaded.").waitFor();
});
