// The main jobs in real Firefox, on both docs origins: sign up, answer, recommendations and passages, a reload, and out;
// and everything that a reader did without an account comes along into one, through an outage.
import type { Browser } from "puppeteer-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { dialogTexts } from "../../web/locales/en-dialog.ts";
import { type Environment, startEnvironment } from "./environment.ts";
import { FirefoxReader, openFirefox } from "./firefox.ts";

const INSTALL = "/ros-2-foundations/install-ros-2.html";
const PID = "/control-and-planning/pid-control.html";
const CAMERA = "/perception/camera-calibration.html";
const KINEMATICS = "/control-and-planning/inverse-kinematics.html";

let environment: Environment;
let browser: Browser;
let reader: FirefoxReader;
let count = 0;
beforeAll(async () => {
  environment = await startEnvironment();
});
afterAll(() => environment?.stop());
beforeEach(async () => {
  browser = await openFirefox();
});
afterEach(async ({ task }) => {
  if (task.result?.state === "fail") {
    console.error([await reader?.report(), await environment.report()].join("\n"));
  }
  environment.database.faults.clear();
  await browser?.close();
});

const rows = z.object({
  progress: z.array(
    z.object({
      pageKey: z.string(),
      saved: z.boolean(),
      feedback: z.string().nullable(),
      feedbackAt: z.string().nullable(),
    }),
  ),
});

/** What the Worker has of the reader whose session this page has, by page. */
async function arrived({ page }: FirefoxReader) {
  const answer: unknown = await page.evaluate(
    async (worker) => (await fetch(`${worker}/api/progress?site=course`, { credentials: "include" })).json(),
    environment.worker,
  );
  return rows.parse(answer).progress.sort((one, other) => one.pageKey.localeCompare(other.pageKey));
}

/** Requests since `since` that wrote what is told by a parameter that contains `text`. */
const written = (since: number, text: string) =>
  environment.database.requests
    .list({ since })
    .filter(({ statements }) =>
      statements.some(
        ({ text: sql, params }) => sql.includes("reading_progress") && params.some((one) => one?.includes(text)),
      ),
    );

describe.each(["sameSite", "crossSite"] as const)("docs on the origin %s", (which) => {
  test("sign up, answer, see recommendations, passages and tabs, stay signed in, sign out", async () => {
    count += 1;
    reader = await FirefoxReader.open(browser, environment.docs[which], environment.worker);
    await reader.visit();
    await reader.find("button", "Sign in");
    expect(reader.requests()).toEqual(["GET /docent.js"]);

    await reader.press("Sign in");
    await reader.press("Create an account");
    await reader.find("heading", "Create an account");
    await reader.type("E-mail address", `firefox-${count}@example.test`);
    await reader.type("Password", "a good password");
    await reader.press("Create account");
    await reader.choose("I am new to it");
    await reader.choose("macOS");
    await reader.press("Save answers");
    const first = await reader.recommendations();
    expect(first.length).toBe(4);

    await reader.page.reload();
    await reader.find("button", "Account");
    expect(await reader.recommendations()).toEqual(first);

    await reader.visit(INSTALL);
    const shown = (selector: string) => reader.page.$eval(selector, (one) => !one.hasAttribute("hidden"));
    expect([await shown('[data-for="os:macos"]'), await shown('[data-for="os:windows"]')]).toEqual([true, false]);
    await reader.press("Show all");
    expect(await shown('[data-for="os:windows"]')).toBe(true);

    await reader.press("Account");
    await reader.press("Sign out");
    await reader.find("heading", "Sign out");
    await reader.choose(dialogTexts.signOutClear);
    await reader.press("Sign out");
    await reader.find("button", "Sign in");
    await reader.page.reload();
    await reader.find("button", "Sign in");
    expect(await reader.page.$$("docent-account >>> docent-account-menu")).toEqual([]);
    expect(reader.complaints).toEqual([]);
  });

  test("what was saved, said and answered without an account is the new account's, and no outage loses any of it", async () => {
    count += 1;
    reader = await FirefoxReader.open(browser, environment.docs[which], environment.worker);
    await reader.visit(PID);
    await reader.find("button", "Sign in");
    expect(await reader.stored()).toEqual([]);

    await reader.press("Save this page");
    await reader.find("button", "Saved");
    await reader.press("Too hard");
    await reader.find("button", "Undo");
    await reader.press("Guest");
    await reader.press("Your answers");
    await reader.choose("macOS");
    await reader.press("Save answers");
    await reader.recommendations();
    expect(reader.requests().filter((one) => one.includes("/api/"))).toEqual([]);

    await reader.press("Guest");
    await reader.press("Create an account");
    await reader.type("E-mail address", `firefox-guest-${count}@example.test`);
    await reader.type("Password", "a good password");
    await reader.press("Create account");
    await reader.find("button", "Account");
    expect((await reader.stored()).filter((key) => key.includes(":local"))).toEqual([]);
    const pid = { pageKey: "pid-control", saved: true, feedback: "too-hard" };
    expect(await arrived(reader)).toMatchObject([pid]);

    await reader.visit(CAMERA);
    await reader.find("button", "Account");
    environment.database.faults.add({ effect: "status", status: 500, times: null });
    await reader.press("Save this page");
    await reader.find("button", "Saved");
    const waiting = async () =>
      (await reader.stored()).filter((key) => /:outbox:.*:/.test(key) && !key.endsWith(":wait")).length;
    // Written before it is sent, and still there once the Worker has failed.
    await expect.poll(async () => (await reader.stored()).some((key) => key.endsWith(":outbox:wait"))).toBe(true);
    expect(await waiting()).toBeGreaterThanOrEqual(1);
    await reader.visit(PID);
    environment.database.faults.clear();
    await reader.visit(KINEMATICS);
    // Written, and the Worker never learns it: the event is delivered again, and counts once.
    const before = environment.database.requests.mark();
    environment.database.faults.add({ effect: "drop", when: "after", matching: "reading_progress" });
    await reader.press("Too easy");
    await expect.poll(() => written(before, "too-easy").map(({ outcome }) => outcome)).toEqual(["drop after"]);
    const feedbackAt = async () => (await arrived(reader)).map((row) => row.feedbackAt);
    const once = await feedbackAt();
    expect(await waiting()).toBeGreaterThanOrEqual(1);
    await reader.press("Save this page");
    await expect.poll(waiting).toBe(0);
    expect(written(before, "too-easy").map(({ outcome }) => outcome)).toEqual(["drop after", "ok"]);
    expect(await feedbackAt()).toEqual(once);
    expect(await arrived(reader)).toMatchObject([
      { pageKey: "camera-calibration", saved: true, feedback: null },
      { pageKey: "inverse-kinematics", saved: true, feedback: "too-easy" },
      pid,
    ]);

    await reader.press("Account");
    await reader.press("Your answers");
    await reader.find("field", "macOS");
    expect(await reader.page.$$eval("dialog :checked", (all) => all.map((one) => one.getAttribute("value")))).toContain(
      "macos",
    );
    const seen = await reader.visibleToScripts();
    expect(reader.sessionTokens().length).toBeGreaterThanOrEqual(1);
    for (const token of reader.sessionTokens()) {
      // The secret is what stands before the signature.
      const [secret = ""] = decodeURIComponent(token).split(".");
      expect(secret.length).toBeGreaterThanOrEqual(16);
      expect(seen).not.toContain(secret);
    }
    expect(reader.complaints).toEqual([]);
  });
});

test("the hosted page: sign up, change the name, see this device, sign out, sign in", async () => {
  const email = "firefox-account@example.test";
  reader = await FirefoxReader.open(browser, environment.worker, environment.worker);
  await reader.visit("/account#sign-up");
  await reader.find("heading", "Create an account");
  await reader.type("E-mail address", email);
  await reader.type("Password", "a good password");
  await reader.press("Create account");
  await reader.find("heading", "Profile");
  await reader.type("Name", "Lena");
  await reader.press("Save");
  await reader.page.waitForSelector("text/Saved.");
  await reader.visit("/account#sessions");
  await reader.page.waitForSelector("text/This device");
  await reader.press("Sign out");
  await reader.find("heading", "Sign in");
  await reader.type("E-mail address", email);
  await reader.type("Password", "a good password");
  await reader.press("Sign in");
  await reader.find("heading", "Profile");
  expect(reader.complaints).toEqual([]);
});
