// The main job on the hosted page in real WebKit: sign up, change the name, see the devices, sign out, sign in. Over
// HTTPS, because WebKit keeps no Secure cookie of a plain localhost.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type Environment, startEnvironment } from "./environment.ts";
import { WebKit } from "./webkit.ts";

let environment: Environment;
let webkit: WebKit;

beforeAll(async () => {
  environment = await startEnvironment({ https: true });
});
afterAll(() => environment?.stop());
beforeEach(async () => {
  webkit = await WebKit.open();
});
afterEach(() => webkit?.close());

test("signs up, changes the name, sees this device, signs out and in again", async () => {
  const email = "webkit@example.test";
  await webkit.visit(`${environment.worker}/account#sign-up`);
  await webkit.find("heading", "Create an account");
  await webkit.type("E-mail address", email);
  await webkit.type("Password", "a good long password");
  await webkit.press("Create account");
  await webkit.find("heading", "Profile");
  await webkit.type("Name", "Lena");
  await webkit.press("Save");
  await expect.poll(() => webkit.text()).toContain("Saved.");

  await webkit.press("Devices", "link");
  await webkit.find("heading", "Where you are signed in");
  await expect.poll(() => webkit.text()).toContain("This device");
  await webkit.press("Sign out");
  await webkit.find("heading", "Sign in");

  await webkit.type("E-mail address", email);
  await webkit.type("Password", "a good long password");
  await webkit.press("Sign in");
  await webkit.find("heading", "Profile");
  expect(await webkit.value("Name")).toBe("Lena");
});
